"""What is kept of a plan as a whole is, whatever was done to the plan, what its rows say one by one."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from erp_import_plugin.engine.changes import FieldChange, PlannedRow
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.engine.leaving_out import needs
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.errors import Refused
from erp_import_plugin.store import plan_blocks, plan_pages
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import decisions, fields, impact, importing, imports, preview, undo
from erp_import_plugin.workflow.decisions import Wish
from erp_import_plugin.workflow.impact import CHANNELS
from tests.support import databases, worlds
from tests.support.rooms import ADMIN, House, build

_STATUSES = (None, *Status)
_TICKS = (None, True, False)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink takes longer than to read
)
@given(worlds.ACTORS, worlds.PEOPLE, worlds.COMPANIES, worlds.CONTACTS, worlds.CHOSEN, st.data())
def test_counts_and_pages_are_what_the_rows_say(
    servers: databases.Databases,
    actors: list[dict[str, Any]],
    people: list[dict[str, Any]],
    companies: list[dict[str, Any]],
    contacts: list[dict[str, Any]],
    chosen: ImportSettings,
    data: st.DataObject,
) -> None:
    engine = servers["sqlite"]
    databases.empty(engine)
    house = build(engine, page_size=3)
    worlds.fill(house, actors, people, companies, contacts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_blocks, "_BITS", 1)
        token = worlds.planned(house, chosen)
        _check(house, token)
        for _ in range(data.draw(st.integers(1, 4), label="steps")):
            _step(house, token, data)
            _check(house, token)
        importing.start(house.rooms, house.jobs, ADMIN, token)
        try:
            back = undo.start(house.rooms, house.jobs, ADMIN, token)
        except Refused:
            return  # nothing was written
        _check(house, back)
        _tick(house, back, data)
        _check(house, back)


def _step(house: House, token: str, data: st.DataObject) -> None:
    """Something that an admin does to a plan."""
    lines = _lines(house, token)
    line = data.draw(st.sampled_from(lines), label="row")
    what = data.draw(st.sampled_from(["tick", "tick", "cells", "decide", "fields", "again"]), label="what")
    if what == "tick":
        _tick(house, token, data)
    elif what == "again":
        preview.start(house.rooms, house.jobs, ADMIN, token)
    elif what == "fields":
        shown = [one.name for one in fields.fields(house.rooms, ADMIN, token).fields]
        ticked = data.draw(st.lists(st.sampled_from(shown), unique=True)) if shown else []
        fields.leave_out(house.rooms, ADMIN, token, shown, ticked)
    else:
        try:
            if what == "decide":
                wish = data.draw(st.sampled_from([Wish.NEW, Wish.LEAVE_OUT, Wish.AGAIN]))
                decisions.decide(house.rooms, ADMIN, token, line.planned.row, wish)
            else:
                names = [f"{c.kind.value}.{f.field}" for c in line.planned.changes for f in c.fields]
                off = data.draw(st.sets(st.sampled_from(names))) if names else set()
                preview.tick_fields(house.rooms, ADMIN, token, line.planned.row, off)
        except Refused:
            pass  # that cannot be done to this row; the counts must stand all the same


def _tick(house: House, token: str, data: st.DataObject) -> None:
    on = data.draw(st.booleans(), label="on")
    rows = [line.planned.row for line in _lines(house, token)]
    if data.draw(st.booleans(), label="all"):
        status, ticked = data.draw(st.sampled_from(_STATUSES)), data.draw(st.sampled_from(_TICKS))
        wanted = PlanFilter(status, data.draw(st.sampled_from(["", "a", "x"])), ticked)
        preview.tick_all(house.rooms, ADMIN, token, on, wanted)
    else:
        preview.tick(house.rooms, ADMIN, token, on, data.draw(st.sets(st.sampled_from(rows))))


def _lines(house: House, token: str) -> list[PlanLine]:
    with reading(house.rooms.engine) as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        return plan_pages.following(tx, import_id, PlanFilter(), 0, 1000)


def _check(house: House, token: str) -> None:
    lines = _lines(house, token)
    found = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter())
    assert found.counts == Counter((line.planned.status, line.ticked) for line in lines)
    assert found.accounts is not None
    by_status = Counter(line.planned.status for line in lines)
    assert {status: getattr(found.accounts, status.value) for status in by_status} == by_status
    assert found.accounts.read == len(lines)
    needed = Counter(item for line in lines if line.ticked for item in set(line.planned.new_items()))
    assert found.items == needed
    _check_pages(house, token, lines)
    _check_impact(house, token, lines)


def _check_pages(house: House, token: str, lines: list[PlanLine]) -> None:
    filters = [PlanFilter(status, "", ticked) for status, ticked in product(_STATUSES, _TICKS)]
    for wanted in (*filters, PlanFilter(decided=True), PlanFilter(similar=True), PlanFilter(text="a", ticked=True)):
        passing = [line for line in lines if _passes(line, wanted)]
        shown: list[PlanLine] = []
        for number in range(1, -(-len(passing) // 3) + 1):
            page = preview.page(house.rooms, house.jobs, ADMIN, token, wanted, number).page
            assert page.total == len(passing)
            shown += page.rows
        assert shown == passing


def _passes(line: PlanLine, wanted: PlanFilter) -> bool:
    decided = line.planned.match.decided
    return (
        wanted.status in (None, line.planned.status)
        and wanted.ticked in (None, line.ticked)
        and (decided or not wanted.decided)
        and ((bool(line.planned.similar) and not decided) or not wanted.similar)
        and wanted.text in line.planned.label.casefold()
    )


def _check_impact(house: House, token: str, lines: list[PlanLine]) -> None:
    found = impact.of(house.rooms, house.jobs, ADMIN, token)
    schema = found.schema
    rows = [line.planned for line in lines if line.planned.status.writes and line.ticked]
    assert found.rows == len(rows)
    written = [change for planned in rows for change in planned.written()]
    entities = Counter((change.kind, change.effect) for change in written)
    kinds = (
        (one.kind, effect, getattr(one, effect)) for one in found.kinds for effect in ("new", "changed", "removed")
    )
    assert {(kind, effect): number for kind, effect, number in kinds if number} == entities
    changed = [(change.kind, one) for change in written if change.effect == "changed" for one in change.ticked()]
    effects = Counter((kind, one.field, _effect(one)) for kind, one in changed)
    shown = {
        (kind.kind, one.field, effect): getattr(one, effect)
        for kind in found.kinds
        for one in kind.fields
        for effect in ("filled", "replaced", "added", "cleared")
    }
    assert {place: number for place, number in shown.items() if number} == effects
    lost = Counter[Any]()
    for kind, one in changed:
        channel = schema.entities[kind].fields[one.field].type
        if channel in CHANNELS:
            old, new = set(one.old or ()), set(one.new or ())  # type: ignore[arg-type]  # channels hold tuples
            replaced = min(len(old - new), len(new - old))
            lost[channel, "replaced"] += replaced
            lost[channel, "removed"] += len(old - new) - replaced
    assert {(one.type, "replaced"): one.replaced for one in found.channels if one.replaced} | {
        (one.type, "removed"): one.removed for one in found.channels if one.removed
    } == +lost
    if found.imported.undoes is None:
        _check_fields(house, token, [line.planned for line in lines if line.planned.status.writes])


def _check_fields(house: House, token: str, rows: list[PlannedRow]) -> None:
    page = fields.fields(house.rooms, ADMIN, token)
    with reading(house.rooms.engine) as tx:
        preferences = house.rooms.host.crm.preferences(tx)
    every, needed = Counter[str](), Counter[str]()
    for change in (change for planned in rows for change in planned.changes):
        for one in change.fields:
            every[f"{change.kind.value}.{one.field}"] += 1
            is_needed = change.is_new and needs(change.kind, one.field, page.schema, preferences)
            needed[f"{change.kind.value}.{one.field}"] += is_needed
    assert {use.name: use.rows for use in page.fields} == every
    assert {use.name: use.needed for use in page.fields if use.needed} == +needed


def _effect(change: FieldChange) -> str:
    if change.cleared:
        return "cleared"
    if is_empty(change.old):
        return "filled"
    both = isinstance(change.old, tuple) and isinstance(change.new, tuple)
    return "added" if both and not set(change.old) - set(change.new) else "replaced"  # type: ignore[arg-type]
