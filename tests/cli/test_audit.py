"""audit: lists who did what, narrowed as asked, for who may set up."""

from __future__ import annotations

from tests.cli.conftest import Shell


def test_it_lists_what_was_done(connected: Shell) -> None:
    said = connected.run("audit")
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    assert lines[1].split()[2:] == ["Admin", "connection_activated", "Shop", "one"]
    assert lines[-1] == "4 entries."
    assert "passed=True" in said.stdout


def test_it_is_narrowed_and_paged(connected: Shell) -> None:
    (one,) = connected.data("audit", "--act", "connection_tested")["entries"]
    assert (one["user_id"], one["subject"], one["params"]) == ("1", "Shop one", {"passed": "True"})
    assert connected.data("audit", "--by", "2")["total"] == 0
    assert connected.data("audit", "--text", "sHOP")["total"] == 4
    assert connected.data("audit", "--since", "2020-01-01", "--until", one["at"][:10])["total"] == 4
    assert connected.data("audit", "--until", "2020-01-01")["total"] == 0


def test_who_may_not_set_up_reads_nothing(connected: Shell) -> None:
    type(connected.house.people).may_set_up = lambda _self, user: user.id != "2"
    try:
        refused = connected.run("audit", user="2")
    finally:
        del type(connected.house.people).may_set_up
    assert refused.exit_code == 2
    assert "no right to set up" in refused.output
