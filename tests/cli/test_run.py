"""saved and run: what is new or changed in the ERP since, for a nightly job."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.host_api import User
from erp_import_plugin.workflow import saved_imports
from tests.cli.conftest import Shell
from tests.support import hosts

WHAT = ("--connection", "Shop one", "--type", "Customer", "--list", "category=blank")
HOW = ("--company-match", "number", "--company-action", "replace")
ADMIN = User("1", "Admin", frozenset({"office"}))


@pytest.fixture
def nightly(connected: Shell) -> Shell:
    """A saved import of the shop's customers, who are imported."""
    token = connected.data("import", *WHAT, *HOW)["import"]
    saved_imports.save(connected.app.extensions["erp_import"].rooms, ADMIN, token, "Nightly")
    return connected


def test_without_yes_it_stops_at_the_preview(nightly: Shell, engine: Engine) -> None:
    nightly.house.shop.moment = 2
    nightly.house.shop.add(ActorType.CUSTOMER, "N1", NAME="Newcomer", NUMBER2=77)
    result = nightly.data("run", "nightly")
    assert (result["state"], result["accounts"]["new"]) == ("planned", 1)
    assert {key: result["repeat"][key] for key in ("new", "changed", "same", "gone")} == {
        "new": 1, "changed": 0, "same": 12, "gone": 0,
    }  # fmt: skip
    assert "Newcomer" not in _names(engine)
    assert nightly.data("import", "--token", result["import"])["accounts"]["new"] == 1
    assert "Newcomer" in _names(engine)


def test_with_yes_it_imports_and_the_second_time_there_is_nothing(nightly: Shell, engine: Engine) -> None:
    nightly.house.shop.moment = 2
    nightly.house.shop.change(ActorType.CUSTOMER, "C0003", VATNO="NO3")
    first = nightly.data("run", "Nightly", "--yes")
    assert (first["state"], first["accounts"]["changed"], first["repeat"]["changed"]) == ("done", 1, 1)
    second = nightly.data("run", "Nightly", "--yes")
    assert (second["state"], second["accounts"]["read"], second["repeat"]["same"]) == ("done", 0, 12)
    assert "There is nothing to import." in nightly.run("run", "Nightly").stdout


def test_held_rows_end_with_1(nightly: Shell, engine: Engine) -> None:
    nightly.house.shop.moment = 2
    nightly.house.shop.add(ActorType.CUSTOMER, "N1", NUMBER2=77)
    result = nightly.run("run", "Nightly", "--yes")
    assert (result.exit_code, "1 new" in result.stdout) == (1, True), result.output


def test_saved_ones_are_listed(nightly: Shell) -> None:
    (line,) = nightly.data("saved")["saved"]
    assert (line["name"], line["connection"], line["problem"], line["last"]) == ("Nightly", "Shop one", "", None)
    nightly.run("run", "Nightly")
    assert nightly.data("saved")["saved"][0]["last"]["same"] == 12
    assert "Nightly" in nightly.run("saved").stdout


def test_one_that_is_not_there_is_named(nightly: Shell) -> None:
    result = nightly.run("run", "Weekly")
    assert (result.exit_code, "There is no saved import “Weekly”." in result.stderr) == (2, True)


def test_the_second_run_at_once_says_so(nightly: Shell) -> None:
    told: list[str] = []

    def second(method: str) -> None:
        if method == "search" and not told:
            told.append("")
            told[0] = nightly.run("run", "Nightly").stderr

    nightly.house.shop.fail = second
    assert nightly.run("run", "Nightly").exit_code == 0
    assert "Admin is at work with “Nightly” already" in told[0]


def _names(engine: Engine) -> list[str]:
    with engine.connect() as tx:
        return list(tx.execute(select(hosts.company.c.name)).scalars())
