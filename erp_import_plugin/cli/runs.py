"""``erp-import runs``"""

from __future__ import annotations

from collections.abc import Sequence

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.printing import accounts_line, table
from erp_import_plugin.workflow import imports
from erp_import_plugin.workflow.imports import ImportLine


@click.command("runs")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Page of the list.")
@acting
def runs(desk: Desk, page: int) -> int:
    """List your imports, newest first; everyone's if you may manage them all."""
    lines, total = imports.listed(desk.rooms, desk.jobs, desk.user, page)
    desk.show({"runs": [shapes.run(line) for line in lines], "total": total}, lambda: _text(lines, total))
    return DONE


def _text(lines: Sequence[ImportLine], total: int) -> str:
    heads = ("IMPORT", "BEGUN", "BY", "CONNECTION", "TYPE", "STATE", "STAGED", "ROWS")
    return f"{table(heads, [_row(line) for line in lines])}\n\n{total:,} imports."


def _row(line: ImportLine) -> tuple[object, ...]:
    one = line.import_
    begun = f"{one.created_at:%Y-%m-%d %H:%M}"
    counted = accounts_line(one.accounts) if one.accounts else ""
    return (
        one.token,
        begun,
        one.owner_name,
        line.connection_name,
        one.actor_type.value,
        one.state.value,
        line.staged,
        counted,
    )
