"""The connections: the list, the form of one, and its deletion."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.store.connections import Use
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go, later
from erp_import_plugin.web.connection_lines import listed_connection
from erp_import_plugin.web.connection_page import connection_page
from erp_import_plugin.web.failures import STALE
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.forms.connections import read_draft, read_ids
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.scope import user_pick
from erp_import_plugin.web.sync_tabs import CONNECTIONS, sync_tabs
from erp_import_plugin.workflow import connection_form, connections
from erp_import_plugin.workflow.connection_form import ConnectionForm, Draft, Overtaken
from erp_import_plugin.workflow.erp import ErpFailed
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.limits import TooOften


def answer() -> str | Response:
    """The list; its buttons test, activate and deactivate."""
    if request.method == "POST":
        action.check()
        done, target = action.pressed()
        if target.isascii() and target.isdigit() and len(target) < 19:
            _press(done, int(target))
        return go(url_for(".connections"))
    return render(
        "connections",
        connections=[listed_connection(one) for one in connections.listed(here.rooms(), here.user())],
        connectors=connections.connectors(here.rooms(), here.user()).loaded,
        tabs=sync_tabs(CONNECTIONS),
    )


def choose() -> str:
    """The first step of a new connection: its connector."""
    found = connections.connectors(here.rooms(), here.user())
    return render("connections_new", connectors=found.loaded, broken=found.broken, tabs=sync_tabs(CONNECTIONS))


def add(connector: str) -> str | Response | tuple[str, int]:
    """The form of a new connection."""
    form = connection_form.blank(here.rooms(), here.user(), connector)
    if request.method != "POST":
        return connection_page(form)
    return _answer(form, lambda draft: connection_form.create(here.rooms(), here.user(), connector, draft))


def edit(connection_id: int) -> str | Response | tuple[str, int]:
    """The form of a connection."""
    form = connection_form.form(here.rooms(), here.user(), connection_id)
    if request.method != "POST":
        return connection_page(form)

    def change(draft: Draft) -> int:
        connection_form.change(here.rooms(), here.user(), connection_id, draft, request.form.get("seen", ""))
        return connection_id

    return _answer(form, change)


def delete(connection_id: int) -> str | Response:
    """What stays of a connection, and its deletion."""
    form = connection_form.form(here.rooms(), here.user(), connection_id)
    if request.method == "POST":
        action.check()
        connections.delete(here.rooms(), here.user(), connection_id)
        flash(_("The connection “%(name)s” is deleted.", name=form.connection.name), "success")
        return go(url_for(".connections"))
    use = connections.use(here.rooms(), here.user(), connection_id)
    return render("connections_delete", connection=form.connection, use=use, tabs=sync_tabs(CONNECTIONS))


def users() -> str:
    """The users who match what is typed, beside those that are ticked; a part of the form."""
    pick = user_pick(read_ids(request.args, "user"), request.args.get("find", ""))
    return render("connections_users", users=pick)


def _answer(form: ConnectionForm, keep: Callable[[Draft], int]) -> str | Response | tuple[str, int]:
    draft = read_draft(request.form, form.loaded.config_fields if form.loaded else ())
    done, _target = action.pressed()
    if not action.ActionForm().validate_on_submit():
        flash(str(STALE), "error")
        return connection_page(form, draft), 400
    find = request.form.get("find", "")
    if done == "find" or (done == "enter" and find):
        return connection_page(form, draft, find=find)
    if done == "deactivate":
        _press(done, form.connection.id)
        return connection_page(connection_form.form(here.rooms(), here.user(), form.connection.id), draft)
    try:
        connection_id = keep(draft)
    except Invalid as invalid:
        return connection_page(form, draft, invalid.errors), 422
    except Overtaken as overtaken:
        now = connection_form.form(here.rooms(), here.user(), form.connection.id)
        return connection_page(now, draft, overtaken=say(overtaken.message)), 409
    return _after(done, connection_id)


def _after(done: str, connection_id: int) -> Response:
    """The form was kept; what else the button does. The form itself tells how the test went."""
    form_url = url_for(".connection_edit", connection_id=connection_id)
    try:
        if done == "activate":
            connections.activate(here.rooms(), here.user(), connection_id)
            flash(_("The connection is saved and active."), "success")
            return go(url_for(".connections"))
        if done == "test":
            connections.test(here.rooms(), here.user(), connection_id)
    except ErpFailed:
        flash(_("The connection is saved. It stays inactive, because its test failed."), "info")
        return go(form_url)
    except Overtaken as overtaken:
        flash(say(overtaken.message), "error")
        return go(form_url)
    except TooOften as refused:
        flash(_("The connection is saved. It was not tested."), "info")
        flash(say(refused.message), "error")
        return later(connection_page(connection_form.form(here.rooms(), here.user(), connection_id)), refused.wait)
    flash(_("The connection is saved."), "success")
    return go(form_url if done == "test" else url_for(".connections"))


def _press(button: str, connection_id: int) -> None:
    """Test, activate or deactivate, and say how it went."""
    rooms, user = here.rooms(), here.user()
    name = connection_form.form(rooms, user, connection_id).connection.name
    if button == "deactivate":
        use = connections.deactivate(rooms, user, connection_id)
        flash(_("“%(name)s” is inactive now.", name=name) + _waiting(use), "success")
    elif button == "test":
        tested = connections.test(rooms, user, connection_id)
        if tested.ok:
            flash(_("The test of “%(name)s” passed. %(said)s", name=name, said=say(tested.message)), "success")
        else:
            flash(_("The test of “%(name)s” failed. %(said)s", name=name, said=say(tested.message)), "error")
    elif button == "activate":
        try:
            connections.activate(rooms, user, connection_id)
        except ErpFailed as failed:
            reason = say(failed.message)
            flash(
                _("“%(name)s” stays inactive, because its test failed. %(reason)s", name=name, reason=reason), "error"
            )
        else:
            flash(_("“%(name)s” is active now.", name=name), "success")


def _waiting(use: Use) -> str:
    if not use.imports:
        return ""
    return " " + ngettext(
        "%(num)s import that goes through it waits until it is active again.",
        "%(num)s imports that go through it wait until it is active again.",
        use.imports,
    )
