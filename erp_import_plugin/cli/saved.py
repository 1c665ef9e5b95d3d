"""``erp-import saved``"""

from __future__ import annotations

from collections.abc import Sequence

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.printing import table
from erp_import_plugin.translations import say
from erp_import_plugin.workflow import saved_imports
from erp_import_plugin.workflow.saved_lines import SavedLine


@click.command("saved")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Page of the list.")
@acting
def saved(desk: Desk, page: int) -> int:
    """List your saved imports and the shared ones, by name."""
    found = saved_imports.listed(desk.rooms, desk.user, page)
    data = {"saved": [shapes.saved_import(line) for line in found.rows], "total": found.total}
    desk.show(data, lambda: _text(found.rows, found.total))
    return DONE


def _text(lines: Sequence[SavedLine], total: int) -> str:
    heads = ("NAME", "CONNECTION", "TYPE", "OWNER", "LAST RUN", "PROBLEM")
    return f"{table(heads, [_row(line) for line in lines])}\n\n{total:,} saved imports."


def _row(line: SavedLine) -> tuple[object, ...]:
    one = line.saved
    ran = f"{one.ran_at:%Y-%m-%d %H:%M}" if one.ran_at else ""
    return one.name, line.connection_name, one.what.actor_type.value, one.owner_name, ran, say(line.problem)
