"""Real databases for tests: SQLite in a file, PostgreSQL and MariaDB on servers that are there.

A ``conftest.py`` makes its fixture ``engine`` of ``Databases`` and ``empty``, as that of ``tests/store`` does. Each
server gets a database of its own per test session, which is dropped at the end. ``ERP_IMPORT_TEST_POSTGRESQL`` and
``ERP_IMPORT_TEST_MARIADB`` name other servers; ``requirements`` says what happens when there is none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

from tests.support.requirements import leave_out

NAMES = ("sqlite", "postgresql", "mariadb")

_SERVERS = {
    "postgresql": ("ERP_IMPORT_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"),
    "mariadb": ("ERP_IMPORT_TEST_MARIADB", "mariadb+pymysql://root@127.0.0.1:3306/test"),
}


class Databases:
    """One engine per kind of database, made when it is first asked for by one of ``NAMES``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Engine] = {}
        self._ends = ExitStack()

    def __enter__(self) -> Databases:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._ends.close()

    def __getitem__(self, name: str) -> Engine:
        if name not in self._made:
            self._made[name] = self._ends.enter_context(
                sqlite_file(self._folder) if name == "sqlite" else on_server(name)
            )
        return self._made[name]


@contextmanager
def sqlite_file(folder: Path) -> Iterator[Engine]:
    """An engine on a new file in ``folder``."""
    engine = sqlite(folder / f"{uuid4().hex}.sqlite")
    yield engine
    engine.dispose()


def sqlite(path: Path) -> Engine:
    """An engine on a file as a careful host sets it up: foreign keys, WAL, and a BEGIN when a transaction begins."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def opened(url: str) -> Engine:
    """An engine on the database of another process's engine, set up as that one."""
    made = make_url(url)
    return sqlite(Path(made.database or "")) if made.get_backend_name() == "sqlite" else create_engine(made)


def address(engine: Engine) -> str:
    """What ``opened`` takes."""
    return engine.url.render_as_string(hide_password=False)


def empty(engine: Engine) -> None:
    """Drop every table."""
    found = MetaData()
    found.reflect(engine)
    found.drop_all(engine)


@contextmanager
def on_server(name: str) -> Iterator[Engine]:
    """An engine on a new database of the server, which is dropped afterwards."""
    variable, default = _SERVERS[name]
    url = make_url(os.environ.get(variable, default))
    own = f"erp_import_test_{os.getpid()}_{uuid4().hex[:8]}"
    _on(name, variable, url, f"CREATE DATABASE {own}{' CHARACTER SET utf8mb4' if name == 'mariadb' else ''}")
    engine = create_engine(url.set(database=own))
    try:
        yield engine
    finally:
        engine.dispose()
        _on(name, variable, url, f"DROP DATABASE {own}{' WITH (FORCE)' if name == 'postgresql' else ''}")


def _on(name: str, variable: str, url: URL, statement: str) -> None:
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(statement))
    except OperationalError:
        leave_out(
            name,
            f"There is no {name} server at {url.render_as_string()}. On Debian: apt install {name}"
            f"{'-server' if name == 'mariadb' else ''}, or name another server's address in {variable}.",
        )
    finally:
        server.dispose()


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        raw.execute(f"PRAGMA {pragma}")
