"""prune: says what it would remove, removes it, and leaves the CRM alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select

from tests.cli.conftest import Shell
from tests.support import hosts

WHAT = ("--connection", "Shop one", "--type", "Customer")
HOW = ("--company-match", "number", "--list", "category=blank")


@pytest.fixture
def imported(connected: Shell) -> Shell:
    """One import that is done, another that is only previewed."""
    connected.data("import", *WHAT, *HOW)
    connected.data("preview", *WHAT, *HOW)
    return connected


def test_a_dry_run_names_what_would_go_and_removes_nothing(imported: Shell) -> None:
    said = imported.run("prune", "--older-than", "0d", "--dry-run")
    assert said.exit_code == 0, said.output
    assert "1 imports would be removed. They could not be undone any more." in said.stdout
    assert imported.data("prune", "--older-than", "0d", "--dry-run")["removed"] is False
    assert imported.data("runs")["total"] == 2


def test_what_ended_goes_and_the_crm_stays(imported: Shell, engine: Engine) -> None:
    gone = imported.data("prune", "--older-than", "0d")
    assert [one["state"] for one in gone["imports"]] == ["done"]
    assert gone["removed"] is True
    assert [one["state"] for one in imported.data("runs")["runs"]] == ["planned"]
    with engine.connect() as tx:
        assert tx.scalar(select(func.count()).select_from(hosts.company)) == 12
    assert "No import is that old." in imported.run("prune", "--older-than", "0d").stdout


def test_what_was_left_unfinished_goes_when_it_is_asked_for(imported: Shell) -> None:
    assert len(imported.data("prune", "--older-than", "0d", "--unfinished")["imports"]) == 2
    assert imported.data("runs")["total"] == 0


def test_a_younger_one_stays(imported: Shell) -> None:
    assert imported.data("prune", "--older-than", "1d", "--unfinished")["imports"] == []


@pytest.mark.parametrize("age", ["90", "d", "-1d", "90 days", "1.5d", ""])
def test_another_age_is_refused(connected: Shell, age: str) -> None:
    refused = connected.run("prune", "--older-than", age)
    assert refused.exit_code == 2
    assert "such as 90d" in refused.output
