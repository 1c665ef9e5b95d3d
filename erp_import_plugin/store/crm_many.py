"""Fields with many values (phones, e-mails, URLs, multiple lists): rows of tables of their own, one statement each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import Connection, Row, and_, bindparam, delete, or_, select

from erp_import_plugin.host_api import CrmValue
from erp_import_plugin.store import bulk
from erp_import_plugin.store.crm_map import Channel, Items
from erp_import_plugin.store.crm_values import reader, writer
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.transactions import is_locking

Many: TypeAlias = "Channel | Items"
Values: TypeAlias = Mapping[str, CrmValue]


def read_many(tx: Connection, fields: Mapping[str, Many], ids: Collection[Any]) -> dict[str, dict[str, list[str]]]:
    """The values of the fields by entity (its id as text) and field, oldest first; empty ones are left out."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for some in _by_table(fields):
        for owner, key, value, _ in _rows(tx, some, ids):
            found[owner][key].append(value)
    return found


def insert_many(tx: Connection, fields: Mapping[str, Many], rows: Sequence[tuple[Any, Values]]) -> None:
    """Write the values of new entities; ``rows`` are ids (as the column holds them) and values by field."""
    for some in _by_table(fields):
        _insert(
            tx, some, [(owner, key, value) for owner, row in rows for key in some for value in _tuple(row.get(key))]
        )


def update_many(tx: Connection, fields: Mapping[str, Many], rows: Sequence[tuple[Any, Values]]) -> None:
    """Replace the values of the fields each row has; rows of values that stay are not touched."""
    for some in _by_table({key: one for key, one in fields.items() if any(key in row for _, row in rows)}):
        wanted = {(str(owner), key): list(_tuple(row[key])) for owner, row in rows for key in some if key in row}
        gone = []
        for owner, key, value, row in _rows(tx, some, [owner for owner, _ in rows]):
            left = wanted.get((owner, key))
            if left is not None and value in left:
                left.remove(value)
            elif left is not None:
                gone.append(row)
        _delete(tx, some, gone)
        owners = {str(owner): owner for owner, _ in rows}
        _insert(tx, some, [(owners[owner], key, value) for (owner, key), left in wanted.items() for value in left])


def delete_many(tx: Connection, fields: Mapping[str, Many], ids: Collection[Any]) -> None:
    """Delete all values of the fields of some entities; other rows of the tables stay."""
    for some in _by_table(fields):
        owner = next(iter(some.values())).owner
        tx.execute(delete(owner.table).where(dialect_of(tx).among(tx, owner, ids), _of(some)))


def _by_table(fields: Mapping[str, Many]) -> Iterator[dict[str, Many]]:
    """The fields grouped by table: those of one table are read and written together."""

    def place(key: str) -> tuple[str, str]:
        return fields[key].value.table.fullname, fields[key].owner.key

    for _, keys in groupby(sorted(fields, key=place), place):
        yield {key: fields[key] for key in keys}


def _rows(tx: Connection, fields: Mapping[str, Many], ids: Collection[Any]) -> Iterator[tuple[str, str, str, Row[Any]]]:
    """Owner, field, value and the table's row of each value of the entities."""
    one = next(iter(fields.values()))
    table: sa.Table = one.value.table
    statement = select(table).where(dialect_of(tx).among(tx, one.owner, ids), _of(fields)).order_by(*_identity(one))
    if is_locking(tx):
        statement = statement.with_for_update()
    place = {column.key: n for n, column in enumerate(table.c)}
    owner = place[one.owner.key]
    values = {key: (place[some.value.key], reader(some)) for key, some in fields.items()}
    sorts = _sorts(fields, place)
    for row in tx.execute(statement):
        for of, keys in sorts:
            for key in keys.get(tuple([row[n] for n in of]), ()):
                at, read = values[key]
                if row[at] is not None:
                    yield str(row[owner]), key, read(row[at]), row


def _sorts(
    fields: Mapping[str, Many], place: Mapping[str, int]
) -> list[tuple[tuple[int, ...], dict[tuple[Any, ...], list[str]]]]:
    """The fields by what tells that a row is one of theirs: the places of columns, and their values."""
    found: dict[tuple[int, ...], dict[tuple[Any, ...], list[str]]] = {}
    for key, one in fields.items():
        places = tuple(place[name] for name in one.where)
        found.setdefault(places, {}).setdefault(tuple(one.where.values()), []).append(key)
    return list(found.items())


def _of(fields: Mapping[str, Many]) -> Any:
    """Whether a row of their table belongs to one of the fields."""
    tables = [(one.value.table.c, one.where) for one in fields.values()]
    return or_(*(and_(sa.true(), *(columns[name] == is_ for name, is_ in where.items())) for columns, where in tables))


def _identity(field: Many) -> list[sa.Column[Any]]:
    table: sa.Table = field.value.table
    return list(table.primary_key.columns) or list(table.c)


def _insert(tx: Connection, fields: Mapping[str, Many], values: Sequence[tuple[Any, str, str]]) -> None:
    if not values:
        return
    writers = {key: writer(field) for key, field in fields.items()}
    one = next(iter(fields.values()))
    table = one.value.table
    marks = {
        key: {field.value.table.c[name].key: is_ for name, is_ in field.where.items()} for key, field in fields.items()
    }
    names = sorted(set().union(*marks.values()))
    columns = (one.owner.key, one.value.key, *names)
    told = {key: tuple(marks[key].get(name) for name in names) for key in fields}
    bulk.insert_rows(tx, table, columns, [(owner, writers[key](value), *told[key]) for owner, key, value in values])


def _delete(tx: Connection, fields: Mapping[str, Many], rows: Sequence[Row[Any]]) -> None:
    if not rows:
        return
    one = next(iter(fields.values()))
    identity = _identity(one)
    same = [column == bindparam(f"old_{column.key}", type_=column.type) for column in identity]
    old = [{f"old_{column.key}": row._mapping[column] for column in identity} for row in rows]
    tx.execute(delete(one.value.table).where(*same), old)


def _tuple(value: CrmValue) -> tuple[str, ...]:
    if value is None or isinstance(value, tuple):
        return value or ()
    raise TypeError("A field with many values takes a tuple.")
