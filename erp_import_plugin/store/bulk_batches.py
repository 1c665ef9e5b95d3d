"""Rows of one statement, column by column, as the database's driver takes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy import Dialect

KEEP: Final[Any] = object()
"""In place of a new value: the column stays as it is in this row."""

Row: TypeAlias = Sequence[Any]


@dataclass(frozen=True)
class Batch:
    """``values`` has one sequence for each of ``columns``, all as long as there are rows."""

    columns: Sequence[sa.Column[Any]]
    values: Sequence[Sequence[Any]]

    @property
    def table(self) -> sa.Table:
        """The table of the columns."""
        return self.columns[0].table

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows, as a driver's ``executemany`` takes them."""
        return list(zip(*self.values, strict=True))


@dataclass(frozen=True)
class NewValues:
    """What columns of rows that are there are set to: the first column of ``batch`` finds the row, the others are set.

    ``chosen`` says, for a column that some rows keep, which ones set it. ``expressions`` are set in every row, as SQL.
    """

    batch: Batch
    chosen: Mapping[sa.Column[Any], Sequence[bool]]
    expressions: Mapping[sa.Column[Any], str]


def rows_to_insert(dialect: Dialect, table: sa.Table, keys: Sequence[str], rows: Sequence[Row]) -> Batch | None:
    """The rows with the defaults of SQLAlchemy; None where only SQLAlchemy itself can make them."""
    given = dict(zip([table.c[key] for key in keys], zip(*rows, strict=True), strict=True))
    defaults = {column: column.default for column in table.c if column not in given}
    return _batch(dialect, given, defaults, len(rows))


def new_values(dialect: Dialect, key: sa.Column[Any], keys: Sequence[str], rows: Sequence[Row]) -> NewValues | None:
    """New values, with what is set on every update; None where only SQLAlchemy itself can make them."""
    columns = [key.table.c[name] for name in keys]
    found, *given = zip(*rows, strict=True)
    chosen = {
        column: [value is not KEEP for value in values]
        for column, values in zip(columns, given, strict=True)
        if any(value is KEEP for value in values)
    }
    values: dict[sa.Column[Any], Sequence[Any]] = {key: found}
    for column, some in zip(columns, given, strict=True):
        values[column] = [None if value is KEEP else value for value in some] if column in chosen else some
    updates = {column: column.onupdate for column in key.table.c if column not in values}
    expressions = {column: sql for column, one in updates.items() if (sql := _constant_sql(dialect, one))}
    batch = _batch(dialect, values, {c: one for c, one in updates.items() if c not in expressions}, len(rows))
    return None if batch is None else NewValues(batch, chosen, expressions)


def _batch(
    dialect: Dialect, given: Mapping[Any, Sequence[Any]], defaults: Mapping[Any, Any], count: int
) -> Batch | None:
    values = dict(given)
    for column, default in defaults.items():
        if default is not None:
            make = _maker(default)
            if make is None:
                return None
            values[column] = [make() for _ in range(count)]
    if any(_is_expression(column) for column in values):
        return None
    return Batch(list(values), [_as_driver_takes(dialect, column, some) for column, some in values.items()])


def _maker(default: Any) -> Callable[[], Any] | None:
    """Makes the default of a row; None for one that SQLAlchemy makes of the statement, or the database."""
    if default.is_scalar:
        return lambda: default.arg
    if not default.is_callable:
        return None
    return None if _asks_for_statement(default.arg) else lambda: default.arg(None)


def _asks_for_statement(make: Callable[..., Any]) -> bool:
    """Whether a default is made of the other values; SQLAlchemy has wrapped it if not."""
    try:
        return bool(inspect.signature(make).parameters)
    except ValueError:  # written in C: called without anything
        return False


def _constant_sql(dialect: Dialect, default: Any) -> str | None:
    """A default like ``func.now()`` as SQL; None for one with values of its own, or that is none."""
    if default is None or not default.is_clause_element:
        return None
    compiled = default.arg.compile(dialect=dialect)
    return None if compiled.params else str(compiled)


def _is_expression(column: sa.Column[Any]) -> bool:
    """Whether values of the type are written within an SQL expression."""
    return column.type.bind_expression(sa.bindparam("value", type_=column.type)) is not None


def _as_driver_takes(dialect: Dialect, column: sa.Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    bind = column.type.dialect_impl(dialect).bind_processor(dialect)
    if bind is None:
        return values
    first = values[0]
    if all(value is first for value in values):
        return [bind(first)] * len(values)
    return [bind(value) for value in values]
