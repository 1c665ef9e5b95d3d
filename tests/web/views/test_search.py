"""Search ERP: the criteria list without any script, the results, the ticks."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from erp_import_plugin.connector_api import ActorType, GiveUp
from erp_import_plugin.store import searches
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow import imports
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site

NOW = datetime(2026, 5, 1, tzinfo=timezone.utc)


@pytest.fixture
def token(site: Site) -> str:
    return site.house.begin()


def sent_back(page: Page, **changed: Any) -> dict[str, Any]:
    """What the form of the page would send, with some inputs filled in."""
    data: dict[str, Any] = {}
    for element in page.by_id("erp-search-form").inside:
        name = element["name"]
        if element.tag == "select":
            options = [one for one in element.inside if one.tag == "option"]
            data[name] = next((one["value"] for one in options if "selected" in one), options[0]["value"])
        elif element.tag == "input" and (element["type"] != "checkbox" or "checked" in element):
            data.setdefault(name, []).append(element["value"])
    data.pop("csrf_token")
    return data | changed


def press(site: Site, token: str, does: str, **changed: Any) -> Page:
    """Press a button of the search page with what it shows, and look at the page that comes."""
    path = site.path(token, "search")
    answer = site.post(path, **sent_back(site.get(path), **changed), do=does)
    assert isinstance(answer, str)
    return site.get(answer)


def fields(page: Page) -> list[str]:
    return [sent_back(page)[name] for name in sorted(sent_back(page)) if name.endswith("-field")]


def names(page: Page) -> list[str]:
    table = page.one("table", class_="erp-table")
    return [cell.text for cell in table.inside if cell.tag == "th" and cell["scope"] == "row"]


def test_the_list_begins_with_the_default(site: Site, token: str) -> None:
    page = site.get(site.path(token, "search"))
    assert fields(page) == ["NAME", "NUMBER2", "VATNO"]
    assert not page.all("table", class_="erp-table")


def test_a_form_with_500_criteria_searches_nothing_and_says_at_which_line_it_is_too_many(
    site: Site, token: str
) -> None:
    lines = {f"c-0-{n}-{part}": value for n in range(500) for part, value in (
        ("field", "NAME"), ("operator", "contains"), ("value", f"x{n}"), ("active", "on"),
    )}  # fmt: skip
    page = site.post(site.path(token, "search"), status=422, criteria="", do="find", **lines)
    assert isinstance(page, Page)
    assert "A search takes 100 criteria at most. Delete or deactivate this one and those after it." in page.text
    assert page.by_id("c-0-99-value")["value"] == "x99"
    assert "search" not in site.house.shop.calls


def test_lines_are_added_moved_deleted_and_reset(site: Site, token: str) -> None:
    page = press(site, token, "add:0", **{"c-0-0-value": "Ålesund & co"})
    assert fields(page) == ["NAME", "NUMBER2", "VATNO", "NAME"]
    assert page.by_id("c-0-0-value")["value"] == "Ålesund & co"
    assert fields(press(site, token, "down:0.0")) == ["NUMBER2", "NAME", "VATNO", "NAME"]
    assert fields(press(site, token, "up:0.2")) == ["NUMBER2", "VATNO", "NAME", "NAME"]
    page = press(site, token, "delete:0.0")
    assert fields(page) == ["VATNO", "NAME", "NAME"]
    assert page.by_id("c-0-1-value")["value"] == "Ålesund & co"
    assert fields(press(site, token, "reset")) == ["NAME", "NUMBER2", "VATNO"]


def test_or_starts_another_set(site: Site, token: str) -> None:
    page = press(site, token, "or")
    assert page.by_id("c-1-0-field")
    assert "Or" in page.text


def test_deactivated_lines_keep_what_was_typed(site: Site, token: str) -> None:
    page = press(site, token, "off", **{"c-0-0-value": "Oslo"})
    assert page.by_id("c-0-0-value")["value"] == "Oslo"
    assert "checked" not in page.by_id("c-0-0-active")
    page = press(site, token, "change", **{"c-0-0-active": "1"})
    assert "checked" in page.by_id("c-0-0-active")


def test_the_inputs_follow_the_field_and_the_operator(site: Site, token: str) -> None:
    page = press(site, token, "change", **{"c-0-0-field": "SINCE", "c-0-0-operator": "between"})
    values = [one for one in page.all("input", type="date") if one["name"] == "c-0-0-value"]
    assert len(values) == 2
    page = press(site, token, "change", **{"c-0-0-operator": "last_week"})
    assert not [one for one in page.all("input") if one["name"] == "c-0-0-value"]
    page = press(site, token, "change", **{"c-0-0-field": "COUNTRY", "c-0-0-value": "something"})
    boxes = [one["value"] for one in page.all("input", type="checkbox") if one["name"] == "c-0-0-value"]
    assert boxes == ["NO", "SE", "DE"]
    assert page.chosen("c-0-0-value") == []


def test_find_shows_what_fulfils_the_criteria(site: Site, token: str) -> None:
    page = press(site, token, "find", **{"c-0-0-value": "company 001"})
    assert names(page) == ["Company 0010", "Company 0011", "Company 0012"]
    assert "3 actors found" in page.text
    page = press(site, token, "find", **{"c-0-0-value": "", "c-0-1-operator": "less", "c-0-1-value": "3"})
    assert names(page) == ["Company 0001", "Company 0002"]


def refreshes(page: Page) -> bool:
    return any(one["http-equiv"] == "refresh" for around in page.all("noscript") for one in around.inside)


def searching(site: Site, token: str, found: int) -> Page:
    """The page while the search of an import is under way elsewhere and has found so many."""
    with site.house.rooms.engine.begin() as tx:
        begun = searches.create(
            tx, imports.get(site.house.rooms, ADMIN, token).import_.id, ActorType.CUSTOMER, {"sets": []}, [], NOW
        )
        results = [searches.NewResult("", f"C{n}", None, (), ()) for n in range(found)]
        searches.add_results(tx, begun, 0, results, found)
    store = JobStore(site.house.rooms.engine)
    store.claim(store.create("search", begun.token, ADMIN.id).id, "elsewhere", 600)
    return site.get(site.path(token, "search"))


def test_without_scripts_the_page_reads_itself_anew_until_something_is_found(site: Site, token: str) -> None:
    assert not refreshes(site.get(site.path(token, "search")))
    assert refreshes(searching(site, token, 0))
    assert not refreshes(searching(site, token, 3))
    assert not refreshes(press(site, token, "find"))


def test_a_search_for_nothing_there_says_so(site: Site, token: str) -> None:
    page = press(site, token, "find", **{"c-0-0-value": "zzz"})
    assert "No actor fulfils these criteria" in page.text


def test_a_value_that_is_none_is_told_beside_it_and_kept(site: Site, token: str) -> None:
    path = site.path(token, "search")
    typed = sent_back(site.get(path), **{"c-0-1-operator": "equals", "c-0-1-value": "many"})
    page = site.post(path, 422, **typed, do="find")
    assert isinstance(page, Page)
    assert page.by_id("c-0-1-value")["value"] == "many"
    assert page.by_id("c-0-1-value")["aria-invalid"] == "true"
    assert page.by_id("c-0-1-error").text == "Enter a whole number, such as 1200."
    assert page.one("a", href="#c-0-1-value").text
    assert site.get(path).by_id("c-0-1-value")["value"] == "many"


def test_what_was_typed_survives_a_form_that_is_too_old(site: Site, token: str) -> None:
    data = sent_back(site.get(site.path(token, "search")), **{"c-0-0-value": "Typed for an hour"}) | {"do": "find"}
    answer = site.client.post(site.path(token, "search"), data=data | {"csrf_token": "old"})
    assert answer.status_code == 400
    page = Page(answer.get_data(as_text=True))
    assert page.by_id("c-0-0-value")["value"] == "Typed for an hour"
    assert "open for too long" in page.text


def test_results_are_sorted_and_paged(site: Site, token: str) -> None:
    page = press(site, token, "find")
    assert len(names(page)) == 10
    assert "1 to 10 of 12" in page.text
    assert names(site.get(page.one("a", id="erp-page-next")["href"])) == ["Company 0011", "Company 0012"]
    down = site.get(site.path(token, "search?sort=0&desc=1"))
    assert names(down)[0] == "Company 0012"
    head = next(one for one in down.all("th") if one["aria-sort"] == "descending")
    assert head.text.strip() == "Name"
    assert names(site.get(site.path(token, "search?sort=99&page=zzz")))[0] == "Company 0001"


def test_ticks_are_kept_for_the_rows_that_were_shown(site: Site, token: str) -> None:
    page = press(site, token, "find")
    rows = [box["value"] for box in page.all("input", name="tick")]
    assert "3 of 12 ticked" in press(site, token, "tick", tick=rows[:3]).text
    second = site.path(token, "search?page=2")
    site.post(second, **sent_back(site.get(second), tick=[]), do="tick")
    assert "3 of 12 ticked" in site.get(second).text
    assert "12 of 12 ticked" in press(site, token, "all").text
    assert "11 of 12 ticked" in press(site, token, "tick", tick=rows[1:]).text
    assert "12 actors found" in press(site, token, "none").text


def test_a_tick_made_by_the_script_needs_only_its_row(site: Site, token: str) -> None:
    page = press(site, token, "find", **{"c-0-0-value": "company"})
    row = page.all("input", name="tick")[4]["value"]
    site.post(site.path(token, "search"), do="tick", shown=row, tick=row, search=page.value("search"))
    page = site.get(site.path(token, "search"))
    assert page.chosen("tick") == [row]
    assert page.by_id("c-0-0-value")["value"] == "company"


REPLACED = "This search was replaced by a newer one. Look at the results again."


@pytest.mark.parametrize("does", ["tick", "all", "add-ticked"])
def test_ticks_of_a_search_that_was_replaced_are_refused(site: Site, token: str, does: str) -> None:
    old = press(site, token, "find", **{"c-0-0-value": "0001"})
    press(site, token, "find", **{"c-0-0-value": "0002"})
    row = old.all("input", name="tick")[0]["value"]
    sent = sent_back(old, tick=row, do=does, **{"c-0-0-value": "Typed for an hour"})
    answer = site.post(site.path(token, "search"), **sent)
    assert isinstance(answer, str)
    page = site.get(answer)
    assert REPLACED in page.text
    assert names(page) == ["Company 0002"]
    assert page.chosen("tick") == []
    assert page.by_id("c-0-0-value")["value"] == "Typed for an hour"
    assert "actor is in this import" not in page.text


def test_a_refused_tick_of_the_script_is_said_on_the_page_it_reads_anew(site: Site, token: str) -> None:
    press(site, token, "find")
    data = {"csrf_token": site.token(), "do": "tick", "shown": "1", "tick": "1", "search": "old"}
    answer = site.client.post(site.path(token, "search"), data=data, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 409
    assert REPLACED in site.get(site.path(token, "search")).text


def test_add_takes_the_ticks_of_the_page_along(site: Site, token: str) -> None:
    page = press(site, token, "find")
    rows = [box["value"] for box in page.all("input", name="tick")]
    page = press(site, token, "add-ticked", tick=rows[:2])
    assert "2 actors were added. Nothing is in the CRM yet." in page.text
    assert "2 actors are in this import" in page.text


def test_add_without_a_tick_says_what_to_do(site: Site, token: str) -> None:
    press(site, token, "find")
    assert "Tick the actors to add first." in press(site, token, "add-ticked").text


def test_an_erp_that_fails_is_named_and_what_was_found_stays(site: Site, token: str) -> None:
    def fail(method: str) -> None:
        if method == "search" and site.house.shop.calls.count("search") > 1:
            raise GiveUp("The shop has burnt down.")

    site.house.shop.page_size, site.house.shop.fail = 5, fail
    page = press(site, token, "find")
    assert "burnt down" in page.text
    assert len(names(page)) == 5


def test_actors_that_are_linked_are_marked(site: Site) -> None:
    site.imported()
    token = site.house.begin()
    page = press(site, token, "find", **{"c-0-0-value": "0001"})
    link = next(one for one in page.all("a") if one.text == "Imported before")
    assert link["href"].startswith("/company/")


def test_another_actor_type_has_its_own_criteria(site: Site, token: str) -> None:
    page = press(site, token, "type", to_type="Person")
    assert fields(page) == ["FIRSTNAME", "LASTNAME", "NUMBER"]
    assert site.get(site.path(token, "search?type=Nonsense"))


def test_items_of_a_long_list_are_looked_up(site: Site, token: str) -> None:
    answer = site.client.get(site.path(token, "search/items?list=countries&q=den&name=c-0-0-value&picked=SE"))
    assert "Sweden" not in answer.get_data(as_text=True)
    answer = site.client.get(site.path(token, "search/items?list=countries&q=en&name=c-0-0-value&picked=NO"))
    assert 'name="c-0-0-value" value="SE"' in answer.get_data(as_text=True)


def test_tampered_lines_are_left_out(site: Site, token: str) -> None:
    lines = {"c-0-0-field": "PASSWORD", "c-7-7-field": "NAME", "c-x-1-field": "NAME", "c-0-1-operator": "drop"}
    page = press(site, token, "change", **lines)
    assert fields(page) == ["NUMBER2", "VATNO", "NAME"]
