"""Rows of the plan as the preview lists them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.host_api import CrmSchema
from erp_import_plugin.store.plan import PlanLine
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext
from erp_import_plugin.web.paging import this_page
from erp_import_plugin.web.reasons import ReasonText, field_label, reason_text
from erp_import_plugin.web.texts import DECIDED, SIMILAR, STATUSES, Mark, marks_of

_NAMED_FIELDS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``fields`` says what is written, ``reason`` why nothing is; only rows that write can be ticked."""

    row: int
    label: str
    url: str
    marks: tuple[Mark, ...]
    writes: bool
    ticked: bool
    fields: str
    reason: ReasonText | None


@dataclass(frozen=True, slots=True)
class Count:
    """One of the counts on top; ``url`` shows its rows."""

    label: str
    number: int
    tone: str
    icon: str
    url: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the bar below the counts, in thousandths of its width."""

    tone: str
    start: int
    width: int


def line(found: PlanLine, schema: CrmSchema, token: str) -> Line:
    """What the list shows of one row."""
    planned = found.planned
    reason = reason_text(planned.reason, planned.kind, schema, token) if planned.reason else None
    return Line(
        row=planned.row,
        label=planned.label,
        url=url_for(".preview_row", token=token, row=planned.row),
        marks=(*marks_of(planned.status, planned.icons(), undo=planned.match.undoes), *_notes(planned)),
        writes=planned.status.writes,
        ticked=found.ticked,
        fields=fields_text(planned, schema),
        reason=reason,
    )


def _notes(planned: PlannedRow) -> tuple[Mark, ...]:
    """What stands beside the status: that somebody has decided, or could."""
    if planned.match.decided:
        return (DECIDED,)
    return (SIMILAR,) if planned.similar and planned.status.writes else ()


def fields_text(planned: PlannedRow, schema: CrmSchema) -> str:
    """Which fields are written: the first few by name, and how many more."""
    fields = [(change.kind, one.field) for change in planned.changes for one in change.ticked()]
    if any(change.removes for change in planned.changes[:1]):
        return _("Deleted with all its values")
    if any(change.is_new for change in planned.changes):
        return ngettext("%(num)s field", "%(num)s fields", len(fields))
    named = ", ".join(field_label(schema, kind, key) for kind, key in fields[:_NAMED_FIELDS])
    more = len(fields) - _NAMED_FIELDS
    if more <= 0:
        return named
    return ngettext("%(named)s and %(num)s more", "%(named)s and %(num)s more", more, named=named)


def counts(
    accounts: Accounts, wanted: Status | None, endpoint: str | None = None, *, undo: bool = False
) -> list[Count]:
    """The accounts: rows read, then what becomes of them. They add up. Links go to the rows where there is a list.

    What an import, or an undo, hardly ever does is left out while there is none of it.
    """
    seldom = (Status.NEW, Status.REMOVED, Status.UNDECIDED) if undo else (Status.REMOVED,)

    def url(status: Status | None) -> str | None:
        return this_page(status=status.value if status else None, show=None, page=None) if endpoint else None

    is_every = bool(endpoint) and wanted is None and not request.args.get("show")
    every = Count(_("Read"), accounts.read, "none", "", url(None), is_every)
    return [every] + [
        Count(str(mark.label), getattr(accounts, status.value), mark.tone, mark.icon, url(status), wanted is status)
        for status, mark in STATUSES.items()
        if status not in seldom or getattr(accounts, status.value)
    ]


def shares(accounts: Accounts) -> list[Share]:
    """The accounts as parts of a bar."""
    parts, before = [], 0
    for status, mark in STATUSES.items():
        count = getattr(accounts, status.value)
        start, end = (1000 * n // max(accounts.read, 1) for n in (before, before + count))
        if count:
            parts.append(Share(mark.tone, start, max(end - start, 2)))
        before += count
    return parts
