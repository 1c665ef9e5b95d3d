"""Every address: who gets in, what each answer carries, and what happens while automatic sync is on."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from erp_import_plugin.host_api import User
from erp_import_plugin.workflow import saved_imports
from tests.support.rooms import ADMIN, CHIEF, NOBODY, OTHER
from tests.support.site import Site, Visitors

OF_AN_IMPORT = {
    "search": "imports/{token}/search",
    "search_items": "imports/{token}/search/items?list=countries&q=n",
    "staging": "imports/{token}/staging",
    "settings": "imports/{token}/settings",
    "preview": "imports/{token}/preview",
    "preview_row": "imports/{token}/preview/1",
    "importing": "imports/{token}/importing",
    "done": "imports/{token}/done",
    "done_file": "imports/{token}/done.csv",
    "history": "imports/{token}/history",
    "preview_file": "imports/{token}/preview.csv",
    "corrections_file": "imports/{token}/corrections.xlsx",
    "fields": "imports/{token}/preview/fields",
    "save_import": "imports/{token}/save",
}
OF_A_RUN = {"saved_import": "saved/1", "repeat": "imports/{run}/repeat"}
SET_UP = {
    "audit": "sync/audit",
    "audit_file": "sync/audit.csv",
    "connectors": "sync/connectors",
    "connections": "sync/connections",
    "connection_new": "sync/connections/new",
    "connection_add": "sync/connections/new/shop",
    "connection_users": "sync/connections/users?find=a",
    "connection_edit": "sync/connections/1",
    "connection_delete": "sync/connections/1/delete",
    "mappings": "sync/connections/1/mappings/Customer",
    "list_mapping": "sync/connections/1/lists",
    "defaults": "sync/connections/1/defaults/Customer",
}
OF_EVERYONE = {
    "source": "",
    "connection": "connection",
    "imports": "imports",
    "saved": "saved",
    "presets": "presets",
}
FORMS = {"discard": "imports/{token}/discard", "undo": "imports/{token}/undo", "source_backup": "backup"}
PAGES = OF_EVERYONE | OF_AN_IMPORT | OF_A_RUN | SET_UP
FILES = {"audit_file", "done_file", "preview_file", "corrections_file"}
WHILE_SYNC_IS_ON = {"source", "imports", "importing", "done", "history", "saved", "saved_import", "presets"}
WHILE_SYNC_IS_ON |= {*FILES, *SET_UP}


def given(site: Site) -> dict[str, str]:
    """The tokens of an import that is done, and of the run of a saved import, as the addresses name them."""
    token = site.imported()
    saved_id = saved_imports.save(site.house.rooms, ADMIN, token, "Nightly")
    return {"token": token, "run": saved_imports.run(site.house.rooms, site.house.jobs, ADMIN, saved_id)}


def test_the_table_has_every_address(site: Site) -> None:
    rules = site.client.application.url_map.iter_rules()
    endpoints = {rule.endpoint.removeprefix("erp_import.") for rule in rules if "erp_import." in rule.endpoint}
    assert endpoints - {"static"} == set(PAGES) | set(FORMS)


@pytest.mark.parametrize("visitor", [None, NOBODY, OTHER, ADMIN, CHIEF], ids=["-", "nobody", "other", "owner", "chief"])
def test_who_gets_in(site: Site, visitor: User | None) -> None:
    tokens, sent = given(site), {"csrf_token": site.token()}
    site.visitors.signed_in = visitor
    seen = {}
    for page, address in (PAGES | FORMS).items():
        ask = site.client.post if page in FORMS else site.client.get
        answer = ask("/erp-import/" + address.format(**tokens), data=sent)
        seen[page] = answer.status_code
        assert answer.headers.get("Location") == "/sign-in" or visitor is not None
        assert "Company 0001" not in answer.get_data(as_text=True) or visitor in (ADMIN, CHIEF), page
    assert seen == expected(visitor)


def expected(visitor: User | None) -> dict[str, int]:
    """The status of every page for a visitor, of an import that the admin has made and that is done."""
    if visitor is None:
        return dict.fromkeys(PAGES | FORMS, 303)
    if visitor is NOBODY:
        return dict.fromkeys(PAGES | FORMS, 403)
    of_an_import = dict.fromkeys(OF_AN_IMPORT | OF_A_RUN, 404 if visitor is OTHER else 200)
    if visitor is not OTHER:
        # What is done is looked at, no longer changed.
        of_an_import |= dict.fromkeys(["search", "staging", "settings", "preview", "importing"], 303)
        of_an_import |= {"fields": 409, "corrections_file": 409}  # there is no field and no row to correct any more
    discard = 404 if visitor is OTHER else 303
    forms = {"discard": discard, "undo": discard, "source_backup": 303}
    return dict.fromkeys(OF_EVERYONE | SET_UP, 200) | of_an_import | forms


def test_who_may_import_but_not_set_up_sees_no_set_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    token = site.token()
    monkeypatch.setattr(Visitors, "may_set_up", lambda _access, user: user != ADMIN, raising=False)
    for page, address in SET_UP.items():
        assert "no right to set up" in site.get(f"/erp-import/{address}", 403).text, page
        answer = site.client.post(f"/erp-import/{address}", data={"csrf_token": token})
        assert answer.status_code in (403, 405), page
    assert "sync/connections" not in site.get("/erp-import/connection").html
    site.visitors.signed_in = OTHER
    assert "Shop one" in site.get("/erp-import/sync/connections").text


def test_the_import_of_another_is_not_discarded(site: Site) -> None:
    token = site.staged()
    site.visitors.signed_in = OTHER
    site.client.post(site.path(token, "discard"), data={"csrf_token": site.token()})
    site.visitors.signed_in = ADMIN
    assert "12 actors are in this import" in site.get(site.path(token, "staging")).text


def test_while_sync_is_on_no_step_goes_on(site: Site) -> None:
    tokens = given(site)
    site.house.sync.on = True
    for page, address in PAGES.items():
        answer = site.client.get("/erp-import/" + address.format(**tokens))
        refused = answer.status_code == 409 and 'href="/sync"' in answer.get_data(as_text=True)
        assert refused is (page not in WHILE_SYNC_IS_ON), page


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
