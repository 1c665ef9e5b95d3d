"""The job behind the preview: plans every staged actor, chunk by chunk, companies before persons before projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import stamina
from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.candidates import Converter, StagedActor
from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.lists import Lists
from erp_import_plugin.engine.mapping import KIND_OF, ActorMapping
from erp_import_plugin.engine.planning import Planner
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import CHANNELS, CrmSchema, CrmType, EntityKind, Preferences, User
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.plan import PlanLine
from erp_import_plugin.store.transactions import is_passing, reading, writing
from erp_import_plugin.workflow import access, erp, staging
from erp_import_plugin.workflow.companies import Companies
from erp_import_plugin.workflow.imports import open_unwritten
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.situations import Situations

_NOTES = {
    EntityKind.COMPANY: Sentence("Comparing companies with the CRM"),
    EntityKind.PERSON: Sentence("Comparing contacts with the CRM"),
    EntityKind.PROJECT: Sentence("Comparing projects with the CRM"),
}


def run_plan(rooms: Rooms, context: JobContext) -> None:
    """Plan the import that is the job's subject. Started again it begins anew and keeps what was unticked."""
    user = access.user_by_id(rooms, context.user_id)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, context.subject)
        mappings = mapping_store.of(tx, imported.connection_id)
        connection = access.open_connection(tx, user, imported.connection_id)
    one_key = erp.one_key(rooms, connection)
    if imported.settings is None:
        raise Refused(Sentence("Choose the import settings first."))
    staging.run_fetch(rooms, context)  # what an earlier fetch has left must not be taken for empty
    _forget_dead_links(rooms, context, imported)
    if imported.settings.fetch_parents:
        _fetch_parents(rooms, context, imported, mappings, one_key)
    _PlanRun(rooms, context, imported, imported.settings, mappings, one_key).run(user)


def _forget_dead_links(rooms: Rooms, context: JobContext, imported: Import) -> None:
    """A link to an entity that is gone is none: neither for the staged actors, nor for those they belong to."""
    after = 0
    while True:
        with writing(rooms.engine) as tx:
            context.hold(tx)
            links = link_store.of_import(tx, imported.connection_id, imported.id, after, rooms.config.chunk)
            for kind in EntityKind:
                some = [link for of_kind, link in links if of_kind is kind]
                there = rooms.host.crm.read(tx, kind, {link.entity_id for link in some}, []) if some else {}
                link_store.forget(tx, [link for link in some if link.entity_id not in there])
        if not links:
            return
        after = links[-1][1].id


def _fetch_parents(
    rooms: Rooms, context: JobContext, imported: Import, mappings: Mapping[ActorType, ActorMapping], one_key: bool
) -> None:
    """Stage the companies that staged persons and projects belong to, and that were never imported."""
    types = [actor_type for actor_type, mapping in mappings.items() if mapping.active]
    while True:
        with writing(rooms.engine) as tx:
            context.hold(tx)
            absent = staging_store.absent_parents(
                tx, imported.id, imported.connection_id, types, rooms.config.chunk, one_key=one_key
            )
            staging_store.want_parents(tx, imported.id, absent)
        staging.run_fetch(rooms, context)
        if not absent:
            return


