"""The audit log: who did what, and when; on pages, and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.audit_words import ACTS, act_text, details
from erp_import_plugin.web.dates import begin_of, day_asked
from erp_import_plugin.web.exports import Cell
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import address, pager
from erp_import_plugin.web.sync_tabs import AUDIT, sync_tabs
from erp_import_plugin.web.views.exports import answer
from erp_import_plugin.workflow import audit
from erp_import_plugin.workflow.audit import Act, AuditFilter, Entry


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it; ``import_url`` is None where it is about no import that the reader may open."""

    at: datetime
    who: str
    act: str
    subject: str
    details: str
    import_url: str | None


def show() -> str:
    """The entries, newest first, narrowed to what is asked for."""
    wanted = _wanted()
    found = audit.page(here.rooms(), here.user(), wanted, here.page_number())
    entries = found.entries
    return render(
        "audit",
        lines=[_line(entry) for entry in entries.rows],
        wanted=wanted,
        asked=request.args,
        files=[(kind, address(".audit_file", request.args, kind=kind)) for kind in ("csv", "xlsx")],
        filtered=wanted != AuditFilter(),
        people=found.people,
        acts=sorted(((act.value, str(ACTS[act])) for act in Act), key=lambda one: one[1]),
        days=here.config().audit_days,
        pager=pager(entries.page, entries.pages, len(entries.rows), entries.total),
        tabs=sync_tabs(AUDIT),
    )


def file(kind: str) -> Response:
    """The same entries as a file."""
    return answer(_table(audit.export(here.rooms(), here.user(), _wanted())), f"audit.{kind}", kind)


def _wanted() -> AuditFilter:
    act, first, last = request.args.get("act", ""), _day("from"), _day("to")
    return AuditFilter(
        act=Act(act) if act in {one.value for one in Act} else None,
        user_id=request.args.get("who") or None,
        text=request.args.get("q", "").strip(),
        since=begin_of(first) if first else None,
        until=begin_of(last + timedelta(days=1)) if last and last < date.max else None,
    )


def _day(name: str) -> date | None:
    return day_asked(request.args.get(name, ""))


def _line(entry: Entry) -> Line:
    return Line(entry.at, entry.user_name, act_text(entry), entry.subject, details(entry), _import_url(entry))


def _import_url(entry: Entry) -> str | None:
    token, user = entry.params.get("import"), here.user()
    mine = entry.user_id == user.id or here.rooms().host.access.may_manage_all(user)
    return url_for(".history", token=token) if token and mine else None


def _table(entries: Iterable[Entry]) -> Iterator[Sequence[Cell]]:
    yield _("When (UTC)"), _("User"), _("User's ID"), _("What was done"), _("Connection"), _("Details"), _("Import")
    for one in entries:
        about = (act_text(one), one.subject, details(one), one.params.get("import", ""))
        yield one.at, one.user_name, one.user_id, *about
