"""Fields: which ones an import changes, in how many rows, and which it leaves alone in all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.leaving_out import needs, without
from erp_import_plugin.host_api import CrmSchema, EntityKind, Preferences, User
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import plan_items, plan_ticks
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.plan import PlanLine
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, impact, preview
from erp_import_plugin.workflow.planner import has_nothing_ticked
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field that the import writes: in how many rows, and in how many of those nothing can be made without it."""

    kind: EntityKind
    field: str
    rows: int
    needed: int
    ticked: bool

    @property
    def name(self) -> str:
        """As the settings name it: "company.phone"."""
        return f"{self.kind.value}.{self.field}"


@dataclass(frozen=True, slots=True)
class FieldsPage:
    """The fields of an import, in the order of the schema."""

    imported: Import
    fields: tuple[FieldUse, ...]
    schema: CrmSchema


def fields(rooms: Rooms, user: User, token: str) -> FieldsPage:
    """The fields that the import writes, or would if they were not left out. Raises NotFound and Refused."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        preview.check_planned(imported)
        schema, preferences = rooms.host.crm.schema(), rooms.host.crm.preferences(tx)
        counts = impact.counted(tx, rooms, imported)
    impact.keep(rooms, imported, counts)
    left_out = imported.settings.left_out if imported.settings else frozenset()
    uses = (
        _use(kind, key, counts["names"], needs(kind, key, schema, preferences), left_out)
        for kind, entity in schema.entities.items()
        for key in entity.fields
    )
    return FieldsPage(imported, tuple(use for use in uses if use.rows), schema)


def _use(kind: EntityKind, key: str, names: Mapping[str, int], needed: bool, left_out: Collection[str]) -> FieldUse:
    changed, new = (names.get(f"{kind.value}\n{key}\n{is_new}", 0) for is_new in (0, 1))
    return FieldUse(kind, key, changed + new, new if needed else 0, f"{kind.value}.{key}" not in left_out)


def leave_out(rooms: Rooms, user: User, token: str, shown: Collection[str], ticked: Collection[str]) -> None:
    """Of the fields that were shown, leave those without a tick alone in all rows, and write the others again.

    The choice is kept with the settings of the import, for the next preview too.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        imported = preview.open_planned(tx, rooms, user, token)
        settings = imported.settings
        if settings is None:
            return
        schema, preferences = rooms.host.crm.schema(), rooms.host.crm.preferences(tx)
        known = {f"{kind.value}.{key}" for kind, entity in schema.entities.items() for key in entity.fields}
        offered = known & set(shown)
        off = (settings.left_out - offered) | (offered - set(ticked))
        if off == settings.left_out:
            return
        import_store.save_settings(tx, imported.id, replace(settings, left_out=off))
        for chunk in _written(tx, rooms, imported):
            changed = [
                _changed(line, off - settings.left_out, settings.left_out - off, schema, preferences) for line in chunk
            ]
            _keep(tx, imported, chunk, changed)
        plan_items.recount(tx, imported.id)
        import_store.revise(tx, imported.id)


def _written(tx: Transaction, rooms: Rooms, imported: Import) -> Iterator[list[PlanLine]]:
    after = 0
    while lines := plan_store.changing(tx, imported.id, after, rooms.config.chunk):
        yield lines
        after = lines[-1].planned.row


def _changed(
    line: PlanLine, off: Collection[str], on: Collection[str], schema: CrmSchema, preferences: Preferences
) -> PlanLine:
    before = line.planned.changes
    ticked = (without(change, on, schema, preferences, ticked=True) for change in before)
    changes = tuple(without(change, off, schema, preferences) for change in ticked)
    is_ticked = (line.ticked or has_nothing_ticked(before)) and not has_nothing_ticked(changes)
    return PlanLine(replace(line.planned, changes=changes), is_ticked)


def _keep(tx: Transaction, imported: Import, before: Sequence[PlanLine], after: Sequence[PlanLine]) -> None:
    plan_store.replace(tx, imported.id, [new.planned for old, new in zip(before, after, strict=True) if new != old])
    for ticked in (True, False):
        moved = [
            new.planned.row
            for old, new in zip(before, after, strict=True)
            if new.ticked is ticked and old.ticked is not ticked
        ]
        if moved:
            plan_ticks.tick(tx, imported.id, ticked, moved)
