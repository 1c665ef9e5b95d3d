"""What an undo needs to know of a chunk of rows: what they have become, and what their old values point to now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import EntityChange, NewItem, Resolved, RowCompany
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.undoing import UNKNOWN, Done, Now, References, Standing, writable
from erp_import_plugin.host_api import Attached, CrmSchema, CrmType, Edit, Entity, EntityKind
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store import plan_items
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store import undos as undo_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.undo_writing import without


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a chunk: of each row by its id in the undo, and of the values of all."""

    now: Mapping[int, Now]
    resolved: Resolved
    references: References
    schema: CrmSchema


@dataclass(frozen=True, slots=True)
class _Read:
    """Entities of one kind as the CRM has them."""

    entities: Mapping[str, Entity]
    attached: Mapping[str, Sequence[Attached]]
    edits: Mapping[str, Edit]

    def standing(self, entity_id: str | None, gone: Collection[tuple[EntityKind, str]]) -> Standing:
        """One of them, and what hangs on it but for what goes."""
        key = entity_id or ""
        attached = without(self.attached.get(key, ()), gone)
        return Standing(self.entities.get(key), attached, self.edits.get(key, UNKNOWN))


class UndoFacts:
    """Reads the facts in a fixed number of statements per chunk."""

    def __init__(self, rooms: Rooms, imported: Import, original: Import, *, one_key: bool, restores: bool) -> None:
        self._crm = rooms.host.crm
        self._import = imported
        self._original = original
        self._one_key = one_key
        self._restores = restores
        self._schema = self._crm.schema()

    def of(self, tx: Transaction, kind: EntityKind, done: Sequence[Done]) -> Facts:
        """Everything about rows of one kind."""
        return Facts(
            now=self._now(tx, kind, done),
            resolved=self._resolved(tx, done),
            references=self._references(tx, done),
            schema=self._schema,
        )

    def _now(self, tx: Transaction, kind: EntityKind, done: Sequence[Done]) -> dict[int, Now]:
        own = self._read(tx, kind, [_entity_of(one) for one in done if not _removes(_own(one))])
        companies = self._read(tx, EntityKind.COMPANY, [_company_of(one) for one in done])
        leaving = undo_store.leaving(tx, self._import.id, [one.row for one in done])
        linked = self._linked_again(tx, kind, done)
        erased = self._erased(tx, kind, done)
        frees = self._frees(tx, kind, own, done)
        return {
            one.row: Now(
                own=own.standing(one.outcome.entity_id, leaving.get(one.row, set())),
                company=companies.standing(_company_of(one), {(kind, _entity_of(one) or "")}),
                linked=one.row in linked,
                erased=one.row in erased,
                frees=frees.get(one.outcome.entity_id or ""),
            )
            for one in done
        }

    def _read(self, tx: Transaction, kind: EntityKind, ids: Iterable[str | None]) -> _Read:
        wanted = [key for key in ids if key]
        if not wanted:
            return _Read({}, {}, {})
        return _Read(
            entities=self._crm.read(tx, kind, wanted, writable(self._schema, kind)),
            attached=self._crm.attached(tx, kind, wanted),
            edits=self._crm.edits(tx, kind, wanted),
        )

    def _linked_again(self, tx: Transaction, kind: EntityKind, done: Sequence[Done]) -> set[int]:
        """The rows of removed entities whose actors have been imported again since, and are still there."""
        rows = [one.row for one in done if _removes(_own(one))]
        if not rows:
            return set()
        places = staging_store.places(tx, rows)
        links = link_store.linked(tx, self._import.connection_id, places.values(), one_key=self._one_key)
        there = self._crm.read(tx, kind, {link.entity_id for link in links.values()}, [])
        return {row for row, place in places.items() if place in links and links[place].entity_id in there}

    def _erased(self, tx: Transaction, kind: EntityKind, done: Sequence[Done]) -> set[int]:
        """The rows of removed entities that must not be created again."""
        removed = {one.row: own for one in done if (own := _own(one)) and own.removes}
        values = [{f.field: f.old for f in change.fields} for change in removed.values()]
        answers = self._crm.erased(tx, kind, values) if values else ()
        return {row for row, erased in zip(removed, answers, strict=True) if erased}

    def _frees(self, tx: Transaction, kind: EntityKind, own: _Read, done: Sequence[Done]) -> dict[str, int]:
        """By entity, the row of the undo that removes the company it belongs to now."""
        if self._restores or kind is EntityKind.COMPANY:
            return {}
        made = {one.planned.depends_on for one in done if one.planned.depends_on is not None}
        rows = undo_store.company_rows(tx, self._original.id, self._import.id, made, Status.NEW)
        companies = {key: str(entity.values.get("company") or "") for key, entity in own.entities.items()}
        return {key: rows[company] for key, company in companies.items() if company in rows}

    def _resolved(self, tx: Transaction, done: Sequence[Done]) -> Resolved:
        """What the placeholders of the import's plan have become."""
        items = {item: key for item, (_, key) in plan_items.items(tx, self._original.id).items() if key}
        fields = (f for one in done for change in one.planned.written() for f in change.ticked())
        rows = {f.new.row for f in fields if isinstance(f.new, RowCompany)}
        return Resolved(items, outcome_store.companies(tx, rows) if rows else {})

    def _references(self, tx: Transaction, done: Sequence[Done]) -> References:
        fields = {(kind, key): one.type for kind, of in self._schema.entities.items() for key, one in of.fields.items()}
        changes = [(change.kind, f) for one in done for change in one.planned.written() for f in change.ticked()]
        typed = [(fields.get((kind, f.field)), f.old) for kind, f in changes if f.old]
        items = {key for of, old in typed if of is CrmType.LIST for key in (old if isinstance(old, tuple) else [old])}
        companies = {str(old) for of, old in typed if of is CrmType.COMPANY}
        there = self._crm.read(tx, EntityKind.COMPANY, companies, ["name"]) if companies else {}
        return References(
            items=self._items_again(tx, {str(key) for key in items}),
            companies=self._companies_again(tx, done, companies - there.keys()),
            there=there.keys(),
        )

    def _items_again(self, tx: Transaction, ids: Collection[str]) -> dict[tuple[str, str], NewItem]:
        gone = undo_store.removed_items(tx, ids) if ids else {}
        lists = sorted({name for name, _ in gone})
        there = {(name, item.id) for name in lists for item in self._crm.list_items(tx, name)}
        return {place: item for place, item in gone.items() if place not in there}

    def _companies_again(self, tx: Transaction, done: Sequence[Done], gone: Collection[str]) -> dict[str, int]:
        """The rows of this undo that create companies again which the undo before has removed."""
        if not self._restores or not gone:
            return {}
        freed = {one.planned.frees for one in done if one.planned.frees is not None}
        rows = undo_store.company_rows(tx, self._original.id, self._import.id, freed, Status.REMOVED)
        planned = undo_store.planned_companies(tx, self._import.id, rows.values())
        own = {one.outcome.company_id: one.row for one in done if one.outcome.company_id}
        return own | {company: row for company, row in rows.items() if row in planned}


def _own(one: Done) -> EntityChange | None:
    return one.planned.own_change if one.outcome.status.writes else None


def _removes(change: EntityChange | None) -> bool:
    return change is not None and change.removes


def _entity_of(one: Done) -> str | None:
    return one.outcome.entity_id if one.outcome.status.writes else None


def _company_of(one: Done) -> str | None:
    """The company that was made for a contact."""
    made = any(change.is_new for change in one.planned.written() if change.kind is not one.planned.kind)
    return one.outcome.company_id if made else None
