"""How each database is given many rows at once. A way says whether it could; SQLAlchemy Core can what it cannot.

The statements hold quoted names of tables and columns; values are always parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, event

from erp_import_plugin.store.bulk_batches import Batch, NewValues
from erp_import_plugin.store.transactions import memory_of

_MANY = 20
"""For fewer rows it is not worth asking a server first, or making a table."""

_PACKET = 1_000_000
"""Characters of values in one statement to MariaDB; a server takes 16 million bytes unless it is told otherwise."""


class Way(Protocol):
    """Writes rows. False where it cannot: then nothing has been written."""

    def insert(self, tx: Connection, batch: Batch) -> bool:
        """Insert rows."""

    def update(self, tx: Connection, new: NewValues) -> bool:
        """Set columns of rows that are there."""


def way_of(tx: Connection, rows: int) -> Way | None:
    """The way for so many rows; None where Core does as well, or where it is Core that names the schemas."""
    way, at_least = _WAYS.get((tx.dialect.name, tx.dialect.driver), (None, 0))
    translated = tx.get_execution_options().get("schema_translate_map")
    return None if translated or rows < at_least else way


class _PySqlite:
    """The driver's own executemany."""

    def insert(self, tx: Connection, batch: Batch) -> bool:
        tx.exec_driver_sql(_insertion(tx, batch, "?"), batch.rows)
        return True

    def update(self, tx: Connection, new: NewValues) -> bool:
        key, *columns = new.batch.columns
        found, *values = new.batch.values
        given: list[Sequence[Any]] = []
        for column, some in zip(columns, values, strict=True):
            given += [new.chosen[column], some] if column in new.chosen else [some]
        sets = {c: f"CASE WHEN ? THEN ? ELSE {_name(tx, c)} END" if c in new.chosen else "?" for c in columns}
        assigned = _assigned(tx, {**sets, **new.expressions})
        statement = f"UPDATE {_table(tx, new.batch)} SET {assigned} WHERE {_name(tx, key)} = ?"  # noqa: S608
        tx.exec_driver_sql(statement, list(zip(*given, found, strict=True)))
        return True


