"""Mappings: one page for each actor type of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.errors import NotFound, Sentence
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web import here, mapping_lines
from erp_import_plugin.web.answers import go, stay
from erp_import_plugin.web.connection_tabs import MAPPINGS, connection_tabs, type_tabs
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.failures import STALE
from erp_import_plugin.web.field_texts import crm_label
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.forms.action import ActionForm
from erp_import_plugin.web.forms.mappings import read_edits
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager
from erp_import_plugin.web.texts import ACTOR_TYPES
from erp_import_plugin.workflow import mappings, rereading
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.mapping_edits import FieldEdit
from erp_import_plugin.workflow.mappings import Show


def answer(connection_id: int, actor_type: str) -> str | Response | tuple[str, int]:
    """The page of an actor type; every button keeps what was changed. Without a type the first one is shown."""
    if request.method == "POST" and action.pressed()[0] == "discover":
        return _read_again(connection_id)
    types = mappings.of_connection(here.rooms(), here.user(), connection_id)
    if not actor_type and not types:
        return render("mappings_unread", tabs=connection_tabs(MAPPINGS, connection_id))
    if not actor_type:
        return go(url_for(".mappings", connection_id=connection_id, actor_type=next(iter(types)).value))
    chosen = type_named(actor_type)
    return _save(connection_id, chosen) if request.method == "POST" else _page(connection_id, chosen)


def type_named(name: str) -> ActorType:
    """The actor type of an address. Raises NotFound."""
    try:
        return ActorType(name)
    except ValueError:
        raise NotFound(Sentence("This ERP connection has no actors of this type.")) from None


def _save(connection_id: int, actor_type: ActorType) -> str | Response | tuple[str, int]:
    place = (here.rooms(), here.user(), connection_id, actor_type)
    do, number = action.pressed()
    edits = read_edits(request.form, (do, number))
    if not ActionForm().validate_on_submit():
        flash(str(STALE), "error")
        return _page(connection_id, actor_type, edits), 400
    active = request.form.get("active") == "yes" if "fields" in request.form else None
    try:
        changed = mappings.save(*place, edits, active=active, confirm_all=do == "confirm_all")
    except Invalid as invalid:
        return _page(connection_id, actor_type, edits, invalid.errors), 422
    if do == "remove":
        mappings.remove(*place, request.form.get(f"key-{number}", ""))
        flash(_("The field was removed."), "success")
    elif changed:
        flash(_("The mapping was saved."), "success")
    else:
        flash(_("Nothing was changed."), "info")
    return stay(request.full_path.rstrip("?"))


def _read_again(connection_id: int) -> Response:
    action.check()
    changes, complaints = rereading.read_again(here.rooms(), here.user(), connection_id)
    for change in changes:
        name = ACTOR_TYPES[change.actor_type]
        if change.new:
            text = ngettext(
                "%(type)s has %(num)s new field: %(fields)s",
                "%(type)s has %(num)s new fields: %(fields)s",
                len(change.new),
                type=name,
                fields=_few(change.new),
            )
            flash(text, "info")
        if change.gone:
            text = ngettext(
                "%(type)s has %(num)s field that is no longer in the ERP: %(fields)s",
                "%(type)s has %(num)s fields that are no longer in the ERP: %(fields)s",
                len(change.gone),
                type=name,
                fields=_few(change.gone),
            )
            flash(text, "info")
    for complaint in complaints:
        flash(say(complaint), "error")
    if not changes and not complaints:
        flash(_("The ERP was read. Its fields are the same as before."), "success")
    return stay(request.full_path.rstrip("?"))


def _few(labels: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(erp_label(label) for label in labels[:most])
    return shown if len(labels) <= most else _("%(names)s and others", names=shown)


def _page(
    connection_id: int, actor_type: ActorType, edits: Sequence[FieldEdit] = (), errors: Mapping[str, str] | None = None
) -> str:
    """The fields that are asked for; after a form that was refused, those of the form as they were filled in."""
    show, text = _asked_show(), request.args.get("q", "").strip()
    found = mappings.page(
        here.rooms(),
        here.user(),
        connection_id,
        actor_type,
        show=show,
        text=text,
        number=here.page_number(),
        only=[edit.key for edit in edits] if edits else None,
    )
    lines = mapping_lines.lines(found, edits, errors or {})
    return render(
        "mappings",
        found=found,
        actor_type=actor_type,
        active=request.form.get("active") == "yes" if edits else found.mapping.active,
        lines=lines,
        imported=len(found.mapping.imported()),
        lacking=[crm_label(crm) for crm in found.lacking],
        show=show,
        text=text,
        errors=[(f"{part}-{line.number}", line.label, said) for line in lines for part, said in line.errors.items()],
        pager=pager(found.lines.page, found.lines.pages, len(lines), found.lines.total),
        tabs=connection_tabs(MAPPINGS, connection_id),
        types=type_tabs("mappings", connection_id, found.actor_types, actor_type),
    )


def _asked_show() -> Show:
    """Which fields are asked for; all where that is none of ours."""
    return next((one for one in Show if one.value == request.args.get("show")), Show.ALL)
