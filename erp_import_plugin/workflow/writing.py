"""Writing one chunk of the plan: premises read again, drifted rows held, everything else in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine import matching, normalising
from erp_import_plugin.engine.applying import Outcome, Premise, drifted, written
from erp_import_plugin.engine.changes import (
    PLAIN,
    EntityChange,
    NewItem,
    NewValue,
    PlannedRow,
    Resolved,
    RowCompany,
)
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.undoing import seal, writable
from erp_import_plugin.host_api import CrmSchema, CrmValue, Entity, EntityKind, EntityUpdate, MatchRule, User
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store import plan_items
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.links import Link
from erp_import_plugin.workflow.references import References
from erp_import_plugin.workflow.rooms import Rooms


class _Row:
    """A row at work: what its own entity gets, with placeholders; ``simple`` where there is nothing else to make."""

    __slots__ = ("own", "planned", "row", "simple", "values")

    def __init__(self, planned: PlannedRow) -> None:
        self.planned = planned
        self.row = planned.row
        self.own = planned.own_change
        self.values: Mapping[str, NewValue] = self.own.new_by_field() if self.own else {}
        self.simple = len(planned.changes) <= 1 and PLAIN.issuperset(map(type, self.values.values()))

    @property
    def is_new(self) -> bool:
        """Whether its own entity is created."""
        return self.own is not None and self.own.is_new


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

    def write(self, tx: Transaction, kind: EntityKind, planned: Sequence[PlannedRow]) -> list[Outcome]:
        """Write the rows of one kind and say what became of each."""
        rows = [_Row(one) for one in planned]
        places = staging_store.places(tx, [row.row for row in rows])
        links = link_store.linked(tx, self._import.connection_id, places.values(), one_key=self._one_key)
        premises, stale = self._premises(tx, kind, rows, {r: links[p] for r, p in places.items() if p in links})
        ready = self._ready(tx, kind, rows, premises)
        standing = [row for row in rows if row.row in ready.values]
        entities = self._write_entities(tx, kind, standing, ready)
        if self._links:
            gone = {link for row, link in stale.items() if row in entities}
            link_store.forget(tx, gone)
            self._link(tx, kind, places, {place: link for place, link in links.items() if link not in gone}, entities)
        seals = self._seals(tx, kind, standing, ready, entities)
        return ready.held + [
            Outcome(
                row.row,
                row.planned.status,
                None,
                entities[row.row],
                ready.companies.get(row.row),
                seals.get(row.row, {}),
            )
            for row in standing
        ]

    @cached_property
    def _schema(self) -> CrmSchema:
        return self._crm.schema()

    def _premises(
        self, tx: Transaction, kind: EntityKind, rows: Sequence[_Row], links: Mapping[int, Link]
    ) -> tuple[dict[int, Premise], dict[int, Link]]:
        """The premise of each row as it is now, and the links to entities that are gone."""
        found = self._found(tx, kind, [row.planned for row in rows if not row.planned.match.linked])
        changed = [row for row in rows if row.own is not None and not row.own.is_new]
        ids = {row.own.entity_id for row in changed if row.own and row.own.entity_id}
        ids |= {link.entity_id for link in links.values()} | {e for some in found.values() for e in some}
        entities = self._crm.read(tx, kind, ids, self._fields(kind, changed))
        inside = {row.row: _inside(row.planned, found, entities) for row in rows}
        strangers = {entity for row in rows for entity in inside[row.row] if entity not in row.planned.match.entities}
        own = outcome_store.own(tx, self._import.id, kind, strangers) if strangers else ()
        erased = self._erased(tx, kind, [row for row in rows if row.is_new])
        stale = {row: link for row, link in links.items() if link.entity_id not in entities}
        linked = {row: link.entity_id for row, link in links.items() if row not in stale}
        premises = {
            row.row: Premise(linked.get(row.row), inside[row.row], entities, row.row in erased, own) for row in rows
        }
        return premises, stale

    def _found(self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow]) -> Mapping[str, Sequence[str]]:
        rule = rule_of(self._import, kind)
        return self._crm.find(tx, kind, rule, {key for row in rows for key in row.keys}) if rule else {}

    def _fields(self, kind: EntityKind, rows: Sequence[_Row]) -> list[str]:
        """The fields that the rows write of their own entities, and the company."""
        touched = {"company"}.union(*(row.values for row in rows))
        return [key for key in self._schema.entities[kind].fields if key in touched]

    def _erased(self, tx: Transaction, kind: EntityKind, new: Sequence[_Row]) -> frozenset[int]:
        answers = self._crm.erased(tx, kind, [_plain(row.values) for row in new])
        return frozenset(row.row for row, erased in zip(new, answers, strict=True) if erased)

    def _ready(
        self, tx: Transaction, kind: EntityKind, rows: Sequence[_Row], premises: Mapping[int, Premise]
    ) -> _Ready:
        ready = _Ready()
        there = References(self._crm, self._schema, tx, kind, [row.values for row in rows])
        standing = []
        for row in rows:
            reason = drifted(row.planned, premises[row.row])
            # What an undo gives back was in the CRM before, if only as an item that can no longer be chosen.
            reason = reason or there.missing(row.values, items=not row.planned.match.undoes)
            if reason:
                ready.held.append(Outcome(row.row, Status.HELD, reason))
            else:
                standing.append(row)
        others = [row for row in standing if not row.simple]
        items = self._items(tx, [row.planned for row in others])
        depends = {row.row: on for row in others if (on := row.planned.depends_on) is not None}
        companies = outcome_store.companies(tx, set(depends.values()))
        standing = self._with_company(standing, depends, companies, ready)
        ready.companies = self._make_companies(tx, standing)
        resolved = Resolved(items, companies | ready.companies)
        for row in standing:
            self._resolve(row, resolved, ready)
        return ready

    def _with_company(
        self, rows: list[_Row], depends: Mapping[int, int], companies: Mapping[int, str], ready: _Ready
    ) -> list[_Row]:
        """The rows whose company has been imported; the others are held."""
        absent = {row for row, on in depends.items() if on not in companies}
        reason = Reason(ReasonCode.COMPANY_NOT_THERE)
        ready.held += [Outcome(row, Status.HELD, reason) for row in sorted(absent)]
        return [row for row in rows if row.row not in absent] if absent else rows

    def _resolve(self, row: _Row, resolved: Resolved, ready: _Ready) -> None:
        values = row.values if row.simple else written(row.values, resolved)
        if isinstance(values, Reason):
            ready.held.append(Outcome(row.row, Status.HELD, values))
        else:
            ready.values[row.row] = values  # type: ignore[assignment]  # simple ones hold no placeholder

    def _make_companies(self, tx: Transaction, rows: Sequence[_Row]) -> dict[int, str]:
        """The companies of contacts that had none."""
        changes = _made_companies(rows)
        if not changes:
            return {}
        values = [_plain(change.new_by_field()) for change in changes.values()]
        return dict(zip(changes, self._crm.create(tx, EntityKind.COMPANY, values, self._user), strict=True))

    def _items(self, tx: Transaction, rows: Sequence[PlannedRow]) -> dict[NewItem, str]:
        """The ids of the list items the rows need; those the CRM still lacks are added."""
        needed = {item for row in rows for item in row.new_items()}
        if not needed:
            return {}
        known = {item: key for item, (_, key) in plan_items.items(tx, self._import.id).items() if key}
        there: dict[NewItem, str] = {}
        added: dict[NewItem, str] = {}
        for list_name in sorted({i.list_name for i in needed - known.keys()}):
            found, made = self._add_items(tx, list_name, needed - known.keys())
            there |= found
            added |= made
        plan_items.set_ids(tx, self._import.id, there | added, added)
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

    def _write_entities(self, tx: Transaction, kind: EntityKind, rows: Sequence[_Row], ready: _Ready) -> dict[int, str]:
        """Create and change the entities of the rows; their ids by row."""
        new = [row.row for row in rows if row.is_new]
        ids = {row.row: row.own.entity_id for row in rows if row.own and row.own.entity_id}
        updates = [EntityUpdate(entity, ready.values[row]) for row, entity in ids.items()]
        if new:
            created = self._crm.create(tx, kind, [ready.values[row] for row in new], self._user)
            ids |= dict(zip(new, created, strict=True))
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
        self, tx: Transaction, kind: EntityKind, rows: Sequence[_Row], ready: _Ready, entities: Mapping[int, str]
    ) -> dict[int, dict[str, CrmValue]]:
        """What the CRM holds otherwise than it was written, read back at once: nobody else has touched it yet."""
        new = any(row.is_new for row in rows)
        fields = writable(self._schema, kind) if new else self._fields(kind, rows)
        found = self._crm.read(tx, kind, list(entities.values()), fields) if rows else {}
        seals: dict[int, dict[str, CrmValue]] = {}
        for row in rows:
            own = row.own
            if own is not None and entities[row.row] in found:
                seals[row.row] = seal(own, ready.values[row.row], found[entities[row.row]].values)
        theirs = _made_companies(rows)
        company_fields = writable(self._schema, EntityKind.COMPANY) if theirs else []
        companies = self._crm.read(tx, EntityKind.COMPANY, ready.companies.values(), company_fields) if theirs else {}
        for number, change in theirs.items():
            made = companies.get(ready.companies.get(number, ""))
            if made is not None:
                seals.setdefault(number, {}).update(seal(change, _plain(change.new_by_field()), made.values))
        return seals


def rule_of(imported: Import, kind: EntityKind) -> MatchRule | None:
    """By which rule it is looked again, before anything is written, whether entities of a kind are there."""
    return matching.rule_for(imported.settings, kind) if imported.settings else None


def _made_companies(rows: Sequence[_Row]) -> dict[int, EntityChange]:
    """The companies that are made for contacts, by row."""
    several = (row.planned for row in rows if len(row.planned.changes) > 1)
    others = ((one, change) for one in several for change in one.written() if change.kind is not one.kind)
    return {one.row: change for one, change in others if change.is_new}


def _inside(row: PlannedRow, found: Mapping[str, Sequence[str]], entities: Mapping[str, Entity]) -> tuple[str, ...]:
    ids = dict.fromkeys(entity for key in row.keys if key in found for entity in found[key])
    return matching.within(row.scope, (entities[entity] for entity in ids if entity in entities)) if ids else ()


def _plain(values: Mapping[str, NewValue]) -> dict[str, CrmValue]:
    """Those of the values that need nothing else to be made first."""
    return {key: new for key, new in values.items() if not isinstance(new, (NewItem, RowCompany))}  # type: ignore[misc]
