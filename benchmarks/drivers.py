"""Rows into a table as fast as each database's driver takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection

PLACES = {"sqlite": "?", "postgresql": "%s", "mariadb": "%s", "mysql": "%s"}
_PART = 10_000


def insert(tx: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY on PostgreSQL, else ``executemany`` on the driver's own cursor, some thousand rows at a time."""
    names = ", ".join(columns)
    cursor: Any = raw(tx).cursor()
    if tx.dialect.name == "postgresql":
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join([PLACES[tx.dialect.name]] * len(columns))
    left = iter(rows)
    while part := list(islice(left, _PART)):
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", part)


def raw(tx: Connection) -> Any:
    """The driver's connection."""
    return tx.connection.driver_connection
