"""Mappings, as a browser without a script sends them."""

from __future__ import annotations

from typing import Any

import pytest

from erp_import_plugin.connector_api import ActorType, ErpField, GiveUp
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.workflow import mappings
from tests.support.reading import Element, Page
from tests.support.rooms import ADMIN, NOBODY
from tests.support.site import Site

BASE = "/erp-import/sync/connections/1/mappings"
CUSTOMER = f"{BASE}/Customer"


@pytest.fixture
def site(site: Site) -> Site:
    """The shop has two more fields; a page shows ten of them."""
    site.house.shop.fields[ActorType.CUSTOMER] += (ErpField("DEPT", "Avdeling"), ErpField("<b>", "<i>Bold</i>"))
    site.post(BASE, do="discover")
    return site


def send(site: Site, path: str, status: int = 303, **changed: Any) -> Page | str:
    """The form of a page as it is shown, with some values changed; None takes one away."""
    data = {**site.get(path).filled("erp-mapping-form"), **changed}
    return site.post(path, status, **{name: value for name, value in data.items() if value is not None})


def number(page: Page, key: str) -> str:
    """The number of the line of an ERP field."""
    keys = {one["value"]: one["name"] for one in page.all("input", type="hidden") if one["name"].startswith("key-")}
    return keys[key].removeprefix("key-")


def options(page: Page, line: str) -> list[Element]:
    return [one for one in page.by_id(f"crm-{line}").inside if one.tag == "option"]


def kept(site: Site) -> ActorMapping:
    return mappings.of_connection(site.house.rooms, ADMIN, 1)[ActorType.CUSTOMER]


def test_the_page_leads_to_the_first_actor_type_and_has_a_tab_for_each(site: Site) -> None:
    assert site.client.get(BASE).headers["Location"] == CUSTOMER
    tabs = [one for one in site.get(CUSTOMER).all("nav") if one["aria-label"] == "Actor types"]
    assert [one["href"].rpartition("/")[2] for one in tabs[0].inside if one.tag == "a"] == [
        "Customer",
        "Supplier",
        "Person",
        "Project",
    ]


def test_what_is_chosen_is_kept_by_one_button(site: Site) -> None:
    page = site.get(f"{CUSTOMER}?q=REVENUE")
    line = number(page, "REVENUE")
    changed = {f"crm-{line}": "revenue", f"show-{line}": "yes", f"rank-{line}": "3", "do": "save", "active": None}
    assert send(site, f"{CUSTOMER}?q=REVENUE", **changed) == f"{CUSTOMER}?q=REVENUE"
    one = next(field for field in kept(site).fields if field.erp.key == "REVENUE")
    assert (one.crm_field, one.show_in_search, one.order, kept(site).active) == ("revenue", True, 3, False)
    assert "The mapping was saved." in site.get(CUSTOMER).text


def test_an_unchanged_form_changes_nothing(site: Site) -> None:
    before = kept(site)
    send(site, CUSTOMER, do="save")
    assert kept(site) == before
    assert "Nothing was changed." in site.get(CUSTOMER).text


def test_what_does_not_fit_cannot_be_chosen_and_says_why(site: Site) -> None:
    page = site.get(f"{CUSTOMER}?q=SINCE")
    found = {one["value"]: one for one in options(page, "1")}
    assert "disabled" not in found["founded"]
    assert "disabled" in found["revenue"]
    assert found["revenue"].text == "Revenue (takes decimal numbers)"
    refused = send(site, f"{CUSTOMER}?q=SINCE", 422, **{"crm-1": "revenue"})
    assert isinstance(refused, Page)
    assert "cannot hold the values" in refused.by_id("crm-1-error").text
    assert refused.one("a", href="#crm-1").text.startswith("Since")


def test_a_double_is_refused_at_the_field_and_nothing_typed_is_lost(site: Site) -> None:
    page = site.get(CUSTOMER)
    city, email = number(page, "POSTALCITY"), number(page, "EMAIL")
    typed = {f"crm-{city}": "name", f"rank-{email}": "many", f"show-{email}": None, "active": None}
    refused = send(site, CUSTOMER, 422, **typed)
    assert isinstance(refused, Page)
    city, email = number(refused, "POSTALCITY"), number(refused, "EMAIL")
    assert "gets it from “Name”" in refused.by_id(f"crm-{city}-error").text
    assert refused.by_id(f"rank-{email}")["value"] == "many"
    assert [one["value"] for one in options(refused, city) if "selected" in one] == ["name"]
    assert f"show-{email}" not in refused.filled("erp-mapping-form")
    assert "active" not in refused.filled("erp-mapping-form")
    assert next(one for one in kept(site).fields if one.erp.key == "POSTALCITY").crm_field is None


