"""Transactions on the host's engine, which stays as the host has set it up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import StatementError

from erp_import_plugin.store import tables
from erp_import_plugin.store.troubles import trouble_of

_LOCKING = "erp_import_locking"
_MEMORY = "erp_import_memory"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction for reading; nothing is kept of what it writes."""
    with values_hidden(), engine.connect() as tx:
        yield tx


@contextmanager
def writing(engine: Engine, *, locking: bool = False) -> Iterator[Connection]:
    """A transaction that commits at the end, and rolls back when anything is raised.

    What was read in it is still so when it is written: SQLite has one writer at a time, which it waits to be; on
    PostgreSQL and MariaDB every statement sees what others have committed, and with ``locking`` the entities that
    ``SqlAlchemyCrm.read`` reads stay as they are until the end.
    """
    with engine.connect() as connection, _begun(connection, locking=locking) as tx:
        yield tx


@contextmanager
def values_hidden() -> Iterator[None]:
    """Keep what a statement that fails was to write or find out of logs: it may be a person's data."""
    try:
        yield
    except StatementError as error:
        error.hide_parameters = True
        raise


class Successive:
    """Transactions that write, as :func:`writing`, one after the other; each may know what the last one has seen.

    On SQLite that takes one connection for all of them, which goes back to the engine with :meth:`close`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._memory: dict[Any, Any] = {}
        self._changes = 0

    @contextmanager
    def writing(self, *, locking: bool = False) -> Iterator[Connection]:
        """A transaction. When it fails, nothing that was seen in it is remembered."""
        try:
            with self._connected() as connection, _begun(connection, locking=locking, **{_MEMORY: self._memory}) as tx:
                yield tx
            if self._connection is not None:
                self._changes = _own_changes(self._connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Forget what was seen."""
        self._memory.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if self._engine.dialect.name != "sqlite":
            with self._engine.connect() as connection:
                yield connection
            return
        if self._connection is None:
            self._connection = self._engine.connect()
        elif _own_changes(self._connection) != self._changes:  # an engine may give one connection to several
            self._memory.clear()
        yield self._connection


def memory_of(tx: Connection) -> dict[Any, Any] | None:
    """What the transactions of one :class:`Successive` remember; None in any other."""
    return tx.get_execution_options().get(_MEMORY)


@contextmanager
def _begun(connection: Connection, **options: Any) -> Iterator[Connection]:
    options[_LOCKING] = options.pop("locking")
    if connection.dialect.name in ("postgresql", "mysql", "mariadb"):
        options |= {"isolation_level": "READ COMMITTED"}
    tx = connection.execution_options(**options)
    with values_hidden(), tx.begin():
        if tx.dialect.name == "sqlite":
            _wait_to_write(tx)
        yield tx


def _own_changes(connection: Connection) -> int:
    """How many rows were ever changed through this connection to SQLite."""
    return int(getattr(connection.connection.dbapi_connection, "total_changes", 0))


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
