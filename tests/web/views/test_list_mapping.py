"""List mapping, as a browser without a script sends it."""

from __future__ import annotations

import pytest

from erp_import_plugin.store import mappings as mapping_store
from tests.support.reading import Page
from tests.support.rooms import NOBODY
from tests.support.site import Site

BASE = "/erp-import/sync/connections/1/lists"
COUNTRIES = f"{BASE}?erp=countries&crm=country"


def send(site: Site, path: str, status: int = 303, **changed: str) -> Page | str:
    data = {**site.get(path).filled("erp-items-form"), **{name.replace("__", "-"): v for name, v in changed.items()}}
    return site.post(path, status, **data)


def kept(site: Site) -> dict[tuple[str, str, str], str | None]:
    with site.house.rooms.engine.connect() as tx:
        return dict(mapping_store.list_items(tx, 1))


def test_each_list_has_a_tab_and_equal_names_say_so(site: Site) -> None:
    page = site.get(COUNTRIES)
    tabs = next(one for one in page.all("nav") if one["aria-label"] == "Lists")
    assert [one.text for one in tabs.inside if one.tag == "a"] == ["categories → Category", "countries → Country"]
    assert page.by_id("item-1")["placeholder"] == "Norway, by its name"
    assert page.by_id("item-3")["placeholder"] == "Left open"
    assert "2 items go to the CRM, 1 is left open." in page.text


def test_the_form_of_the_first_list_names_its_lists(site: Site) -> None:
    page = site.get(f"{BASE}?q=Former")
    action = page.by_id("erp-items-form")["action"]
    site.post(action, **{**page.filled("erp-items-form"), "none-1": "yes"})
    assert kept(site) == {("category", "categories", "C"): None}


def test_items_are_chosen_by_name_or_left_out(site: Site) -> None:
    site.house.shop.lists["countries"]["SE"] = "Sverige"
    site.post(f"{BASE.removesuffix('/lists')}/mappings/Customer", do="discover")
    send(site, COUNTRIES, item__2="Sweden", none__3="yes")
    assert kept(site) == {("country", "countries", "SE"): "3", ("country", "countries", "DE"): None}
    page = site.get(COUNTRIES)
    assert page.by_id("item-2")["value"] == "Sweden"
    assert page.chosen("none-3") == ["yes"]
    send(site, COUNTRIES, item__2="")
    assert kept(site) == {("country", "countries", "DE"): None}


def test_a_double_and_an_unknown_name_are_refused_and_kept_in_the_form(site: Site) -> None:
    page = send(site, COUNTRIES, 422, item__3="Norway")
    assert isinstance(page, Page)
    assert "“Norway” is taken by “Norway” already." in page.by_id("item-3-error").text
    assert page.one("a", href="#item-3").text.startswith("Germany")
    page = send(site, COUNTRIES, 422, item__3="Nrway")
    assert isinstance(page, Page)
    assert page.by_id("item-3")["value"] == "Nrway"
    assert kept(site) == {}


def test_a_form_that_is_too_old_keeps_what_was_typed(site: Site) -> None:
    data = site.get(COUNTRIES).filled("erp-items-form") | {"item-3": "Sweden", "csrf_token": "old"}
    answer = site.client.post(COUNTRIES, data=data)
    assert answer.status_code == 400
    assert Page(answer.get_data(as_text=True)).by_id("item-3")["value"] == "Sweden"


def test_items_are_searched_and_filtered(site: Site) -> None:
    assert "Germany" not in site.get(f"{COUNTRIES}&q=swe").text
    assert "Sweden" not in site.get(f"{COUNTRIES}&show=open").html.partition("<table")[2]
    assert "No item is like this" in site.get(f"{COUNTRIES}&q=nowhere").text


@pytest.mark.parametrize("query", ["?erp=countries&crm=category", "?erp=&crm=country", "?erp=x&crm=y"])
def test_lists_that_are_not_mapped_are_not_there(site: Site, query: str) -> None:
    site.get(BASE + query, 404)
    site.post(BASE + query, 404)


def test_the_page_is_for_who_may(site: Site) -> None:
    site.house.sync.on = True
    site.get(COUNTRIES)
    site.get(BASE.replace("/1/", "/77/"), 404)
    site.visitors.signed_in = NOBODY
    site.get(COUNTRIES, 403)
