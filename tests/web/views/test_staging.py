"""Added actors."""

from __future__ import annotations

from erp_import_plugin.connector_api import GiveUp
from erp_import_plugin.workflow import search, staging
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site


def test_the_page_says_that_nothing_is_in_the_crm(site: Site) -> None:
    page = site.get(site.path(site.staged(), "staging"))
    assert "Nothing is in the CRM yet" in page.text
    assert "12 actors are in this import: Customer 12" in page.text
    assert page.all("a", href=site.path("", "")[:-1]) == []


def test_actors_are_found_by_name_and_taken_out(site: Site) -> None:
    token = site.staged()
    page = site.get(site.path(token, "staging?q=0011"))
    (row,) = page.all("input", name="tick")
    site.post(site.path(token, "staging"), do="remove", tick=row["value"])
    page = site.get(site.path(token, "staging"))
    assert "1 actor was taken out." in page.text
    assert "11 actors are in this import" in page.text
    assert "No added actor has “0011” in its name" in site.get(site.path(token, "staging?q=0011")).text


def test_an_empty_import_leads_to_the_search(site: Site) -> None:
    page = site.get(site.path(site.house.begin(), "staging"))
    assert "No actor has been added yet" in page.text
    assert not [one for one in page.all("a") if one.text == "Next"]


def test_a_fetch_that_failed_is_told_and_goes_on(site: Site) -> None:
    def fail(method: str) -> None:
        if method == "get":
            raise GiveUp("The shop is closed.")

    token = site.house.begin()
    site.house.search(token)
    search.tick(site.house.rooms, ADMIN, token, True)
    site.house.shop.fail = fail
    staging.add(site.house.rooms, site.house.jobs, ADMIN, token)
    page = site.get(site.path(token, "staging"))
    assert "The shop is closed." in page.text
    assert "12 actors have not been read from the ERP yet" in page.text
    site.house.shop.fail = lambda _method: None
    site.post(site.path(token, "staging"), do="resume")
    assert "have not been read" not in site.get(site.path(token, "staging")).text


def refreshes(page: Page) -> bool:
    return any(one["http-equiv"] == "refresh" for around in page.all("noscript") for one in around.inside)


def test_without_scripts_the_page_reads_itself_anew_while_actors_are_read(site: Site, fetching: str) -> None:
    assert refreshes(site.get(site.path(fetching, "staging")))
    assert not refreshes(site.get(site.path(site.staged(), "staging")))
