from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from erp_import_plugin.demo import create_app
from erp_import_plugin.demo.access import local_target
from erp_import_plugin.demo.database import Database
from erp_import_plugin.demo.tables import User

from .conftest import SignIn, text_of

EXAMPLE = {"list_name": "country"}
OPEN = {"auth.sign_in", "static", "appearance.language", "appearance.theme"}
ADMINISTRATORS = (
    "imports.", "lists.", "preferences.", "privacy.", "sync.", "users.", "companies.delete", "contacts.delete",
    "contacts.erase", "projects.delete", "selections.delete",
)  # fmt: skip


def addresses(app: Flask, method: str) -> list[tuple[str, str]]:
    """Every endpoint of the host's own that answers this method, with one address of it."""
    found = []
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in OPEN and not rule.endpoint.startswith("erp_import."):
            path = re.sub(r"<int[^>]*>", "1", str(rule)).replace("<list_name>", EXAMPLE["list_name"])
            found.append((rule.endpoint, path))
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_gets_anywhere_without_signing_in(crm: Flask, method: str) -> None:
    client = crm.test_client()
    for endpoint, path in addresses(crm, method):
        answer = client.open(path, method=method)
        assert answer.status_code == 302, endpoint
        assert answer.headers["Location"].startswith("/sign-in"), endpoint


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_ordinary_user_is_kept_out_of_what_is_for_administrators(crm: Flask, user: FlaskClient, method: str) -> None:
    for endpoint, path in addresses(crm, method):
        if endpoint.startswith(ADMINISTRATORS):
            assert user.open(path, method=method).status_code == 403, endpoint
        elif method == "GET":
            assert user.get(path).status_code == 200, endpoint


def test_every_page_opens_for_an_administrator(crm: Flask, admin: FlaskClient) -> None:
    for endpoint, path in addresses(crm, "GET"):
        answer = admin.get(path)
        assert answer.status_code == 200, endpoint
        assert answer.get_data(as_text=True).count("<h1") == 1, endpoint


def test_an_ordinary_user_sees_no_way_to_what_is_closed(user: FlaskClient) -> None:
    page = text_of(user.get("/companies/1"))
    assert "Preferences" not in page
    assert "Delete" not in page


@pytest.mark.parametrize(("login", "password"), [("admin", "wrong"), ("nobody", "admin-demo"), ("admin", "")])
def test_a_wrong_sign_in_is_refused_and_keeps_the_name(crm: Flask, login: str, password: str) -> None:
    answer = crm.test_client().post("/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 200
    assert f'value="{login}"' in answer.get_data(as_text=True)
    assert "Sign out" not in text_of(answer)


def test_a_deactivated_user_is_signed_out_at_once(admin: FlaskClient, sign_in: SignIn, database: Database) -> None:
    user = sign_in("user")
    with database.writing() as session:
        session.get(User, 3).active = False  # type: ignore[union-attr]
    assert user.get("/companies/").status_code == 302
    assert admin.get("/companies/").status_code == 200


def test_after_sign_in_one_lands_where_one_wanted_to_go(crm: Flask) -> None:
    client = crm.test_client()
    asked = client.get("/contacts/?q=berg")
    answer = client.post(asked.headers["Location"], data={"login": "user", "password": "user-demo"})
    assert answer.headers["Location"] == "/contacts/?q=berg"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "", None],
)
def test_a_sign_in_sends_nobody_elsewhere(target: str | None) -> None:
    assert local_target(target) is None


def test_a_path_on_this_site_is_kept() -> None:
    assert local_target("/companies/?q=a&page=2") == "/companies/?q=a&page=2"


def test_signing_out_closes_the_pages(admin: FlaskClient) -> None:
    admin.post("/sign-out")
    assert admin.get("/companies/").status_code == 302


def test_forms_need_the_token(crm: Flask, admin: FlaskClient) -> None:
    crm.config["WTF_CSRF_ENABLED"] = True
    for path in (
        "/companies/1/edit",
        "/companies/1/delete",
        "/settings/quote-sync/automatic",
        "/language",
        "/sign-out",
    ):
        answer = admin.post(path, data={"name": "X"})
        assert answer.status_code == 400, path
        assert "open too long" in text_of(answer)


def test_every_answer_carries_the_security_headers(admin: FlaskClient) -> None:
    for path in ("/companies/", "/nowhere", "/static/demo.css"):
        answer = admin.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


def test_no_page_has_inline_script_or_style(crm: Flask, admin: FlaskClient) -> None:
    for endpoint, path in addresses(crm, "GET"):
        page = admin.get(path).get_data(as_text=True)
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), endpoint


def test_the_session_cookie_is_not_for_scripts_and_not_for_other_sites(crm: Flask) -> None:
    answer = crm.test_client().post("/sign-in", data={"login": "user", "password": "user-demo"})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = create_app("sqlite://", INSTANCE_PATH=str(tmp_path))
    second = create_app("sqlite://", INSTANCE_PATH=str(tmp_path))
    assert first.config["SECRET_KEY"] == second.config["SECRET_KEY"]
    assert len(first.config["SECRET_KEY"]) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "path", ["/companies/999999999", "/companies/99999999999999999999999", "/settings/lists/nothing"]
)
def test_what_does_not_exist_is_not_found(admin: FlaskClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 404
    assert "Not found" in text_of(answer)
