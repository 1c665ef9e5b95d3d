"""undo: what an import did is shown first, and taken back only with --yes."""

from __future__ import annotations

from sqlalchemy import Engine, func, select, update

from erp_import_plugin.workflow import importing, undo
from tests.cli.conftest import Shell
from tests.support import hosts
from tests.support.killing import killed_at
from tests.support.rooms import ADMIN

WHAT = ("--connection", "Shop one", "--type", "Customer", "--company-match", "number", "--list", "category=blank")


def _companies(engine: Engine) -> int:
    with engine.connect() as tx:
        return tx.execute(select(func.count()).select_from(hosts.company)).scalar_one()


def test_without_yes_it_is_only_shown(connected: Shell, engine: Engine) -> None:
    done = connected.data("import", *WHAT)
    shown = connected.run("undo", done["import"])
    assert shown.exit_code == 0
    assert "12 read: 12 removed" in shown.stdout
    assert "company removed" in shown.stdout
    assert f"Nothing is undone yet. To do it: flask erp-import undo {done['import']} --yes" in shown.stdout
    assert _companies(engine) == 12


def test_what_was_imported_is_removed_and_made_again(connected: Shell, engine: Engine) -> None:
    done = connected.data("import", *WHAT)
    with engine.begin() as tx:
        tx.execute(update(hosts.company).where(hosts.company.c.number == 3).values(code="mine"))
    undone = connected.data("undo", done["import"], "--yes")
    assert (undone["state"], undone["accounts"]["removed"], undone["accounts"]["skipped"]) == ("done", 11, 1)
    (kept,) = [row for row in undone["rows"] if row["status"] == "skipped"]
    assert kept["reason"]["text"].startswith("Edited since the import: Code")
    assert _companies(engine) == 1
    again = connected.data("undo", undone["import"], "--yes")
    assert again["accounts"]["new"] == again["accounts"]["read"] == 11
    assert _companies(engine) == 12


def test_without_yes_an_undo_that_was_cut_is_not_gone_on_with(connected: Shell, engine: Engine) -> None:
    done, house = connected.data("import", *WHAT), connected.house
    begun = undo.start(house.rooms, house.jobs, ADMIN, done["import"])
    with killed_at(engine, "DELETE FROM company WHERE", 1):
        importing.start(house.rooms, house.jobs, ADMIN, begun)
    shown = connected.run("undo", done["import"])
    assert f"This undo is begun. To go on with it: flask erp-import undo {done['import']} --yes" in shown.stdout
    assert _companies(engine) == 12
    assert connected.data("undo", done["import"], "--yes")["accounts"]["removed"] == 12
    assert _companies(engine) == 0


def test_what_is_shown_is_planned_anew_when_it_is_done(connected: Shell, engine: Engine) -> None:
    done = connected.data("import", *WHAT)
    assert connected.data("undo", done["import"])["accounts"]["removed"] == 12
    with engine.begin() as tx:
        tx.execute(update(hosts.company).where(hosts.company.c.number == 3).values(code="mine"))
    assert connected.data("undo", done["import"], "--yes")["accounts"]["removed"] == 11


def test_an_import_of_somebody_else_and_one_that_did_nothing_are_refused(connected: Shell) -> None:
    done = connected.data("import", *WHAT)
    planned = connected.data("preview", *WHAT)
    assert connected.run("undo", done["import"], user="2").exit_code == 2
    assert "There is no such import." in connected.run("undo", "nothing").stderr
    assert "nothing to undo" in connected.run("undo", planned["import"], "--yes").stderr
    assert connected.data("undo", done["import"], "--yes")["accounts"]["removed"] == 12
    assert "undone already" in connected.run("undo", done["import"], "--yes").stderr
