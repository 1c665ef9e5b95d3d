"""Defaults: one page for each actor type of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.host_api import CrmListItem, CrmType
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go, stay
from erp_import_plugin.web.connection_tabs import DEFAULTS, connection_tabs, type_tabs
from erp_import_plugin.web.default_lines import Input, default_input, lost_text
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.failures import STALE
from erp_import_plugin.web.forms.action import ActionForm
from erp_import_plugin.web.forms.defaults import read_edits, seen_text
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.views.mappings import type_named
from erp_import_plugin.workflow import defaults, mappings
from erp_import_plugin.workflow.defaults import DefaultChoice, DefaultEdit, DefaultLine, DefaultsPage
from erp_import_plugin.workflow.invalid import Invalid


@dataclass(frozen=True, slots=True)
class Line:
    """One CRM field; ``note`` says what is wrong with its default."""

    key: str
    input: Input
    ask: bool
    seen: str
    note: str


def answer(connection_id: int, actor_type: str) -> str | tuple[str, int] | Response:
    """The page of an actor type; *Save* keeps what was changed. Without a type the first one is shown."""
    if not actor_type:
        types = mappings.of_connection(here.rooms(), here.user(), connection_id)
        if not types:
            return go(url_for(".mappings", connection_id=connection_id))
        return go(url_for(".defaults", connection_id=connection_id, actor_type=next(iter(types)).value))
    chosen = type_named(actor_type)
    found = defaults.page(here.rooms(), here.user(), connection_id, chosen)
    return _save(found, chosen) if request.method == "POST" else _page(found, chosen)


def _save(found: DefaultsPage, actor_type: ActorType) -> str | tuple[str, int] | Response:
    edits = read_edits(request.form, [line.crm for line in found.lines])
    if not ActionForm().validate_on_submit():
        flash(str(STALE), "error")
        return _page(found, actor_type, edits), 400
    try:
        changed = defaults.save(here.rooms(), here.user(), found.connection_id, actor_type, edits)
    except Invalid as invalid:
        return _page(found, actor_type, edits, invalid.errors), 422
    if changed:
        flash(_("The defaults were saved."), "success")
    else:
        flash(_("Nothing was changed."), "info")
    return stay(request.full_path.rstrip("?"))


def _page(
    found: DefaultsPage,
    actor_type: ActorType,
    edits: Sequence[DefaultEdit] = (),
    errors: Mapping[str, str] | None = None,
) -> str:
    typed = {edit.key: edit.choice for edit in edits}
    refused = errors or {}
    lines = [_line(one, typed.get(one.crm.key, one.choice), refused.get(one.crm.key, "")) for one in found.lines]
    return render(
        "defaults",
        found=found,
        actor_type=actor_type,
        lines=lines,
        errors=[(line.input.name, line.input.label, line.input.error) for line in lines if line.input.error],
        given=sum(bool(line.choice.texts) for line in found.lines),
        asked=sum(line.choice.ask for line in found.lines),
        tabs=connection_tabs(DEFAULTS, found.connection_id),
        types=type_tabs("defaults", found.connection_id, found.actor_types, actor_type),
    )


def _items(line: DefaultLine) -> list[CrmListItem]:
    """What can be picked; items that are gone from the CRM stay until another is, so that they are not lost unseen."""
    there = {item.id for item in line.items}
    gone = (text for text in line.choice.texts if line.crm.type is CrmType.LIST and text not in there)
    return [*line.items, *(CrmListItem(key, _("%(key)s (no longer in the CRM)", key=key)) for key in gone)]


def _line(line: DefaultLine, choice: DefaultChoice, error: str) -> Line:
    sources = ", ".join(erp_label(label) for label in line.sources)
    hint = _("Where “%(fields)s” is empty in the ERP.", fields=sources) if sources else _("The ERP does not give it.")
    return Line(
        key=line.crm.key,
        input=default_input(f"default-{line.crm.key}", line.crm, choice.texts, _items(line), hint=hint, error=error),
        ask=choice.ask,
        seen=seen_text(line.choice),
        note=lost_text() if line.lost else "",
    )
