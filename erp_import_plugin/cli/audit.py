"""``erp-import audit``"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.printing import table
from erp_import_plugin.workflow import audit as workflow
from erp_import_plugin.workflow.audit import Act, AuditFilter, Entry

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("audit")
@click.option("--act", type=click.Choice([act.value for act in Act]), help="Only what was done in this way.")
@click.option("--by", metavar="ID", help="Only what this user has done.")
@click.option("--text", default="", help="Only where the connection's or the user's name holds this.")
@click.option("--since", type=_DAY, help="Only from this day on, in UTC.")
@click.option("--until", type=_DAY, help="Only until the end of this day, in UTC.")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Page of the list.")
@acting
def audit(
    desk: Desk, act: str | None, by: str | None, text: str, since: datetime | None, until: datetime | None, page: int
) -> int:
    """List who set up, tested, imported, undid, took out and removed what, newest first."""
    after = until and until + timedelta(days=1)
    wanted = AuditFilter(Act(act) if act else None, by, text.strip(), _utc(since), _utc(after))
    found = workflow.page(desk.rooms, desk.user, wanted, page).entries
    data = {"entries": [shapes.audit_entry(entry) for entry in found.rows], "total": found.total}
    desk.show(data, lambda: _text(found.rows, found.total))
    return DONE


def _utc(day: datetime | None) -> datetime | None:
    return day and day.replace(tzinfo=timezone.utc)


def _text(entries: Sequence[Entry], total: int) -> str:
    return f"{table(('WHEN', 'BY', 'ACT', 'CONNECTION', 'DETAILS'), map(_row, entries))}\n\n{total:,} entries."


def _row(entry: Entry) -> tuple[object, ...]:
    details = " ".join(f"{name}={value}" for name, value in entry.params.items())
    return f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.user_name, entry.act, entry.subject, details
