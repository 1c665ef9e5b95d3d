"""``erp-import preview``"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, TextIO

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.criteria import criteria_options, keys_options, read_keys
from erp_import_plugin.cli.planning import Wanted, plan
from erp_import_plugin.cli.printing import accounts_line, clean, table
from erp_import_plugin.cli.settings import read_settings, settings_options
from erp_import_plugin.engine.changes import EntityChange, PlannedRow
from erp_import_plugin.engine.decisions import candidates, is_open
from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.host_api import CrmSchema
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.web.reasons import sentence
from erp_import_plugin.workflow import preview as workflow
from erp_import_plugin.workflow.preview import PreviewPage

NOTHING: dict[str, Any] = {"import": None, "accounts": asdict(Accounts(0)), "new_items": [], "rows": []}
"""The JSON when the search found nothing."""


@click.command("preview")
@criteria_options
@keys_options
@settings_options
@click.option("--token", help="Plan this import again, instead of searching.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows of the text at most.")
@acting
def preview(
    desk: Desk,
    connection: str | None,
    type_name: str | None,
    where: Sequence[str],
    keys: Sequence[str],
    key_file: TextIO | None,
    language: str,
    token: str | None,
    limit: int,
    **options: Any,
) -> int:
    """Show what an import would do. The CRM stays as it is; the import is kept, and can be done by its token."""
    named = Wanted(token, connection, type_name, where, read_keys(keys, key_file), read_settings(options), language)
    planned = plan(desk, named)
    if planned is None:
        desk.show(NOTHING, lambda: "Nothing was found.")
        return DONE
    how = f"Nothing is in the CRM yet. To import this: flask erp-import import --token {planned}"
    show_plan(desk, planned, limit, how)
    return DONE


def show_plan(desk: Desk, token: str, limit: int, how: str) -> None:
    """Print a plan: in a text at most so many rows, and ``how`` to go on."""
    page = _page(desk, token, 1)
    desk.show(
        _data(desk, token, page) if desk.as_json else None,
        lambda: _text(page, list(islice(_lines(desk, token, page), limit)), how),
    )


def _page(desk: Desk, token: str, number: int) -> PreviewPage:
    return workflow.page(desk.rooms, desk.jobs, desk.user, token, PlanFilter(), number)


def _lines(desk: Desk, token: str, first: PreviewPage) -> Iterator[PlanLine]:
    yield from first.page.rows
    for number in range(2, first.page.pages + 1):
        yield from _page(desk, token, number).page.rows


def _data(desk: Desk, token: str, first: PreviewPage) -> dict[str, Any]:
    return {
        "import": token,
        "accounts": shapes.accounts(first.accounts),
        "new_items": [shapes.new_item(item, rows) for item, rows in first.items.items()],
        "rows": [shapes.plan_row(line, first.schema) for line in _lines(desk, token, first)],
    }


def _text(page: PreviewPage, lines: Sequence[PlanLine], how: str) -> str:
    rows = [
        (one.planned.row, one.planned.status.value, one.planned.label, _what(one.planned, page.schema)) for one in lines
    ]
    parts = [table(("ROW", "STATUS", "ACTOR", "WHAT"), rows)]
    if page.page.total > len(lines):
        parts.append(f"The first {len(lines):,} of {page.page.total:,} rows are shown.")
    parts += [_candidates(one.planned) for one in lines if is_open(one.planned) and candidates(one.planned)]
    parts += [f"Adds to the list {clean(item.list_name)}: {clean(item.label)}" for item in page.items]
    parts.append(accounts_line(page.accounts) if page.accounts else "")
    parts.append(how)
    return "\n".join(filter(None, parts))


def _what(row: PlannedRow, schema: CrmSchema) -> str:
    if row.reason is not None:
        return sentence(row.reason, row.kind, schema)
    return "; ".join(_change(change) for change in row.changes)


def _candidates(row: PlannedRow) -> str:
    return f"Row {row.row} may be {', '.join(map(clean, candidates(row)))}. See: erp-import decide"


def _change(change: EntityChange) -> str:
    return f"{change.kind.value} {change.effect}: {', '.join(field.field for field in change.ticked())}"
