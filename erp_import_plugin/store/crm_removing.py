"""What hangs on entities, and taking entities and list items away: what an undo needs of a host's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, and_, case, delete, func, or_, select

from erp_import_plugin.host_api import Attached, CrmType, EntityKind
from erp_import_plugin.store.crm_many import delete_many
from erp_import_plugin.store.crm_map import Column, EntityTable, ListTable
from erp_import_plugin.store.crm_values import ids_from_text
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.transactions import is_locking


@dataclass(frozen=True)
class _Hanging:
    """Rows that hang on an entity: ``owner`` refers to it. ``id`` and ``kind`` where the rows are entities."""

    owner: Any
    label: str
    where: Any = None
    id: Any = None
    kind: EntityKind | None = None


def read_attached(
    tx: Connection, entities: Mapping[EntityKind, EntityTable], kind: EntityKind, ids: Collection[str]
) -> dict[str, list[Attached]]:
    """What hangs on entities of one kind, by id: other entities, declared rows, and rows that refer to them."""
    found: dict[str, list[Attached]] = defaultdict(list)
    for one in _hangings(entities, kind) if ids else ():
        typed = ids_from_text(one.owner, ids)
        mine = and_(dialect_of(tx).among(tx, one.owner, typed), sa.true() if one.where is None else one.where)
        if one.kind is None:
            counted = select(one.owner, func.count()).where(mine).group_by(one.owner)
            for owner, count in tx.execute(counted):
                found[str(owner)].append(Attached(one.label, count))
        else:
            named: dict[str, list[str]] = defaultdict(list)
            for owner, key in tx.execute(select(one.owner, one.id).where(mine).order_by(one.id)):
                named[str(owner)].append(str(key))
            for owner, keys in named.items():
                found[owner].append(Attached(one.label, len(keys), one.kind, tuple(keys)))
    return dict(found)


def delete_entities(tx: Connection, entity: EntityTable, ids: Collection[str]) -> None:
    """Delete entities with all their values and memberships."""
    for member in entity.memberships:
        owner, where = member.owner, sa.true() if member.where is None else member.where
        mine = dialect_of(tx).among(tx, owner, ids_from_text(owner, ids))
        tx.execute(delete(owner.table).where(mine, where))
    typed = ids_from_text(entity.id, ids)
    delete_many(tx, entity.many(), typed)
    tx.execute(delete(entity.table).where(dialect_of(tx).among(tx, entity.id, typed)))


def remove_items(
    tx: Connection, one: ListTable, entities: Iterable[EntityTable], default: str | None, ids: Collection[str]
) -> list[str]:
    """Remove those items of a list, but the default one, that nothing refers to; gives the ids of the removed."""
    typed = ids_from_text(one.id, (key for key in ids if key != default))
    if not typed:
        return []
    mine = (one.id.table.c[name] == value for name, value in one.where.items())
    there = select(one.id).where(dialect_of(tx).among(tx, one.id, typed), *mine).order_by(one.id)
    if is_locking(tx):
        there = there.with_for_update()  # who begins to use one meanwhile is waited for, and seen below
    free = {str(key): key for key in tx.execute(there).scalars()}
    for column in _users(one, entities):
        among = dialect_of(tx).among(tx, column, ids_from_text(column, free))
        for used in tx.execute(select(column).where(among).distinct()).scalars():
            free.pop(str(used), None)
    if free:
        tx.execute(delete(one.id.table).where(dialect_of(tx).among(tx, one.id, list(free.values()))))
    return list(free)


def _hangings(entities: Mapping[EntityKind, EntityTable], kind: EntityKind) -> Iterator[_Hanging]:
    """What may hang on entities of a kind: each once, the declared ones by the name they are declared with."""
    entity = entities[kind]
    seen = {member.owner for member in entity.memberships} | {one.owner for one in entity.attached}
    for one in entity.attached:
        yield _Hanging(one.owner, str(one.label), one.where)
    for other in entities.values():
        for column in _references(other, entity):
            if column not in seen:
                seen.add(column)
                yield _Hanging(column, str(other.label), None, other.id, other.kind)
    own = {field.owner for field in entity.many().values()}
    for column in _foreign_keys(entity.id):
        if column in own and column not in seen:
            yield _Hanging(column, column.table.name, _of_no_field(entity, column))
        elif column not in seen:
            yield _Hanging(column, column.table.name)


def _references(other: EntityTable, entity: EntityTable) -> Iterator[Any]:
    """The columns of another entity's table that refer to this one."""
    if entity.kind is EntityKind.COMPANY:
        columns = other.columns().values()
        yield from (field.column for field in columns if field.crm_type is CrmType.COMPANY)
    yield from (column for column in _foreign_keys(entity.id) if column.table is other.table)


def _of_no_field(entity: EntityTable, owner: Any) -> Any:
    """The rows of a table of values that belong to no field, such as phones of a kind that is not mapped."""
    fields = [field for field in entity.many().values() if field.owner is owner]
    conditions = [and_(sa.true(), *(owner.table.c[name] == is_ for name, is_ in f.where.items())) for f in fields]
    return case((or_(*conditions), 0), else_=1) == 1


def _foreign_keys(key: Any) -> list[Any]:
    """The columns of all tables of the same metadata that refer to this one."""
    tables = key.table.metadata.sorted_tables
    return [fk.parent for table in tables for fk in sorted(table.foreign_keys, key=str) if fk.column is key]


def _users(one: ListTable, entities: Iterable[EntityTable]) -> Sequence[Any]:
    """The columns that hold items of a list."""
    fields = (field for entity in entities for field in entity.fields.values())
    holding = [
        field.column if isinstance(field, Column) else field.value
        for field in fields
        if getattr(field, "list_name", None) == one.name
    ]
    return list(dict.fromkeys([*holding, *_foreign_keys(one.id), *one.used_by]))
