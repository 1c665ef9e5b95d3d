"""What the answers of every address carry, and what happens to forms that come too late."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from erp_import_plugin.workflow import connections
from tests.support.addresses import TABLE, given
from tests.support.rooms import ADMIN, OTHER
from tests.support.site import Site

PAGES = {name: entry.path for name, entry in TABLE.items() if "GET" in entry.methods}


def test_who_may_import_but_not_set_up_is_not_led_to_the_set_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    connections.delete(site.house.rooms, ADMIN, 1)
    assert "sync/connections" in site.get("/erp-import/connection").html
    monkeypatch.setattr(type(site.visitors), "may_set_up", lambda _access, user: user != ADMIN, raising=False)
    assert "sync/connections" not in site.get("/erp-import/connection").html
    assert "no right to set up" in site.get("/erp-import/sync/connections", 403).text


def test_the_import_of_another_is_not_discarded(site: Site) -> None:
    token = site.staged()
    site.visitors.signed_in = OTHER
    site.client.post(site.path(token, "discard"), data={"csrf_token": site.token()})
    site.visitors.signed_in = ADMIN
    assert "12 actors are in this import" in site.get(site.path(token, "staging")).text


def test_sync_switched_on_at_the_last_moment(site: Site) -> None:
    token = site.planned()
    sent = {"csrf_token": site.token(), "do": "start"}
    site.house.sync.on = True
    answer = site.client.post(site.path(token, "importing"), data=sent)
    assert answer.status_code == 409
    site.house.sync.on = False
    assert "will be written" in site.get(site.path(token, "preview")).text
    assert site.post(site.path(token, "importing"), do="start")
    assert "12 actors imported" in site.get(site.path(token, "done")).text


def test_every_answer_has_the_security_headers(site: Site) -> None:
    tokens = given(site)
    for page, address in PAGES.items():
        answer = site.client.get("/erp-import/" + address.format(**tokens))
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, page
        assert "unsafe" not in policy, page
        assert answer.headers["X-Content-Type-Options"] == "nosniff", page
        assert answer.headers["Referrer-Policy"] == "same-origin", page
        assert answer.headers["Cache-Control"] == "no-store", page


def test_static_files_are_kept_by_browsers_per_version(site: Site) -> None:
    page = site.get("/erp-import/")
    address = next(link["href"] for link in page.all("link") if "erp_import.css" in link["href"])
    with site.client.get(address) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", ["search", "staging", "settings", "preview", "importing"])
def test_a_form_without_token_does_nothing_and_says_so(site: Site, page: str) -> None:
    token = site.planned()
    answer = site.client.post(site.path(token, page), data={"do": "start"}, follow_redirects=True)
    assert "open for too long" in answer.get_data(as_text=True)
    assert "will be written" in site.get(site.path(token, "preview")).text


def test_an_error_of_ours_is_a_page_without_details(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("the password is sesame")

    site.client.application.config.update(PROPAGATE_EXCEPTIONS=False)
    monkeypatch.setattr("erp_import_plugin.web.views.source.imports.listed", lambda *_: broken())
    page = site.get("/erp-import/", status=500)
    assert "sesame" not in page.html
    assert "Something went wrong here" in page.text


def test_a_database_that_is_away_is_said_to_be(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection failed"))

    site.client.application.config.update(PROPAGATE_EXCEPTIONS=False)
    monkeypatch.setattr("erp_import_plugin.web.views.source.imports.listed", away)
    page = site.get("/erp-import/", status=503)
    assert "The database cannot be reached" in page.text
    assert "connection failed" not in page.html


def test_htmx_is_told_to_go_where_a_browser_would_be_sent(site: Site) -> None:
    token = site.planned()
    answer = site.client.get(site.path(token, "preview"), headers={"HX-Request": "true", "HX-Target": "erp-progress"})
    assert answer.headers["HX-Redirect"] == site.path(token, "preview")
    site.visitors.signed_in = None
    answer = site.client.get(site.path(token, "preview"), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in"
