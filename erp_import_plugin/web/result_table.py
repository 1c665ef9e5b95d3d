"""The results of a search as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import request

from erp_import_plugin.connector_api import ActorType, FieldType
from erp_import_plugin.engine.mapping import KIND_OF
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web.dates import day, moment
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.paging import Pager, pager, this_page
from erp_import_plugin.web.progress import Progress, progress
from erp_import_plugin.web.texts import KINDS
from erp_import_plugin.workflow.search import Column, SearchResults

_WIDTHS = {
    FieldType.INTEGER: "s",
    FieldType.DECIMAL: "s",
    FieldType.DATE: "s",
    FieldType.BOOLEAN: "s",
    FieldType.DATETIME: "d",
    FieldType.LIST: "m",
}
_NAME_KEYS = {"FIRSTNAME", "MIDDLENAME", "LASTNAME"}


@dataclass(frozen=True, slots=True)
class Head:
    """A column's header. ``sort_url`` is None where it cannot be sorted by."""

    key: str
    label: str
    width: str
    number: bool
    sort_url: str | None
    sorted: str | None  # ascending | descending


@dataclass(frozen=True, slots=True)
class ResultRow:
    """An actor that was found; ``entity_url`` leads to its entity where it was imported before and has a page."""

    position: int
    label: str
    cells: tuple[str, ...]
    ticked: bool
    linked: bool
    entity_url: str | None


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The results and where the search, of which ``search`` is the token, stands. ``job`` is None once it has ended."""

    search: str
    actor_type: ActorType
    kind: str
    heads: tuple[Head, ...]
    rows: tuple[ResultRow, ...]
    found: int
    ticked: int
    read: int
    total: int | None
    filtered: bool
    pager: Pager
    job: Progress | None
    failure: str
    stopped: bool
    interrupted: bool


def table(results: SearchResults) -> ResultTable:
    """What the page shows of the results."""
    job = results.job
    running = job is not None and not job.ended
    return ResultTable(
        search=results.search.token,
        actor_type=results.search.actor_type,
        kind=str(KINDS[KIND_OF[results.search.actor_type]]),
        heads=tuple(_head(place, column) for place, column in enumerate(results.columns)),
        rows=tuple(_row(results, row) for row in range(len(results.rows))),
        found=results.found,
        ticked=results.ticked,
        read=results.read,
        total=results.total,
        filtered=results.filtered,
        pager=pager(results.page, results.pages, len(results.rows), results.found),
        job=progress(job, _("Searching the ERP")) if job and running else None,
        failure=say(job.note) if job and job.state == "failed" else "",
        stopped=bool(job and job.state == "cancelled"),
        interrupted=bool(job and job.state == "interrupted"),
    )


def _head(place: int, column: Column) -> Head:
    sorted_here = request.args.get("sort") == str(place)
    descending = "desc" in request.args
    turned = "1" if sorted_here and not descending else None
    return Head(
        key=str(place),
        label=erp_label(column.label),
        width="l" if place == 0 and column.type is FieldType.TEXT else _WIDTHS.get(column.type, "m"),
        number=column.numeric,
        sort_url=this_page(sort=place, desc=turned, page=None) if column.sortable else None,
        sorted=("descending" if descending else "ascending") if sorted_here else None,
    )


def _row(results: SearchResults, place: int) -> ResultRow:
    row = results.rows[place]
    cells = tuple(cell_text(cell, column.type) for cell, column in zip(row.cells, results.columns, strict=False))
    return ResultRow(
        position=row.position,
        label=_label(results.columns, cells) or row.key,
        cells=cells,
        ticked=row.ticked,
        linked=row.entity_id is not None,
        entity_url=results.entity_urls.get(row.entity_id or ""),
    )


def _label(columns: Sequence[Column], cells: Sequence[str]) -> str:
    """What a row is called: a person by the whole name, anything else by its first cell with a text."""
    named = (cell for cell, column in zip(cells, columns, strict=False) if column.key.upper() in _NAME_KEYS)
    return " ".join(filter(None, named)) or next(filter(None, cells), "")


def cell_text(cell: str, type_: FieldType) -> str:
    """A kept cell in the reader's format. What cannot be read as its type is shown as it is."""
    try:
        if type_ is FieldType.DATE and cell:
            return day(date.fromisoformat(cell), "short")
        if type_ is FieldType.DATETIME and cell:
            return moment(datetime.fromisoformat(cell), "short")
    except ValueError:
        return cell
    if type_ is FieldType.BOOLEAN:
        return {"yes": _("yes"), "no": _("no")}.get(cell, cell)
    return cell
