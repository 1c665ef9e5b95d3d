"""``erp-import search``"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import click

from erp_import_plugin.cli import searching, shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.criteria import criteria_options
from erp_import_plugin.cli.printing import table
from erp_import_plugin.cli.searching import Found
from erp_import_plugin.store.searches import Result
from erp_import_plugin.workflow import imports


@click.command("search")
@criteria_options
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows to show at most.")
@acting
def search(desk: Desk, connection: str | None, type_name: str | None, where: Sequence[str], limit: int) -> int:
    """Search the ERP and show what is found. Nothing is kept."""
    found = searching.find(desk, connection, type_name, where)
    try:
        rows = list(islice(searching.rows(desk, found), limit))
    finally:
        imports.discard(desk.rooms, desk.user, found.token)
    cut = found.results.found > len(rows)
    desk.show(shapes.search(found.connection_name, found.results, rows, cut=cut), lambda: _text(found, rows))
    return DONE


def _text(found: Found, rows: Sequence[Result]) -> str:
    heads = ["KEY", *(column.label for column in found.results.columns), "IN THE CRM"]
    shown = table(heads, [(row.key, *row.cells, row.entity_id or "") for row in rows])
    results = found.results
    more = f"; the first {len(rows):,} are shown" if results.found > len(rows) else ""
    return f"{shown}\n\n{results.found:,} found, {results.read:,} read{more}."
