"""Undo is exact: what nobody has touched is as before the import, what somebody has touched stays and is named.

``ERP_IMPORT_TEST_TIMES=10`` has it tried on ten times as many examples.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from erp_import_plugin.engine.applying import same_value
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import EntityKind, EntityUpdate
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store.tables import link
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import importing, imports, preview, undo
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, OTHER, House, build
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

LISTS = ("category", "country")
"""Fields whose items may have another id after an undo of the undo."""

_TIMES = int(os.environ.get("ERP_IMPORT_TEST_TIMES", "1"))
_RUNS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
}


def _undo(house: House, token: str) -> str:
    begun = undo.start(house.rooms, house.jobs, ADMIN, token)
    planning = house.jobs.latest(begun)
    assert planning is not None
    assert planning.state == "done", planning.note
    job = importing.start(house.rooms, house.jobs, ADMIN, begun)
    assert job.state == "done", job.note
    return begun


def _tables(house: House) -> dict[str, list[tuple[str, ...]]]:
    """What the tables beside the entities hold, without the ids of their rows; and the links."""
    places = {
        "items": (hosts.item, ("list_name", "name")),
        "company channels": (hosts.company_channel, ("company_id", "kind", "value")),
        "person channels": (hosts.person_channel, ("person_id", "kind", "value")),
        "links": (link, ("actor_type", "erp_key", "kind", "entity_id")),
    }
    with reading(house.rooms.engine) as tx:
        return {
            name: sorted(tuple(map(str, row)) for row in tx.execute(select(*(table.c[key] for key in columns))))
            for name, (table, columns) in places.items()
        }


def _results(house: House, token: str) -> list[Any]:
    with reading(house.rooms.engine) as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        return outcome_store.page(tx, import_id, list(Status), "", 0, 1000)[0]


def _equal(one: World, other: World) -> bool:
    return one.keys() == other.keys() and all(
        same_value(one[place][key], other[place][key]) for place in one for key in one[place]
    )


ACTIONS: dict[str, Any] = {
    "actors": ACTORS, "people": PEOPLE, "companies": COMPANIES, "contacts": CONTACTS, "chosen": CHOSEN,
}  # fmt: skip


@settings(max_examples=16 * _TIMES, **_RUNS)
@given(data=st.data(), **ACTIONS)
def test_what_nobody_has_touched_is_as_before(servers: databases.Databases, data: st.DataObject, **given: Any) -> None:
    _untouched(servers["sqlite"], data, **given)


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
@settings(max_examples=3 * _TIMES, **_RUNS)
@given(data=st.data(), **ACTIONS)
def test_so_it_is_on_the_other_databases(
    servers: databases.Databases, server: str, data: st.DataObject, **given: Any
) -> None:
    _untouched(servers[server], data, **given)


def _untouched(
    engine: Engine,
    data: st.DataObject,
    actors: list[dict[str, Any]],
    people: list[dict[str, Any]],
    companies: list[dict[str, Any]],
    contacts: list[dict[str, Any]],
    chosen: ImportSettings,
) -> None:
    """Import, undo, undo the undo, and undo that."""
    databases.empty(engine)
    house = build(engine, chunk=data.draw(st.sampled_from([1, 3, 1000]), label="chunk"))
    fill(house, actors, people, companies, contacts)
    token = planned(house, chosen)
    rows = [line.planned.row for line in lines_of(house, token)]
    preview.tick(house.rooms, ADMIN, token, False, data.draw(st.sets(st.sampled_from(rows)), label="unticked"))
    before, tables = world(house), _tables(house)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    after, written = world(house), _tables(house)

    if undo.standing(house.rooms, ADMIN, token).offer is undo.Offer.NOTHING:
        assert _equal(before, after)
        return
    back = _undo(house, token)

    assert _equal(world(house), before)
    assert _tables(house) == tables
    results = _results(house, back)
    assert {row.status for row in results} <= {Status.CHANGED, Status.REMOVED, Status.UNCHANGED}

    forth = _undo(house, back)

    again = world(house)
    assert sorted(kind for kind, _ in again) == sorted(kind for kind, _ in after)
    kept = {place: values for place, values in after.items() if place in before}
    for place, values in kept.items():
        assert all(same_value(again[place][key], values[key]) for key in values if key not in LISTS), place
    assert len(_tables(house)["links"]) == len(written["links"])
    assert _tables(house)["items"] == written["items"]
    _undo(house, forth)
    assert _equal(world(house), before)
    assert _tables(house) == tables


_EDITS = st.lists(
    st.tuples(
        st.sampled_from(
            ["code", "name", "phone", "category", "last_name", "email", "contact", "note", "delete", "use"]
        ),
        st.integers(0, 20),
    ),
    max_size=5,
)


def _edit(house: House, edits: list[tuple[str, int]]) -> set[str]:
    """What others do in the CRM after the import; gives the companies that have notes."""
    crm, noted = house.rooms.host.crm, set()
    for what, number in edits:
        there = world(house)
        persons = sorted(key for kind, key in there if kind is EntityKind.PERSON)
        companies = sorted((key for kind, key in there if kind is EntityKind.COMPANY), key=int)
        person, company = (some[number % len(some)] if some else None for some in (persons, companies))
        with writing(house.rooms.engine) as tx:
            if what == "delete" and person:
                crm.delete(tx, EntityKind.PERSON, [person], OTHER)
            elif what in ("last_name", "email") and person:
                value: Any = (f"new{number}@x.example",) if what == "email" else f"New {number}"
                crm.update(tx, EntityKind.PERSON, [EntityUpdate(person, {what: value})], OTHER)
            elif company and what == "contact":
                crm.create(tx, EntityKind.PERSON, [{"last_name": "Later", "company": company}], OTHER)
            elif company and what == "note":
                tx.execute(insert(hosts.note).values(company_id=int(company), text="Call"))
                noted.add(company)
            elif what == "use":
                items = crm.list_items(tx, "country")
                crm.create(tx, EntityKind.COMPANY, [{"name": "User", "country": items[number % len(items)].id}], OTHER)
            elif company and what in ("code", "name", "phone", "category"):
                value = {"phone": (f"7{number}",), "category": "1"}.get(what, f"New {number}")
                crm.update(tx, EntityKind.COMPANY, [EntityUpdate(company, {what: value})], OTHER)
    return noted


def _expected(before: World, after: World, now: World, noted: set[str], results: list[Any]) -> World:
    """What an undo makes of the world, by the plainest reading of it."""
    expected = {}
    for place, values in now.items():
        made = place in after and place not in before
        touched = {key for key in values if place in after and not same_value(values[key], after[place][key])}
        if place not in after or (made and touched) or (made and place[0] is EntityKind.COMPANY):
            expected[place] = dict(values)
        elif not made:
            expected[place] = {key: values[key] if key in touched else before[place][key] for key in values}
    theirs = {row.company_id: row for row in results if row.company_id}
    for place, values in now.items():
        kind, key = place
        if kind is not EntityKind.COMPANY or place in before or place not in after:
            continue
        touched = any(not same_value(values[name], after[place][name]) for name in values)
        held = any(one.get("company") == key for (of, _), one in expected.items() if of is EntityKind.PERSON)
        row = theirs.get(key)
        deserted = row is not None and (row.kind, row.entity_id) not in now
        moved = row is not None and (row.kind, row.entity_id) in expected and not held and row.status is Status.NEW
        if not (touched or held or key in noted or deserted or moved):
            del expected[place]
    return expected


@settings(max_examples=18 * _TIMES, **_RUNS)
@given(edits=_EDITS, chunk=st.sampled_from([1, 3, 1000]), **ACTIONS)
def test_what_others_have_touched_stays_and_is_named(
    servers: databases.Databases,
    actors: list[dict[str, Any]],
    people: list[dict[str, Any]],
    companies: list[dict[str, Any]],
    contacts: list[dict[str, Any]],
    chosen: ImportSettings,
    edits: list[tuple[str, int]],
    chunk: int,
) -> None:
    engine = servers["sqlite"]
    databases.empty(engine)
    house = build(engine, chunk=chunk)
    fill(house, actors, people, companies, contacts)
    token = planned(house, chosen)
    before = world(house)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    after, results = world(house), _results(house, token)
    noted = _edit(house, edits)
    now = world(house)
    if undo.standing(house.rooms, ADMIN, token).offer is undo.Offer.NOTHING:
        return

    back = _undo(house, token)

    left = world(house)
    expected = _expected(before, after, now, noted, results)
    assert set(left) == set(expected)
    for place, values in expected.items():
        assert all(same_value(left[place][key], value) for key, value in values.items()), place
    named = _named(house, back)
    for place in after.keys() & now.keys():
        touched = {key for key in now[place] if not same_value(now[place][key], after[place][key])}
        new = place not in before
        wrote = {key for key, value in after[place].items() if new or not same_value(value, before[place][key])}
        assert touched & wrote <= named.get(place, set()) | _back_already(before, now, place), place

    if undo.standing(house.rooms, ADMIN, back).offer is undo.Offer.NOTHING:
        assert _equal(left, now)
        return
    _undo(house, back)

    again = world(house)
    assert sorted(kind for kind, _ in again) == sorted(kind for kind, _ in now)
    for place in left.keys() & again.keys():
        values = {key: value for key, value in now[place].items() if key not in (*LISTS, "company")}
        assert all(same_value(again[place][key], value) for key, value in values.items()), place


def _named(house: House, token: str) -> dict[tuple[EntityKind, str], set[str]]:
    """The fields that an undo names as edited, by entity."""
    named: dict[tuple[EntityKind, str], set[str]] = {}
    for line in lines_of(house, token):
        row = line.planned
        if row.match.entity:
            reasons = [row.reason] if row.reason and row.reason.code is ReasonCode.EDITED_SINCE else []
            fields = {name for one in reasons for name in one.params["fields"].split(", ")}
            named[row.kind, row.match.entity] = fields | {kept.field for kept in row.kept}
        for kept in row.kept:
            if kept.field == "company" and kept.reason and kept.reason.code is not ReasonCode.EDITED_SINCE:
                named.setdefault((EntityKind.COMPANY, str(kept.crm)), set())
            elif kept.field == "company" and kept.reason:
                named[EntityKind.COMPANY, str(kept.crm)] = set(kept.reason.params["fields"].split(", "))
    return named


def _back_already(before: World, now: World, place: tuple[EntityKind, str]) -> set[str]:
    return {key for key in now[place] if place in before and same_value(now[place][key], before[place][key])}
