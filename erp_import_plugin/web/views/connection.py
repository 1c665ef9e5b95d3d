"""Select ERP connection: a dialog with the connection and the actor type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.steps import SOURCE, steps
from erp_import_plugin.workflow import access, connections, imports
from erp_import_plugin.workflow.connections import ConnectionChoice
from erp_import_plugin.workflow.invalid import Invalid


def answer() -> str | Response | tuple[str, int]:
    """The dialog, or the import that is begun with it."""
    if request.method != "POST":
        return _page(request.args.get("connection", ""))
    action.check()
    chosen, type_name = request.form.get("connection", ""), request.form.get("actor_type", "")
    errors = _missing(chosen, type_name)
    if errors:
        return _page(chosen, type_name, errors), 422
    try:
        begun = imports.begin(here.rooms(), here.user(), int(chosen), ActorType(type_name), here.language())
    except Invalid as invalid:
        return _page(chosen, type_name, {key: say(text) for key, text in invalid.errors.items()}), 422
    return go(url_for(".search", token=begun.token))


def _missing(chosen: str, type_name: str) -> dict[str, str]:
    errors = {}
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        errors["connection"] = _("Choose an ERP connection.")
    if type_name not in {actor_type.value for actor_type in ActorType}:
        errors["actor_type"] = _("Choose an actor type.")
    return errors


def _page(chosen: str, type_name: str = "", errors: Mapping[str, str] | None = None) -> str:
    usable = connections.usable(here.rooms(), here.user())
    current = _current(usable, chosen)
    return render(
        "connection",
        connections=usable,
        current=current,
        type_name=type_name,
        errors=errors or {},
        may_set_up=access.may_set_up(here.rooms(), here.user()),
        steps=steps(SOURCE),
    )


def _current(usable: Sequence[ConnectionChoice], chosen: str) -> ConnectionChoice | None:
    return next((one for one in usable if str(one.id) == chosen), usable[0] if usable else None)
