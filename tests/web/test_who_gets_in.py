"""Every address, role and method, with automatic sync off and on; the table is held against the app's own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from erp_import_plugin.workflow import imports, presets, saved_imports
from tests.support.addresses import OWN, SET_UP, TABLE, Entry, given, rules
from tests.support.leaks import dump
from tests.support.rooms import ADMIN, CHIEF, NOBODY, OTHER
from tests.support.site import BY_NAME, Site, Visitors

ROLES = {
    "not signed in": None,
    "without the right": NOBODY,
    "another user": OTHER,
    "the owner": ADMIN,
    "the owner, no set-up": ADMIN,
    "who manages all": CHIEF,
}


def outcome(role: str, entry: Entry, *, sync_is_on: bool) -> str:
    """What the table says of a role at an address."""
    if role == "not signed in":
        return "sign in"
    if role == "without the right" or (entry.who == SET_UP and role == "the owner, no set-up"):
        return "refused"
    if sync_is_on and not entry.while_sync_is_on:
        return "sync is on"
    return "not there" if entry.who == OWN and role == "another user" else "in"


def seen(answer: Any) -> str:
    """What an answer says."""
    if answer.headers.get("Location") == "/sign-in":
        return "sign in"
    if answer.status_code == 409 and 'href="/sync"' in answer.get_data(as_text=True):
        return "sync is on"
    known = {403: "refused", 404: "not there"}
    return known.get(answer.status_code, "in" if answer.status_code in (200, 204, 303, 409, 422) else answer.status)


def test_the_table_has_every_address_and_method(site: Site) -> None:
    found: dict[str, set[str]] = {}
    for endpoint, methods in rules(site.client.application):
        found.setdefault(endpoint, set()).update(methods - {"HEAD", "OPTIONS"})
    assert found == {endpoint: set(entry.methods.split()) for endpoint, entry in TABLE.items()}


@pytest.mark.parametrize("sync_is_on", [False, True], ids=["sync off", "sync on"])
@pytest.mark.parametrize("role", ROLES)
def test_who_gets_in(site: Site, role: str, sync_is_on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, csrf = given(site), site.token()
    if role == "the owner, no set-up":
        monkeypatch.setattr(Visitors, "may_set_up", lambda _access, user: user != ADMIN, raising=False)
    site.visitors.signed_in, site.house.sync.on = ROLES[role], sync_is_on
    expected, found = {}, {}
    for endpoint, entry in TABLE.items():
        path = "/erp-import/" + entry.path.format(**tokens)
        for method in entry.methods.split():
            sent = {"csrf_token": csrf, "do": entry.button} if method == "POST" else None
            place = f"{method} {endpoint}"
            with site.client.open(path, method=method, data=sent) as answer:
                expected[place], found[place] = outcome(role, entry, sync_is_on=sync_is_on), seen(answer)
                assert found[place] == "in" or "Company 0001" not in answer.get_data(as_text=True), place
    assert found == expected


def test_other_methods_show_and_do_nothing(site: Site) -> None:
    """HEAD is as GET without the body, whoever asks; what is neither it nor a form is no way in."""
    tokens = given(site)
    for visitor in (ADMIN, OTHER, None):
        site.visitors.signed_in = visitor
        for endpoint, entry in TABLE.items():
            path = "/erp-import/" + entry.path.format(**tokens)
            with site.client.open(path, method="HEAD") as head, site.client.get(path) as shown:
                assert (head.status_code, head.get_data()) == (shown.status_code, b""), endpoint
            for method in ("PUT", "PATCH", "DELETE", "TRACE"):
                assert site.client.open(path, method=method).status_code == 405, endpoint


def test_no_form_is_taken_without_the_token_of_its_session(site: Site) -> None:
    tokens, engine = given(site), site.house.rooms.engine
    before = dict(dump(engine))
    for endpoint, entry in TABLE.items():
        if "POST" not in entry.methods:
            continue
        for forged in ({}, {"csrf_token": "forged"}):
            sent = {"do": entry.button or "save", "name": "Forged", **forged}
            answer = site.client.post("/erp-import/" + entry.path.format(**tokens), data=sent)
            assert answer.status_code in (303, 400), endpoint
    assert dict(dump(engine)) == before


def test_a_host_without_a_word_about_access_lets_nobody_in(site: Site) -> None:
    """Deny by default."""
    tokens, app = given(site), site.client.application
    app.config["PROPAGATE_EXCEPTIONS"] = False
    installed = app.extensions["erp_import"]
    installed.rooms = replace(installed.rooms, host=replace(installed.rooms.host, access=object()))
    for endpoint, entry in TABLE.items():
        for method in entry.methods.split():
            answer = site.client.open("/erp-import/" + entry.path.format(**tokens), method=method)
            assert answer.status_code == 500, endpoint
            assert "Shop one" not in answer.get_data(as_text=True), endpoint


def test_ids_of_others_in_a_form_are_as_if_they_were_not_there(site: Site) -> None:
    """What names something of another user's is refused like what names nothing, and does nothing."""
    rooms = site.house.rooms
    token = site.planned()
    presets.save(rooms, ADMIN, token, BY_NAME, "Mine")
    saved_imports.save(rooms, ADMIN, token, "Nightly")
    site.visitors.signed_in = OTHER
    own = site.house.begin(user=OTHER)
    csrf = site.token()
    for path, sent in (
        ("saved", {"do": "run:{id}"}),
        ("presets", {"do": "delete:{id}"}),
        ("presets", {"do": "default:{id}"}),
        ("presets", {"do": "rename:{id}", "name-{id}": "Theirs"}),
        (f"imports/{own}/settings", {"do": "preset-apply", "preset": "{id}"}),
        (f"imports/{own}/preview/{{id}}", {"do": "save"}),
    ):
        said = {}
        for which in ("1", "987"):
            form = {name.format(id=which): value.format(id=which) for name, value in sent.items()}
            answer = site.client.post(f"/erp-import/{path.format(id=which)}", data={"csrf_token": csrf, **form})
            said[which] = (answer.status_code, re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text))
        assert said["1"] == said["987"], (path, sent)
    assert imports.listed(rooms, site.house.jobs, OTHER)[1] == 1
    assert [line.preset.name for line in presets.listed(rooms, ADMIN)] == ["Mine"]
