"""Makes and changes the plugin's own tables. The host's tables and its own migrations are never touched.

A released script is never changed; what ``tables.py`` has more than the last release is one script after it, written by
``python -m tests.support.new_migration``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Engine, column, inspect, select, table, text

from erp_import_plugin.errors import ErpImportError, Sentence

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
VERSION_TABLE = "erp_import_alembic_version"

_LOCK = "erp_import_migrate"
_LOCK_NUMBER = 6_402_371_945  # PostgreSQL's advisory locks have numbers
_LOCK_SECONDS = 120


class NewerTables(ErpImportError):
    """A later version of the plugin has been at work in the database; what it made would not be understood here."""

    def __init__(self, found: str) -> None:
        super().__init__(
            Sentence(
                "The tables of the ERP import were made by a newer version of the plugin (%(found)s). Nothing was "
                "changed. Install that version again, or restore the backup from before it was installed.",
                found=found,
            )
        )


def config() -> Config:
    """Alembic's configuration: our scripts, wherever the package is installed."""
    from alembic.config import Config  # slow to load, and only needed where there is something to do

    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(engine: Engine) -> None:
    """Bring the plugin's tables to this version, or wait for another process that does it.

    Where they are of this version nothing is written, so that a database that cannot be written to can be looked at.
    Raises :class:`NewerTables`.
    """
    if not pending(engine):
        return
    from alembic import command

    settings = config()
    with _alone(engine) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        _count_plans(connection)


def _count_plans(connection: Connection) -> None:
    """Count the rows of previews that were made by version 0.1.0, which kept no counts."""
    from erp_import_plugin.store import plan_blocks, plan_shapes
    from erp_import_plugin.store.imports import ImportState
    from erp_import_plugin.store.tables import import_

    planned = select(import_.c.id).where(import_.c.state.in_([ImportState.PLANNED.value, ImportState.IMPORTING.value]))
    for import_id in connection.execute(planned).scalars().all():
        if not plan_blocks.are_there(connection, import_id):
            plan_shapes.fill(connection, import_id)
            plan_blocks.recount(connection, import_id)


def current(engine: Engine) -> str | None:
    """The version of the plugin's tables in the database, None when there are none."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        version: str | None = connection.execute(
            select(column("version_num")).select_from(table(VERSION_TABLE))
        ).scalar()
        return version


def pending(engine: Engine) -> bool:
    """Whether ``upgrade`` has something to do. Raises :class:`NewerTables`."""
    version = current(engine)
    known = sorted(script.name.partition("_")[0] for script in (_SCRIPTS / "versions").glob("0*.py"))
    if version is not None and version not in known:
        raise NewerTables(version)
    return version != known[-1]


def add_column(table_name: str, added: Column[Any]) -> None:
    """For scripts: add a column unless it is there.

    MariaDB commits every statement by itself: an upgrade that was cut must be able to go on.
    """
    from alembic import op

    if added.name not in {one["name"] for one in inspect(op.get_bind()).get_columns(table_name)}:
        op.add_column(table_name, added)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name in ("mysql", "mariadb"):
        with _named_lock(engine), engine.begin() as connection:
            yield connection
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        elif engine.dialect.name == "sqlite":
            _lock_sqlite(connection)
        yield connection


@contextmanager
def _named_lock(engine: Engine) -> Iterator[None]:
    # Every DDL statement commits here, so the lock is held by a connection of its own.
    with engine.connect() as holder:
        names = {"name": _LOCK, "seconds": _LOCK_SECONDS}
        if not holder.execute(text("SELECT GET_LOCK(CONCAT(DATABASE(), :name), :seconds)"), names).scalar():
            raise TimeoutError("Another process has been changing the plugin's tables for two minutes.")
        try:
            yield
        finally:
            holder.execute(text("SELECT RELEASE_LOCK(CONCAT(DATABASE(), :name))"), names)


def _lock_sqlite(connection: Connection) -> None:
    if not getattr(connection.connection.dbapi_connection, "in_transaction", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # The host has begun a transaction that only reads so far; any write makes it the writer.
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS erp_import_migrating (id INTEGER)")
    connection.exec_driver_sql("DROP TABLE erp_import_migrating")
