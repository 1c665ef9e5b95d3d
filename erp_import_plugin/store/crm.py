"""The ready ``host_api.Crm`` over a host's own tables, given as a declarative map."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, func, select

from erp_import_plugin.engine.rules import erasure_digests
from erp_import_plugin.host_api import (
    Attached,
    CrmField,
    CrmList,
    CrmListItem,
    CrmSchema,
    CrmValue,
    Edit,
    Entity,
    EntityKind,
    EntitySchema,
    EntityUpdate,
    MatchRule,
    Preferences,
    User,
)
from erp_import_plugin.store import bulk, match_index
from erp_import_plugin.store.crm_lists import add_items, codes, read_items
from erp_import_plugin.store.crm_many import insert_many, read_many, update_many
from erp_import_plugin.store.crm_map import (
    Attachment,
    Channel,
    Column,
    EntityTable,
    Erased,
    Items,
    ListTable,
    Membership,
    Stamp,
)
from erp_import_plugin.store.crm_removing import delete_entities, read_attached, remove_items
from erp_import_plugin.store.crm_rows import columns_of, insert_columns, read_rows
from erp_import_plugin.store.crm_values import aware, id_type, id_writer, ids_from_text
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.match_rows import source_of

__all__ = [
    "Attachment",
    "Channel",
    "Column",
    "EntityTable",
    "Erased",
    "Items",
    "ListTable",
    "Membership",
    "SqlAlchemyCrm",
    "erasure_digests",
]


class SqlAlchemyCrm:
    """A CRM kept in SQLAlchemy tables (Core tables or ORM classes), read and written set by set.

    Statements go straight to the tables: the events and validators of ORM classes do not run. Defaults and ``onupdate``
    of columns do, and so do the database's own triggers and constraints. A host that needs its ORM to see every write
    implements ``host_api.Crm`` itself. Errors of the database are raised as they are.

    ``erased`` is left out by a host without a do-not-recreate list, ``preferences`` by one without preferences.
    """

    def __init__(
        self,
        entities: Iterable[EntityTable],
        lists: Iterable[ListTable] = (),
        *,
        preferences: Callable[[Connection], Preferences] | None = None,
        erased: Erased | None = None,
    ) -> None:
        self._entities = {entity.kind: entity for entity in entities}
        self._lists = {one.name: one for one in lists}
        self._preferences = preferences
        self._erased = erased
        unknown = {name for entity in self._entities.values() for name in _lists_of(entity)} - self._lists.keys()
        if unknown:
            raise ValueError(f"There is no ListTable for: {', '.join(sorted(unknown))}.")

    def schema(self) -> CrmSchema:
        """The entities, fields and lists as the map has them, with labels in the reader's language."""
        lists = {name: CrmList(name, str(one.label), one.default_item) for name, one in self._lists.items()}
        return CrmSchema({kind: _described(entity) for kind, entity in self._entities.items()}, lists)

    def preferences(self, tx: Connection) -> Preferences:
        """The preferences as they are now."""
        return self._preferences(tx) if self._preferences else Preferences()

    def list_items(self, tx: Connection, list_name: str) -> Sequence[CrmListItem]:
        """The items of a list that can be chosen, by label."""
        return read_items(tx, self._lists[list_name])

    def add_list_items(self, tx: Connection, list_name: str, labels: Sequence[str]) -> Sequence[CrmListItem]:
        """Add items, none of which exists, and give them in the same order."""
        return add_items(tx, self._lists[list_name], labels)

    def count(self, tx: Connection, kind: EntityKind) -> int:
        """How many entities of this kind there are."""
        return tx.execute(select(func.count()).select_from(self._entities[kind].table)).scalar_one()

    def find(
        self, tx: Connection, kind: EntityKind, rule: MatchRule, keys: Collection[str], *, prepared: bool = False
    ) -> Mapping[str, Sequence[str]]:
        """The ids of the entities that have one of the keys, as they are in this transaction.

        The transaction must be one that writes: keys are kept in a table of ours. Until it ends, others that look for
        entities wait, so that what is not found can be created without a double; not so where it is ``prepared``.
        Raises ValueError for a rule whose fields this CRM lacks.
        """
        entity = self._entities[kind]
        if _is_own_key(entity, rule):
            return self._find_ids(tx, entity, rule, keys)
        source, region = source_of(entity, rule, self._lists), self._region(tx, rule)
        found = match_index.find_prepared(tx, source, keys, region) if prepared else None
        return match_index.find(tx, source, keys, region) if found is None else found

    def prepare(self, tx: Connection, kind: EntityKind, rule: MatchRule, after: object = None) -> object:
        """Make or renew some thousand keys of the rule, after those of the row that the last call gave."""
        entity = self._entities[kind]
        if _is_own_key(entity, rule):
            return None
        source = source_of(entity, rule, self._lists)
        return match_index.prepare(tx, source, after, self._region(tx, rule))

    def read(
        self, tx: Connection, kind: EntityKind, ids: Collection[str], fields: Collection[str]
    ) -> Mapping[str, Entity]:
        """The entities with these ids, by id. In a transaction that locks they stay as they are until its end."""
        entity = self._entities[kind]
        typed = ids_from_text(entity.id, ids)
        if not typed:
            return {}
        rows = read_rows(tx, entity, typed, fields)
        wanted = {key: one for key, one in entity.many().items() if key in fields}
        many = read_many(tx, wanted, typed) if wanted else {}
        for key, values in rows.items():
            if "id" in fields:
                values["id"] = key
            for name in wanted:
                values[name] = tuple(many.get(key, {}).get(name, ()))
        return {key: Entity(key, values) for key, values in rows.items()}

    def create(
        self, tx: Connection, kind: EntityKind, rows: Sequence[Mapping[str, CrmValue]], by: User
    ) -> Sequence[str]:
        """Create entities and give their ids in the order of ``rows``."""
        if not rows:
            return []
        entity = self._entities[kind]
        columns = columns_of(entity, rows, _stamped(entity.on_create, by), bulk.KEEP)
        ids = insert_columns(tx, entity.id, columns, len(rows))
        insert_many(tx, entity.many(), list(zip(ids, rows, strict=True)))
        return [str(new) for new in ids]

    def update(self, tx: Connection, kind: EntityKind, updates: Sequence[EntityUpdate], by: User) -> None:
        """Write new values. A tuple replaces all values of its field; rows of values that stay are not touched."""
        if not updates:
            return
        entity = self._entities[kind]
        ids = list(map(id_writer(entity.id), (one.id for one in updates)))
        values = [one.values for one in updates]
        columns = columns_of(entity, values, _stamped(entity.on_update, by), bulk.KEEP)
        bulk.update_rows(tx, entity.id, tuple(columns), list(zip(ids, *columns.values(), strict=True)))
        update_many(tx, entity.many(), list(zip(ids, values, strict=True)))

    def attached(self, tx: Connection, kind: EntityKind, ids: Collection[str]) -> Mapping[str, Sequence[Attached]]:
        """What hangs on entities: other entities, the declared attachments, and whatever refers to them."""
        return read_attached(tx, self._entities, kind, ids)

    def delete(self, tx: Connection, kind: EntityKind, ids: Collection[str], by: User) -> None:
        """Delete entities that nothing is attached to, with all their values and memberships."""
        if ids:
            delete_entities(tx, self._entities[kind], ids)

    def remove_list_items(self, tx: Connection, list_name: str, ids: Collection[str]) -> Sequence[str]:
        """Remove those of the items that nothing refers to any more and that are not the default one."""
        one = self._lists[list_name]
        return remove_items(tx, one, self._entities.values(), one.default_item, ids)

    def edits(self, tx: Connection, kind: EntityKind, ids: Collection[str]) -> Mapping[str, Edit]:
        """Who changed entities last, and when, as the columns of the map say; nothing where it has none."""
        entity = self._entities[kind]
        typed = ids_from_text(entity.id, ids)
        if not typed or (entity.edited_by is None and entity.edited_at is None):
            return {}
        said = (sa.null() if one is None else one for one in (entity.edited_by, entity.edited_at))
        rows = tx.execute(select(entity.id, *said).where(dialect_of(tx).among(tx, entity.id, typed)))
        return {str(key): Edit(by or "", at and aware(at)) for key, by, at in rows}

    def erased(self, tx: Connection, kind: EntityKind, rows: Sequence[Mapping[str, CrmValue]]) -> Sequence[bool]:
        """For each entity that would be created: whether one of its ``erasure_digests`` is on the list."""
        if self._erased is None or not rows:
            return [False] * len(rows)
        regions = self._regions(tx, self._entities[kind], rows)
        digests = [erasure_digests(kind, row, region) for row, region in zip(rows, regions, strict=True)]
        column = self._erased.digest
        wanted = sorted(frozenset().union(*digests))
        listed = set(tx.execute(select(column).where(dialect_of(tx).among(tx, column, wanted))).scalars())
        return [not listed.isdisjoint(some) for some in digests]

    def _region(self, tx: Connection, rule: MatchRule) -> str:
        return self.preferences(tx).region if rule.regional else ""

    def _find_ids(
        self, tx: Connection, entity: EntityTable, rule: MatchRule, keys: Collection[str]
    ) -> dict[str, list[str]]:
        typed = ids_from_text(entity.id, keys)
        found = tx.execute(select(entity.id).where(dialect_of(tx).among(tx, entity.id, typed))).scalars()
        return {key: [str(one)] for one in found for key in rule.keys({"id": str(one)}, "") if key in keys}

    def _regions(self, tx: Connection, entity: EntityTable, rows: Sequence[Mapping[str, CrmValue]]) -> Iterable[str]:
        region = self.preferences(tx).region
        field = entity.fields.get(entity.country)
        known = codes(tx, self._lists[field.list_name]) if isinstance(field, Column) and field.list_name else {}
        return [known.get(str(row.get(entity.country)), "") or region for row in rows]


def _is_own_key(entity: EntityTable, rule: MatchRule) -> bool:
    """Whether the entities can be found by the rule in their own table."""
    return rule.fields == ("id",) and id_type(entity.id) in (int, UUID)


def _described(entity: EntityTable) -> EntitySchema:
    fields = {"id": CrmField("id", str(entity.id_label), read_only=True)}
    return EntitySchema(
        entity.kind, str(entity.label), fields | {key: one.described(key) for key, one in entity.fields.items()}
    )


def _lists_of(entity: EntityTable) -> set[str]:
    return {one.list_name for one in entity.fields.values() if isinstance(one, (Column, Items)) and one.list_name}


def _stamped(stamps: Mapping[str, Stamp], by: User) -> dict[str, Any]:
    now = datetime.now(timezone.utc)
    return {name: stamp(now, by) for name, stamp in stamps.items()}
