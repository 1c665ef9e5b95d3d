"""preview, import and runs: from the ERP to the host's tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from erp_import_plugin.connector_api import ActorType, GiveUp
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store.jobs import JobState, JobStore
from tests.cli.conftest import Shell, connect, shell_on
from tests.support import hosts
from tests.support.rooms import House
from tests.support.waiting import wait_until

WHAT = ("--connection", "Shop one", "--type", "Customer")
HOW = ("--company-match", "number", "--list", "category=blank")


def _names(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(hosts.company.c.name).order_by(hosts.company.c.name)).scalars())


def test_a_preview_shows_what_would_be_done_and_does_nothing(connected: Shell, engine: Engine) -> None:
    plan = connected.data("preview", *WHAT, *HOW)
    assert (plan["accounts"]["read"], plan["accounts"]["new"]) == (12, 12)
    row = plan["rows"][0]
    assert (row["kind"], row["label"], row["status"], row["ticked"]) == ("company", "Company 0001", "new", True)
    fields = {field["field"]: field["new"] for field in row["changes"][0]["fields"]}
    assert (fields["name"], fields["number"]) == ("Company 0001", 1)
    assert _names(engine) == []
    (run,) = connected.data("runs")["runs"]
    assert (run["import"], run["state"], run["staged"]) == (plan["import"], "planned", 12)


def test_what_was_previewed_is_imported_by_its_token(connected: Shell, engine: Engine) -> None:
    plan = connected.data("preview", *WHAT, *HOW, "--where", "POSTALCITY = oslo")
    result = connected.data("import", "--token", plan["import"])
    assert (result["import"], result["state"], result["accounts"]["new"]) == (plan["import"], "done", 4)
    assert _names(engine) == [f"Company {n:04}" for n in (3, 6, 9, 12)]
    assert [(one["kind"], one["result"]) for one in result["selections"]] == [("company", "new")]
    assert {row["status"] for row in result["rows"]} == {"new"}


def test_an_import_at_once_and_again_writes_nothing(connected: Shell, engine: Engine) -> None:
    assert connected.data("import", *WHAT, *HOW)["accounts"]["new"] == 12
    again = connected.data("import", *WHAT, *HOW)
    assert (again["accounts"]["read"], again["accounts"]["unchanged"]) == (12, 12)
    assert len(_names(engine)) == 12
    found = connected.data("search", *WHAT)
    assert all(row["entity_id"] for row in found["rows"])


def test_where_much_changes_it_is_refused_until_the_number_is_named(shell_that_asks: Shell, engine: Engine) -> None:
    with engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Old", "number": n} for n in (1, 2)])
    plan = shell_that_asks.data("preview", *WHAT, *HOW, "--company-action", "replace")
    named = ("import", "--token", plan["import"])
    for wrong in ((), ("--confirm", "12")):
        refused = shell_that_asks.run(*named, *wrong)
        assert refused.exit_code == 2
        assert "2 records that the CRM has change or go." in refused.stderr
        assert f"erp-import {' '.join(named)} --confirm 2" in refused.stderr
        assert _names(engine) == ["Old", "Old"]
    assert shell_that_asks.data(*named, "--confirm", "2")["accounts"]["changed"] == 2


def test_a_job_that_nobody_watches_says_yes(shell_that_asks: Shell, engine: Engine) -> None:
    with engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Old", "number": n} for n in (1, 2)])
    made = shell_that_asks.data("import", *WHAT, *HOW, "--company-action", "replace", "--yes")
    assert made["accounts"]["changed"] == 2


@pytest.fixture
def shell_that_asks(house: House, engine: Engine) -> Shell:
    """Commands on a host where one record may change unasked."""
    return connect(shell_on(house, engine, ERP_IMPORT_CONFIRM_ABOVE=1))


def test_the_texts_say_the_same(connected: Shell) -> None:
    preview = connected.run("preview", *WHAT, *HOW, "--limit", "3")
    assert preview.exit_code == 0, preview.output
    assert "company new: name" in preview.stdout
    assert "The first 3 of 12 rows are shown." in preview.stdout
    assert "12 read: 12 new" in preview.stdout
    assert "Nothing is in the CRM yet." in preview.stdout
    imported = connected.run("import", *WHAT, *HOW)
    assert "12 read: 12 new" in imported.stdout
    assert "/selection/" in imported.stdout
    runs = connected.run("runs").stdout
    assert "2 imports." in runs
    assert [line.split()[-1] for line in runs.splitlines()[1:3]] == ["new", "new"]


def test_progress_goes_to_standard_error(connected: Shell) -> None:
    result = connected.run("import", *WHAT, *HOW, "--json")
    assert "12 of 12" in result.stderr
    assert result.stdout.startswith("{")


def test_actors_can_be_named_by_key(connected: Shell, tmp_path: Path, engine: Engine) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("C0002\nC0099\n\n", encoding="utf-8")
    result = connected.run("import", *WHAT, *HOW, "--key", "C0001", "--keys", str(keys))
    assert result.exit_code == 0, result.output
    assert "Not found: C0099" in result.stderr
    assert _names(engine) == ["Company 0001", "Company 0002"]


def test_nothing_found_is_nothing_done(connected: Shell) -> None:
    for args in (("--where", "NAME = nobody"), ("--key", "C0099")):
        result = connected.data("import", *WHAT, *HOW, *args)
        assert (result["import"], result["accounts"]["read"], result["rows"]) == (None, 0, [])
        assert connected.data("preview", *WHAT, *HOW, *args)["import"] is None
    assert connected.data("runs")["total"] == 0


def test_settings_may_stand_in_a_file_and_options_overrule_them(
    connected: Shell, tmp_path: Path, engine: Engine
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[company]\nmatch = "name"\naction = "replace"\n[lists]\ncategory = "blank"\n', encoding="utf-8")
    with engine.begin() as connection:
        connection.execute(insert(hosts.company).values(name="Company 0001", number=77))
    only = ("--key", "C0001", "--settings", str(file))
    skipped = connected.data("preview", *WHAT, *only, "--company-action", "skip")
    assert (skipped["accounts"]["skipped"], skipped["rows"][0]["reason"]["code"]) == (1, "skip_duplicate")
    assert skipped["rows"][0]["reason"]["setting"] == "company.action"
    replaced = connected.data("preview", *WHAT, *only)
    (change,) = replaced["rows"][0]["changes"]
    assert {"field": "number", "old": 77, "new": 1, "cleared": False, "ticked": True} in change["fields"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--company-match", "nmae"), "company.match: It must be one of: name"),
        (("--company-action", "merg"), "'merg' is not one of"),
        (("--list", "category"), "NAME=POLICY"),
        (("--list", "colour=add", "--company-match", "name"), "The CRM has no list “colour”."),
    ],
)
def test_settings_that_cannot_be_taken_are_named(connected: Shell, args: tuple[str, ...], told: str) -> None:
    result = connected.run("preview", *WHAT, *args)
    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr


def test_a_file_that_is_no_toml_is_named(connected: Shell, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("company = ", encoding="utf-8")
    result = connected.run("preview", *WHAT, "--settings", str(file))
    assert (result.exit_code, "settings.toml is no TOML file" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "option", "told"),
    [
        ("lists = 'add'", ("--list", "category=add"), "lists: It must be a table"),
        ("company = 'name'", ("--company-action", "skip"), "company: It must be a table"),
        ("defaults = 1", ("--default", "company.category=Best"), "defaults: It must be a table"),
        ("defaults.company = 1", ("--default", "company.category=Best"), "defaults.company: It must be a table"),
    ],
)
def test_an_option_for_a_table_that_is_none_in_the_file_is_refused(
    connected: Shell, tmp_path: Path, text: str, option: tuple[str, str], told: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    result = connected.run("preview", *WHAT, "--settings", str(file), *option)
    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr


def test_without_a_duplicate_match_nothing_is_guessed_and_the_import_stays(connected: Shell) -> None:
    result = connected.run("preview", *WHAT)
    assert (result.exit_code, "Choose how “Company” is recognised." in result.stderr) == (2, True)
    (run,) = connected.data("runs")["runs"]
    assert run["import"] in result.stderr
    plan = connected.data("preview", "--token", run["import"], *HOW)
    assert (plan["import"], plan["accounts"]["new"]) == (run["import"], 12)


def test_held_rows_end_with_1(connected: Shell, engine: Engine) -> None:
    plan = connected.data("preview", *WHAT, *HOW)
    with engine.begin() as connection:
        connection.execute(insert(hosts.company).values(name="Came first", number=5))
    result = connected.data("import", "--token", plan["import"], status=1)
    assert (result["accounts"]["new"], result["accounts"]["held"]) == (11, 1)
    (held,) = [row for row in result["rows"] if row["status"] == "held"]
    assert (held["label"], held["reason"]["code"]) == ("Company 0005", "entity_appeared")


def test_failed_rows_end_with_1_and_are_told(connected: Shell) -> None:
    def gone(method: str) -> None:
        if method == "get":
            connected.house.shop.remove(ActorType.CUSTOMER, "C0004")

    connected.house.shop.fail = gone
    result = connected.run("import", *WHAT, *HOW)
    assert result.exit_code == 1, result.output
    assert "The ERP no longer has it." in result.stdout
    assert "12 read: 11 new, 1 failed" in result.stdout


def test_an_erp_that_fails_in_between_can_be_gone_on_with(connected: Shell) -> None:
    connected.house.shop.fail = _closed
    failed = connected.run("import", *WHAT, *HOW)
    assert (failed.exit_code, "The shop is closed." in failed.stderr) == (2, True)
    (run,) = connected.data("runs")["runs"]
    assert (run["job"]["kind"], run["job"]["state"]) == ("fetch", "failed")
    connected.house.shop.fail = lambda _: None
    assert connected.data("preview", "--token", run["import"], *HOW)["accounts"]["new"] == 12


def test_ctrl_c_stops_and_the_import_can_be_gone_on_with(connected: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = connected.data("preview", *WHAT, *HOW)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(JobContext, "hold", interrupted)
        stopped = connected.run("import", "--token", plan["import"])
    assert (stopped.exit_code, "Stopped. What was done is kept." in stopped.stderr) == (130, True)
    (run,) = connected.data("runs")["runs"]
    assert (run["state"], run["job"]["state"]) == ("importing", "interrupted")
    assert connected.data("import", "--token", plan["import"])["accounts"]["new"] == 12


def _closed(method: str) -> None:
    if method == "get":
        raise GiveUp("The shop is closed.")


def test_the_imports_of_others_do_not_exist(connected: Shell) -> None:
    plan = connected.data("preview", *WHAT, *HOW)
    assert connected.run("import", "--token", plan["import"], user="2").exit_code == 2
    assert "There is no such import." in connected.run("preview", "--token", plan["import"], user="2").stderr
    assert "0 imports" in connected.run("runs", user="2").stdout
    assert plan["import"] in connected.run("runs", user="3").stdout


def test_a_token_takes_no_criteria_with_it(connected: Shell) -> None:
    result = connected.run("import", "--token", "x", *WHAT)
    assert (result.exit_code, "make a new preview" in result.stderr) == (2, True)


def test_sync_switched_on_meanwhile_refuses_and_loses_nothing(connected: Shell, engine: Engine) -> None:
    plan = connected.data("preview", *WHAT, *HOW)
    connected.house.sync.on = True
    refused = connected.run("import", "--token", plan["import"])
    assert (refused.exit_code, "Automatic sync is on." in refused.stderr, _names(engine)) == (2, True, [])
    connected.house.sync.on = False
    assert connected.data("import", "--token", plan["import"])["accounts"]["new"] == 12


def test_a_command_goes_on_with_what_was_paused(
    connected: Shell, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = connected.data("preview", *WHAT, *HOW)
    store = JobStore(engine)

    def paused(context: JobContext, *_: object) -> None:
        store.request_pause(context.job_id)
        wait_until(context.cancel_asked)

    with monkeypatch.context() as patched:
        patched.setattr(JobContext, "progress", paused)
        assert connected.run("import", "--token", plan["import"]).exit_code != 0
    job = store.latest(plan["import"])
    assert job
    assert job.state is JobState.PAUSED
    assert connected.data("import", "--token", plan["import"])["accounts"]["new"] == 12
