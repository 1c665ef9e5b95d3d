"""The preview is the import: the CRM afterwards is the CRM before plus the stored plan, whatever comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from erp_import_plugin.connector_api import ActorRef, ActorType
from erp_import_plugin.engine.applying import same_value
from erp_import_plugin.engine.changes import NewItem, RowCompany
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import (
    NO_CONTACTS,
    Action,
    ChannelPolicy,
    DuplicateSettings,
    EmptyValue,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import importing, imports, preview
from erp_import_plugin.workflow import settings as settings_step
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, House, build

World = dict[tuple[EntityKind, str], dict[str, Any]]

# Few different values, so that actors and entities meet often.
_names = st.sampled_from(["Acme", "ACME ", "Acme AS", "Brød & Kaffe", "Ødegård", "", "O'Neil", "=1+1"])
_vats = st.sampled_from(["", "NO 123 456 789 MVA", "123456789", "987654321", "SE556000000001"])
_cities = st.sampled_from(["", "Oslo", "Bergen", "Ås"])
_emails = st.sampled_from(["", "post@acme.example", "POST@ACME.EXAMPLE", "a@b.example"])
_phones = st.sampled_from(["", "22 33 44 55", "+47 22334455", "99 88 77 66", "not a phone"])
_numbers = st.one_of(st.none(), st.integers(1, 4))
_firsts = st.sampled_from(["", "Kari", "Ola"])
_lasts = st.sampled_from(["", "Nordmann", "Hansen"])

_actors = st.lists(
    st.fixed_dictionaries(
        {
            "NAME": _names,
            "NUMBER2": _numbers,
            "VATNO": _vats,
            "POSTALCITY": _cities,
            "EMAIL": _emails,
            "PHONE": _phones,
            "CATEGORY": st.sampled_from([None, "A", "B", "C"]),
            "COUNTRY": st.sampled_from([None, "NO", "SE", "DE"]),
        }
    ),
    min_size=1,
    max_size=8,
)
_people = st.lists(
    st.fixed_dictionaries(
        {
            "FIRSTNAME": _firsts,
            "LASTNAME": _lasts,
            "NUMBER": st.sampled_from(["", "1", "2"]),
            "EMAIL": _emails,
            "PHONE_MOBILE": _phones,
            "COMPANY": _names,
            "parent": st.one_of(st.none(), st.integers(0, 9)),
        }
    ),
    max_size=6,
)
_companies = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Acme", "acme as", "Brød & Kaffe", "Other"]),
            "number": _numbers,
            "vat_number": _vats.map(lambda text: text or None),
            "category": st.sampled_from([None, "1"]),
            "country": st.sampled_from([None, "2", "3"]),
            "phone": _phones.map(lambda text: (text,) if text else ()),
            "email": _emails.map(lambda text: (text,) if text else ()),
        }
    ),
    max_size=6,
)
_contacts = st.lists(
    st.fixed_dictionaries(
        {
            "first_name": _firsts,
            "last_name": _lasts,
            "number": st.sampled_from([None, "1"]),
            "email": _emails.map(lambda text: (text,) if text else ()),
            "phone_mobile": _phones.map(lambda text: (text,) if text else ()),
            "company": st.one_of(st.none(), st.integers(0, 5)),
        }
    ),
    max_size=4,
)


def _duplicates(*rules: str) -> st.SearchStrategy[DuplicateSettings]:
    return st.builds(
        DuplicateSettings,
        match=st.sampled_from(rules),
        action=st.sampled_from(Action),
        empty=st.sampled_from(EmptyValue),
        linked=st.sampled_from([None, Action.MERGE, Action.REPLACE, Action.SKIP]),
    )


_settings = st.builds(
    ImportSettings,
    company=_duplicates("name", "number", "vat_number"),
    person=_duplicates("name", "number", "email", "mobile", NO_CONTACTS),
    project=_duplicates("name"),
    no_company=st.sampled_from(NoCompany),
    fetch_parents=st.booleans(),
    lists=st.fixed_dictionaries(
        {"category": st.sampled_from(ListPolicy), "country": st.sampled_from(ListPolicy)},
    ),
    phones=st.sampled_from(ChannelPolicy),
    web=st.sampled_from(ChannelPolicy),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(actors=_actors, people=_people, companies=_companies, contacts=_contacts, chosen=_settings, data=st.data())
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
    _fill(house, actors, people, companies, contacts)
    token = _plan(house, chosen)
    rows = [line.planned.row for line in _lines(house, token)]
    unticked = data.draw(st.sets(st.sampled_from(rows)), label="unticked") if rows else set()
    preview.tick(house.rooms, ADMIN, token, False, unticked)
    before, plan = _world(house), _lines(house, token)

    importing.start(house.rooms, house.jobs, ADMIN, token)

    after = _world(house)
    expected, held = _plus(house, token, before, plan)
    assert set(after) == set(expected)
    for place, values in expected.items():
        assert all(same_value(after[place][key], value) for key, value in values.items()), place
    assert held == 0, "nobody else has written, so every premise holds"
    if not unticked and _repeats(chosen):
        again = _plan(house, chosen)
        assert preview.page(house.rooms, house.jobs, ADMIN, again, PlanFilter()).to_write == 0
        importing.start(house.rooms, house.jobs, ADMIN, again)
        assert _world(house) == after


def _repeats(chosen: ImportSettings) -> bool:
    """Whether an actor that is linked by the first import is treated no other way by the second."""
    return all(one.linked in (None, one.action, Action.SKIP) for one in (chosen.company, chosen.person))


def _fill(
    house: House,
    actors: list[dict[str, Any]],
    people: list[dict[str, Any]],
    companies: list[dict[str, Any]],
    contacts: list[dict[str, Any]],
) -> None:
    for n, values in enumerate(actors):
        house.shop.add(ActorType.CUSTOMER, f"C{n}", **values)
    for n, values in enumerate(people):
        given = {key: value for key, value in values.items() if key != "parent"}
        parent = ActorRef(ActorType.CUSTOMER, f"C{values['parent']}") if values["parent"] is not None else None
        house.shop.add(ActorType.PERSON, f"P{n}", parent, **given)
    crm = house.rooms.host.crm
    with writing(house.rooms.engine) as tx:
        made = crm.create(tx, EntityKind.COMPANY, companies, ADMIN)
        owned = [{**one, "company": _at(made, one["company"])} for one in contacts]
        crm.create(tx, EntityKind.PERSON, owned, ADMIN)


def _at(ids: Any, place: int | None) -> str | None:
    return ids[place] if place is not None and place < len(ids) else None


def _plan(house: House, chosen: ImportSettings) -> str:
    token = house.begin()
    house.stage(token)
    if house.shop.actors.get(ActorType.PERSON):
        house.stage(token, ActorType.PERSON)
    settings_step.save(house.rooms, ADMIN, token, chosen)
    job = preview.start(house.rooms, house.jobs, ADMIN, token)
    assert job.state == "done", job.note
    return token


def _lines(house: House, token: str) -> list[PlanLine]:
    with reading(house.rooms.engine) as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        return plan_store.page(tx, import_id, PlanFilter(), 0, 1000)[0]


def _world(house: House) -> World:
    """Every entity of the CRM with every field."""
    crm = house.rooms.host.crm
    tables = {EntityKind.COMPANY: hosts.company, EntityKind.PERSON: hosts.person, EntityKind.PROJECT: hosts.project}
    with reading(house.rooms.engine) as tx:
        return {
            (kind, key): dict(entity.values)
            for kind, table in tables.items()
            for key, entity in crm.read(tx, kind, _ids(tx, table), list(crm.schema().entities[kind].fields)).items()
        }


def _ids(tx: Connection, table: Any) -> list[str]:
    return [str(key) for (key,) in tx.execute(table.select().with_only_columns(table.c.id))]


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
