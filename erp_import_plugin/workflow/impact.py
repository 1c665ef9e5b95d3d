"""The blast radius: what an import would touch in the CRM, counted before it is started."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.config import Config
from erp_import_plugin.engine.changes import EntityChange, FieldChange, NewItem, NewValue, PlannedRow
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.engine.results import Status
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import CrmSchema, CrmType, EntityKind, User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, working
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.rooms import Rooms

CHANNELS = (CrmType.PHONE, CrmType.EMAIL, CrmType.URL)

# Digits, in groups of three or not; which sign stands between groups depends on the language.
_GROUPED = re.compile(r"\d+|\d{1,3}([.,'’ \u00a0\u202f])\d{3}(\1\d{3})*")  # noqa: RUF001


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
    removed: int
    existing: int
    fields: tuple[FieldImpact, ...]


@dataclass(frozen=True, slots=True)
class ChannelImpact:
    """How many phone numbers, or addresses, that the CRM has now give way to others, or just go."""

    type: CrmType
    replaced: int
    removed: int


@dataclass(frozen=True, slots=True)
class Impact:
    """The blast radius of an import, over the ticked rows and fields.

    ``confirm`` is the number that has to be typed before it starts; None where none has to.
    """

    imported: Import
    rows: int
    confirm: int | None
    kinds: tuple[KindImpact, ...]
    channels: tuple[ChannelImpact, ...]
    items: Mapping[NewItem, int]
    schema: CrmSchema
    job: JobView | None


def of(rooms: Rooms, jobs: Jobs, user: User, token: str) -> Impact:
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


def to_confirm(tx: Transaction, config: Config, import_id: int) -> int | None:
    """How many rows would change or remove what the CRM has, where that is more than may go unconfirmed."""
    counts = plan_store.counts(tx, import_id)
    touched = sum(
        rows for (status, ticked), rows in counts.items() if ticked and status.writes and status is not Status.NEW
    )
    return touched if config.confirm_above is not None and touched > config.confirm_above else None


def check_confirmed(wanted: int | None, typed: str) -> None:
    """Raises :class:`Invalid` ("confirm") unless the number was typed, as any of our languages writes it."""
    text = typed.strip()
    if wanted is None or (_GROUPED.fullmatch(text) and int(re.sub(r"\D", "", text)) == wanted):
        return
    if not text:
        raise Invalid({"confirm": Sentence("Type the number to go on. Nothing has been imported.")})
    raise Invalid({"confirm": Sentence("This is another number. Nothing has been imported.")})


def _count(tx: Transaction, rooms: Rooms, imported: Import) -> dict[str, dict[str, int]]:
    """Counts by "kind", "kind.field", channel and list item, each a mapping from effect to number."""
    rows, entities, fields = Counter[str](), Counter[str](), Counter[str]()
    channels, items = Counter[str](), Counter[str]()
    schema = rooms.host.crm.schema()
    after = 0
    while chunk := plan_store.to_write(tx, imported.id, after, rooms.config.chunk):
        after = chunk[-1].row
        for planned in chunk:
            rows["rows"] += 1
            items.update(f"{item.list_name}\n{item.label}" for item in set(planned.new_items()))
            _count_row(schema, planned, entities, fields, channels)
    counted = {"rows": rows, "entities": entities, "fields": fields, "channels": channels, "items": items}
    return {name: dict(counts) for name, counts in counted.items()}


def _count_row(
    schema: CrmSchema,
    planned: PlannedRow,
    entities: Counter[str],
    fields: Counter[str],
    channels: Counter[str],
) -> None:
    for change in planned.written():
        entities[f"{change.kind.value}\n{_entity_effect(change)}"] += 1
        if change.is_new or change.removes:
            continue
        for one in change.ticked():
            fields[f"{change.kind.value}\n{one.field}\n{_effect(one)}"] += 1
            channel = schema.entities[change.kind].fields[one.field].type
            if channel in CHANNELS:
                replaced, removed = _lost(one)
                channels[f"{channel.value}\nreplaced"] += replaced
                channels[f"{channel.value}\nremoved"] += removed


def _entity_effect(change: EntityChange) -> str:
    if change.removes:
        return "removed"
    return "new" if change.is_new else "changed"


def _effect(change: FieldChange) -> str:
    if change.cleared:
        return "cleared"
    if is_empty(change.old):
        return "filled"
    if isinstance(change.old, tuple) and isinstance(change.new, tuple) and set(change.old) <= set(change.new):
        return "added"
    return "replaced"


def _lost(change: FieldChange) -> tuple[int, int]:
    """How many of the old values another takes the place of, and how many just go."""
    old, new = _set(change.old), _set(change.new)
    lost, gained = len(old - new), len(new - old)
    return min(lost, gained), max(lost - gained, 0)


def _set(value: NewValue) -> set[str]:
    if is_empty(value):
        return set()
    return {str(one) for one in (value if isinstance(value, tuple) else (value,))}


def _impact(
    tx: Transaction, rooms: Rooms, imported: Import, counted: Mapping[str, Mapping[str, int]], job: JobView | None
) -> Impact:
    schema = rooms.host.crm.schema()
    entities, channels = counted["entities"], counted["channels"]
    kinds = tuple(
        KindImpact(
            kind=kind,
            new=entities.get(f"{kind.value}\nnew", 0),
            changed=entities.get(f"{kind.value}\nchanged", 0),
            removed=entities.get(f"{kind.value}\nremoved", 0),
            existing=rooms.host.crm.count(tx, kind),
            fields=_field_impacts(schema, kind, counted["fields"]),
        )
        for kind in schema.entities
        if any(entities.get(f"{kind.value}\n{what}", 0) for what in ("new", "changed", "removed"))
    )
    lost = (
        ChannelImpact(type_, channels.get(f"{type_.value}\nreplaced", 0), channels.get(f"{type_.value}\nremoved", 0))
        for type_ in CHANNELS
    )
    return Impact(
        imported=imported,
        rows=counted["rows"].get("rows", 0),
        confirm=to_confirm(tx, rooms.config, imported.id),
        kinds=kinds,
        channels=tuple(one for one in lost if one.replaced or one.removed),
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
