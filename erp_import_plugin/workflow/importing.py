"""Importing: what it would touch, told before; then the start, the stop and the resumption of the job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import EntityChange, FieldChange, NewItem, PlannedRow
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import CrmSchema, CrmType, EntityKind, User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, working
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class FieldImpact:
    """What happens to one field of the entities that change: how many get a value, another one, more, or none."""

    field: str
    filled: int = 0
    replaced: int = 0
    added: int = 0
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class KindImpact:
    """What happens to one entity kind; ``existing`` is how many the CRM has now."""

    kind: EntityKind
    new: int
    changed: int
    existing: int
    fields: tuple[FieldImpact, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """The blast radius of an import, over the ticked rows and fields."""

    imported: Import
    rows: int
    kinds: tuple[KindImpact, ...]
    phones_replaced: int
    items: Mapping[NewItem, int]
    schema: CrmSchema
    job: JobView | None


def impact(rooms: Rooms, jobs: Jobs, user: User, token: str) -> Impact:
    """What the import would touch. It is counted once and kept until a tick changes."""
    access.check_user(rooms, user)
    job = jobs.latest(token, working.IMPORT)  # before the import: a job that has ended has left what it made
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        if imported.state is ImportState.STAGING:
            raise Refused(Sentence("The preview is not there yet. Look at it before you import."))
        kept = import_store.impact(tx, imported.id)
        counted = _count(tx, rooms, imported) if kept is None else kept
        found = _impact(tx, rooms, imported, counted, job)
    if kept is None:
        with writing(rooms.engine) as tx:
            import_store.save_impact(tx, imported, counted)
    return found


def start(rooms: Rooms, jobs: Jobs, user: User, token: str, revision: int | None = None) -> JobView:
    """Import what the preview shows, in the background. Asked twice, it is done once.

    ``revision`` is of the plan that the user has seen. Raises :class:`Refused` when it is another one by now.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    _end_interrupted(jobs, token)
    with writing(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token, lock=True)
        access.open_connection(tx, user, imported.connection_id)
        first = imported.state is ImportState.PLANNED
        if imported.state is ImportState.STAGING:
            raise Refused(Sentence("The preview is not there yet. Look at it before you import."))
        if first:
            working.refuse_while_working(rooms, token, working.IMPORT)
            _check_revision(imported, revision)
            import_store.set_state(tx, imported.id, ImportState.IMPORTING, started_at=rooms.now())
    running = jobs.latest(token, "import")
    return running if running and not first else jobs.start("import", token, user.id)


def cancel(rooms: Rooms, jobs: Jobs, user: User, token: str) -> None:
    """Stop the work on an import after the rows in progress; what is written stays, what is left can be resumed."""
    job = _job(rooms, jobs, user, token)
    if job is not None:
        jobs.cancel(job.id)


def resume(rooms: Rooms, jobs: Jobs, user: User, token: str) -> None:
    """Go on with work that was cancelled, failed or interrupted."""
    access.check_sync(rooms)
    job = _job(rooms, jobs, user, token)
    if job is None:
        return
    if job.state == "interrupted":
        jobs.resume(job.id)
    elif job.state in ("cancelled", "failed"):
        jobs.start(job.kind, token, user.id)


def _end_interrupted(jobs: Jobs, token: str) -> None:
    """A preview that was cut after its last step is there all the same; nobody will end its job any more."""
    job = jobs.latest(token)
    if job is not None and job.state == "interrupted" and job.kind != working.IMPORT:
        jobs.cancel(job.id)


def _check_revision(imported: Import, seen: int | None) -> None:
    if seen is not None and seen != imported.revision:
        raise Refused(Sentence("The preview was changed in another window. Look at what it would do now."))


def _job(rooms: Rooms, jobs: Jobs, user: User, token: str) -> JobView | None:
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        access.open_import(tx, rooms, user, token)
    return jobs.latest(token)


def _count(tx: Transaction, rooms: Rooms, imported: Import) -> dict[str, dict[str, int]]:
    """Counts by "kind", "kind.field" and list item, each a mapping from effect to number."""
    rows, entities, fields, items = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    schema = rooms.host.crm.schema()
    after = 0
    while chunk := plan_store.to_write(tx, imported.id, after, rooms.config.chunk):
        after = chunk[-1].row
        for planned in chunk:
            rows["rows"] += 1
            items.update(f"{item.list_name}\n{item.label}" for item in set(planned.new_items()))
            _count_row(schema, planned, entities, fields)
    return {"rows": dict(rows), "entities": dict(entities), "fields": dict(fields), "items": dict(items)}


def _count_row(schema: CrmSchema, planned: PlannedRow, entities: Counter[str], fields: Counter[str]) -> None:
    for change in planned.written():
        entities[f"{change.kind.value}\n{'new' if change.is_new else 'changed'}"] += 1
        if not change.is_new:
            fields.update(f"{change.kind.value}\n{one.field}\n{_effect(one)}" for one in change.ticked())
            fields["phones\n\nreplaced"] += sum(_lost_phones(schema, change, one) for one in change.ticked())


def _effect(change: FieldChange) -> str:
    if change.cleared:
        return "cleared"
    if is_empty(change.old):
        return "filled"
    if isinstance(change.old, tuple) and isinstance(change.new, tuple) and set(change.old) <= set(change.new):
        return "added"
    return "replaced"


def _lost_phones(schema: CrmSchema, change: EntityChange, one: FieldChange) -> int:
    is_phone = schema.entities[change.kind].fields[one.field].type is CrmType.PHONE
    if not is_phone or not isinstance(one.old, tuple) or not isinstance(one.new, tuple):
        return 0
    return len(set(one.old) - {str(value) for value in one.new})


def _impact(
    tx: Transaction, rooms: Rooms, imported: Import, counted: Mapping[str, Mapping[str, int]], job: JobView | None
) -> Impact:
    schema = rooms.host.crm.schema()
    entities, fields = counted["entities"], counted["fields"]
    kinds = tuple(
        KindImpact(
            kind=kind,
            new=entities.get(f"{kind.value}\nnew", 0),
            changed=entities.get(f"{kind.value}\nchanged", 0),
            existing=rooms.host.crm.count(tx, kind),
            fields=_field_impacts(schema, kind, fields),
        )
        for kind in schema.entities
        if any(entities.get(f"{kind.value}\n{what}", 0) for what in ("new", "changed"))
    )
    return Impact(
        imported=imported,
        rows=counted["rows"].get("rows", 0),
        kinds=kinds,
        phones_replaced=fields.get("phones\n\nreplaced", 0),
        items={NewItem(*place.split("\n", 1)): count for place, count in counted["items"].items()},
        schema=schema,
        job=job,
    )


def _field_impacts(schema: CrmSchema, kind: EntityKind, counted: Mapping[str, int]) -> tuple[FieldImpact, ...]:
    effects = ("filled", "replaced", "added", "cleared")
    found = (
        FieldImpact(key, *(counted.get(f"{kind.value}\n{key}\n{effect}", 0) for effect in effects))
        for key in schema.entities[kind].fields
    )
    return tuple(one for one in found if one.filled or one.replaced or one.added or one.cleared)
