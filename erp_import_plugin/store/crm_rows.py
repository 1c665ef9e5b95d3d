"""Entities' own rows: what is kept in one column each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from erp_import_plugin.host_api import CrmValue
from erp_import_plugin.store.crm_map import EntityTable
from erp_import_plugin.store.crm_values import id_type, reader, writer
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
    reads = [(key, reader(one)) for key, one in columns.items()]
    return {
        str(row[0]): {
            key: None if value is None else read(value)
            for (key, read), value in zip(reads, tuple(row)[1:], strict=True)
        }
        for row in tx.execute(statement)
    }


def column_params(
    entity: EntityTable, rows: Sequence[Mapping[str, CrmValue]], stamps: Mapping[str, Any]
) -> list[Params]:
    """For each row what its columns are set to, by the columns' keys; only those the row has."""
    writes = {key: (one.column.key, writer(one)) for key, one in entity.columns().items() if not one.read_only}
    stamped = {entity.table.c[name].key: value for name, value in stamps.items()}
    made = []
    for row in rows:
        params = dict(stamped)
        for key, value in row.items():
            if key in writes:
                name, write = writes[key]
                params[name] = None if value is None else write(value)
        made.append(params)
    return made


def insert_rows(tx: Connection, id_column: sa.Column[Any], rows: Sequence[Params]) -> list[Any]:
    """Insert rows with any columns set in each and give their ids in order; the database gives ids where it can."""
    table = id_column.table
    assert isinstance(table, sa.Table)  # noqa: S101 - columns of a map belong to tables
    filled, values = _filled(table, rows)
    ids = new_ids(tx, id_column, len(rows))
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


def update_rows(tx: Connection, entity: EntityTable, rows: Sequence[tuple[Any, Params]]) -> None:
    """Set each row's own columns in one statement; ``rows`` are ids (as the column holds them) and values."""
    touched = sorted({name for _, params in rows for name in params})
    if not touched:
        return
    always = {name for name in touched if all(name in params for _, params in rows)}
    columns = entity.table.c
    values = {name: _new_value(columns[name], name in always) for name in touched}
    statement = update(entity.table).where(entity.id == bindparam("entity_id", type_=entity.id.type)).values(values)
    sometimes = [name for name in touched if name not in always]
    tx.execute(statement, [_update_params(key, params, touched, sometimes) for key, params in rows])


def _new_value(column: sa.Column[Any], always: bool) -> sa.ColumnElement[Any]:
    new = bindparam(f"new_{column.key}", type_=column.type)
    if always:
        return new
    return case((bindparam(f"set_{column.key}", type_=sa.Boolean()), new), else_=column)


def _update_params(key: Any, params: Params, touched: Iterable[str], sometimes: Iterable[str]) -> Params:
    made: Params = {"entity_id": key}
    made |= {f"new_{name}": params.get(name) for name in touched}
    return made | {f"set_{name}": name in params for name in sometimes}


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
