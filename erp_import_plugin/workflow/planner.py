"""Planning one chunk of staged actors, in a transaction that is given: what the preview job and a decision both do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine import matching
from erp_import_plugin.engine.blocking import rules_for
from erp_import_plugin.engine.candidates import Candidate, Converter, StagedActor
from erp_import_plugin.engine.changes import EntityChange, PlannedRow
from erp_import_plugin.engine.lists import Lists
from erp_import_plugin.engine.mapping import COMPANY_NAME, ActorMapping
from erp_import_plugin.engine.planning import Planner, Situation
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, ImportSettings
from erp_import_plugin.host_api import CHANNELS, CrmSchema, EntityKind, MatchRule, Preferences
from erp_import_plugin.store import conflicts
from erp_import_plugin.store import decisions as decision_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.plan import PlanLine
from erp_import_plugin.workflow import similar
from erp_import_plugin.workflow.companies import BY_NAME, Companies
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.situations import Situations

CONFLICTS = ((conflicts.doubles, ReasonCode.DOUBLE_IN_IMPORT), (conflicts.rivals, ReasonCode.SAME_ENTITY))
"""How rows that stand in each other's way are found, and why they need a decision."""


class ChunkPlanner:
    """Plans staged actors of one import, in a fixed number of statements per chunk.

    ``prepared`` tells that the CRM has been prepared for all ``lookups``, and that nothing is written.
    """

    def __init__(
        self,
        tx: Transaction,
        rooms: Rooms,
        imported: Import,
        settings: ImportSettings,
        mappings: Mapping[ActorType, ActorMapping],
        *,
        one_key: bool,
        prepared: bool = False,
    ) -> None:
        self._crm = rooms.host.crm
        self._import = imported
        self._settings = settings
        self._mappings = {kind: mapping for kind, mapping in mappings.items() if mapping.active}
        self._one_key = one_key
        self._prepared = prepared
        self._preferences: Preferences = self._crm.preferences(tx)
        self._lists = self._load_lists(tx)

    def plan(self, tx: Transaction, kind: EntityKind, actors: Sequence[StagedActor]) -> None:
        """Plan actors of one kind and keep the plan, with what was unticked in the one before."""
        rows = self._planned(tx, kind, actors)
        if rows:
            before = plan_store.previous(tx, [row.row for row in rows])
            lines = [carry_over(row, before.get(row.row)) for row in rows]
            plan_store.save(tx, self._import.id, lines, named=self._looks_up_names)

    def lookups(self, kind: EntityKind) -> list[tuple[EntityKind, MatchRule]]:
        """By which rules entities are looked for when actors of one kind are planned."""
        mapped = self._mapped(kind)
        rule = matching.rule_for(self._settings, kind)
        if not mapped or kind not in self._schema.entities:
            return []
        rules: list[tuple[EntityKind, MatchRule]] = [(kind, rule)] if rule else []
        if self._suggests(kind):
            rules += [(kind, one) for one in rules_for(kind, self._schema.entities[kind].fields, mapped)]
        return rules + ([(EntityKind.COMPANY, BY_NAME)] if COMPANY_NAME.key in mapped else [])

    @cached_property
    def _schema(self) -> CrmSchema:
        return self._crm.schema()

    @cached_property
    def _planner(self) -> Planner:
        return Planner(self._settings, self._schema, self._preferences)

    @cached_property
    def _converters(self) -> dict[ActorType, Converter]:
        entities = self._schema.entities
        return {
            actor_type: Converter(mapping, entities[mapping.kind], self._lists, self._preferences.region)
            for actor_type, mapping in self._mappings.items()
            if mapping.kind in entities
        }

    def _planned(self, tx: Transaction, kind: EntityKind, actors: Sequence[StagedActor]) -> list[PlannedRow]:
        converters = self._converters
        candidates = [
            converters[actor.actor_type].candidate(actor) for actor in actors if actor.actor_type in converters
        ]
        rows = [_unmapped(actor, kind) for actor in actors if actor.actor_type not in converters]
        if candidates:
            situations = Situations(tx, self._companies, self._settings, kind, self._import.connection_id)
            decisions = decision_store.of_rows(tx, [one.row for one in candidates])
            facts = situations.of(candidates, {actor.row: actor for actor in actors}, self._fields(kind), decisions)
            planned = [self._planner.plan(one, facts[one.row]) for one in candidates]
            rows += self._with_similar(tx, kind, planned, {one.row: one for one in candidates}, facts)
        return rows

    def _with_similar(
        self,
        tx: Transaction,
        kind: EntityKind,
        rows: list[PlannedRow],
        candidates: Mapping[int, Candidate],
        facts: Mapping[int, Situation],
    ) -> list[PlannedRow]:
        """The rows; those that would create an entity, or wait for a decision, with what is much like them."""
        if not self._suggests(kind):
            return rows
        wanted = {
            row.row: similar.wanted(candidates[row.row], facts[row.row])
            for row in rows
            if row.status in (Status.NEW, Status.UNDECIDED)
        }
        fields = self._schema.entities[kind].fields
        found = similar.of(tx, self._crm, kind, fields, wanted, prepared=self._prepared) if wanted else {}
        return [replace(row, similar=found[row.row]) if row.row in found else row for row in rows]

    def _suggests(self, kind: EntityKind) -> bool:
        return self._settings.suggest and self._settings.of(kind).action is not Action.ADD

    @cached_property
    def _companies(self) -> Companies:
        place = (self._import.connection_id, self._import.id)
        return Companies(self._crm, *place, self._preferences.region, self._one_key, self._prepared)

    def _fields(self, kind: EntityKind) -> list[str]:
        """The fields the planner compares: those mapped or with a default, all channels, and the company."""
        mappings = [mapping for mapping in self._mappings.values() if mapping.kind is kind]
        wanted = self._mapped(kind) | {"company"}
        wanted |= {field for mapping in mappings for field in (*mapping.defaults, *mapping.ask)}
        fields = self._schema.entities[kind].fields.values()
        return [field.key for field in fields if field.key in wanted or field.type in CHANNELS]

    @cached_property
    def _looks_up_names(self) -> bool:
        """Whether the company of some actors is looked up by its name, so that names which rows give are of use."""
        return any(COMPANY_NAME.key in self._mapped(kind) for kind in EntityKind)

    def _mapped(self, kind: EntityKind) -> set[str]:
        """The fields that get a value from the ERP."""
        mappings = (mapping for mapping in self._mappings.values() if mapping.kind is kind)
        return {field.crm_field for mapping in mappings for field in mapping.imported() if field.crm_field}

    def _load_lists(self, tx: Transaction) -> Lists:
        schema = self._crm.schema()
        crm_lists: set[str] = set()
        erp_lists: set[str] = set()
        for mapping in self._mappings.values():
            fields = schema.entities[mapping.kind].fields if mapping.kind in schema.entities else {}
            used = [field.crm_field or "" for field in mapping.imported()]
            targets = [fields[key] for key in (*used, *mapping.defaults, *mapping.ask) if key in fields]
            crm_lists |= {target.list_name for target in targets if target.list_name}
            erp_lists |= {field.erp.list_name for field in mapping.imported() if field.erp.list_name}
        return Lists(
            crm=schema.lists,
            items={name: self._crm.list_items(tx, name) for name in sorted(crm_lists)},
            erp_labels=mapping_store.erp_lists(tx, self._import.connection_id, sorted(erp_lists)),
            mapped=mapping_store.list_items(tx, self._import.connection_id),
            settings=self._settings,
        )


