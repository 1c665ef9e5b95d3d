from __future__ import annotations

import pytest
from flask import Flask

from erp_import_plugin.cli import command
from tests.cli.conftest import Shell

COMMANDS = (
    ("connectors",),
    ("connections", "list"),
    ("connections", "test", "Shop one"),
    ("connections", "add", "shop", "X", "--set", "server=x"),
    ("search", "--connection", "Shop one", "--type", "Customer"),
    ("preview", "--connection", "Shop one", "--type", "Customer"),
    ("import", "--connection", "Shop one", "--type", "Customer"),
    ("runs",),
)


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_without_a_user_nothing_is_done(connected: Shell, args: tuple[str, ...]) -> None:
    result = connected.run(*args, user=None)
    assert (result.exit_code, "--user" in result.stderr) == (2, True)


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_who_may_not_import_is_refused(connected: Shell, args: tuple[str, ...]) -> None:
    result = connected.run(*args, user="9")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "You have no right to import from an ERP." in result.stderr


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_an_unknown_user_is_refused(connected: Shell, args: tuple[str, ...]) -> None:
    result = connected.run(*args, user="4711")
    assert (result.exit_code, "no user with the id “4711”" in result.stderr) == (2, True)


@pytest.mark.parametrize("args", COMMANDS[4:7], ids=" ".join)
def test_while_sync_is_on_nothing_is_begun(connected: Shell, args: tuple[str, ...]) -> None:
    connected.house.sync.on = True
    result = connected.run(*args)
    assert (result.exit_code, "Automatic sync is on." in result.stderr) == (2, True)
    assert connected.data("runs")["total"] == 0


def test_an_app_without_the_plugin_says_so() -> None:
    app = Flask("host")
    app.cli.add_command(command)
    result = app.test_cli_runner().invoke(args=["erp-import", "runs", "--user", "1"])
    assert (result.exit_code, "This app has no ERP import." in result.stderr) == (2, True)
