from __future__ import annotations

import pytest

from erp_import_plugin.connector_api import GiveUp
from tests.cli.conftest import Shell

SEARCH = ("search", "--connection", "Shop one", "--type", "customer")


def _keys(found: dict[str, list[dict[str, str]]]) -> list[str]:
    return [row["key"] for row in found["rows"]]


def test_every_actor_is_found_without_criteria(connected: Shell) -> None:
    found = connected.data(*SEARCH)
    assert (found["connection"], found["type"], found["found"], found["read"], found["total"]) == (
        "Shop one", "Customer", 12, 12, 12,
    )  # fmt: skip
    assert _keys(found)[:2] == ["C0001", "C0002"]
    assert found["rows"][0]["values"]["NAME"] == "Company 0001"
    assert found["rows"][0]["entity_id"] is None
    assert found["columns"][0] == {"key": "NAME", "label": "Name", "type": "text"}
    assert found["cut"] is False


def test_criteria_are_joined_by_and_and_sets_by_or(connected: Shell) -> None:
    found = connected.data(
        *SEARCH, "--where", "POSTALCITY = oslo", "--where", "NUMBER2 > 3", "--or", "--where", 'NAME ends "0001"'
    )
    assert sorted(_keys(found)) == ["C0001", "C0006", "C0009", "C0012"]


def test_the_limit_is_of_what_is_shown(connected: Shell) -> None:
    found = connected.data(*SEARCH, "--limit", "5")
    assert (len(found["rows"]), found["found"], found["cut"]) == (5, 12, True)
    assert "12 found, 12 read; the first 5 are shown." in connected.run(*SEARCH, "--limit", "5").stdout


def test_a_search_leaves_nothing_behind(connected: Shell) -> None:
    connected.run(*SEARCH)
    assert connected.data("runs") == {"runs": [], "total": 0}


def test_a_search_by_500_criteria_is_refused_at_the_first_that_is_too_many(connected: Shell) -> None:
    many = [part for number in range(500) for part in ("--where", f"NAME contains x{number}")]
    result = connected.run(*SEARCH, *many)
    assert result.exit_code == 2
    assert "NAME contains x100: A search takes 100 criteria at most." in result.stderr
    assert connected.data("runs")["total"] == 0


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("NAME", "Write a criterion as FIELD operator value"),
        ("NAME begin x", "Did you mean begins?"),
        ("NAMES = x", "NAMES = x: This actor type has no field “NAMES” to search by."),
        ("NUMBER2 > many", "NUMBER2 > many: Enter a whole number"),
    ],
)
def test_a_criterion_that_cannot_be_asked_is_named(connected: Shell, where: str, told: str) -> None:
    result = connected.run(*SEARCH, "--where", where)
    assert result.exit_code == 2
    assert told in result.stderr
    assert connected.data("runs")["total"] == 0


def test_an_actor_type_must_be_one_that_can_be_searched(connected: Shell) -> None:
    for args, told in (((), "Name the actor type"), (("--type", "Partner"), "“Partner” cannot be searched here.")):
        result = connected.run("search", "--connection", "Shop one", *args)
        assert (result.exit_code, told in result.stderr) == (2, True)


def test_an_erp_that_fails_is_named_and_nothing_stays(connected: Shell) -> None:
    def closed(method: str) -> None:
        raise GiveUp("The shop is closed.")

    connected.house.shop.fail = closed
    result = connected.run(*SEARCH)
    assert (result.exit_code, "The shop is closed." in result.stderr) == (2, True)
    assert connected.data("runs")["total"] == 0
