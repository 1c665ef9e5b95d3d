"""Lists, preferences, users, Quote/Sync, language and theme."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import gettext
from sqlalchemy import select

from erp_import_plugin.demo.appearance import language
from erp_import_plugin.demo.database import Database
from erp_import_plugin.demo.preferences import AUTOMATIC_SYNC, MANDATORY_COMPANY, default_item, is_on
from erp_import_plugin.demo.sources import SyncTab, add_sync_tabs
from erp_import_plugin.demo.tables import ListItem, User, UserGroup, UserGroupMember

from .conftest import text_of
from .test_records import form_of


def item(database: Database, name: str) -> ListItem | None:
    with database.reading() as session:
        return session.scalar(select(ListItem).where(ListItem.name == name))


def test_an_item_is_added_renamed_and_switched_off(admin: FlaskClient, database: Database) -> None:
    admin.post("/settings/lists/category/add", data={"name": " Reseller "})
    added = item(database, "Reseller")
    assert added is not None
    assert added.list_name == "category"
    admin.post(f"/settings/lists/item/{added.id}", data={"act": "rename", "name": "Dealer"})
    admin.post(f"/settings/lists/item/{added.id}", data={"act": "switch", "name": "ignored"})
    changed = item(database, "Dealer")
    assert changed is not None
    assert (changed.id, changed.active) == (added.id, False)
    assert ">Dealer</option>" not in admin.get("/companies/new").get_data(as_text=True)


@pytest.mark.parametrize("name", ["", "   ", "Customer", "x" * 256])
def test_a_list_refuses_what_it_cannot_hold(admin: FlaskClient, database: Database, name: str) -> None:
    with database.reading() as session:
        before = session.scalars(select(ListItem.name).where(ListItem.list_name == "category")).all()
    page = text_of(admin.post("/settings/lists/category/add", data={"name": name}, follow_redirects=True))
    assert "already" in page or "Enter a name" in page
    with database.reading() as session:
        assert session.scalars(select(ListItem.name).where(ListItem.list_name == "category")).all() == before


def test_a_record_keeps_an_item_that_was_switched_off(admin: FlaskClient, database: Database) -> None:
    norway = item(database, "Norway")
    assert norway is not None
    admin.post(f"/settings/lists/item/{norway.id}", data={"act": "switch"})
    form = form_of(admin.get("/companies/1/edit").get_data(as_text=True))
    assert form["country_id"] == [str(norway.id)]
    assert admin.post("/companies/1/edit", data=form).status_code == 302
    assert "Norway" in text_of(admin.get("/companies/1"))


def test_preferences_are_saved(admin: FlaskClient, database: Database) -> None:
    form = form_of(admin.get("/settings/preferences/").get_data(as_text=True))
    customer = item(database, "Customer")
    assert customer is not None
    admin.post("/settings/preferences/", data=form | {"mandatory_company": "y", "category": customer.id, "country": ""})
    with database.reading() as session:
        assert is_on(session, MANDATORY_COMPANY)
        assert default_item(session, "category") == customer.id
        assert default_item(session, "country") is None


def test_sync_is_switched_and_said_in_words(admin: FlaskClient, database: Database) -> None:
    assert "Switch automatic sync on" in text_of(admin.get("/settings/quote-sync/"))
    page = admin.post("/settings/quote-sync/automatic", data={"automatic_sync": "on"}, follow_redirects=True)
    assert "nobody can import from ERP Sync" in text_of(page)
    with database.reading() as session:
        assert is_on(session, AUTOMATIC_SYNC)
    admin.post("/settings/quote-sync/automatic", data={"automatic_sync": "off"})
    with database.reading() as session:
        assert not is_on(session, AUTOMATIC_SYNC)


def test_others_can_hang_tabs_on_the_sync_page(crm: Flask, admin: FlaskClient) -> None:
    add_sync_tabs(crm, lambda: [SyncTab("connections", "Connections", "/elsewhere")])
    assert '<a href="/elsewhere">Connections</a>' in admin.get("/settings/quote-sync/").get_data(as_text=True)


def test_the_set_up_of_erp_sync_belongs_to_quote_sync(admin: FlaskClient) -> None:
    sync = admin.get("/settings/quote-sync/").get_data(as_text=True)
    for label in ("Connections", "Connectors"):
        (address,) = re.findall(f'<a href="([^"]+)">{label}</a>', sync)
        page = admin.get(address).get_data(as_text=True)
        (current,) = re.findall(r'<li><a href="([^"]+)" aria-current="page"', page)
        assert current == "/settings/quote-sync/"
        assert '<a class="erp-tabs__tab" href="/settings/quote-sync/"' in page


def test_a_user_is_made_and_can_sign_in(crm: Flask, admin: FlaskClient, database: Database) -> None:
    data = {"login": "per", "name": "Per", "role": "user", "groups": ["2"], "active": "y", "password": "long-enough"}
    assert admin.post("/settings/users/new", data=data).status_code == 302
    answer = crm.test_client().post("/sign-in", data={"login": "per", "password": "long-enough"})
    assert answer.status_code == 302
    with database.reading() as session:
        user = session.scalar(select(User).where(User.login == "per"))
        assert user is not None
        assert session.get(UserGroupMember, (user.id, 2)) is not None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"login": "admin"}, "Someone else has this user name."),
        ({"password": ""}, "Enter a password for the new user."),
        ({"password": "short"}, "Enter 8 to 200 characters."),
        ({"role": "emperor"}, "Role"),
        ({"login": "x" * 81}, "at most 80"),
    ],
)
def test_a_user_that_cannot_be_is_refused(admin: FlaskClient, changed: dict[str, str], message: str) -> None:
    data = {"login": "per", "name": "Per", "role": "user", "active": "y", "password": "long-enough"}
    answer = admin.post("/settings/users/new", data=data | changed)
    assert answer.status_code == 200
    assert message in text_of(answer)


def test_the_last_administrator_stays_one(admin: FlaskClient, database: Database) -> None:
    data = {"login": "kari", "name": "Kari", "role": "user", "active": "y"}
    assert admin.post("/settings/users/2", data=data).status_code == 302
    answer = admin.post("/settings/users/1", data=data | {"login": "admin"})
    assert "the last administrator" in text_of(answer)
    with database.reading() as session:
        assert session.get(User, 1).role == "administrator"  # type: ignore[union-attr]


def test_groups_are_made_and_renamed(admin: FlaskClient, database: Database) -> None:
    assert admin.post("/settings/users/groups/new", data={"name": "Service"}).status_code == 302
    assert "already" in text_of(admin.post("/settings/users/groups/new", data={"name": "Sales"}))
    assert admin.post("/settings/users/groups/3", data={"name": "Support"}).status_code == 302
    with database.reading() as session:
        assert session.get(UserGroup, 3).name == "Support"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("header", "code"), [("nb", "nb"), ("no", "nb"), ("nn,en;q=0.5", "nb"), ("sv-SE", "sv"), ("fr", "en"), ("", "en")]
)
def test_the_browser_chooses_the_language(crm: Flask, header: str, code: str) -> None:
    page = crm.test_client().get("/sign-in", headers={"Accept-Language": header}).get_data(as_text=True)
    assert f'<html lang="{code}"' in page


def test_the_reader_chooses_language_and_theme(admin: FlaskClient) -> None:
    came_from = {"Referer": "http://localhost/companies/?q=berg"}
    answer = admin.post("/language", data={"language": "nb"}, headers=came_from)
    assert answer.headers["Location"] == "/companies/?q=berg"
    admin.post("/theme", data={"theme": "dark"})
    page = admin.get("/companies/").get_data(as_text=True)
    assert '<html lang="nb" data-theme="dark">' in page
    assert "Innstillinger og vedlikehold" in page
    admin.post("/language", data={"language": "xx"})
    assert '<html lang="nb"' in admin.get("/").get_data(as_text=True)


def test_outside_a_request_texts_are_english(crm: Flask) -> None:
    with crm.app_context():
        assert language() == "en"
        assert gettext("Companies") == "Companies"


def test_choosing_a_language_sends_nobody_elsewhere(admin: FlaskClient) -> None:
    answer = admin.post("/language", data={"language": "nb"}, headers={"Referer": "https://evil.example/x"})
    assert answer.headers["Location"] == "/"
