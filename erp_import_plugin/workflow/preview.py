"""Preview: the stored plan, row by row and field by field, and what the admin leaves out of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType, ErpField
from erp_import_plugin.engine import decisions
from erp_import_plugin.engine.candidates import StagedActor
from erp_import_plugin.engine.changes import EntityChange, FieldChange, NewItem, PlannedRow
from erp_import_plugin.engine.decisions import Decision
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.errors import NotFound, Refused, Sentence
from erp_import_plugin.host_api import Crm, CrmSchema, CrmType, Entity, EntityKind, User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import conflicts, plan_blocks, plan_items, plan_pages, plan_ticks
from erp_import_plugin.store import decisions as decision_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.plan_blocks import NONE
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, working
from erp_import_plugin.workflow.imports import open_unwritten
from erp_import_plugin.workflow.paging import Paged, paged
from erp_import_plugin.workflow.rooms import Rooms

MOST_CANDIDATES = 5
"""Records shown beside that of the ERP."""

Labels = Mapping[tuple[str, str], str]
"""(list name, item id) → the item's text."""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """One page of the plan. ``counts`` is by status and tick, over all rows; ``accounts`` None until it is planned.

    ``decided`` and ``similar`` are how many rows pass those filters.
    """

    imported: Import
    accounts: Accounts | None
    counts: Mapping[tuple[Status, bool], int]
    page: Paged[PlanLine]
    items: Mapping[NewItem, int]
    schema: CrmSchema
    job: JobView | None
    decided: int = 0
    similar: int = 0

    @property
    def to_write(self) -> int:
        """How many rows the import will write."""
        return sum(count for (status, ticked), count in self.counts.items() if status.writes and ticked)

    @property
    def unticked(self) -> int:
        """How many rows that could be written are left out."""
        return sum(count for (status, ticked), count in self.counts.items() if status.writes and not ticked)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """Everything about one row: what the ERP says, what the CRM has, and what would change.

    ``candidates`` are the first of the records it may be, ``more`` how many there are beyond; ``others`` are actors of
    the import that stand in its way. ``next_open`` is the next row that needs a decision, or could have one.
    """

    imported: Import
    line: PlanLine
    actor: StagedActor
    mappings: Mapping[ActorType, ActorMapping]
    erp_fields: Mapping[str, ErpField]
    entity: Entity | None
    candidates: tuple[Entity, ...]
    more: int
    others: tuple[StagedActor, ...]
    decision: Decision | None
    next_open: PlannedRow | None
    schema: CrmSchema
    labels: Labels
    erp_labels: Mapping[str, Mapping[str, str]]
    parent_row: int | None


def start(rooms: Rooms, jobs: Jobs, user: User, token: str) -> JobView:
    """Plan the import in the background."""
    access.check_user(rooms, user)
    access.check_sync(rooms)
    working.refuse_while_working(rooms, token, working.PLAN)
    with writing(rooms.engine) as tx:
        imported = open_unwritten(tx, rooms, user, token, undo=True)
        if imported.undoes is None and imported.settings is None:
            raise Refused(Sentence("Choose the import settings first."))
        if imported.undoes is None and not any(staging_store.counts(tx, imported.id).values()):
            raise Refused(Sentence("Nothing has been added to this import yet. Search the ERP and add actors first."))
        import_store.set_state(tx, imported.id, ImportState.STAGING)
    return jobs.start("plan", token, user.id)


def page(rooms: Rooms, jobs: Jobs, user: User, token: str, wanted: PlanFilter, number: int = 1) -> PreviewPage:
    """One page of the plan; while it is being made, only the job."""
    access.check_user(rooms, user)
    job = jobs.latest(token, working.PLAN)  # before the import: a job that has ended has left what it made
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        # The rows of an earlier plan are there while a new one is made; they must not be taken for it.
        planned = imported.state is not ImportState.STAGING
        counts = plan_blocks.counts(tx, imported.id) if planned else NONE
        schema = rooms.host.crm.schema()
        shown = wanted if planned else None
        lines = paged(partial(_lines, tx, imported.id, shown), number, rooms.config.page_size)
        items = {item: count for item, (count, _) in plan_items.items(tx, imported.id).items()} if planned else {}
        return PreviewPage(
            decided=counts.decided,
            similar=counts.similar,
            imported=imported,
            accounts=imported.accounts if planned else None,
            counts=counts.rows,
            page=lines,
            items=items,
            schema=schema,
            job=job,
        )


def row(rooms: Rooms, user: User, token: str, row_id: int) -> PreviewRow:
    """One row in full."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        line = line_of(tx, imported, row_id)
        actor = staging_store.one(tx, imported.id, row_id)
        if actor is None:
            raise NotFound(Sentence("There is no such row in this import."))
        mappings = mapping_store.of(tx, imported.connection_id)
        fields = {one: {field.erp.key: field.erp for field in mapping.fields} for one, mapping in mappings.items()}
        schema = rooms.host.crm.schema()
        found = _entities(tx, rooms.host.crm, schema, line.planned)
        others = _others(tx, imported, line.planned)
        types = {one.actor_type for one in (actor, *others)}
        erp_lists = {field.list_name for one in types for field in fields.get(one, {}).values() if field.list_name}
        entity = found.get(line.planned.match.entity or "") if line.planned.status is not Status.UNDECIDED else None
        shown = list(found.values())[:MOST_CANDIDATES]
        return PreviewRow(
            imported=imported,
            line=line,
            actor=actor,
            mappings=mappings,
            erp_fields=fields.get(actor.actor_type, {}),
            entity=entity,
            candidates=tuple(shown),
            more=len(found) - len(shown),
            others=others,
            decision=decision_store.of_rows(tx, [row_id]).get(row_id),
            next_open=plan_pages.next_open(tx, imported.id, row_id),
            schema=schema,
            labels=labels_of(tx, rooms.host.crm, schema, [line.planned], found.values()),
            erp_labels=mapping_store.erp_lists(tx, imported.connection_id, erp_lists),
            parent_row=line.planned.depends_on,
        )


