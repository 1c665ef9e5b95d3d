"""Added actors: what is staged, and what is still being read from the ERP."""

from __future__ import annotations

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.store.staging import WANTED
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go, stay
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.import_lines import continue_url, takes_actors
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager, this_page
from erp_import_plugin.web.progress import progress
from erp_import_plugin.web.steps import DETAILS, steps, tabs
from erp_import_plugin.web.texts import STAGED
from erp_import_plugin.workflow import importing, staging


def answer(token: str) -> str | Response:
    """The page, or what one of its buttons does."""
    if request.method != "POST":
        return _page(token)
    action.check()
    name, _target = action.pressed()
    if name == "remove":
        rows = action.numbers("tick")
        staging.remove(here.rooms(), here.user(), token, rows)
        flash(ngettext("%(num)s actor was taken out.", "%(num)s actors were taken out.", len(rows)), "success")
    elif name == "cancel":
        importing.cancel(here.rooms(), here.jobs(), here.user(), token)
    elif name == "pause":
        importing.pause(here.rooms(), here.jobs(), here.user(), token)
    elif name == "resume":
        importing.resume(here.rooms(), here.jobs(), here.user(), token)
    return stay(this_page())


def _page(token: str) -> str | Response:
    text = request.args.get("q", "")
    found = staging.page(here.rooms(), here.jobs(), here.user(), token, text, here.page_number())
    if not takes_actors(found.import_):
        return go(continue_url(found.import_, 0))
    job = found.job if found.job and found.job.kind == "fetch" else None
    staged = sum(found.counts.values())
    return render(
        "staging",
        found=found,
        staged=staged,
        waiting=found.counts[WANTED],
        to_read=WANTED,
        text=text,
        marks=STAGED,
        progress=progress(job, _("Reading the actors from the ERP")) if job and not job.ended else None,
        failure=say(job.note) if job and job.state == "failed" else "",
        cancelled=bool(job and job.state == "cancelled"),
        pager=pager(found.page, found.pages, len(found.rows), found.total),
        steps=steps(DETAILS, found.import_, staged),
        tabs=tabs("staging", found.import_, staged),
        search_url=url_for(".search", token=token),
    )
