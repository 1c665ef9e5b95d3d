"""Databases that refuse to keep anything: full, or open for reading only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pymysql
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET default_transaction_read_only = ON",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
_FULL: dict[str, Callable[[], Exception]] = {
    "sqlite": lambda: sqlite3.OperationalError("database or disk is full"),
    "postgresql": lambda: psycopg.errors.DiskFull("could not extend file: No space left on device"),
    "mysql": lambda: pymysql.err.OperationalError(1114, "The table 'erp_import_staged' is full"),
    "mariadb": lambda: pymysql.err.OperationalError(1114, "The table 'erp_import_staged' is full"),
}
_WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "COPY")


@contextmanager
def connected_with(engine: Engine, statement: str) -> Iterator[None]:
    """Every connection begins with a statement."""

    def prepare(raw: Any, _record: object) -> None:
        raw.cursor().execute(statement)
        raw.commit()

    engine.dispose()
    event.listen(engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(engine, "connect", prepare)
        engine.dispose()


def read_only(engine: Engine) -> AbstractContextManager[None]:
    """Every connection is open for reading only."""
    return connected_with(engine, _READ_ONLY[engine.dialect.name])


@contextmanager
def full(engine: Engine, after: int = 0) -> Iterator[None]:
    """Refuse as a full disk does, after so many statements that write; only the job itself is still written.

    A server's disk is not ours to fill, so its refusal is made here.
    """
    written = 0

    def refuse(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal written
        if not statement.lstrip().upper().startswith(_WRITING) or _left_out(statement):
            return
        written += 1
        if written > after:
            raise OperationalError(statement, {}, _FULL[engine.dialect.name]())

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def _left_out(statement: str) -> bool:
    """The job itself, and what only waits for the turn to write."""
    return "erp_import_job" in statement or "erp_import_match_index.id <" in statement