class _PlanRun:
    """One run of the planner over one import."""

    def __init__(
        self,
        rooms: Rooms,
        context: JobContext,
        imported: Import,
        settings: ImportSettings,
        mappings: Mapping[ActorType, ActorMapping],
        one_key: bool,
    ) -> None:
        self._rooms = rooms
        self._one_key = one_key
        self._context = context
        self._import = imported
        self._settings = settings
        self._mappings = {kind: mapping for kind, mapping in mappings.items() if mapping.active}
        self._crm = rooms.host.crm
        self._done = 0
        with reading(rooms.engine) as tx:
            self._preferences: Preferences = self._crm.preferences(tx)
            self._read = sum(staging_store.counts(tx, imported.id).values())
            self._lists = self._load_lists(tx)

    def run(self, user: User) -> None:
        """Plan everything and keep the accounts."""
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            open_unwritten(tx, self._rooms, user, self._import.token)
            import_store.set_state(tx, self._import.id, ImportState.STAGING)
        for kind in EntityKind:
            self._plan_kind(kind)
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            self._finish(tx)

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

    def _plan_kind(self, kind: EntityKind) -> None:
        types = [actor_type for actor_type in ActorType if KIND_OF[actor_type] is kind]
        after = 0
        while True:
            self._context.check()
            actors = self._plan_next(kind, types, after)
            if not actors:
                break
            after = actors[-1].row
            self._done += len(actors)
            self._context.progress(self._done, self._read, _NOTES[kind])
        self._settle_doubles(kind)

    # A deadlock or a locked database passes; the transaction is rolled back, so trying again changes nothing.
    @stamina.retry(on=is_passing, attempts=5, timeout=60)
    def _plan_next(self, kind: EntityKind, types: Sequence[ActorType], after: int) -> list[StagedActor]:
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            actors = staging_store.chunks(tx, self._import.id, types, after, self._rooms.config.chunk)
            self._save(tx, self._planned(tx, kind, actors))
        return actors

    def _planned(self, tx: Transaction, kind: EntityKind, actors: Sequence[StagedActor]) -> list[PlannedRow]:
        converters = self._converters
        candidates = [
            converters[actor.actor_type].candidate(actor) for actor in actors if actor.actor_type in converters
        ]
        rows = [_unmapped(actor, kind) for actor in actors if actor.actor_type not in converters]
        if candidates:
            situations = Situations(tx, self._companies, self._settings, kind, self._import.connection_id)
            facts = situations.of(candidates, {actor.row: actor for actor in actors}, self._fields(kind))
            rows += [self._planner.plan(one, facts[one.row]) for one in candidates]
        return rows

    def _save(self, tx: Transaction, rows: Sequence[PlannedRow]) -> None:
        if rows:
            before = plan_store.previous(tx, [row.row for row in rows])
            plan_store.save(tx, self._import.id, [_carry_over(row, before.get(row.row)) for row in rows])

    def _settle_doubles(self, kind: EntityKind) -> None:
        """Rows that are the same as others of the import, or want the same entity, need a decision."""
        with writing(self._rooms.engine) as tx:
            plan_store.analyse(tx)
        found = ((plan_store.doubles, ReasonCode.DOUBLE_IN_IMPORT), (plan_store.rivals, ReasonCode.SAME_ENTITY))
        for find, code in found:
            after = 0
            while True:
                with writing(self._rooms.engine) as tx:
                    self._context.hold(tx)
                    rows = find(tx, self._import.id, kind, after, self._rooms.config.chunk)
                    plan_store.replace(tx, [_undecided(row, code) for row in rows])
                if not rows:
                    break
                after = rows[-1].row

    def _finish(self, tx: Transaction) -> None:
        counts: Counter[Status] = Counter()
        for (status, _), number in plan_store.counts(tx, self._import.id).items():
            counts[status] += number
        if sum(counts.values()) != sum(staging_store.counts(tx, self._import.id).values()):
            raise Refused(Sentence("Actors were added while the preview was made. Make the preview again."))
        plan_store.recount_items(tx, self._import.id)
        import_store.save_accounts(tx, self._import.id, Accounts.of(self._read, counts))
        import_store.revise(tx, self._import.id)
        import_store.set_state(tx, self._import.id, ImportState.PLANNED, planned_at=self._rooms.now())

    @cached_property
    def _companies(self) -> Companies:
        place = (self._import.connection_id, self._import.id)
        return Companies(self._crm, *place, self._preferences.region, self._one_key)

    def _fields(self, kind: EntityKind) -> list[str]:
        """The fields the planner compares: those mapped or with a default, all channels, and the company."""
        mapped = [mapping for mapping in self._mappings.values() if mapping.kind is kind]
        wanted = {field.crm_field for mapping in mapped for field in mapping.imported()} | {"company"}
        wanted |= {field for mapping in mapped for field in mapping.defaults}
        fields = self._schema.entities[kind].fields.values()
        return [field.key for field in fields if field.key in wanted or field.type in CHANNELS]

    def _load_lists(self, tx: Transaction) -> Lists:
        schema = self._crm.schema()
        crm_lists, erp_lists = set(), set()
        for mapping in self._mappings.values():
            fields = schema.entities[mapping.kind].fields if mapping.kind in schema.entities else {}
            for field in mapping.imported():
                target = fields.get(field.crm_field or "")
                if target and target.type is CrmType.LIST and target.list_name:
                    crm_lists.add(target.list_name)
                erp_lists |= {field.erp.list_name} if field.erp.list_name else set()
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


def _undecided(row: PlannedRow, code: ReasonCode) -> PlannedRow:
    reason = Reason(code, setting=f"{row.kind.value}.match")
    return replace(row, status=Status.UNDECIDED, reason=reason, changes=())


def _carry_over(row: PlannedRow, before: PlanLine | None) -> PlanLine:
    """The new plan of a row with what was unticked in the one before."""
    if before is None:
        return PlanLine(row, ticked=True)
    off = {(change.kind, f.field) for change in before.planned.changes for f in change.fields if not f.ticked}
    changes = tuple(
        replace(change, fields=tuple(replace(f, ticked=(change.kind, f.field) not in off) for f in change.fields))
        for change in row.changes
    )
    return PlanLine(replace(row, changes=changes), before.ticked)
