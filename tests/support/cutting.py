"""What goes wrong with a database in the middle of the work: the connection is cut, all is locked, the disk is full."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError

from tests.support import databases

Strike = Callable[[Connection], None]

_ANY = 2**31 - 2  # pages: SQLite's own limit


@contextmanager
def cut(engine: Engine) -> Iterator[Strike]:
    """Has the server end the session of a connection, as an operator or a broken line does."""
    other = databases.opened(databases.address(engine))

    def strike(connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        if engine.dialect.name == "postgresql":
            order, session = "SELECT pg_terminate_backend(:session)", raw.info.backend_pid
        else:
            order, session = "KILL CONNECTION :session", raw.thread_id()
        with other.connect() as operator:
            operator.execute(text(order), {"session": session})

    yield strike
    other.dispose()


@contextmanager
def locked(engine: Engine) -> Iterator[Strike]:
    """Has somebody else take everything in the CRM for themselves as soon as they can, until the end of the ``with``.

    They take it from behind: where the work has some of it by then, the two are in each other's way for good.
    """
    other, over = databases.opened(databases.address(engine)), threading.Event()

    def hold() -> None:
        with other.connect() as holder, suppress(DBAPIError):  # whom the database chose to give way
            for order in _TAKING[engine.dialect.name]:
                holder.exec_driver_sql(order)
            over.wait()

    holding = threading.Thread(target=hold, name="holds what the work needs")

    def impatient(raw: Any, *_: object) -> None:
        with closing(raw.cursor()) as cursor:
            cursor.execute(_IMPATIENT[engine.dialect.name])
        raw.commit()

    with _prepared(engine, impatient):
        yield lambda _: holding.start()
        over.set()
        if holding.ident is not None:
            holding.join()
    other.dispose()


_FROM_BEHIND = tuple(f"SELECT id FROM {table} ORDER BY id DESC FOR UPDATE" for table in ("person", "company", "item"))
_TAKING = {
    "sqlite": ("COMMIT", "BEGIN IMMEDIATE"),
    "postgresql": _FROM_BEHIND,
    "mariadb": _FROM_BEHIND,
}
_IMPATIENT = {
    "sqlite": "PRAGMA busy_timeout = 20",
    "postgresql": "SET lock_timeout = 20",
    "mariadb": "SET innodb_lock_wait_timeout = 0",
}
"""How each database is told not to wait long for others; nobody who tests has half a minute."""


@contextmanager
def full(engine: Engine) -> Iterator[Strike]:
    """Has a SQLite file grow no further, until the end of the ``with``."""
    pages = _ANY

    def limit(raw: Any, *_: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages}")

    def strike(connection: Connection) -> None:
        nonlocal pages
        raw: Any = connection.connection.dbapi_connection
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        limit(raw)

    with _prepared(engine, limit):
        yield strike
        pages = _ANY
    engine.dispose()


@contextmanager
def _prepared(engine: Engine, prepare: Callable[..., None]) -> Iterator[None]:
    """Every connection that is taken from the pool is prepared so."""
    event.listen(engine, "checkout", prepare)
    try:
        yield
    finally:
        event.remove(engine, "checkout", prepare)
        engine.dispose()


FAULTS = {"sqlite": (locked, full), "postgresql": (cut, locked), "mariadb": (cut, locked)}
"""What can go wrong with each database."""
