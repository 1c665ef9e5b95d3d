"""Transactions on the host's engine, which stays as the host has set it up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, update

from erp_import_plugin.store import tables
from erp_import_plugin.store.troubles import trouble_of

_LOCKING = "erp_import_locking"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction for reading; nothing is kept of what it writes."""
    with engine.connect() as tx:
        yield tx


@contextmanager
def writing(engine: Engine, *, locking: bool = False) -> Iterator[Connection]:
    """A transaction that commits at the end, and rolls back when anything is raised.

    What was read in it is still so when it is written: SQLite has one writer at a time, which it waits to be; on
    PostgreSQL and MariaDB every statement sees what others have committed, and with ``locking`` the entities that
    ``SqlAlchemyCrm.read`` reads stay as they are until the end.
    """
    options: dict[str, Any] = {_LOCKING: locking}
    if engine.dialect.name in ("postgresql", "mysql", "mariadb"):
        options |= {"isolation_level": "READ COMMITTED"}
    with engine.connect().execution_options(**options) as tx, tx.begin():
        if engine.dialect.name == "sqlite":
            _wait_to_write(tx)
        yield tx


def is_passing(error: Exception) -> bool:
    """Whether an error of the database tells of its state, not of the data: it may be gone when tried again."""
    trouble = trouble_of(error)
    return trouble is not None and trouble.passes


def is_locking(tx: Connection) -> bool:
    """Whether rows that are read must be locked."""
    return bool(tx.get_execution_options().get(_LOCKING)) and tx.dialect.name != "sqlite"


def _wait_to_write(tx: Connection) -> None:
    # A SQLite transaction that reads first and writes later fails at once when another has written in between.
    # Whether the driver has begun one by now depends on how the host has set it up.
    if getattr(tx.connection.dbapi_connection, "in_transaction", False):
        nothing = update(tables.match_index).where(tables.match_index.c.id < 0).values(state="")
        tx.execute(nothing)
    else:
        tx.exec_driver_sql("BEGIN IMMEDIATE")
