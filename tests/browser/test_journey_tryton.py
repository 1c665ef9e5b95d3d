"""The whole journey from a running Tryton, companies and their contact persons, with Tryton away in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import crm_tables
from tests.browser.comparing import as_written
from tests.browser.conftest import Visit
from tests.browser.reading import Promised
from tests.browser.serving import Demo
from tests.browser.steps import SOON, Journey
from tests.support.tryton_facts import facts
from tests.support.tryton_server import TrytonServer, tryton_or_skip

pytestmark = [pytest.mark.browser, pytest.mark.tryton]

CITY = "Bergen"
CONNECTION = "Fjord Tryton"
PARTIES = 2_000


@pytest.fixture(scope="module")
def tryton(demo: Demo) -> Iterator[TrytonServer]:
    with tryton_or_skip() as server:
        config = {key: getattr(server, key) for key in ("url", "database", "user", "password")}
        with demo.app.app_context():
            demo.app.extensions["erp_import"].add_connection("admin", "tryton", CONNECTION, config)
        yield server


def test_the_journey(visit: Visit, demo: Demo, tryton: TrytonServer) -> None:
    suppliers, employers = _suppliers_in_city(), _employers()
    names = [name for name, roles in suppliers.items() if name in employers.values() and "Customer" not in roles][:4]
    persons = [person for person, company in employers.items() if company in names]
    journey, before = Journey(visit("admin")), crm_tables.read(demo.crm)

    journey.choose(CONNECTION, "Supplier")
    journey.find("First address, city", "equals", CITY)
    assert sorted(journey.results()) == sorted(suppliers)
    journey.tick(*names)
    journey.add()
    _search_persons(journey, names, persons)
    _add_while_tryton_is_away(journey, tryton, len(names), len(persons))
    assert crm_tables.read(demo.crm) == before

    journey.go_to_settings()
    journey.settings("Companies", "VAT number", "Replace")
    journey.settings("Contacts", "E-mail address", "Replace")
    journey.preview()
    rows = journey.rows()
    assert max(map(rows.index, names)) < min(map(rows.index, persons))
    promised = journey.promised()
    unticked = persons[-1]
    journey.page.get_by_role("checkbox", name=f"Import {unticked}").uncheck()
    del promised[unticked]
    journey.go_to_import()
    journey.run()

    new = journey.listed()
    _selection_holds(journey, demo, new)
    written = crm_tables.changes(before, crm_tables.read(demo.crm))
    assert written == as_written(_with_companies(promised, employers), new)
    journey.show_list("Existing actors updated")
    _selection_holds(journey, demo, journey.listed())
    assert {name for _, name in (*new, *journey.listed())} == promised.keys()


def _search_persons(journey: Journey, companies: list[str], persons: list[str]) -> None:
    """The contact persons of the companies: a set of criteria for each, joined by Or."""
    journey.search_for("Person")
    journey.find("Company", "equals", companies[0])
    for number, company in enumerate(companies[1:], 2):
        journey.main("button", "Or").click()
        line = journey.page.get_by_role("group", name=f"Criterion {number}.1", exact=True)
        journey.fill(line, "Company", "equals", company)
    journey.main("button", "Find").first.click()
    journey.has_found(len(persons))
    journey.tick(*persons)


def _add_while_tryton_is_away(journey: Journey, tryton: TrytonServer, companies: int, persons: int) -> None:
    """The page says what is wrong; what was added and ticked is there when Tryton is back."""
    tryton.stop()
    journey.main("button", "Add to import").click()
    journey.is_at("Added actors")
    alert = journey.page.get_by_role("alert")
    expect(alert).to_contain_text(f"{persons} actors have not been read from the ERP yet.", timeout=3 * SOON)
    expect(alert).to_contain_text(f"{CONNECTION}: 127.0.0.1 cannot be reached: Connection refused.")
    expect(journey.page.locator("main tbody tr")).to_have_count(companies + persons)
    tryton.start()
    journey.main("button", "Go on reading").click()
    expect(alert).to_have_count(0, timeout=SOON)
    expect(journey.main("link", "Next")).to_be_visible(timeout=SOON)


def _selection_holds(journey: Journey, demo: Demo, listed: dict[tuple[str, str], int]) -> None:
    for label, kind in (("Companies", "company"), ("Contacts", "person")):
        ids = {id_ for (of, _), id_ in listed.items() if of == kind}
        if ids:
            number = int(journey.selection(label).rsplit("/", 1)[-1])
            assert crm_tables.members(demo.crm, number) == (kind, ids)


def _with_companies(promised: dict[str, list[Promised]], employers: dict[str, str]) -> dict[str, list[Promised]]:
    """The preview cannot name a company that is imported with its person by a record; we know which one it is."""

    def named(name: str, one: Promised) -> Promised:
        fields = dict(one.fields)
        if "Company" in fields:
            assert fields["Company"][1] == ("the company of this import",)
            fields["Company"] = (fields["Company"][0], (employers[name],))
        return replace(one, fields=fields)

    return {name: [named(name, one) for one in row] for name, row in promised.items()}


def _suppliers_in_city() -> dict[str, list[str]]:
    """What Tryton was filled with: names and categories."""
    parties = facts()
    assert len(parties["companies"]) + len(parties["persons"]) >= PARTIES
    return {one["name"]: one["categories"] for one in parties["companies"] if one["active"] and _is_supplier(one)}


def _is_supplier(party: dict[str, Any]) -> bool:
    return "Supplier" in party["categories"] and party["addresses"][0]["city"] == CITY


def _employers() -> dict[str, str]:
    """Person → company, those whose name is a company's contact once and is written first name first."""
    parties = facts()
    names = [one["name"] for one in parties["persons"]]
    return {
        one["name"]: parties["companies"][one["company"]]["name"]
        for one in parties["persons"]
        if one["company"] is not None and one["active"] and names.count(one["name"]) == 1
    }
