"""Many rows written at once: by what each database and its driver do best, else by plain SQLAlchemy Core.

Values are given as SQLAlchemy's column types take them, and what is written is what Core would write: the types' bind
processors run, once where all rows have the same value and not at all for types that need none, and defaults are made.
Errors are those of Core, too, but never show the values. Everything stays in the caller's transaction, in a number of
statements that does not depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from erp_import_plugin.store.bulk_batches import KEEP, Row, new_values, rows_to_insert
from erp_import_plugin.store.bulk_ways import way_of
from erp_import_plugin.store.transactions import values_hidden

__all__ = ["KEEP", "insert_rows", "update_rows"]


def insert_rows(tx: Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows that each have a value for every one of ``columns``, which are keys of columns of the table.

    Columns that are not named get their defaults, those of the database and those of SQLAlchemy. Raises what SQLAlchemy
    raises.
    """
    if not rows:
        return
    with values_hidden():
        way = way_of(tx, len(rows))
        batch = rows_to_insert(tx.dialect, table, columns, rows) if way else None
        if way is None or batch is None or not way.insert(tx, batch):
            tx.execute(sa.insert(table), [dict(zip(columns, row, strict=True)) for row in rows])


def update_rows(tx: Connection, key: sa.Column[Any], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set columns, given by their keys, in the rows of a table that ``key`` finds; later rows go before earlier ones.

    Each of ``rows`` has the value of the key first, then one for every one of ``columns``: ``KEEP`` where the column
    stays as it is. Columns that are not named get what their ``onupdate`` makes. Raises what SQLAlchemy raises.
    """
    if not rows or not columns:
        return
    with values_hidden():
        way = way_of(tx, len(rows))
        new = new_values(tx.dialect, key, columns, rows) if way else None
        if way is None or new is None or not way.update(tx, new):
            _update_plainly(tx, key, columns, rows)


def _update_plainly(tx: Connection, key: sa.Column[Any], columns: Sequence[str], rows: Sequence[Row]) -> None:
    kept = {name for row in rows for name, value in zip(columns, row[1:], strict=True) if value is KEEP}
    values = {name: _new_value(key.table.c[name], name in kept) for name in columns}
    statement = sa.update(_table(key)).where(key == bindparam("row_key", type_=key.type)).values(values)
    tx.execute(statement, [_params(columns, kept, row) for row in rows])


def _table(column: sa.Column[Any]) -> sa.Table:
    table = column.table
    assert isinstance(table, sa.Table)  # noqa: S101 - columns of a map belong to tables
    return table


def _new_value(column: sa.Column[Any], kept: bool) -> sa.ColumnElement[Any]:
    new = bindparam(f"new_{column.key}", type_=column.type)
    return sa.case((bindparam(f"set_{column.key}", type_=sa.Boolean()), new), else_=column) if kept else new


def _params(columns: Sequence[str], kept: Collection[str], row: Row) -> dict[str, Any]:
    made = {"row_key": row[0]}
    for name, value in zip(columns, row[1:], strict=True):
        made[f"new_{name}"] = None if value is KEEP else value
        if name in kept:
            made[f"set_{name}"] = value is not KEEP
    return made
