"""The blast radius: what an import would touch in the CRM, counted before it is started."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection as Transaction

from erp_import_plugin.config import Config
from erp_import_plugin.engine.changes import NewItem
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.shapes import ChangeShape, Shape
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import CrmSchema, CrmType, EntityKind, User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import plan_blocks, plan_shapes
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.plan import WRITES
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, working
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.rooms import Rooms

CHANNELS = (CrmType.PHONE, CrmType.EMAIL, CrmType.URL)
Counts: TypeAlias = "Mapping[str, Mapping[str, int]]"
_COUNTED = ("rows", "entities", "fields", "channels", "items", "names")

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
        counts = counted(tx, rooms, imported)
        found = _impact(tx, rooms, imported, counts, job)
    keep(rooms, imported, counts)
    return found


def keep(rooms: Rooms, imported: Import, counts: Counts) -> None:
    """Keep what was counted, unless it is kept or the plan is another one by now."""
    with reading(rooms.engine) as tx:
        if import_store.impact(tx, imported.id) == counts:
            return
    with writing(rooms.engine) as tx:
        import_store.save_impact(tx, imported, counts)


def to_confirm(tx: Transaction, config: Config, import_id: int) -> int | None:
    """How many rows would change or remove what the CRM has, where that is more than may go unconfirmed."""
    counts = plan_blocks.counts(tx, import_id).rows
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


def counted(tx: Transaction, rooms: Rooms, imported: Import) -> Counts:
    """What the plan touches: what was kept since it last changed, else counted by the shapes of its rows.

    Counts by "kind", "kind.field", channel and list item, each a mapping from effect to number; "names" is of all
    fields, whether they are ticked or not.
    """
    kept: Counts | None = import_store.impact(tx, imported.id)
    if kept is not None and "names" in kept:  # version 0.1.0 kept no names
        return kept
    tally = _Tally(rooms.host.crm.schema())
    for shape, ticked, all_rows in plan_shapes.counted(tx, imported.id, WRITES):
        tally.add(shape, ticked, all_rows)
    return tally.counts()


class _Tally:
    """Adds up shapes."""

    def __init__(self, schema: CrmSchema) -> None:
        self._schema = schema
        self._of: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, shape: Shape, ticked: int, all_rows: int) -> None:
        """So many rows have this shape, and so many of these are ticked."""
        self._of["rows"]["rows"] += ticked
        self._of["items"].update({f"{item.list_name}\n{item.label}": ticked for item in shape.items})
        for change in shape.changes:
            kind, is_new = change.kind.value, change.effect == "new"
            self._of["names"].update({f"{kind}\n{name}\n{is_new:d}": all_rows for name in change.names})
            if change.written:
                self._of["entities"][f"{kind}\n{change.effect}"] += ticked
                self._add_fields(change, ticked)

    def _add_fields(self, change: ChangeShape, ticked: int) -> None:
        fields = self._schema.entities[change.kind].fields
        for one in change.fields:
            self._of["fields"][f"{change.kind.value}\n{one.field}\n{one.effect}"] += ticked
            channel = fields[one.field].type
            if channel in CHANNELS:
                self._of["channels"][f"{channel.value}\nreplaced"] += ticked * one.replaced
                self._of["channels"][f"{channel.value}\nremoved"] += ticked * one.removed

    def counts(self) -> Counts:
        """Everything that was added."""
        return {name: {key: n for key, n in self._of[name].items() if n} for name in _COUNTED}


def _impact(tx: Transaction, rooms: Rooms, imported: Import, counts: Counts, job: JobView | None) -> Impact:
    schema = rooms.host.crm.schema()
    entities, channels = counts["entities"], counts["channels"]
    kinds = tuple(
        KindImpact(
            kind=kind,
            new=entities.get(f"{kind.value}\nnew", 0),
            changed=entities.get(f"{kind.value}\nchanged", 0),
            removed=entities.get(f"{kind.value}\nremoved", 0),
            existing=rooms.host.crm.count(tx, kind),
            fields=_field_impacts(schema, kind, counts["fields"]),
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
        rows=counts["rows"].get("rows", 0),
        confirm=to_confirm(tx, rooms.config, imported.id),
        kinds=kinds,
        channels=tuple(one for one in lost if one.replaced or one.removed),
        items={NewItem(*place.split("\n", 1)): count for place, count in counts["items"].items()},
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