class _PyMySql:
    """The driver's executemany, which puts many rows into one INSERT; for UPDATE a join with the new values."""

    def insert(self, tx: Connection, batch: Batch) -> bool:
        tx.exec_driver_sql(_insertion(tx, batch, "%s"), batch.rows)
        return True

    def update(self, tx: Connection, new: NewValues) -> bool:
        # What is joined has one type per column, and a text would not be compared as the key's collation says.
        keys, *_ = new.batch.values
        if not _is_each_once(keys) or _types(keys) != {int} or any(len(_types(some)) > 1 for some in new.batch.values):
            return False
        rows = list(zip(*_given(new).values(), strict=True))
        length = sum(len(value) for some in new.batch.values for value in some if isinstance(value, str))
        size = -(-len(rows) // (1 + length // _PACKET))
        for start in range(0, len(rows), size):
            self._join(tx, new, rows[start : start + size])
        return True

    def _join(self, tx: Connection, new: NewValues, rows: Sequence[Sequence[Any]]) -> None:
        first = ", ".join(f"%s AS {name}" for name in _given(new))
        others = f" UNION ALL SELECT {', '.join(['%s'] * len(rows[0]))}" * (len(rows) - 1)
        statement = (
            f"UPDATE {_table(tx, new.batch)} AS target JOIN (SELECT {first}{others}) AS given "  # noqa: S608
            f"ON target.{_name(tx, new.batch.columns[0])} = given.new_0 SET {_taken(tx, new, 'target.')}"
        )
        tx.exec_driver_sql(statement, tuple(value for row in rows for value in row))


class _Psycopg:
    """COPY, and for UPDATE a join with arrays of the new values."""

    def insert(self, tx: Connection, batch: Batch) -> bool:
        if not _can_be_copied(tx, batch) or not self._takes_copy(tx, batch):
            return False
        names = ", ".join(_name(tx, column) for column in batch.columns)
        self._copy(tx, f"{_table(tx, batch)} ({names})", batch.rows)
        return True

    def update(self, tx: Connection, new: NewValues) -> bool:
        if not _is_each_once(new.batch.values[0]) or not _can_be_copied(tx, new.batch):
            return False
        given = _given(new)
        types = {f"new_{n}": _array_of(tx, column) for n, column in enumerate(new.batch.columns)}
        arrays = ", ".join(f"unnest(CAST(%s AS {types.get(name, 'boolean')}[])) AS {name}" for name in given)
        tx.exec_driver_sql(
            f"UPDATE {_table(tx, new.batch)} AS target SET {_taken(tx, new)} FROM (SELECT {arrays}) AS given "  # noqa: S608
            f"WHERE target.{_name(tx, new.batch.columns[0])} = given.new_0",
            tuple(map(list, given.values())),
        )
        return True

    @staticmethod
    def _copy(tx: Connection, target: str, rows: list[tuple[Any, ...]]) -> None:
        # By way of SQLAlchemy, so that errors, lost connections and logging are as with every other statement.
        if not event.contains(tx.dialect, "do_executemany", _copied):
            event.listen(tx.dialect, "do_executemany", _copied)
        tx.exec_driver_sql(f"COPY {target} FROM STDIN", rows, execution_options={_COPY: True})

    @staticmethod
    def _takes_copy(tx: Connection, batch: Batch) -> bool:
        """Whether the table is one, without rules that COPY would not follow."""
        table = _table(tx, batch).replace("%%", "%")
        memory = memory_of(tx)
        known = {} if memory is None else memory
        if (_COPY, table) not in known:
            asked = (
                "SELECT relkind IN ('r', 'p') AND NOT relhasrules AND NOT row_security_active(oid) "
                "FROM pg_class WHERE oid = CAST(%s AS regclass)"
            )
            known[_COPY, table] = bool(tx.exec_driver_sql(asked, (table,)).scalar())
        return bool(known[_COPY, table])


_COPY = "erp_import_copy"


def _copied(cursor: Any, statement: str, rows: Sequence[Any], context: Any) -> bool:
    """In place of the driver's executemany, where we ask for COPY."""
    if not context.execution_options.get(_COPY):
        return False
    with cursor.copy(statement.replace("%%", "%")) as copy:  # without parameters the driver leaves it doubled
        for row in rows:
            copy.write_row(row)
    return True


_COPIED: tuple[tuple[type[Any], str, set[type[Any]]], ...] = (
    (sa.Boolean, "boolean", {bool}),
    (sa.Integer, "bigint", {int}),
    (sa.Float, "double precision", {float, int, Decimal}),
    (sa.Numeric, "numeric", {Decimal, int}),
    (sa.DateTime, "timestamp", {datetime}),
    (sa.Date, "date", {date}),
    (sa.Uuid, "uuid", {UUID, str}),
    (sa.Enum, "", {str}),
    (sa.String, "text", {str}),
)
"""Values that mean the same in COPY, where they are text for the column, as in Core's typed parameters.

By the type of the column, with the type they have in an array: one that is assigned to the column as a value is.
"""


def _can_be_copied(tx: Connection, batch: Batch) -> bool:
    return all(_same_when_copied(tx, column, some) for column, some in zip(batch.columns, batch.values, strict=True))


def _kind(tx: Connection, column: sa.Column[Any]) -> Any:
    kind = column.type.dialect_impl(tx.dialect)
    return kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind


def _array_of(tx: Connection, column: sa.Column[Any]) -> str:
    """The type of the items of an array of the column's values."""
    kind = _kind(tx, column)
    name = next((name for sql, name, _ in _COPIED if isinstance(kind, sql)), "") or kind.compile(tx.dialect)
    return f"{name} with time zone" if isinstance(kind, sa.DateTime) and kind.timezone else name


def _same_when_copied(tx: Connection, column: sa.Column[Any], values: Sequence[Any]) -> bool:
    kind = _kind(tx, column)
    known = next((types for sql, _, types in _COPIED if isinstance(kind, sql)), set())
    if not _types(values) <= known:
        return False
    # From the text of a moment the server would leave the offset out.
    return not isinstance(kind, sa.DateTime) or kind.timezone or not any(value and value.tzinfo for value in values)


def _given(new: NewValues) -> dict[str, Sequence[Any]]:
    """The new values, and which of them are to be set, by the names they are joined under."""
    given = {f"new_{n}": some for n, some in enumerate(new.batch.values)}
    columns = enumerate(new.batch.columns)
    return {**given, **{f"set_{n}": new.chosen[column] for n, column in columns if column in new.chosen}}


def _taken(tx: Connection, new: NewValues, prefix: str = "") -> str:
    """The assignments of what is joined. ``prefix`` stands before the columns that are set."""
    sets = {
        column: f"CASE WHEN given.set_{n} THEN given.new_{n} ELSE target.{_name(tx, column)} END"
        if column in new.chosen
        else f"given.new_{n}"
        for n, column in enumerate(new.batch.columns)
        if n
    }
    return _assigned(tx, {**sets, **new.expressions}, prefix)


def _assigned(tx: Connection, sets: Mapping[sa.Column[Any], str], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{_name(tx, column)} = {new}" for column, new in sets.items())


def _insertion(tx: Connection, batch: Batch, placeholder: str) -> str:
    names = ", ".join(_name(tx, column) for column in batch.columns)
    marks = ", ".join([placeholder] * len(batch.columns))
    return f"INSERT INTO {_table(tx, batch)} ({names}) VALUES ({marks})"  # noqa: S608


def _table(tx: Connection, batch: Batch) -> str:
    return tx.dialect.identifier_preparer.format_table(batch.table)


def _name(tx: Connection, column: sa.Column[Any]) -> str:
    return tx.dialect.identifier_preparer.format_column(column)


def _types(values: Iterable[Any]) -> set[type[Any]]:
    return set(map(type, values)) - {type(None)}


def _is_each_once(keys: Collection[Any]) -> bool:
    return len(set(keys)) == len(keys)


_WAYS: Mapping[tuple[str, str], tuple[Way, int]] = {
    ("sqlite", "pysqlite"): (_PySqlite(), 1),
    ("postgresql", "psycopg"): (_Psycopg(), _MANY),
    ("mysql", "pymysql"): (_PyMySql(), _MANY),
    ("mariadb", "pymysql"): (_PyMySql(), _MANY),
}
