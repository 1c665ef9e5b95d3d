"""``erp-import undo``"""

from __future__ import annotations

import click

from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.finding import complete
from erp_import_plugin.cli.importing import carry_out, show_result
from erp_import_plugin.cli.preview import show_plan
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.workflow import imports
from erp_import_plugin.workflow import preview as preview_step
from erp_import_plugin.workflow import undo as workflow


@click.command("undo")
@click.argument("token", metavar="IMPORT")
@click.option("--yes", is_flag=True, help="Do it, however many records change or go. Without it, only show it.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows of the text at most.")
@click.option("--language", default="en", help="What the selections are named in, such as nb.")
@acting
def undo(desk: Desk, token: str, yes: bool, limit: int, language: str) -> int:
    """Take back what an import, or an undo, did; without --yes only show it. Status 1 when rows were held or failed."""
    begun = workflow.start(desk.rooms, desk.jobs, desk.user, token, language)
    state = imports.get(desk.rooms, desk.user, begun).import_.state
    unwritten = state in (ImportState.STAGING, ImportState.PLANNED)
    if unwritten:
        # What was planned some time ago may be another thing by now.
        complete(desk, preview_step.start(desk.rooms, desk.jobs, desk.user, begun))
    if not yes:
        told = "Nothing is undone yet. To do it" if unwritten else "This undo is begun. To go on with it"
        show_plan(desk, begun, limit, f"{told}: flask erp-import undo {token} --yes")
        return DONE
    carry_out(desk, begun, None)
    return show_result(desk, begun)
