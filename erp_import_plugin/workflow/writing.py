"""Writing one chunk of the plan: premises read again, drifted rows held, everything else in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine import matching, normalising
from erp_import_plugin.engine.applying import Outcome, Premise, drifted, written
from erp_import_plugin.engine.changes import (
    EntityChange,
    NewItem,
    PlannedRow,
    Resolved,
    RowCompany,
)
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.undoing import seal, writable
from erp_import_plugin.host_api import CrmSchema, CrmValue, Entity, EntityKind, EntityUpdate, User
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.links import Link
from erp_import_plugin.workflow.references import References
from erp_import_plugin.workflow.rooms import Rooms


@dataclass
class _Ready:
    """The rows of a chunk whose premises hold, with what they write."""

    values: dict[int, Mapping[str, CrmValue]] = field(default_factory=dict)
    companies: dict[int, str] = field(default_factory=dict)
    held: list[Outcome] = field(default_factory=list)


class ChunkWriter:
    """Writes chunks of one import in transactions that are given; the number of statements does not depend on rows.

    Without ``links`` the actors are not linked to what is written.
    """

    def __init__(self, rooms: Rooms, imported: Import, user: User, *, one_key: bool, links: bool = True) -> None:
        self._crm = rooms.host.crm
        self._rooms = rooms
        self._import = imported
        self._user = user
        self._one_key = one_key
        self._links = links

    def write(self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow]) -> list[Outcome]:
        """Write the rows of one kind and say what became of each."""
        places = staging_store.places(tx, [row.row for row in rows])
        links = link_store.linked(tx, self._import.connection_id, places.values(), one_key=self._one_key)
        premises, stale = self._premises(tx, kind, rows, {r: links[p] for r, p in places.items() if p in links})
        ready = self._ready(tx, kind, rows, premises)
        standing = [row for row in rows if row.row in ready.values]
        entities = self._write_entities(tx, kind, standing, ready)
        if self._links:
            gone = [link for row, link in stale.items() if row in entities]
            link_store.forget(tx, gone)
            self._link(tx, kind, places, {place: link for place, link in links.items() if link not in gone}, entities)
        seals = self._seals(tx, kind, standing, ready, entities)
        return ready.held + [
            Outcome(row.row, row.status, None, entities[row.row], ready.companies.get(row.row), seals[row.row])
            for row in standing
        ]

    @cached_property
    def _schema(self) -> CrmSchema:
        return self._crm.schema()

    def _premises(
        self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow], links: Mapping[int, Link]
    ) -> tuple[dict[int, Premise], dict[int, Link]]:
        """The premise of each row as it is now, and the links to entities that are gone."""
        new = [row for row in rows if row.own_change is not None and row.own_change.is_new]
        found = self._found(tx, kind, [row for row in rows if not row.match.linked])
        owned = (row.own_change for row in rows)
        changed = {change.entity_id for change in owned if change and change.entity_id}
        ids = changed | {link.entity_id for link in links.values()} | {e for some in found.values() for e in some}
        entities = self._crm.read(tx, kind, ids, self._fields(kind, rows))
        inside = {row.row: _inside(row, found, entities) for row in rows}
        strangers = {entity for row in rows for entity in inside[row.row] if entity not in row.match.entities}
        own = outcome_store.own(tx, self._import.id, kind, strangers) if strangers else ()
        erased = self._erased(tx, kind, new)
        stale = {row: link for row, link in links.items() if link.entity_id not in entities}
        premises = {
            row.row: Premise(
                linked=links[row.row].entity_id if row.row in links and row.row not in stale else None,
                found=inside[row.row],
                entities=entities,
                erased=row.row in erased,
                own=own,
            )
            for row in rows
        }
        return premises, stale

    def _found(self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow]) -> Mapping[str, Sequence[str]]:
        rule = matching.rule_for(self._import.settings, kind) if self._import.settings else None
        return self._crm.find(tx, kind, rule, {key for row in rows for key in row.keys}) if rule else {}

    def _fields(self, kind: EntityKind, rows: Sequence[PlannedRow]) -> list[str]:
        touched = {f.field for row in rows for change in row.changes for f in change.ticked()} | {"company"}
        return [key for key in self._schema.entities[kind].fields if key in touched]

    def _erased(self, tx: Transaction, kind: EntityKind, new: Sequence[PlannedRow]) -> frozenset[int]:
        values = [_plain(row.own_change) for row in new]
        answers = self._crm.erased(tx, kind, values)
        return frozenset(row.row for row, erased in zip(new, answers, strict=True) if erased)

    def _ready(
        self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow], premises: Mapping[int, Premise]
    ) -> _Ready:
        ready = _Ready()
        there = References(self._crm, self._schema, tx, kind, rows)
        standing = []
        for row in rows:
            reason = drifted(row, premises[row.row]) or there.missing(row)
            if reason:
                ready.held.append(Outcome(row.row, Status.HELD, reason))
            else:
                standing.append(row)
        items = self._items(tx, standing)
        companies = outcome_store.companies(tx, {row.depends_on for row in standing if row.depends_on is not None})
        standing = self._with_company(standing, companies, ready)
        ready.companies = self._make_companies(tx, standing)
        resolved = Resolved(items, companies | ready.companies)
        for row in standing:
            self._resolve(row, resolved, ready)
        return ready

    def _with_company(
        self, rows: Sequence[PlannedRow], companies: Mapping[int, str], ready: _Ready
    ) -> list[PlannedRow]:
        """The rows whose company has been imported; the others are held."""
        absent = {row.row for row in rows if row.depends_on is not None and row.depends_on not in companies}
        reason = Reason(ReasonCode.COMPANY_NOT_THERE)
        ready.held += [Outcome(row, Status.HELD, reason) for row in sorted(absent)]
        return [row for row in rows if row.row not in absent]

    def _resolve(self, row: PlannedRow, resolved: Resolved, ready: _Ready) -> None:
        own = row.own_change
        values = written(own, resolved) if own else {}
        if isinstance(values, Reason):
            ready.held.append(Outcome(row.row, Status.HELD, values))
        else:
            ready.values[row.row] = values

    def _make_companies(self, tx: Transaction, rows: Sequence[PlannedRow]) -> dict[int, str]:
        """The companies of contacts that had none."""
        changes = _made_companies(rows)
        values = [_plain(change) for change in changes.values()]
        if not values:
            return {}
        return dict(zip(changes, self._crm.create(tx, EntityKind.COMPANY, values, self._user), strict=True))

    def _items(self, tx: Transaction, rows: Sequence[PlannedRow]) -> dict[NewItem, str]:
        """The ids of the list items the rows need; those the CRM still lacks are added."""
        needed = {item for row in rows for item in row.new_items()}
        if not needed:
            return {}
        known = {item: key for item, (_, key) in plan_store.items(tx, self._import.id).items() if key}
        there: dict[NewItem, str] = {}
        added: dict[NewItem, str] = {}
        for list_name in sorted({i.list_name for i in needed - known.keys()}):
            found, made = self._add_items(tx, list_name, needed - known.keys())
            there |= found
            added |= made
        plan_store.set_item_ids(tx, self._import.id, there | added, added)
        return known | there | added

    def _add_items(
        self, tx: Transaction, list_name: str, needed: Iterable[NewItem]
    ) -> tuple[dict[NewItem, str], dict[NewItem, str]]:
        """The ids of the needed items of one list: of those that are there by now, and of those that are added."""
        wanted = sorted((item for item in needed if item.list_name == list_name), key=lambda item: item.label)
        there = {normalising.text(item.label): item.id for item in self._crm.list_items(tx, list_name)}
        absent = [item for item in wanted if normalising.text(item.label) not in there]
        added = self._crm.add_list_items(tx, list_name, [item.label for item in absent]) if absent else ()
        made = {item: one.id for item, one in zip(absent, added, strict=True)}
        return {item: there[normalising.text(item.label)] for item in wanted if item not in made}, made

    def _write_entities(
        self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow], ready: _Ready
    ) -> dict[int, str]:
        """Create and change the entities of the rows; their ids by row."""
        new = {row.row: None for row in rows if row.own_change is not None and row.own_change.is_new}
        ids = {row.row: row.own_change.entity_id for row in rows if row.own_change and row.own_change.entity_id}
        if new:
            created = self._crm.create(tx, kind, [ready.values[row] for row in new], self._user)
            ids |= dict(zip(new, created, strict=True))
        updates = [EntityUpdate(ids[row.row], ready.values[row.row]) for row in rows if row.row not in new]
        if updates:
            self._crm.update(tx, kind, updates, self._user)
        return ids

    def _link(
        self,
        tx: Transaction,
        kind: EntityKind,
        places: Mapping[int, ActorPlace],
        links: Mapping[ActorPlace, Link],
        entities: Mapping[int, str],
    ) -> None:
        """Link the actors that are not linked to their entity yet."""
        linked = {place: link.entity_id for place, link in links.items()}
        missing = [(places[row], kind, entity) for row, entity in entities.items() if linked.get(places[row]) != entity]
        link_store.save(tx, self._import.connection_id, self._import.id, missing, self._rooms.now())

    def _seals(
        self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow], ready: _Ready, entities: Mapping[int, str]
    ) -> dict[int, dict[str, CrmValue]]:
        """What the CRM holds otherwise than it was written, read back at once: nobody else has touched it yet."""
        new = any(row.own_change and row.own_change.is_new for row in rows)
        fields = writable(self._schema, kind) if new else self._fields(kind, rows)
        found = self._crm.read(tx, kind, [entities[row.row] for row in rows], fields) if rows else {}
        theirs = _made_companies(rows)
        company_fields = writable(self._schema, EntityKind.COMPANY) if theirs else []
        companies = self._crm.read(tx, EntityKind.COMPANY, ready.companies.values(), company_fields) if theirs else {}
        seals: dict[int, dict[str, CrmValue]] = {row.row: {} for row in rows}
        for row in rows:
            own = row.own_change
            if own is not None and entities[row.row] in found:
                seals[row.row] |= seal(own, ready.values[row.row], found[entities[row.row]].values)
            made = companies.get(ready.companies.get(row.row, ""))
            if made is not None:
                seals[row.row] |= seal(theirs[row.row], _plain(theirs[row.row]), made.values)
        return seals


def _made_companies(rows: Sequence[PlannedRow]) -> dict[int, EntityChange]:
    """The companies that are made for contacts, by row."""
    others = ((row, change) for row in rows for change in row.written() if change.kind is not row.kind)
    return {row.row: change for row, change in others if change.is_new}


def _inside(row: PlannedRow, found: Mapping[str, Sequence[str]], entities: Mapping[str, Entity]) -> tuple[str, ...]:
    ids = dict.fromkeys(entity for key in row.keys for entity in found.get(key, ()))
    return matching.within(row.scope, (entities[entity] for entity in ids if entity in entities))


def _plain(change: EntityChange | None) -> dict[str, CrmValue]:
    """The values of a change that need nothing else to be made first."""
    fields = change.ticked() if change else ()
    return {f.field: f.new for f in fields if not isinstance(f.new, (NewItem, RowCompany))}  # type: ignore[misc]