def tick(rooms: Rooms, user: User, token: str, ticked: bool, rows: Collection[int]) -> None:
    """Have some rows imported, or left out."""
    _change(rooms, user, token, lambda tx, imported: plan_ticks.tick(tx, imported.id, ticked, rows))


def tick_all(rooms: Rooms, user: User, token: str, ticked: bool, wanted: PlanFilter) -> None:
    """Have all rows that pass the filter imported, or left out."""
    _change(rooms, user, token, lambda tx, imported: plan_ticks.tick_all(tx, imported.id, ticked, wanted))


def tick_fields(rooms: Rooms, user: User, token: str, row_id: int, off: Collection[str]) -> None:
    """Leave exactly these fields of a row ("company.name") out; with all of them out, the row is.

    Raises :class:`Refused` for a field without which a new entity cannot be.
    """

    def act(tx: Transaction, imported: Import) -> None:
        planned = line_of(tx, imported, row_id).planned
        schema = rooms.host.crm.schema()
        changed = replace(planned, changes=tuple(_unticked(schema, change, off) for change in planned.changes))
        _check_company(tx, rooms, changed)
        plan_store.replace(tx, imported.id, [changed])
        plan_ticks.tick(tx, imported.id, all(change.ticked() for change in changed.changes), [row_id])
        if changed.frees is not None and not changed.leaves:
            plan_ticks.tick(tx, imported.id, False, [changed.frees])
        plan_items.recount(tx, imported.id)

    _change(rooms, user, token, act)


def open_planned(tx: Transaction, rooms: Rooms, user: User, token: str, *, undo: bool = False) -> Import:
    """An import of the user's that waits for its admin, for changing its plan. Raises NotFound and Refused."""
    imported = open_unwritten(tx, rooms, user, token, undo=undo)
    check_planned(imported)
    return imported


def check_planned(imported: Import) -> None:
    """Raises :class:`Refused` unless the import has a preview and waits for its admin."""
    if imported.state is not ImportState.PLANNED:
        raise Refused(Sentence("The preview is being made again. Wait until it is there."))