def _unmapped(actor: StagedActor, kind: EntityKind) -> PlannedRow:
    reason = Reason(ReasonCode.NO_MAPPING, {"type": actor.actor_type.value})
    return PlannedRow(actor.row, kind, actor.label or actor.key, Status.SKIPPED, reason)


def undecided(row: PlannedRow, code: ReasonCode) -> PlannedRow:
    """The row without its changes, waiting for a decision."""
    reason = Reason(code, setting=f"{row.kind.value}.match")
    return replace(row, status=Status.UNDECIDED, reason=reason, changes=())


def carry_over(row: PlannedRow, before: PlanLine | None) -> PlanLine:
    """The new plan of a row with what was unticked in the one before. Where every field is left out, the row is."""
    if before is None:
        return PlanLine(row, not has_nothing_ticked(row.changes))
    old = before.planned.changes
    off = {(change.kind, f.field) for change in old for f in change.fields if not f.ticked}
    changes = tuple(_without(change, off) for change in row.changes) if off else row.changes
    was_ticked = before.ticked or has_nothing_ticked(old)
    return PlanLine(replace(row, changes=changes), was_ticked and not has_nothing_ticked(changes))


def _without(change: EntityChange, off: Collection[tuple[EntityKind, str]]) -> EntityChange:
    fields = (f._replace(ticked=f.ticked and (change.kind, f.field) not in off) for f in change.fields)
    return replace(change, fields=tuple(fields))


def has_nothing_ticked(changes: Sequence[EntityChange]) -> bool:
    """Whether there are changes, with all their fields unticked."""
    return bool(changes) and not any(change.ticked() for change in changes)
