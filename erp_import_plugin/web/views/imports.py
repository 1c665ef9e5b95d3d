"""The imports so far, and throwing one away."""

from __future__ import annotations

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.store.history import HistoryFilter
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.import_lines import line
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager
from erp_import_plugin.web.texts import STATES
from erp_import_plugin.workflow import history, imports
from erp_import_plugin.workflow.paging import page_count


def show() -> str:
    """The imports the user may see, newest first, narrowed to what is asked for."""
    page, wanted = here.page_number(), _wanted()
    found, total = imports.listed(here.rooms(), here.jobs(), here.user(), page, wanted)
    choices = history.choices(here.rooms(), here.user())
    pages = page_count(total, here.config().page_size)
    return render(
        "imports",
        imports=[line(one) for one in found],
        wanted=wanted,
        filtered=wanted != HistoryFilter(),
        states=[(state.value, str(mark.label)) for state, mark in STATES.items()],
        choices=choices,
        pager=pager(min(page, pages), pages, len(found), total),
        everyone=here.rooms().host.access.may_manage_all(here.user()),
    )


def _wanted() -> HistoryFilter:
    state, connection = request.args.get("state", ""), request.args.get("connection", "")
    return HistoryFilter(
        state=ImportState(state) if state in {one.value for one in STATES} else None,
        connection_id=int(connection)
        if connection.isascii() and connection.isdigit() and len(connection) < 19
        else None,
        owner_id=request.args.get("who") or None,
        text=request.args.get("q", "").strip(),
    )


def discard(token: str) -> Response:
    """Throw an import away that has written nothing."""
    action.check()
    imports.discard(here.rooms(), here.user(), token)
    flash(_("The import was discarded. The CRM was not changed."), "success")
    return go(url_for(".source"))
