"""Rows of a result as the last page, the history and the exports show them."""

from __future__ import annotations

from dataclasses import dataclass

from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import CrmSchema
from erp_import_plugin.store.outcomes import ResultRow
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
    there = found.entity_id if found.status is not Status.REMOVED else None
    url = here.rooms().host.links.entity(found.kind, there) if there else None
    return Line(
        row=found.row,
        label=found.label,
        kind=str(KINDS[found.kind]),
        icon=KIND_ICONS[found.kind],
        url=url,
        mark=STATUSES[found.status],
        reason=reason_text(found.reason, found.kind, schema, token) if found.reason else None,
    )
