from __future__ import annotations

import pytest
from sqlalchemy import Engine

from erp_import_plugin.connector_api import AdminCanFix, GiveUp
from tests.cli.conftest import Shell, connect, shell_on
from tests.support.rooms import House

ADD = ("connections", "add", "shop", "Shop one", "--set", "server=shop.example")


def test_a_connection_is_tested_mapped_and_active(connected: Shell) -> None:
    (line,) = connected.data("connections", "list")["connections"]
    assert (line["name"], line["connector"], line["active"], line["problem"]) == ("Shop one", "Shop", True, "")
    assert (line["test"]["ok"], line["test"]["message"]) == (True, "Reached the shop.")
    assert "Shop one" in connected.run("connections", "list").stdout


def test_a_password_may_stand_in_the_environment(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_IMPORT_SECRET_PASSWORD", "open sesame")
    assert shell.run(*ADD).exit_code == 0


def test_a_password_is_never_shown(connected: Shell) -> None:
    for args in (("connections", "list"), ("connections", "test", "Shop one"), ("connectors",)):
        for form in ((), ("--json",)):
            assert "open sesame" not in connected.run(*args, *form).output


def test_what_was_typed_wrongly_is_named_by_its_key(shell: Shell) -> None:
    result = shell.run("connections", "add", "shop", "Shop one", "--set", "sever=x", "--set", "port=many")
    assert result.exit_code == 2
    assert "sever: There is no setting “sever”. Did you mean server?" in result.stderr
    assert "port: Enter a whole number" in result.stderr
    assert "password: Fill in “Password”." in result.stderr
    assert shell.data("connections", "list") == {"connections": []}


def test_a_connection_that_does_not_work_is_not_kept(shell: Shell) -> None:
    result = shell.run(*ADD, "--secret", "password", stdin="wrong\n")
    assert result.exit_code == 2
    assert "The shop does not know this password." in result.stderr
    assert shell.data("connections", "list") == {"connections": []}


def test_a_connection_may_be_kept_inactive_though_its_test_fails(shell: Shell) -> None:
    assert shell.run(*ADD, "--secret", "password", "--inactive", stdin="wrong\n").exit_code == 0
    (line,) = shell.data("connections", "list")["connections"]
    assert (line["active"], line["test"]["ok"]) == (False, False)


def test_a_setting_without_a_value_is_refused(shell: Shell) -> None:
    result = shell.run("connections", "add", "shop", "Shop one", "--set", "server")
    assert (result.exit_code, "KEY=VALUE" in result.stderr) == (2, True)


def test_a_failed_test_ends_with_1_and_says_why(connected: Shell) -> None:
    assert connected.data("connections", "test", "shop ONE")["ok"] is True

    def closed(method: str) -> None:
        raise GiveUp("The shop is closed.")

    connected.house.shop.fail = closed
    tested = connected.data("connections", "test", "1", status=1)
    assert tested["ok"] is False
    assert "The shop is closed." in tested["message"]


def test_an_unknown_connection_is_refused_with_those_there_are(connected: Shell) -> None:
    result = connected.run("connections", "test", "Shop two")
    assert (result.exit_code, "There are: Shop one." in result.stderr) == (2, True)


def test_an_id_goes_before_a_name_that_is_a_number(connected: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_IMPORT_SECRET_PASSWORD", "open sesame")
    (first,) = connected.data("connections", "list")["connections"]
    second = connected.data("connections", "add", "shop", str(first["id"]), "--set", "server=shop.example")
    assert second["name"] == str(first["id"])
    assert connected.data("connections", "deactivate", str(first["id"]))["name"] == "Shop one"
    assert connected.data("connections", "deactivate", str(second["id"]))["name"] == second["name"]


def test_only_me_keeps_others_out(shell: Shell) -> None:
    assert shell.run(*ADD, "--secret", "password", "--only-me", stdin="open sesame\n").exit_code == 0
    result = shell.run("search", "--connection", "Shop one", "--type", "Customer", user="2")
    assert result.exit_code == 2
    assert shell.run("search", "--connection", "Shop one", "--type", "Customer").exit_code == 0


def test_what_a_terminal_would_obey_is_made_harmless(connected: Shell) -> None:
    def hostile(method: str) -> None:
        raise AdminCanFix("\x1b[2Jgone\x07")

    connected.house.shop.fail = hostile
    result = connected.run("connections", "test", "Shop one")
    assert "gone" in result.output
    assert "\x1b" not in result.output
    assert "\x07" not in result.output


def test_a_connection_is_changed_while_it_is_inactive(connected: Shell) -> None:
    refused = connected.run("connections", "configure", "Shop one", "--set", "port=444")
    assert (refused.exit_code, "Deactivate it first" in refused.stderr) == (2, True)
    assert connected.data("connections", "deactivate", "Shop one")["active"] is False

    asked = ("--name", "Shop two", "--description", "For Oslo", "--for-user", "2", "--for-group", "office")
    changed = connected.data("connections", "configure", "Shop one", "--set", "port=444", *asked)

    assert (changed["name"], changed["description"]) == ("Shop two", "For Oslo")
    assert (changed["everyone"], changed["users"], changed["groups"]) == (False, ["2"], ["office"])
    assert changed["test"]["outdated"] is True
    active = connected.data("connections", "activate", "Shop two")
    assert (active["active"], active["test"]["ok"], active["test"]["outdated"]) == (True, True, False)
    assert connected.data("connections", "configure", "Shop two", "--everyone")["everyone"] is True


def test_a_password_is_changed_by_what_is_asked_for(connected: Shell) -> None:
    connected.run("connections", "deactivate", "Shop one")
    changed = connected.run("connections", "configure", "Shop one", "--secret", "password", stdin="wrong\n")
    assert changed.exit_code == 0
    failed = connected.run("connections", "activate", "Shop one")
    assert (failed.exit_code, "does not know this password" in failed.stderr) == (2, True)
    (line,) = connected.data("connections", "list")["connections"]
    assert (line["active"], line["test"]["field"]) == (False, "password")
    removed = connected.run("connections", "configure", "Shop one", "--remove-secret", "password")
    assert (removed.exit_code, "password: Fill in “Password”." in removed.stderr) == (2, True)


def test_a_deleted_connection_is_not_listed(connected: Shell) -> None:
    assert connected.data("connections", "delete", "Shop one") == {"id": 1, "name": "Shop one"}
    assert connected.data("connections", "list") == {"connections": []}
    assert connected.run("connections", "activate", "Shop one").exit_code == 2


def test_a_test_that_comes_too_soon_is_refused_with_the_time_to_wait(house: House, engine: Engine) -> None:
    shell = connect(shell_on(house, engine, ERP_IMPORT_TESTS_PER_MINUTE=1))
    refused = shell.run("connections", "test", "1")
    assert refused.exit_code == 2
    assert "The ERP was asked too often in a short time. Try again in" in refused.output
