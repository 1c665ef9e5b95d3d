"""The imports so far."""

from __future__ import annotations

from tests.support.rooms import CHIEF, OTHER
from tests.support.site import Site


def test_one_sees_ones_own_and_the_chief_sees_all(site: Site) -> None:
    site.imported()
    assert "Customer · Shop one" in site.get("/erp-import/imports").text
    site.visitors.signed_in = OTHER
    assert "No import has been begun yet" in site.get("/erp-import/imports").text
    site.visitors.signed_in = CHIEF
    page = site.get("/erp-import/imports")
    assert page.one("h1").text == "All imports"
    assert "Admin" in page.text


def test_an_import_that_has_written_nothing_can_be_discarded(site: Site) -> None:
    token = site.planned()
    assert site.post(site.path(token, "discard")) == "/erp-import/"
    assert "The import was discarded. The CRM was not changed." in site.get("/erp-import/").text
    site.get(site.path(token, "preview"), 404)


def test_one_that_has_written_stays(site: Site) -> None:
    token = site.imported()
    site.post(site.path(token, "discard"))
    assert "already been started" in site.get("/erp-import/").text
    assert site.get(site.path(token, "done"))
    assert not site.get("/erp-import/imports").all("form", method="post")


def test_long_lists_have_pages(site: Site) -> None:
    for _ in range(11):
        site.house.begin()
    page = site.get("/erp-import/imports")
    assert "1 to 10 of 11" in page.text
    assert "11 to 11 of 11" in site.get(page.one("a", id="erp-page-next")["href"]).text
    assert "All imports" in site.get("/erp-import/").text


def test_nothing_that_a_visitor_asks_for_is_taken_for_an_option_of_the_address(site: Site) -> None:
    for _ in range(11):
        site.house.begin()
    tricks = "_scheme=javascript&_external=1&endpoint=x&_anchor=a&_method=POST&q="
    address = site.get(f"/erp-import/imports?{tricks}").one("a", id="erp-page-next")["href"]
    assert address.startswith("/erp-import/imports?")
    assert "11 to 11 of 11" in site.get(address).text
