"""The preview is the import: the CRM afterwards is the CRM before plus the stored plan, whatever comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from erp_import_plugin.engine.applying import same_value
from erp_import_plugin.engine.changes import NewItem, RowCompany
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import (
    Action,
    ImportSettings,
)
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import importing, imports, preview
from tests.support import databases
from tests.support.rooms import ADMIN, House, build
from tests.support.worlds import (
    ACTORS,
    CHOSEN,
    COMPANIES,
    CONTACTS,
    PEOPLE,
    World,
    fill,
    lines_of,
    planned,
    world,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(actors=ACTORS, people=PEOPLE, companies=COMPANIES, contacts=CONTACTS, chosen=CHOSEN, data=st.data())
def test_the_crm_after_is_the_crm_before_plus_the_plan(
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
    house = build(engine, chunk=data.draw(st.sampled_from([1, 3, 1000]), label="chunk"))
    fill(house, actors, people, companies, contacts)
    token = planned(house, chosen)
    rows = [line.planned.row for line in lines_of(house, token)]
    unticked = data.draw(st.sets(st.sampled_from(rows)), label="unticked") if rows else set()
    preview.tick(house.rooms, ADMIN, token, False, unticked)
    before, plan = world(house), lines_of(house, token)

    importing.start(house.rooms, house.jobs, ADMIN, token)

    after = world(house)
    expected, held = _plus(house, token, before, plan)
    assert set(after) == set(expected)
    for place, values in expected.items():
        assert all(same_value(after[place][key], value) for key, value in values.items()), place
    assert held == 0, "nobody else has written, so every premise holds"
    if not unticked and _repeats(chosen):
        again = planned(house, chosen)
        assert preview.page(house.rooms, house.jobs, ADMIN, again, PlanFilter()).to_write == 0
        importing.start(house.rooms, house.jobs, ADMIN, again)
        assert world(house) == after


def _repeats(chosen: ImportSettings) -> bool:
    """Whether an actor that is linked by the first import is treated no other way by the second."""
    return all(one.linked in (None, one.action, Action.SKIP) for one in (chosen.company, chosen.person))


def _plus(house: House, token: str, before: World, plan: list[PlanLine]) -> tuple[World, int]:
    """The world that the plan makes of the one before, by the plainest reading of it; and how many rows were held."""
    with reading(house.rooms.engine) as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        results = {row.row: row for row in outcome_store.page(tx, import_id, list(Status), "", 0, 1000)[0]}
        read = sum(staging_store.counts(tx, import_id).values())
        items = {
            NewItem(name, item.label): item.id
            for name in ("category", "country")
            for item in house.rooms.host.crm.list_items(tx, name)
        }
    assert len(results) == read
    expected = {place: dict(values) for place, values in before.items()}
    for line in plan:
        result = results[line.planned.row]
        if not line.planned.status.writes:
            assert result.status is line.planned.status
            continue
        if not line.ticked:
            assert result.status is Status.SKIPPED
            continue
        assert result.status is line.planned.status, result
        for change in line.planned.changes:
            own = change.kind is line.planned.kind
            place = (change.kind, (result.entity_id if own else result.company_id) or "")
            values = expected.setdefault(place, {})
            values.update({one.field: _value(one.new, items, results) for one in change.ticked()})
    return expected, sum(result.status is Status.HELD for result in results.values())


def _value(new: Any, items: Mapping[NewItem, str], results: Mapping[int, Any]) -> Any:
    if isinstance(new, RowCompany):
        made = results[new.row]
        return made.company_id or made.entity_id
    if isinstance(new, NewItem):
        return items[new]
    return new
