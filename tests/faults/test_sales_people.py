"""Sales people edit, delete and merge while an import is planned and written: what is written is what the preview said.

All values that a company ever had are known, in their order: those that sales people saw and left, and those at the
end. Wherever one does not follow from the one before, the import has written: only what its plan says, only over what
its plan says, and once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from erp_import_plugin.engine.changes import EntityChange, PlannedRow
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store.outcomes import ResultRow
from erp_import_plugin.workflow import results
from tests.support import hosts, soak
from tests.support.balancing import unbalanced
from tests.support.journeys import Journey, chances, settle
from tests.support.sales import Edits, SalesPeople, read
from tests.support.worlds import lines_of

SIZE = 60
CHUNK = 30
"""Large ones: sales people meet the work in the middle of a transaction."""
WRITTEN = (Status.NEW, Status.CHANGED)
HELD = frozenset(
    {
        ReasonCode.CHANGED_SINCE,
        ReasonCode.ENTITY_GONE,
        ReasonCode.ENTITY_APPEARED,
        ReasonCode.NO_LONGER_MATCHES,
        ReasonCode.COMPANY_NOT_THERE,
    }
)


@pytest.mark.parametrize("seed", soak.seeds(2))
def test_what_is_written_is_what_the_preview_said(engine: Engine, seed: int) -> None:
    settle(engine, SIZE)
    journey, chance = Journey(engine, SIZE, chunk=CHUNK), chances(seed, engine.dialect.name)
    journey.finish(journey.start("fetch"))
    people = SalesPeople(engine, chance)
    with people:
        journey.finish(journey.start("plan"))
        for _ in range(4):
            people.act(people.rename)
        enter_by_hand(engine, 1)
        journey.finish(journey.start("import"))

    lines = {line.planned.row: line.planned for line in lines_of(journey.house, journey.token)}
    become = {row.row: row for row in results.rows(journey.house.rooms, journey.user, journey.token, None)}
    assert lines.keys() == become.keys()
    check_companies(engine, people, lines, become)
    reasons = Counter(row.reason.code for row in become.values() if row.status is Status.HELD and row.reason)
    assert reasons.keys() <= HELD
    assert sum(reasons.values()) == sum(row.status is Status.HELD for row in become.values())
    assert reasons[ReasonCode.ENTITY_APPEARED] >= 1
    assert reasons[ReasonCode.CHANGED_SINCE] + reasons[ReasonCode.ENTITY_GONE] >= 1
    assert not any(row.status is Status.FAILED for row in become.values())
    assert unbalanced(engine) == []


def check_companies(
    engine: Engine, people: SalesPeople, lines: Mapping[int, PlannedRow], become: Mapping[int, ResultRow]
) -> None:
    """Every company is what its plan, if it was written, and the sales people have made of it."""
    now = read(engine)
    told: dict[str, tuple[EntityChange, bool]] = {}
    for row, line in lines.items():
        own, written = line.own_change, become[row].status in WRITTEN
        if written and own and is_new(line):
            made = now[int(become[row].entity_id or 0)]
            planned = {f.field: f.new for f in own.ticked() if f.field in made}
            assert {field: made[field] for field in planned} == planned
        elif own and own.entity_id and line.kind is EntityKind.COMPANY:
            told[own.entity_id] = own, written
    for key, edits in people.edits.items():
        change, written = told.get(str(key), (None, False))
        for field in edits.first:
            assert follows(edits, now.get(key, {}), field, change, written), (
                field,
                change,
                written,
                edits,
                now.get(key),
            )


def follows(edits: Edits, now: Mapping[str, Any], field: str, change: EntityChange | None, written: bool) -> bool:
    """Whether a field's values follow from one another, with what the plan says in one place, if it was written."""
    planned = next((f for f in (change.ticked() if change else ()) if f.field == field), None)
    awaited = planned if written else None
    value = edits.first[field]
    for before, after in [*edits.seen, *([] if edits.gone else [(now, now)])]:
        if before[field] != value:
            if awaited is None or not (same(awaited.old, value) and same(awaited.new, before[field])):
                return False
            awaited = None
        value = after.get(field)
    return awaited is None


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; an empty one is as good as none, and the order of several does not count."""
    return sorted(one or ()) == sorted(other or ())


def is_new(line: PlannedRow) -> bool:
    """Whether the row creates a company of its own."""
    return line.kind is EntityKind.COMPANY and line.own_change is not None and line.own_change.is_new


def enter_by_hand(engine: Engine, number: int) -> None:
    """Somebody enters a company that the import is about to create."""
    with engine.begin() as tx:
        tx.execute(insert(hosts.company).values(name="Entered by hand", number=number))