def test_a_suggestion_says_where_it_comes_from_and_waits_for_its_button(site: Site) -> None:
    path = f"{CUSTOMER}?show=suggested"
    page = site.get(path)
    line = number(page, "DEPT")
    assert "Suggested: Department, from the label “Avdeling”" in page.text
    assert not kept(site).maps(["department"])
    send(site, path, do=f"confirm:{line}")
    assert kept(site).maps(["department"])


def test_all_suggestions_are_confirmed_at_once_or_declined_one_by_one(site: Site) -> None:
    path = f"{CUSTOMER}?show=suggested"
    send(site, path, do=f"decline:{number(site.get(path), 'DEPT')}")
    assert "DEPT" not in site.get(path).html
    send(site, path, do="confirm_all")
    assert kept(site).maps(["revenue"])
    assert not kept(site).maps(["department"])


def test_the_erp_is_read_again_on_the_page(site: Site) -> None:
    fields = site.house.shop.fields[ActorType.CUSTOMER]
    site.house.shop.fields[ActorType.CUSTOMER] = (*fields[1:], ErpField("NEW", "Newest"))
    assert send(site, CUSTOMER, do="discover") == CUSTOMER
    page = site.get(CUSTOMER)
    assert "Customer has 1 new field: Newest" in page.text
    assert "Customer has 1 field that is no longer in the ERP: Name" in page.text
    path = f"{CUSTOMER}?show=faulty"
    assert "The ERP no longer offers this field." in site.get(path).text
    send(site, path, do=f"remove:{number(site.get(path), 'NAME')}")
    assert "NAME" not in {one.erp.key for one in kept(site).fields}


def test_an_erp_that_is_away_is_told_of(site: Site) -> None:
    def closed(method: str) -> None:
        raise GiveUp("The shop is closed.")

    before = kept(site)
    site.house.shop.fail = closed
    assert send(site, CUSTOMER, do="discover") == CUSTOMER
    assert "The shop is closed." in site.get(CUSTOMER).text
    assert kept(site) == before


def test_someone_elses_change_stands_beside_what_was_typed(site: Site) -> None:
    path = f"{CUSTOMER}?q=DEPT"
    mine = site.get(path).filled("erp-mapping-form") | {"crm-1": "department"}
    send(site, path, **{"crm-1": "note"})
    refused = site.post(path, 422, **mine)
    assert isinstance(refused, Page)
    assert "its CRM field is “Note” now" in refused.by_id("crm-1-error").text
    again = refused.filled("erp-mapping-form")
    assert again["crm-1"] == ["department"]
    site.post(path, **again)
    assert kept(site).maps(["department"])


def test_a_form_that_is_too_old_keeps_what_was_typed(site: Site) -> None:
    data = site.get(f"{CUSTOMER}?q=DEPT").filled("erp-mapping-form") | {"crm-1": "note", "csrf_token": "old"}
    answer = site.client.post(f"{CUSTOMER}?q=DEPT", data=data)
    assert answer.status_code == 400
    assert Page(answer.get_data(as_text=True)).filled("erp-mapping-form")["crm-1"] == ["note"]


@pytest.mark.parametrize("seen", ["", "{}", "[1]", '["name", 1, 2, 3, 4]', "\0", "[" * 50_000])
def test_a_tampered_form_saves_only_what_can_be_chosen(site: Site, seen: str) -> None:
    tampered = {"fields": "yes", "active": "yes", "key-1": "NAME", "seen-1": seen, "crm-1": "updated_by"}
    unknown = {"key-2": "nonsense", "crm-2": "name", "key-x": "y", "key-99999": "z"}
    page = site.post(CUSTOMER, 422, **tampered, **unknown)
    assert isinstance(page, Page)
    assert kept(site).maps(["name"])


def test_pages_are_for_who_may_and_for_what_is_there(site: Site) -> None:
    for path in (f"{BASE}/Partner", f"{BASE}/nonsense", BASE.replace("/1/", "/77/"), CUSTOMER.replace("/1/", "/77/")):
        site.get(path, 404)
    site.house.sync.on = True
    site.get(CUSTOMER)
    site.visitors.signed_in = NOBODY
    site.get(CUSTOMER, 403)


def test_values_of_the_erp_are_text(site: Site) -> None:
    page = site.get(f"{CUSTOMER}?q=Bold")
    assert page.value("key-1") == "<b>"
    assert not page.all("i")


def test_five_hundred_fields_are_paged(site: Site) -> None:
    site.house.shop.fields[ActorType.CUSTOMER] = tuple(ErpField(f"F{n}", f"Field {n}") for n in range(500))
    send(site, CUSTOMER, do="discover")
    page = site.get(f"{CUSTOMER}?q=field 4&show=unmapped")
    assert "1 to 10 of 111" in page.text
    assert [one["value"] for one in page.all("option", value="unmapped")] == ["unmapped"]
    assert "F40" in site.get(f"{CUSTOMER}?q=field 4&show=unmapped&page=1").html
    assert "F499" in site.get(f"{CUSTOMER}?q=field 4&page=12").html
