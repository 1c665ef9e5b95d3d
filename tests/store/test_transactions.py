from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, insert, select, text, update
from sqlalchemy.exc import OperationalError

from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import migrate
from erp_import_plugin.store.transactions import Successive, reading, writing
from tests.support import databases, hosts


def _as_the_driver_does(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})


def _with_begin(path: Path) -> Engine:
    return databases.sqlite(path)


def _with_begin_immediate(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30, "isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


@pytest.fixture(params=[_as_the_driver_does, _with_begin, _with_begin_immediate])
def sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """SQLite as different hosts set it up."""
    make: Callable[[Path], Engine] = request.param
    engine = make(tmp_path / "test.sqlite")
    _prepare(engine)
    yield engine
    engine.dispose()


def _prepare(engine: Engine) -> None:
    hosts.metadata.create_all(engine)
    migrate.upgrade(engine)
    with engine.begin() as tx:
        tx.execute(insert(hosts.company).values(id=1, name="ACME", number=0))


def _count_up(engine: Engine) -> None:
    number = hosts.company.c.number
    with writing(engine, locking=True) as tx:
        read = hosts.crm().read(tx, EntityKind.COMPANY, ["1"], ["number"])["1"].values["number"]
        assert isinstance(read, int)
        time.sleep(0.02)
        tx.execute(update(hosts.company).values({number: read + 1}))


def _number(engine: Engine) -> int | None:
    with reading(engine) as tx:
        return tx.execute(select(hosts.company.c.number)).scalar()


def test_on_sqlite_what_was_read_still_holds_when_it_is_written(sqlite: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(_count_up, sqlite) for _ in range(6)]:
            done.result()
    assert _number(sqlite) == 6


def test_locked_entities_stay_as_they_were_read(engine: Engine) -> None:
    _prepare(engine)
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(_count_up, engine) for _ in range(6)]:
            done.result()
    assert _number(engine) == 6


def test_what_is_raised_rolls_everything_back(engine: Engine) -> None:
    _prepare(engine)

    def fail() -> None:
        with writing(engine) as tx:
            tx.execute(update(hosts.company).values(number=99))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _number(engine) == 0


def test_reading_keeps_nothing(engine: Engine) -> None:
    _prepare(engine)
    with reading(engine) as tx:
        tx.execute(update(hosts.company).values(number=99))
    assert _number(engine) == 0


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"], indirect=True)
def test_statements_see_what_others_have_committed_meanwhile(engine: Engine) -> None:
    _prepare(engine)
    started, changed = Event(), Event()

    def watch() -> tuple[int | None, int | None]:
        with writing(engine) as tx:
            first = tx.execute(select(hosts.company.c.number)).scalar()
            started.set()
            changed.wait(10)
            return first, tx.execute(select(hosts.company.c.number)).scalar()

    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(watch)
        started.wait(10)
        with engine.begin() as sales:
            sales.execute(update(hosts.company).values(number=5))
        changed.set()
        assert seen.result() == (0, 5)


def test_the_host_gets_its_connections_back_as_they_were(engine: Engine) -> None:
    _prepare(engine)
    with engine.connect() as connection:
        before = connection.get_isolation_level()
    with writing(engine, locking=True):
        pass
    with engine.connect() as connection:
        assert connection.get_isolation_level() == before
        assert "erp_import_locking" not in connection.get_execution_options()


@pytest.mark.parametrize("begin", [reading, writing, lambda engine: Successive(engine).writing()])
def test_an_error_does_not_tell_the_values_of_its_statement(
    sqlite: Engine, begin: Callable[[Engine], AbstractContextManager[Connection]]
) -> None:
    person = {"name": "Kari Nordmann"}
    with pytest.raises(OperationalError) as failed, begin(sqlite) as tx:
        tx.execute(text("SELECT :name FROM nowhere"), person)
    assert "nowhere" in str(failed.value)
    assert "Kari" not in "".join(traceback.format_exception(failed.value))
