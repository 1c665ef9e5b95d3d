"""Saved imports: saved from a result, listed, run again, renamed, deleted."""

from __future__ import annotations

import pytest

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.workflow import saved_imports
from tests.support.reading import Page
from tests.support.rooms import ADMIN, OTHER
from tests.support.site import Site


@pytest.fixture
def saved_id(site: Site) -> int:
    return saved_imports.save(site.house.rooms, ADMIN, site.imported(), "Nightly")


def test_an_import_is_saved_from_its_result_and_run_again(site: Site) -> None:
    token = site.imported()
    page = site.get(site.path(token, "done"))
    link = page.one("a", href=site.path(token, "save"))
    assert "Everything: there are no criteria." in site.get(link["href"]).text
    assert site.post(link["href"], name="Nightly", shared="yes") == "/erp-import/saved"
    assert "Nightly" in site.get("/erp-import/").text
    button = site.get("/erp-import/saved").one("button", name="do")
    run = site.post("/erp-import/saved", do=button["value"])
    assert isinstance(run, str)
    found = site.get(run)
    assert "Nothing to import" in found.text
    assert "0 new, 0 changed, 12 as before" in found.text
    assert not found.all("a", class_="erp-btn--primary")


def test_it_is_saved_from_the_preview_as_well(site: Site) -> None:
    token = site.planned()
    assert site.get(site.path(token, "preview")).one("a", href=site.path(token, "save"))
    site.post(site.path(token, "save"), name="Early")
    assert "Not run yet" in site.get("/erp-import/saved").text


def test_what_is_new_changed_and_gone_is_told(site: Site, saved_id: int) -> None:
    shop = site.house.shop
    shop.moment = 2
    shop.add(ActorType.CUSTOMER, "N1", NAME="Newcomer", NUMBER2=77)
    shop.change(ActorType.CUSTOMER, "C0001", VATNO="NO1")
    shop.remove(ActorType.CUSTOMER, "C0002")
    run = site.post("/erp-import/saved", do=f"run:{saved_id}")
    assert isinstance(run, str)
    page = site.get(run)
    assert "1 new, 1 changed, 10 as before, 1 no longer in the ERP" in page.text
    assert page.one("a", href="/company/2").text == "Company 0002"
    preview = site.get(page.one("a", class_="erp-btn--primary")["href"])
    assert "1 new, 1 changed" in preview.text
    assert "2 rows will be written" in preview.text


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_name_that_cannot_be_taken_keeps_what_was_typed(site: Site, name: str) -> None:
    token = site.imported()
    page = site.post(site.path(token, "save"), 422, name=name, shared="yes")
    assert isinstance(page, Page)
    assert page.by_id("name")["value"] == name
    assert "checked" in page.one("input", name="shared")
    assert page.by_id("name-error").text.strip()
    assert page.one("a", href="#name")


def test_one_is_renamed_shared_and_deleted(site: Site, saved_id: int) -> None:
    path = f"/erp-import/saved/{saved_id}"
    assert site.post(path, do="rename", name="Weekly", shared="yes") == path
    page = site.get(path)
    assert (page.one("h1").text, "checked" in page.one("input", name="shared")) == ("Weekly", True)
    site.visitors.signed_in = OTHER
    assert "Only they can change it" in site.get(path).text
    site.visitors.signed_in = ADMIN
    assert site.post(path, do="delete") == "/erp-import/saved"
    assert "“Weekly” is deleted" in site.get("/erp-import/saved").text
    site.get(path, 404)


def test_private_ones_of_others_are_not_there(site: Site, saved_id: int) -> None:
    site.visitors.signed_in = OTHER
    site.get(f"/erp-import/saved/{saved_id}", 404)
    site.post("/erp-import/saved", 404, do=f"run:{saved_id}")
    assert "Nightly" not in site.get("/erp-import/saved").text


def test_one_that_cannot_be_run_says_why(site: Site, saved_id: int) -> None:
    site.house.sync.on = True
    assert "Nightly" in site.get("/erp-import/saved").text
    site.house.sync.on = False
    shop = site.house.shop
    shop.fail = lambda method: (_ for _ in ()).throw(RuntimeError(method)) if method == "search" else None
    run = site.post("/erp-import/saved", do=f"run:{saved_id}")
    assert isinstance(run, str)
    failed = site.get(run)
    assert failed.all("div", role="alert")
    shop.fail = lambda _method: None
    assert site.post(run, do="again") == run
    assert "12 as before" in site.get(run).text
