"""What each database does best in its own way, and a plain way for all others."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Integer,
    Sequence,
    String,
    Table,
    any_,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Dialect:
    """The plain way. Each method is at most one statement, or part of one, however many values it is given."""

    def among(self, tx: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
        """Whether the column is one of the values, however many there are."""
        return column.in_(values)

    def as_text(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """The value as text that is compared character by character, whatever the column's collation."""
        return cast(value, String)

    def insert_unless_there(self, table: Table) -> Insert:
        """An insert that does nothing for rows that are there."""
        return insert(table).prefix_with("IGNORE")

    def new_ids(self, tx: Connection, column: Column[Any], count: int) -> list[int] | None:
        """New ids for an integer primary key, in order; None where only the insert gives them."""
        return None

    def analyse(self, tx: Connection, table: Table) -> None:
        """Tell the database's planner that the table has many new rows, where it needs to be told."""


class _Sqlite(Dialect):
    def among(self, tx: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
        # One bound value: older SQLite takes no more than 999.
        bind = column.type.dialect_impl(tx.dialect).bind_processor(tx.dialect)
        listed = json.dumps([bind(value) for value in values] if bind else list(values))
        return column.in_(select(func.json_each(literal(listed, String)).table_valued("value").c.value))

    def as_text(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        return cast(value, String).collate("BINARY")

    def insert_unless_there(self, table: Table) -> Insert:
        return sqlite.insert(table).on_conflict_do_nothing()

    def new_ids(self, tx: Connection, column: Column[Any], count: int) -> list[int] | None:
        if not isinstance(column.type, Integer):
            return None
        last = tx.execute(select(func.max(column))).scalar() or 0
        # Only databases with an AUTOINCREMENT column have this table; it remembers ids that are deleted.
        if tx.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).scalar():
            used = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
            last = max(last, tx.execute(used, {"name": column.table.name}).scalar() or 0)
        return list(range(last + 1, last + count + 1))


class _PostgreSql(Dialect):
    def among(self, tx: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
        if isinstance(column.type, Integer):
            # As bigint, an id that does not fit its column is not found, instead of an error. As a query, since an
            # array of another type than the column's is not hashed: each row would be compared with each value.
            return column.in_(select(func.unnest(literal(list(values), postgresql.ARRAY(BigInteger())))))
        return column == any_(literal(list(values), postgresql.ARRAY(column.type)))

    def as_text(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        # What is no text gets the database's own collation, which compares no less exactly, and finds by our indexes.
        made = cast(value, postgresql.TEXT)
        return made.collate("C") if isinstance(value.type, String) else made

    def insert_unless_there(self, table: Table) -> Insert:
        return postgresql.insert(table).on_conflict_do_nothing()

    def new_ids(self, tx: Connection, column: Column[Any], count: int) -> list[int] | None:
        if not isinstance(column.type, Integer) or (column.identity is not None and column.identity.always):
            return None
        many = func.generate_series(1, count).table_valued("n")
        ids = tx.execute(select(self._next(tx, column)).select_from(many)).scalars().all()
        return None if None in ids else list(ids)

    def analyse(self, tx: Connection, table: Table) -> None:
        tx.exec_driver_sql(f"ANALYZE {tx.dialect.identifier_preparer.format_table(table)}")

    @staticmethod
    def _next(tx: Connection, column: Column[Any]) -> ColumnElement[Any]:
        if isinstance(column.default, Sequence):
            return column.default.next_value()
        table = tx.dialect.identifier_preparer.format_table(column.table)
        return func.nextval(cast(func.pg_get_serial_sequence(table, column.name), postgresql.REGCLASS))


class _Utf8mb4(FunctionElement[str]):
    """Text of any character set as utf8mb4: two columns cannot be compared otherwise."""

    type = String()
    name = "utf8mb4"
    inherit_cache = True


@compiles(_Utf8mb4)
def _convert(element: _Utf8mb4, compiler: Any, **options: Any) -> str:
    return f"CONVERT({compiler.process(element.clauses, **options)} USING utf8mb4)"


class _MariaDb(Dialect):
    def insert_unless_there(self, table: Table) -> Insert:
        # INSERT IGNORE takes a shared lock on the row that is there; two who then want it for themselves deadlock.
        new = mysql.insert(table)
        key = next(iter(table.primary_key))
        return new.on_duplicate_key_update({key.name: key})

    def as_text(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        return _Utf8mb4(cast(value, String)).collate("utf8mb4_nopad_bin")


_DIALECTS: Mapping[str, Dialect] = {
    "sqlite": _Sqlite(),
    "postgresql": _PostgreSql(),
    "mariadb": _MariaDb(),
    "mysql": _MariaDb(),
}
_PLAIN = Dialect()


def dialect_of(tx: Connection) -> Dialect:
    """The ways of the database that this connection is to."""
    return _DIALECTS.get(tx.dialect.name, _PLAIN)
