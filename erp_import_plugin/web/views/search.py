"""Search ERP: criteria on top, results below, ticked to be added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web import here, result_table
from erp_import_plugin.web.answers import go, later, stay
from erp_import_plugin.web.criteria_lines import lines
from erp_import_plugin.web.failures import STALE
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.forms import search as forms
from erp_import_plugin.web.import_lines import continue_url, takes_actors
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import this_page
from erp_import_plugin.web.steps import DETAILS, steps, tabs
from erp_import_plugin.workflow import imports, search, staging
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.limits import TooOften


def answer(token: str) -> str | Response | tuple[str, int]:
    """The page with the results so far, or what one of its buttons does."""
    if request.method == "POST":
        return _act(token)
    form = search.form(here.rooms(), here.user(), token, _asked_type())
    return _page(token, form) if takes_actors(form.import_) else go(continue_url(form.import_, 0))


def _act(token: str) -> str | Response | tuple[str, int]:
    """Any button of the page. What is filled in and ticked is kept first, whichever it is."""
    form = search.form(here.rooms(), here.user(), token, _asked_type(request.form.get("type", "")))
    typed = forms.read_criteria(request.form, form.fields)
    if typed is not None:
        form = replace(form, criteria=typed)
    if not action.ActionForm().validate_on_submit():
        flash(str(STALE), "error")
        return _page(token, form), 400
    if typed is not None:
        search.keep(here.rooms(), here.user(), token, form.actor_type, typed)
    _keep_ticks(token)
    name, target = action.pressed()
    if name in _BUTTONS:
        return _BUTTONS[name](token, form)
    if typed is not None:
        changed = forms.apply(name, target, form.criteria, form.fields)
        search.keep(here.rooms(), here.user(), token, form.actor_type, changed)
    return stay(this_page(type=form.actor_type.value))


def items(token: str) -> str:
    """The items of a long ERP list that contain what is typed, as ticks for the criterion ``name``."""
    name, list_name = request.args.get("name", ""), request.args.get("list", "")
    text = request.args.get("q", "")
    found = search.list_items(here.rooms(), here.user(), token, list_name, text)
    return render_template("erp_import/_items.html", name=name, items=found, picked=request.args.getlist("picked"))


def _page(token: str, form: search.SearchForm, errors: Mapping[str, str] | None = None) -> str:
    found = search.results(
        here.rooms(),
        here.jobs(),
        here.user(),
        token,
        page=here.page_number(),
        sort=_sort(),
        descending="desc" in request.args,
    )
    summary = imports.get(here.rooms(), here.user(), token)
    staged = sum(summary.staged.values())
    return render(
        "search",
        form=form,
        sets=lines(form, errors or {}),
        errors=errors,
        results=result_table.table(found) if found else None,
        staged=staged,
        steps=steps(DETAILS, summary.import_, staged),
        tabs=tabs("search", summary.import_, staged),
    )


def _find(token: str, form: search.SearchForm) -> str | Response | tuple[str, int]:
    rooms, user = here.rooms(), here.user()
    try:
        search.start(rooms, here.jobs(), user, token, form.actor_type, form.criteria)
    except Invalid as invalid:
        search.keep(rooms, user, token, form.actor_type, form.criteria)
        return _page(token, form, invalid.errors), 422
    except TooOften as refused:
        flash(say(refused.message), "error")
        return later(_page(token, form), refused.wait)
    return go(url_for(".search", token=token, _anchor="erp-results"))


def _stop(token: str, _form: search.SearchForm) -> Response:
    search.stop(here.rooms(), here.jobs(), here.user(), token)
    return stay(this_page())


def _tick_all(token: str, _form: search.SearchForm) -> Response:
    search.tick(here.rooms(), here.user(), token, True, search=_looked_at())
    return stay(this_page())


def _tick_none(token: str, _form: search.SearchForm) -> Response:
    search.tick(here.rooms(), here.user(), token, False, search=_looked_at())
    return stay(this_page())


def _reset(token: str, form: search.SearchForm) -> Response:
    search.reset(here.rooms(), here.user(), token)
    return stay(this_page(type=form.actor_type.value))


def _change_type(token: str, _form: search.SearchForm) -> Response:
    return go(url_for(".search", token=token, type=request.form.get("to_type")))


def _asked_type(sent: str = "") -> ActorType | None:
    """The actor type to search for, where the address or the form names one."""
    name = sent or request.args.get("type", "")
    return ActorType(name) if name in {actor_type.value for actor_type in ActorType} else None


def _sort() -> int | None:
    text = request.args.get("sort", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def _looked_at() -> str:
    """The token of the search whose results were shown: ticks are of its rows."""
    return request.form.get("search", "")


def _keep_ticks(token: str) -> None:
    for ticked in (True, False):
        positions = action.ticks(ticked)
        if positions:
            search.tick(here.rooms(), here.user(), token, ticked, positions, _looked_at())


def _add(token: str, _form: search.SearchForm) -> Response:
    added = staging.add(here.rooms(), here.jobs(), here.user(), token, _looked_at())
    if added:
        text = ngettext("%(num)s actor was added.", "%(num)s actors were added.", added)
        flash(f"{text} {_('Nothing is in the CRM yet.')}", "success")
    else:
        flash(_("The ticked actors were in this import already."), "info")
    return go(url_for(".staging", token=token))


_BUTTONS = {
    "find": _find,
    "stop": _stop,
    "all": _tick_all,
    "none": _tick_none,
    "reset": _reset,
    "type": _change_type,
    "add-ticked": _add,
}