def line_of(tx: Transaction, imported: Import, row_id: int) -> PlanLine:
    """One row of an import's plan. Raises NotFound."""
    line = plan_store.one(tx, imported.id, row_id)
    if line is None:
        raise NotFound(Sentence("There is no such row in this import."))
    return line


def labels_of(
    tx: Transaction, crm: Crm, schema: CrmSchema, rows: Collection[PlannedRow], entities: Collection[Entity] = ()
) -> Labels:
    """The texts of the list items, and the names of the companies, that some rows and entities speak of."""
    fields = {kind: entity.fields for kind, entity in schema.entities.items()}
    changed = [(c.kind, f.field, v) for r in rows for c in r.changes for f in c.fields for v in (f.old, f.new)]
    changed += [(r.kind, kept.field, v) for r in rows for kept in r.kept for v in (kept.crm, kept.erp)]
    changed += [(r.kind, key, v) for r in rows for entity in entities for key, v in entity.values.items()]
    lists = {fields[kind][key].list_name or "" for kind, key, _ in changed if key in fields[kind]} - {""}
    companies = {
        str(v)
        for kind, key, v in changed
        if isinstance(v, str) and key in fields[kind] and fields[kind][key].type is CrmType.COMPANY
    }
    texts = {(name, item.id): item.label for name in lists for item in crm.list_items(tx, name)}
    named = crm.read(tx, EntityKind.COMPANY, companies, ["name"]) if companies else {}
    return texts | {("company", key): str(entity.values.get("name") or key) for key, entity in named.items()}


def _change(rooms: Rooms, user: User, token: str, act: Callable[[Transaction, Import], None]) -> None:
    """Change the plan of an import that waits for its admin, and forget what is no longer true of it."""
    access.check_user(rooms, user)
    with writing(rooms.engine) as tx:
        imported = open_planned(tx, rooms, user, token, undo=True)
        act(tx, imported)
        import_store.revise(tx, imported.id)


def _lines(
    tx: Transaction, import_id: int, wanted: PlanFilter | None, offset: int, limit: int
) -> tuple[list[PlanLine], int]:
    return plan_pages.page(tx, import_id, wanted, offset, limit) if wanted else ([], 0)


def _entities(tx: Transaction, crm: Crm, schema: CrmSchema, planned: PlannedRow) -> dict[str, Entity]:
    """The entities that the row may be, as far as they are there, by id."""
    ids = decisions.candidates(planned)
    found = crm.read(tx, planned.kind, ids, list(schema.entities[planned.kind].fields)) if ids else {}
    return {key: found[key] for key in ids if key in found}


def _others(tx: Transaction, imported: Import, planned: PlannedRow) -> tuple[StagedActor, ...]:
    """The first actors of the import that look the same as the row's, or want the same record."""
    if not decisions.can_be_decided(planned):
        return ()
    rows = conflicts.neighbours(tx, imported.id, planned.kind, [planned.row]) - {planned.row}
    return tuple(staging_store.actors(tx, imported.id, sorted(rows)[:MOST_CANDIDATES])) if rows else ()


def _check_company(tx: Transaction, rooms: Rooms, planned: PlannedRow) -> None:
    """Raises :class:`Refused` where a new contact would be left without the company that the CRM wants."""
    own = planned.own_change
    without = own is not None and own.is_new and any(f.field == "company" and not f.ticked for f in own.fields)
    if without and rooms.host.crm.preferences(tx).mandatory_company_on_contact:
        raise Refused(Sentence("The company cannot be left out: the CRM wants one on every contact."))


def _unticked(schema: CrmSchema, change: EntityChange, off: Collection[str]) -> EntityChange:
    fields = schema.entities[change.kind].fields

    def without(one: FieldChange) -> FieldChange:
        ticked = f"{change.kind.value}.{one.field}" not in off
        if not ticked and change.is_new and fields[one.field].mandatory and not is_empty(one.new):
            label = fields[one.field].label
            raise Refused(Sentence("“%(field)s” cannot be left out: nothing can be created without it.", field=label))
        return one._replace(ticked=ticked)

    return replace(change, fields=tuple(without(one) for one in change.fields))
