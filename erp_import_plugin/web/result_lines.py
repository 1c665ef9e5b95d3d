"""Rows of a result as the last page and the exports show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from erp_import_plugin.host_api import CrmSchema
from erp_import_plugin.store.outcomes import ResultRow
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.reasons import ReasonText, reason_text
from erp_import_plugin.web.texts import KIND_ICONS, KINDS, STATUSES, Mark


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one actor; ``url`` is its entity's page where there is one."""

    row: int
    label: str
    kind: str
    icon: str
    url: str | None
    mark: Mark
    reason: ReasonText | None


def line(found: ResultRow, schema: CrmSchema, token: str) -> Line:
    """What the page shows of one row."""
    url = here.rooms().host.links.entity(found.kind, found.entity_id) if found.entity_id else None
    return Line(
        row=found.row,
        label=found.label,
        kind=str(KINDS[found.kind]),
        icon=KIND_ICONS[found.kind],
        url=url,
        mark=STATUSES[found.status],
        reason=reason_text(found.reason, found.kind, schema, token) if found.reason else None,
    )


def export_rows(rows: Iterable[ResultRow], schema: CrmSchema, token: str) -> Iterator[tuple[str, ...]]:
    """A header, then one row of texts per actor."""
    yield _("Name"), _("Kind"), _("Result"), _("Reason"), _("ID in the CRM")
    for found in rows:
        shown = line(found, schema, token)
        reason = shown.reason.text if shown.reason else ""
        yield shown.label, shown.kind, str(shown.mark.label), reason, found.entity_id or ""
