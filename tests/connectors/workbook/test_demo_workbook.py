"""The demo's ERP: what it promises, and that it is the same wherever it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from erp_import_plugin.connector_api import Actor, ActorType, FieldType
from erp_import_plugin.connector_host import GuardedSession
from erp_import_plugin.demo import people, workbook
from tests.connectors.workbook.helpers import actors_of, session_on

CUSTOMER, SUPPLIER, PERSON, PROJECT = ActorType.CUSTOMER, ActorType.SUPPLIER, ActorType.PERSON, ActorType.PROJECT


@pytest.fixture(scope="module")
def session() -> Iterator[GuardedSession]:
    with session_on(workbook.PATH) as session:
        yield session


@pytest.fixture(scope="module")
def actors(session: GuardedSession) -> dict[ActorType, list[Actor]]:
    return {kind: actors_of(session, kind) for kind in session.actor_types()}


def cells(path: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_writing_it_again_gives_the_shipped_cells(tmp_path: Path) -> None:
    workbook.write(tmp_path / "again.xlsx")
    assert cells(tmp_path / "again.xlsx") == cells(workbook.PATH)


def test_about_five_thousand_actors_of_six_countries(actors: dict[ActorType, list[Actor]]) -> None:
    assert {kind: len(some) // 100 for kind, some in actors.items()} == {
        CUSTOMER: 24, SUPPLIER: 12, PERSON: 13, PROJECT: 1,
    }  # fmt: skip
    assert {actor.values["COUNTRY"] for actor in actors[CUSTOMER]} == {"NO", "SE", "DK", "DE", "NL", "GB"}
    assert not [problem for some in actors.values() for actor in some for problem in actor.problems]  # type: ignore[attr-defined]


def test_several_hundred_are_in_the_crm_some_the_same_some_changed(actors: dict[ActorType, list[Actor]]) -> None:
    crm = {
        fact.vat_number: fact
        for country, count in people.CRM_COMPANIES.items()
        for fact in (people.company(country, index) for index in range(count))
    }
    both = [(actor.values, crm[str(vat)]) for actor in actors[CUSTOMER] if (vat := actor.values.get("VATNO")) in crm]
    assert 400 < len(both) < 900
    differences = Counter(
        (values.get("PHONE") != fact.phone, values["STREETAD1"] != fact.street, values["NAME"] != fact.name)
        for values, fact in both
    )
    assert all(differences[kind] > 50 for kind in [(False,) * 3, (True, False, False), (False, True, False)])
    assert differences[False, False, True] > 20
    persons = {
        fact.email
        for country, count in people.CRM_PERSONS.items()
        for fact in (people.person(country, index) for index in range(count))
    }
    assert sum(actor.values.get("EMAIL") in persons for actor in actors[PERSON]) > 200


def test_doubles_and_near_doubles(actors: dict[ActorType, list[Actor]]) -> None:
    vats = Counter(actor.values.get("VATNO") for actor in actors[CUSTOMER])
    assert sum(count == 2 for vat, count in vats.items() if vat) >= 10
    suppliers = {actor.values.get("VATNO") for actor in actors[SUPPLIER]} - {None}
    assert len(suppliers & set(vats)) >= 60


def test_parents_are_in_the_workbook_but_for_a_few(actors: dict[ActorType, list[Actor]]) -> None:
    keys = {(kind, actor.key) for kind, some in actors.items() for actor in some}
    parents = [actor.parent for actor in actors[PERSON]]
    known = [parent for parent in parents if parent and (parent.actor_type, parent.key) in keys]
    assert len(known) > 1_200
    assert {parent.actor_type for parent in known} == {CUSTOMER}
    assert parents.count(None) > 30
    assert sum(parent is not None for parent in parents) - len(known) == 4
    assert all(actor.parent and (CUSTOMER, actor.parent.key) in keys for actor in actors[PROJECT])


def test_odd_data_is_kept_as_it_was_typed(actors: dict[ActorType, list[Actor]]) -> None:
    names = [actor.values.get("NAME") for actor in actors[CUSTOMER]]
    for name in ("=1+1", "<b>Bold</b> Trading AS", "O'Neill & Sons Ltd", "חברת הצפון בע״מ", "NULL"):
        assert name in names
    assert names.count(None) == 2
    assert max(len(str(name)) for name in names) > 300


def test_types_and_lists(session: GuardedSession, actors: dict[ActorType, list[Actor]]) -> None:
    types = {field.key: field.type for field in session.fields(CUSTOMER)}
    assert [types[key] for key in ("Credit limit", "Discount", "Since", "Blocked")] == [
        FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.BOOLEAN,
    ]  # fmt: skip
    for name in ("CATEGORY", "BUSINESS", "COUNTRY", "PAYTERMS", "POSITION"):
        assert session.list_items(name)
    assert "Key account" in {item.label for item in session.list_items("CATEGORY")}
    assert any(actor.values.get("CATEGORY") == "KA" for actor in actors[CUSTOMER])
