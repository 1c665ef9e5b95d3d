"""One way to the database: its address, its engine, and a transaction to read or to write in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.orm import Session

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_SQLITE_BUSY_SECONDS = 30
_WRITES = "crm_writes"


@dataclass(frozen=True)
class Database:
    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the database; what it read stays usable after it."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or rolled back when anything is raised."""
        engine = self.engine.execution_options(**{_WRITES: True})
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session


def database() -> Database:
    """The database of the app that serves this request."""
    return cast(Database, current_app.extensions["demo_database"])


def address(url: str) -> URL:
    """The address with the driver we use; ``postgres://`` and ``mariadb://`` mean what people mean by them.

    Raises:
        sqlalchemy.exc.ArgumentError: it is no database address.
    """
    parsed = make_url(url)
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.get_backend_name() in ("mysql", "mariadb"):
        parsed = parsed.update_query_dict({"charset": "utf8mb4"})
    return parsed


def connect(url: str) -> Database:
    parsed = address(url)
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def folded(text: str) -> str:
    return text.casefold()


def _prepare_sqlite(raw: Any, _record: object) -> None:
    # The driver would open transactions late and only for writes; with None it leaves them to _begin_sqlite.
    raw.isolation_level = None
    raw.create_function("crm_fold", 1, lambda text: None if text is None else folded(text), deterministic=True)
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_SQLITE_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another has written in between;
    # one that will write therefore takes its place in the queue when it begins.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
