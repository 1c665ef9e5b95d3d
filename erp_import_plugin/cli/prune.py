"""``erp-import prune``"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.printing import table
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.workflow import prune as workflow
from erp_import_plugin.workflow.imports import ImportLine

_DAYS = re.compile(r"([0-9]{1,5})d")


@click.command("prune")
@click.option("--older-than", "age", required=True, metavar="DAYS", help="How long ago they ended, such as 90d.")
@click.option("--unfinished", is_flag=True, help="Also imports that were left before they ended.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@acting
def prune(desk: Desk, age: str, unfinished: bool, dry_run: bool) -> int:
    """Remove old imports from the history. What they did to the CRM stays; they can no longer be undone."""
    before = desk.rooms.now() - timedelta(days=_days(age))
    lines = workflow.old(desk.rooms, desk.jobs, desk.user, before, unfinished=unfinished)
    if not dry_run:
        workflow.prune(
            desk.rooms,
            desk.user,
            before,
            unfinished=unfinished,
            removed=lambda done, total: desk.tell(f"{done:,} of {total:,} imports removed"),
        )
    data = {"imports": [shapes.run(line) for line in lines], "removed": not dry_run}
    desk.show(data, lambda: _text(lines, dry_run))
    return DONE


def _days(age: str) -> int:
    found = _DAYS.fullmatch(age.strip())
    if found is None:
        raise Refused(Sentence("Write --older-than as a number of days, such as 90d."))
    return int(found[1])


def _text(lines: Sequence[ImportLine], dry_run: bool) -> str:
    if not lines:
        return "No import is that old."
    rows = [
        (
            one.import_.token,
            f"{one.import_.created_at:%Y-%m-%d %H:%M}",
            one.import_.owner_name,
            one.connection_name,
            one.import_.state.value,
            one.staged,
        )
        for one in lines
    ]
    listed = table(("IMPORT", "BEGUN", "BY", "CONNECTION", "STATE", "ROWS"), rows)
    if dry_run:
        return f"{listed}\n\n{len(lines):,} imports would be removed. They could not be undone any more."
    return f"{listed}\n\n{len(lines):,} imports are removed. The CRM and the links to it are as they were."
