"""Who asks an ERP too often reads when to try again, and has lost nothing of what was filled in."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from erp_import_plugin.workflow import saved_imports
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site, build_site

CONNECTIONS = "/erp-import/sync/connections"


@pytest.fixture
def site(engine: Engine) -> Site:
    """One test a minute, which making the connection has taken; two searches."""
    return build_site(engine, tests_per_minute=1, searches_per_minute=2)


def refused(site: Site, path: str, **sent: str) -> Page:
    """The page with which a form is refused."""
    answer = site.client.post(path, data={"csrf_token": site.token(), **sent})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    page = Page(answer.get_data(as_text=True))
    assert "The ERP was asked too often in a short time. Try again in" in page.text
    return page


def test_a_search_keeps_its_criteria(site: Site) -> None:
    token = site.house.begin()
    site.house.search(token)
    site.house.search(token)
    path, criterion = site.path(token, "search"), {"c-0-0-field": "NAME", "c-0-0-value": "Fjord", "c-0-0-on": "yes"}
    page = refused(site, path, do="find", criteria="1", **criterion)
    assert page.value("c-0-0-value") == "Fjord"
    assert site.get(path).value("c-0-0-value") == "Fjord"


@pytest.mark.parametrize("button", ["test", "activate"])
def test_a_new_connection_is_kept_untested(site: Site, button: str) -> None:
    form = {"name": "Bergen", "settings": "yes", "config-server": "x.example", "config-password": "open sesame"}
    page = refused(site, f"{CONNECTIONS}/new/shop", do=button, **form)
    assert page.value("name") == "Bergen"
    assert page.value("config-server") == "x.example"
    assert "The connection is saved. It was not tested." in page.text
    assert page.by_id("erp-connection-edit")["action"] == f"{CONNECTIONS}/2"
    assert "Not tested yet" in site.get(CONNECTIONS).text


@pytest.mark.parametrize("button", ["test:1", "activate:1"])
def test_a_button_of_the_list_says_when_to_try_again(site: Site, button: str) -> None:
    page = refused(site, CONNECTIONS, do=button)
    assert page.one("a", href=CONNECTIONS, class_="erp-btn").text == "Back"


def test_reading_the_fields_again(site: Site) -> None:
    path = f"{CONNECTIONS}/1/mappings/Customer"
    assert refused(site, path, do="discover").one("a", href=path, class_="erp-btn")


def test_running_a_saved_import(site: Site) -> None:
    token = site.imported()
    saved_id = saved_imports.save(site.house.rooms, ADMIN, token, "Nightly")
    saved_imports.run(site.house.rooms, site.house.jobs, ADMIN, saved_id)
    refused(site, "/erp-import/saved", do=f"run:{saved_id}")
    refused(site, f"/erp-import/saved/{saved_id}", do="run")
    assert "2 to 2" not in site.get("/erp-import/imports").text
