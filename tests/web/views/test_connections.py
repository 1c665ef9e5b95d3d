"""The list of connections, the form of one, and its deletion."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from erp_import_plugin.connector_api import Choice, ConfigField, ConfigType, GiveUp
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.host_api import User
from erp_import_plugin.workflow import connection_form, connections
from erp_import_plugin.workflow.connection_form import Draft
from erp_import_plugin.workflow.connections import ConnectionLine
from tests.support.reading import Page
from tests.support.rooms import ADMIN, OTHER
from tests.support.shop import CONFIG
from tests.support.site import Site

LIST = "/erp-import/sync/connections"
NEW = f"{LIST}/new/shop"
EDIT = f"{LIST}/1"
TYPED = {"name": "Shop two", "settings": "yes", "config-server": "x.example", "config-password": "open sesame"}


def lines(site: Site) -> dict[str, ConnectionLine]:
    return {one.name: one for one in connections.listed(site.house.rooms, ADMIN)}


def send(site: Site, path: str, status: int = 303, **changed: Any) -> Page | str:
    """Send the form of the page at this address as a browser would, with some inputs changed."""
    page = site.get(path)
    inputs = [box for box in page.all("input") if box["name"] and "disabled" not in box]
    data: dict[str, Any] = {}
    for box in inputs:
        if box["type"] in ("checkbox", "radio") and "checked" not in box:
            continue
        data.setdefault(box["name"], []).append(box["value"])
    for select in page.all("select"):
        data[select["name"]] = [one["value"] for one in select.inside if "selected" in one]
    return site.post(path, status, **data | {name.replace("__", "-"): value for name, value in changed.items()})


def off(site: Site) -> None:
    connections.deactivate(site.house.rooms, ADMIN, 1)


def flashed(site: Site, path: str = LIST) -> str:
    return site.get(path).text


class TestList:
    def test_a_connection_is_listed_with_its_state_and_test(self, site: Site) -> None:
        off(site)
        only = frozenset({"2"})
        draft = Draft("Shop one", "All of <Oslo>", everyone=False, users=only, groups=frozenset({"office"}))
        connection_form.change(site.house.rooms, ADMIN, 1, draft)
        (row,) = [row for row in site.get(LIST).all("tr") if "Shop one" in row.text]
        for said in ("Shop", "All of <Oslo>", "Inactive", "Passed", "Reached the shop.", "1 group, 1 user"):
            assert said in row.text

    def test_its_buttons_test_deactivate_and_activate(self, site: Site) -> None:
        site.house.begin()
        site.post(LIST, do="deactivate:1")
        assert not lines(site)["Shop one"].active
        said = flashed(site)
        assert "“Shop one” is inactive now. 1 import that goes through it waits until it is active again." in said
        site.post(LIST, do="activate:1")
        assert "“Shop one” is active now." in flashed(site)
        assert lines(site)["Shop one"].active
        site.post(LIST, do="test:1")
        assert "The test of “Shop one” passed. Reached the shop." in flashed(site)

    def test_a_failed_test_is_told_and_keeps_it_from_being_active(self, site: Site) -> None:
        off(site)

        def closed(_method: str) -> None:
            raise GiveUp("The shop is closed.")

        site.house.shop.fail = closed
        site.post(LIST, do="test:1")
        assert "The test of “Shop one” failed. The shop is closed." in flashed(site)
        site.post(LIST, do="activate:1")
        assert "“Shop one” stays inactive, because its test failed. The shop is closed." in flashed(site)
        assert not lines(site)["Shop one"].active

    @pytest.mark.parametrize("do", ["", "burn:1", "test:", "test:x", "activate:1.5", "test:99999999999999999999"])
    def test_a_button_that_was_not_offered_does_nothing(self, site: Site, do: str) -> None:
        before = lines(site)
        site.post(LIST, do=do)
        assert lines(site) == before

    @pytest.mark.parametrize("do", ["test", "activate", "deactivate"])
    def test_a_connection_that_is_not_there_is_not_found(self, site: Site, do: str) -> None:
        site.post(LIST, 404, do=f"{do}:4711")

    def test_without_connections_the_page_says_what_to_do(self, site: Site) -> None:
        connections.delete(site.house.rooms, ADMIN, 1)
        page = site.get(LIST)
        assert "There is no connection yet" in page.text
        assert page.one("a", href=f"{LIST}/new")

    def test_a_connection_without_its_connector_says_so(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        offer(site, monkeypatch, Registry([]))
        page = site.get(LIST)
        assert "The connector “shop” is not installed" in page.text
        assert [button["value"] for button in page.all("button", name="do")] == ["deactivate:1"]
        assert "Until it is, nobody can import" in site.get(EDIT).text

    def test_a_form_without_token_does_nothing(self, site: Site) -> None:
        answer = site.client.post(LIST, data={"do": "deactivate:1"}, follow_redirects=True)
        assert "open for too long" in answer.get_data(as_text=True)
        assert lines(site)["Shop one"].active


class TestNew:
    def test_the_first_step_offers_the_connectors(self, site: Site) -> None:
        assert site.get(f"{LIST}/new").one("a", href=NEW).text == "Shop"

    def test_an_unknown_connector_is_refused_in_a_sentence(self, site: Site) -> None:
        assert "“sap”" in site.get(f"{LIST}/new/sap", 409).text

    def test_the_form_comes_from_the_connector(self, site: Site) -> None:
        page = site.get(NEW)
        assert "Ask the shop for these" in page.text
        assert page.by_id("config-server")["aria-required"] == "true"
        assert page.by_id("config-password")["type"] == "password"
        assert page.by_id("config-password")["autocomplete"] == "new-password"
        assert page.by_id("config-port")["value"] == "443"
        assert page.by_id("config-old")["type"] == "checkbox"
        assert [one["value"] for one in page.by_id("config-mode").inside if "selected" in one] == ["live"]
        assert "disabled" in page.by_id("config-version")

    def test_saved_and_activated_it_can_be_imported_through(self, site: Site) -> None:
        assert send(site, NEW, do="activate", **TYPED) == LIST
        assert lines(site)["Shop two"].active
        assert "Shop two" in [one.name for one in connections.usable(site.house.rooms, OTHER)]

    def test_saved_it_is_kept_inactive_and_untested(self, site: Site) -> None:
        site.house.shop.calls.clear()
        assert send(site, NEW, do="save", **TYPED) == LIST
        assert site.house.shop.calls == []
        line = lines(site)["Shop two"]
        assert (line.active, line.test) == (False, None)

    def test_tested_it_is_kept_inactive_with_its_mappings(self, site: Site) -> None:
        address = send(site, NEW, do="test", **TYPED)
        assert isinstance(address, str)
        page = site.get(address)
        assert "Last test: Passed" in page.text
        assert "Reached the shop." in page.text
        assert not lines(site)["Shop two"].active

    def test_a_refused_password_is_told_at_its_field_and_what_was_typed_is_kept(self, site: Site) -> None:
        address = send(site, NEW, do="activate", **TYPED | {"config-password": "a wrong one"})
        assert isinstance(address, str)
        page = site.get(address)
        assert page.by_id("config-password-error").text.strip() == "The shop does not know this password."
        assert "It stays inactive" in page.text
        assert page.by_id("config-server")["value"] == "x.example"
        assert "A password is stored." in page.text
        assert "a wrong one" not in page.html
        assert send(site, address, do="activate", config__password="open sesame") == LIST
        assert lines(site)["Shop two"].active

    def test_wrong_input_is_told_at_the_field_and_on_top_and_nothing_is_lost(self, site: Site) -> None:
        typed = TYPED | {
            "name": "",
            "config-port": "many",
            "config-old": "yes",
            "config-mode": "try",
            "description": "Why",
        }
        page = send(site, NEW, 422, do="save", **typed)
        assert isinstance(page, Page)
        assert page.by_id("name-error").text.strip() == "Give the connection a name."
        assert page.by_id("config-port-error").text.strip() == "Enter a whole number, such as 1200."
        assert page.one("a", href="#config-port").text == "Port: Enter a whole number, such as 1200."
        assert page.value("config-port") == "many"
        assert page.value("config-server") == "x.example"
        assert page.value("description") == "Why"
        assert page.chosen("config-old") == ["yes"]
        assert [one["value"] for one in page.by_id("config-mode").inside if "selected" in one] == ["try"]
        assert "open sesame" not in page.html
        assert "Type it again" in page.by_id("config-password-error").text
        assert list(lines(site)) == ["Shop one"]

    def test_a_form_that_is_too_old_keeps_what_was_typed(self, site: Site) -> None:
        page = send(site, NEW, 400, do="save", **TYPED | {"csrf_token": "old"})
        assert isinstance(page, Page)
        assert page.value("name") == "Shop two"
        assert "open for too long" in page.text

    def test_every_type_of_field_has_its_input(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        fields = (
            ConfigField("rate", "Rate", ConfigType.DECIMAL, tooltip="Per <hour>"),
            ConfigField("since", "Since", ConfigType.DATETIME),
            ConfigField("kind", "Kind", ConfigType.LIST, choices=(Choice("a", "First"),)),
            ConfigField("token", "Token", ConfigType.PASSWORD),
        )
        (loaded,) = site.house.rooms.registry.loaded
        offer(site, monkeypatch, Registry([replace(loaded, config_fields=fields)]))
        typed = {"name": "T", "config-rate": "1,5", "config-since": "2026-12-31T14:30", "config-kind": "a"}

        send(site, NEW, do="save", **typed | {"config-token": "t0ps3cret"})

        page = site.get(f"{LIST}/2")
        assert page.by_id("config-rate")["value"] == "1.5"
        assert page.by_id("config-rate-hint").text == "Per <hour>"
        assert page.by_id("config-since")["value"] == "2026-12-31T14:30"
        assert "t0ps3cret" not in page.html
        send(site, f"{LIST}/2", do="save", **{"remove-token": "yes"})
        assert "No password is stored." in site.get(f"{LIST}/2").text


class TestEdit:
    def test_settings_of_an_active_connection_are_shown_and_say_why_they_stay(self, site: Site) -> None:
        page = site.get(EDIT)
        assert "only while the connection is inactive" in page.text
        assert "config-server" not in page.html
        assert "shop.example" in page.text
        assert "A password is stored." in page.text
        assert CONFIG["password"] not in page.html
        assert send(site, EDIT, do="save", name="Renamed") == LIST
        assert lines(site)["Renamed"].active

    def test_deactivate_is_right_there_and_loses_nothing(self, site: Site) -> None:
        page = send(site, EDIT, 200, do="deactivate", name="Not saved yet")
        assert isinstance(page, Page)
        assert page.value("name") == "Not saved yet"
        assert page.value("config-server") == "shop.example"
        assert not lines(site)["Shop one"].active

    def test_settings_sent_for_an_active_connection_are_refused(self, site: Site) -> None:
        assert send(site, EDIT, do="save", **TYPED) == EDIT
        assert "Deactivate it first" in flashed(site, EDIT)
        assert list(lines(site)) == ["Shop one"]

    def test_other_settings_make_the_test_outdated(self, site: Site) -> None:
        off(site)
        send(site, EDIT, do="save", config__port="444")
        assert "Last test: Outdated" in site.get(EDIT).text

    def test_the_second_admin_sees_what_has_changed_and_keeps_what_was_typed(self, site: Site) -> None:
        off(site)
        seen = site.get(EDIT).value("seen")
        other = Draft("Changed by another", config={"server": "theirs.example"})
        connection_form.change(site.house.rooms, OTHER, 1, other)

        page = send(site, EDIT, 409, do="save", seen=seen, name="Mine", config__server="mine.example")

        assert isinstance(page, Page)
        assert "Somebody else changed this connection" in page.text
        assert "Name: Changed by another" in page.text
        assert "Server: theirs.example" in page.text
        assert (page.value("name"), page.value("config-server")) == ("Mine", "mine.example")
        assert "Changed by another" in lines(site)
        again = {"name": "Mine", "config-server": "mine.example", "seen": page.value("seen")}
        assert send(site, EDIT, do="save", **again) == LIST
        assert "Mine" in lines(site)

    def test_what_changes_during_the_test_is_told_and_what_was_saved_is_kept(self, site: Site) -> None:
        def meanwhile(method: str) -> None:
            if method == "test":
                other = Draft("Shop two", config={"server": "theirs.example"})
                connection_form.change(site.house.rooms, OTHER, 2, other)

        site.house.shop.fail = meanwhile
        assert send(site, NEW, do="activate", **TYPED) == f"{LIST}/2"
        assert "Somebody else changed this connection" in flashed(site, f"{LIST}/2")
        assert not lines(site)["Shop two"].active

    def test_a_choice_that_is_not_offered_is_refused(self, site: Site) -> None:
        off(site)
        page = send(site, EDIT, 422, do="save", config__mode="dead")
        assert isinstance(page, Page)
        assert "must be one of" in page.by_id("config-mode-error").text

    @pytest.mark.parametrize("address", [f"{LIST}/4711", f"{LIST}/4711/delete", f"{LIST}/{2**63 - 1}"])
    def test_a_connection_that_is_not_there_is_not_found(self, site: Site, address: str) -> None:
        site.get(address, 404)
        site.post(address, 404, do="save")

    def test_passwords_that_cannot_be_read_are_told(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        off(site)
        extension = site.client.application.extensions["erp_import"]
        vault = type(extension.rooms.vault)(["x" * 43 + "="])
        monkeypatch.setattr(extension, "rooms", replace(extension.rooms, vault=vault))
        assert "cannot be read with the present keys" in site.get(EDIT).text


class TestScope:
    def test_users_and_groups_are_chosen(self, site: Site) -> None:
        send(site, EDIT, do="save", everyone="no", user=["2", "3"], group="office")
        line = lines(site)["Shop one"]
        assert (line.everyone, line.users, line.groups) == (False, {"2", "3"}, {"office"})
        page = site.get(EDIT)
        assert page.chosen("everyone") == ["no"]
        assert page.chosen("user") == ["3", "2"]
        assert page.chosen("group") == ["office"]

    def test_nobody_is_refused(self, site: Site) -> None:
        page = send(site, EDIT, 422, do="save", everyone="no")
        assert isinstance(page, Page)
        assert "Choose at least one user or group" in page.by_id("everyone-error").text
        assert page.chosen("everyone") == ["no"]

    def test_users_are_searched_for_without_a_script(self, site: Site) -> None:
        page = send(site, EDIT, 200, do="find", find="admin", everyone="no", user="3", name="Typed")
        assert isinstance(page, Page)
        assert page.chosen("user") == ["3"]
        assert [box["value"] for box in page.all("input", name="user")] == ["3", "1", "2"]
        assert page.value("name") == "Typed"

    def test_the_script_asks_for_the_users_alone(self, site: Site) -> None:
        answer = site.client.get(f"{LIST}/users?find=ADMIN&user=3").get_data(as_text=True)
        assert "<html" not in answer
        page = Page(answer)
        assert [box["value"] for box in page.all("input", name="user")] == ["3", "1", "2"]
        assert page.chosen("user") == ["3"]

    @pytest.mark.parametrize(("find", "searches"), [("admin", True), ("", False)])
    def test_enter_searches_where_a_name_was_typed_and_saves_otherwise(
        self, site: Site, find: str, searches: bool
    ) -> None:
        first = next(button for button in site.get(EDIT).all("button") if button["name"] == "do")
        assert first["value"] == "enter"
        send(site, EDIT, 200 if searches else 303, do="enter", find=find, name="Renamed")
        assert ("Renamed" in lines(site)) is not searches

    @pytest.mark.parametrize("wrong", ["a\x07b", "x" * 65, ""])
    def test_what_can_be_no_id_or_name_is_left_out(self, site: Site, wrong: str) -> None:
        answer = site.client.get(f"{LIST}/users", query_string={"user": [wrong, "1"], "find": "a\0dmin"})
        assert Page(answer.get_data(as_text=True)).chosen("user") == ["1"]
        send(site, EDIT, do="save", everyone="no", user=[wrong, "1"], group=wrong)
        assert (lines(site)["Shop one"].users, lines(site)["Shop one"].groups) == ({"1"}, frozenset())

    def test_there_may_be_more_than_are_shown(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        many = [User(str(number), f"User {number:02}") for number in range(40)]
        monkeypatch.setattr(site.visitors, "users", lambda _text, limit: many[:limit], raising=False)
        answer = site.client.get(f"{LIST}/users?find=user").get_data(as_text=True)
        assert len(Page(answer).all("input", name="user")) == 20
        assert "There are more" in answer

    def test_a_host_that_finds_many_users_is_asked_once(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[frozenset[str]] = []

        def find_users(user_ids: Collection[str]) -> list[User]:
            asked.append(frozenset(user_ids))
            return [user for user in (ADMIN, OTHER) if user.id in user_ids]

        monkeypatch.setattr(site.visitors, "find_users", find_users, raising=False)
        monkeypatch.setattr(site.visitors, "find_user", None, raising=False)
        send(site, EDIT, do="save", everyone="no", user=["1", "2"])
        assert site.get(EDIT).chosen("user") == ["1", "2"]
        assert asked == [frozenset({"1", "2"})] * 2  # as they are checked, and as they are shown

    def test_who_is_gone_is_shown_and_can_be_removed(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        send(site, EDIT, do="save", everyone="no", user=["1", "2"])
        monkeypatch.setattr(
            site.visitors, "find_user", lambda user_id: ADMIN if user_id == "1" else None, raising=False
        )
        assert "2 (not there any more)" in site.get(EDIT).text
        send(site, EDIT, do="save", user="1")
        assert lines(site)["Shop one"].users == {"1"}


class TestDelete:
    def test_it_says_what_stays_and_deletes(self, site: Site) -> None:
        site.imported()
        site.staged()
        page = site.get(f"{EDIT}/delete")
        for said in (
            "1 import that goes through it is not done",
            "12 records of the CRM stay tied",
            "Its name is free",
        ):
            assert said in page.text
        assert site.post(f"{EDIT}/delete") == LIST
        assert lines(site) == {}
        assert "“Shop one” is deleted." in flashed(site)

    def test_a_form_without_token_deletes_nothing(self, site: Site) -> None:
        site.client.post(f"{EDIT}/delete", data={})
        assert "Shop one" in lines(site)


def offer(site: Site, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> None:
    extension = site.client.application.extensions["erp_import"]
    monkeypatch.setattr(extension, "rooms", replace(extension.rooms, registry=registry))
