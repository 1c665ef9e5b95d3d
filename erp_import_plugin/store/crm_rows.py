"""Entities' own rows: what is kept in one column each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam, func, insert, select

from erp_import_plugin.host_api import CrmValue
from erp_import_plugin.store import bulk
from erp_import_plugin.store.bulk import KEEP
from erp_import_plugin.store.crm_map import EntityTable
from erp_import_plugin.store.crm_values import as_is, id_type, reader, writer
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.transactions import is_locking

Params = dict[str, Any]


def read_rows(
    tx: Connection, entity: EntityTable, ids: Collection[Any], fields: Collection[str]
) -> dict[str, dict[str, CrmValue]]:
    """The asked-for column fields of the entities with these ids (as the column holds them), by id as text."""
    columns = {key: one for key, one in entity.columns().items() if key in fields}
    statement = select(entity.id, *(one.column for one in columns.values())).order_by(entity.id)
    statement = statement.where(dialect_of(tx).among(tx, entity.id, ids))
    if is_locking(tx):
        statement = statement.with_for_update()
    names = tuple(columns)
    reads = [(key, read) for key, one in columns.items() if (read := reader(one)) is not as_is]
    found = {str(key): dict(zip(names, values, strict=True)) for key, *values in tx.execute(statement).all()}
    for values in found.values() if reads else ():
        for key, read in reads:
            if values[key] is not None:
                values[key] = read(values[key])
    return found


def columns_of(
    entity: EntityTable, rows: Sequence[Mapping[str, CrmValue]], stamps: Mapping[str, Any], absent: Any
) -> dict[str, list[Any]]:
    """What the columns are set to, each by its key, in every row: ``absent`` where the row does not have it."""
    touched = set().union(*rows)
    made: dict[str, list[Any]] = {entity.table.c[name].key: [value] * len(rows) for name, value in stamps.items()}
    for key, one in entity.columns().items():
        if key in touched and not one.read_only:
            values = [row.get(key, absent) for row in rows]
            write = writer(one)
            if write is not as_is:
                values = [value if value is None or value is absent else write(value) for value in values]
            made[one.column.key] = values
    return made


def insert_columns(
    tx: Connection, id_column: sa.Column[Any], columns: Mapping[str, Sequence[Any]], count: int
) -> list[Any]:
    """Insert rows and give their ids in order; a value that is ``KEEP`` is the column's default."""
    table = id_column.table
    assert isinstance(table, sa.Table)  # noqa: S101 - columns of a map belong to tables
    ids = new_ids(tx, id_column, count)
    lacking = [name for name, values in columns.items() if KEEP in values]
    if ids is not None and not any(table.c[name].server_default for name in lacking):
        filled = {name: _filled_up(table.c[name], values) for name, values in columns.items()}
        bulk.insert_rows(tx, table, (id_column.key, *filled), list(zip(ids, *filled.values(), strict=True)))
        return ids
    rows = [
        {name: value for name, value in zip(columns, row, strict=True) if value is not KEEP}
        for row in zip(*columns.values(), strict=True)
    ] or [{}] * count
    return _insert_plainly(tx, id_column, table, rows, ids)


def _filled_up(column: sa.Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    return [_default(column) if value is KEEP else value for value in values] if KEEP in values else values


def _insert_plainly(
    tx: Connection, id_column: sa.Column[Any], table: sa.Table, rows: Sequence[Params], ids: list[Any] | None
) -> list[Any]:
    filled, values = _filled(table, rows)
    if ids is not None:
        with_ids = [{**row, id_column.key: new} for row, new in zip(filled, ids, strict=True)]
        tx.execute(insert(table).values({**values, id_column.key: bindparam(id_column.key)}), with_ids)
        return ids
    statement = insert(table).values(values) if values else insert(table)
    if tx.dialect.insert_executemany_returning_sort_by_parameter_order:
        returning = statement.returning(id_column, sort_by_parameter_order=True)
        return list(tx.execute(returning, filled).scalars())
    return [tx.execute(statement, row).inserted_primary_key[0] for row in filled]  # type: ignore[index]


def new_ids(tx: Connection, id_column: sa.Column[Any], count: int) -> list[Any] | None:
    """Ids that are free, in order; None where only the insert can give them."""
    made = id_column.default
    if made is not None and made.is_callable:
        return [made.arg(None) for _ in range(count)]  # type: ignore[attr-defined]
    if id_type(id_column) is UUID and id_column.server_default is None:
        return [uuid4() for _ in range(count)]
    return dialect_of(tx).new_ids(tx, id_column, count)


def _filled(table: sa.Table, rows: Sequence[Params]) -> tuple[list[Params], dict[str, Any]]:
    """The rows with one set of columns: where one lacks a column that others have, it gets the default."""
    union = sorted({name for row in rows for name in row})
    lacking = [name for name in union if any(name not in row for row in rows)]
    filled = [{**{name: _default(table.c[name]) for name in lacking if name not in row}, **row} for row in rows]
    values: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in union}
    for name in lacking:
        server = table.c[name].server_default
        if isinstance(server, sa.DefaultClause):
            values[name] = func.coalesce(values[name], server.arg)
    return filled, values


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    if default is None or not (default.is_scalar or default.is_callable):
        return None
    return default.arg if default.is_scalar else default.arg(None)  # type: ignore[attr-defined]
