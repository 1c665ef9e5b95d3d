"""Preview: what the import would do, and what is left out of it."""

from __future__ import annotations

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.engine.results import Status
from erp_import_plugin.errors import Refused
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web import here, plan_lines, undo_words
from erp_import_plugin.web.answers import go, stay
from erp_import_plugin.web.decision_table import overtaken_text
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager, this_page
from erp_import_plugin.web.plan_row import row_page
from erp_import_plugin.web.progress import progress
from erp_import_plugin.web.steps import PREVIEW, steps
from erp_import_plugin.workflow import decisions, importing, preview
from erp_import_plugin.workflow.decisions import Overtaken, Wish
from erp_import_plugin.workflow.preview import PreviewPage


def answer(token: str) -> str | Response:
    """The page, or what one of its buttons does."""
    if request.method == "POST":
        action.check()
        _act(token, action.pressed()[0])
        return stay(this_page())
    found = preview.page(here.rooms(), here.jobs(), here.user(), token, wanted_rows(), here.page_number())
    if found.imported.state is ImportState.DONE:
        return go(url_for(".done", token=token))
    if found.imported.state is ImportState.IMPORTING:
        return go(url_for(".importing", token=token))
    if found.accounts is None:
        return _in_the_making(token, found)
    if here.asked_part() == "erp-progress":
        return go(url_for(".preview", token=token))
    return _page(token, found)


def answer_row(token: str, row: int) -> str | Response:
    """The page of one row; its fields ticked and unticked, or what was decided about it."""
    if request.method == "POST":
        action.check()
        name, target = action.pressed()
        if name in {wish.value for wish in Wish}:
            _decide(token, row, Wish(name), target or None)
            return stay(url_for(".preview_row", token=token, row=row, decided="yes"))
        _tick_fields(token, row)
        return stay(this_page())
    found = preview.row(here.rooms(), here.user(), token, row)
    can_change = found.imported.state is ImportState.PLANNED
    return render(
        "preview_row",
        row=row_page(found, can_change),
        can_change=can_change,
        just_decided=request.args.get("decided") == "yes",
        steps=steps(PREVIEW, found.imported, 1),
    )


def _act(token: str, name: str) -> None:
    rooms, user = here.rooms(), here.user()
    if name in ("all", "none"):
        preview.tick_all(rooms, user, token, name == "all", wanted_rows())
    elif name == "again":
        preview.start(rooms, here.jobs(), user, token)
    elif name == "cancel":
        importing.cancel(rooms, here.jobs(), user, token)
    elif name == "pause":
        importing.pause(rooms, here.jobs(), user, token)
    elif name == "resume":
        importing.resume(rooms, here.jobs(), user, token)
    elif name in _BULK:
        _decide_all(token, _BULK[name])
    elif name == "tick":
        for ticked in (True, False):
            rows = action.ticks(ticked)
            if rows:
                preview.tick(rooms, user, token, ticked, rows)


_BULK = {f"{wish.value}_all": wish for wish in (Wish.NEW, Wish.LEAVE_OUT, Wish.ONLY, Wish.AGAIN)}
"""What the buttons above the list decide about the picked rows, or about all of the list."""


def _decide_all(token: str, wish: Wish) -> None:
    rows = None if "every" in request.form else action.numbers("pick")
    if rows == []:
        raise Refused(_("Pick the rows first, or all rows of the list."))
    done = decisions.decide_all(here.rooms(), here.jobs(), here.user(), token, wish, rows, wanted_rows())
    if done.rows:
        flash(ngettext("%(num)s row was decided.", "%(num)s rows were decided.", done.rows), "success")
    if done.left:
        left = ngettext(
            "%(num)s row stays as it is: this choice does not fit it, or it was decided meanwhile.",
            "%(num)s rows stay as they are: this choice does not fit them, or they were decided meanwhile.",
            done.left,
        )
        flash(left, "warning")


def _decide(token: str, row: int, wish: Wish, entity_id: str | None) -> None:
    try:
        decisions.decide(here.rooms(), here.user(), token, row, wish, entity_id, seen=request.form.get("seen"))
    except Overtaken as error:
        raise Refused(overtaken_text(error.decision) if error.decision else error.message) from error


def _tick_fields(token: str, row: int) -> None:
    """Of the fields that were shown, those without tick are left out; all others stay as they are."""
    shown, ticked = request.form.getlist("shown"), request.form.getlist("tick")
    found = preview.row(here.rooms(), here.user(), token, row)
    fields = {f"{change.kind.value}.{one.field}": one for change in found.line.planned.changes for one in change.fields}
    off = {name for name, one in fields.items() if not one.ticked} - set(shown)
    off |= {name for name in shown if name in fields and name not in ticked}
    preview.tick_fields(here.rooms(), here.user(), token, row, off)


def wanted_rows() -> PlanFilter:
    """Which rows the page, or a file, is narrowed to."""
    status = request.args.get("status", "")
    ticked = {"yes": True, "no": False}.get(request.args.get("ticked", ""))
    known = {one.value for one in Status}
    text, show = request.args.get("q", "").strip(), request.args.get("show")
    chosen = Status(status) if status in known else None
    return PlanFilter(chosen, text, ticked, decided=show == "decided", similar=show == "similar")


def _in_the_making(token: str, found: PreviewPage) -> str | Response:
    job = found.job
    if job is None:
        return go(url_for(".settings", token=token))
    return render(
        "preview_progress",
        run=undo_words.run(token),
        token=token,
        progress=progress(job, _("Comparing with the CRM")) if not job.ended else None,
        failure=say(job.note) if job.state == "failed" else "",
        steps=steps(PREVIEW, found.imported),
    )


def _page(token: str, found: PreviewPage) -> str:
    accounts = found.accounts
    assert accounts is not None  # noqa: S101  its absence is answered before
    wanted = wanted_rows()
    page = found.page
    return render(
        "preview",
        run=undo_words.run(token, found.to_write),
        found=found,
        token=token,
        wanted=wanted,
        filtered=wanted != PlanFilter(),
        deciding=_deciding(wanted),
        show="decided" if wanted.decided else "similar" if wanted.similar else "",
        shows=(("similar", _("Similar records"), found.similar), ("decided", _("Decided"), found.decided)),
        lines=[plan_lines.line(one, found.schema, token) for one in page.rows],
        counts=plan_lines.counts(accounts, wanted.status, "preview", undo=found.imported.undoes is not None),
        shares=plan_lines.shares(accounts),
        items=_items(found),
        pager=pager(page.page, page.pages, len(page.rows), page.total),
        steps=steps(PREVIEW, found.imported, 1),
    )


def _deciding(wanted: PlanFilter) -> str:
    """What the rows of the list can be picked for: to decide about them, to decide again, or (empty) nothing."""
    if wanted.decided:
        return "again"
    return "decide" if wanted.similar or wanted.status is Status.UNDECIDED else ""


def _items(found: PreviewPage) -> list[tuple[str, str, int]]:
    """The list items that would be added: list, item, rows that need it."""
    lists = found.schema.lists
    names = {name: say(one.label) for name, one in lists.items()}
    return [(names.get(item.list_name, item.list_name), item.label, count) for item, count in found.items.items()]
