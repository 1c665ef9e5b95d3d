"""Imports of any kind into a CRM of any kind, for tests of what holds whatever comes in."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection

from erp_import_plugin.connector_api import ActorRef, ActorType
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
from erp_import_plugin.store import plan_pages
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import imports, preview
from erp_import_plugin.workflow import settings as settings_step
from tests.support import hosts
from tests.support.rooms import ADMIN, House

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

ACTORS = st.lists(
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
PEOPLE = st.lists(
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
COMPANIES = st.lists(
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
CONTACTS = st.lists(
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


CHOSEN = st.builds(
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


def fill(
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


def planned(house: House, chosen: ImportSettings) -> str:
    token = house.begin()
    house.stage(token)
    if house.shop.actors.get(ActorType.PERSON):
        house.stage(token, ActorType.PERSON)
    settings_step.save(house.rooms, ADMIN, token, chosen)
    job = preview.start(house.rooms, house.jobs, ADMIN, token)
    assert job.state == "done", job.note
    return token


def lines_of(house: House, token: str) -> list[PlanLine]:
    with reading(house.rooms.engine) as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        return plan_pages.page(tx, import_id, PlanFilter(), 0, 1000)[0]


def world(house: House) -> World:
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
