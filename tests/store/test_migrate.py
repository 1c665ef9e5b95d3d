from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, inspect

from erp_import_plugin.store import migrate, tables
from erp_import_plugin.store.migrate import NewerTables
from tests.support.schemas import differences


def test_the_migrations_make_exactly_the_tables_of_this_version(engine: Engine) -> None:
    migrate.upgrade(engine)
    assert differences(engine) == []
    assert set(tables.metadata.tables) <= set(inspect(engine).get_table_names())


def test_a_missing_column_would_be_noticed(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE erp_import_job DROP COLUMN note")
    assert differences(engine) != []


def test_upgrading_again_does_nothing(engine: Engine) -> None:
    assert migrate.current(engine) is None
    assert migrate.pending(engine)
    migrate.upgrade(engine)
    version = migrate.current(engine)
    migrate.upgrade(engine)
    assert version is not None
    assert migrate.current(engine) == version
    assert not migrate.pending(engine)


def test_an_upgrade_that_was_cut_goes_on(engine: Engine) -> None:
    tables.connection.create(engine)
    tables.import_.create(engine)
    migrate.upgrade(engine)
    assert differences(engine) == []


def test_processes_that_start_at_once_wait_for_each_other(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate.upgrade, engine) for _ in range(4)]:
            done.result()
    assert differences(engine) == []


def test_the_tables_of_the_host_stay(engine: Engine) -> None:
    theirs = Table("alembic_version", MetaData(), Column("id", Integer, primary_key=True))
    theirs.create(engine)
    migrate.upgrade(engine)
    assert "alembic_version" in inspect(engine).get_table_names()
    assert migrate.VERSION_TABLE == "erp_import_alembic_version"


def test_tables_of_a_newer_version_are_left_alone(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(NewerTables, match=r"newer version of the plugin \(9999\).*Install that version again"):
        migrate.upgrade(engine)
    assert migrate.current(engine) == "9999"
    assert differences(engine) == []
