"""List mapping: the items of one list of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import stay
from erp_import_plugin.web.connection_tabs import LISTS, connection_tabs
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.failures import STALE
from erp_import_plugin.web.forms.action import ActionForm
from erp_import_plugin.web.forms.list_mapping import read_edits, seen_text
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager, this_page
from erp_import_plugin.web.steps import Tab
from erp_import_plugin.workflow import list_mapping
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.item_lines import ItemLine, ItemShow
from erp_import_plugin.workflow.list_mapping import ItemChoice, ItemEdit, ListPage, ListPair

_MOST_NAMES = 5000
"""How many names a browser is given to complete what is typed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One ERP item; ``notes`` say what is wrong with it, ``error`` what was refused."""

    number: int
    item: ItemLine
    choice: ItemChoice
    seen: str
    notes: tuple[str, ...]
    error: str


def answer(connection_id: int) -> str | tuple[str, int] | Response:
    """The items of the list that is asked for; *Save* keeps what was changed."""
    lists = _asked_lists()
    if request.method != "POST":
        return _page(connection_id, lists)
    edits = read_edits(request.form)
    if not ActionForm().validate_on_submit():
        flash(str(STALE), "error")
        return _page(connection_id, lists, edits), 400
    try:
        changed = list_mapping.save(here.rooms(), here.user(), connection_id, lists or ("", ""), edits)
    except Invalid as invalid:
        return _page(connection_id, lists, edits, invalid.errors), 422
    if changed:
        flash(_("The list mapping was saved."), "success")
    else:
        flash(_("Nothing was changed."), "info")
    return stay(request.full_path.rstrip("?"))


def _asked_lists() -> tuple[str, str] | None:
    erp_list, crm_list = request.args.get("erp"), request.args.get("crm")
    return (erp_list, crm_list) if erp_list is not None and crm_list is not None else None


def _page(
    connection_id: int,
    lists: tuple[str, str] | None,
    edits: Sequence[ItemEdit] = (),
    errors: Mapping[str, str] | None = None,
) -> str:
    """The items that are asked for; after a form that was refused, those of the form as they were filled in."""
    show = next((one for one in ItemShow if one.value == request.args.get("show")), ItemShow.ALL)
    text = request.args.get("q", "").strip()
    found = list_mapping.page(
        here.rooms(),
        here.user(),
        connection_id,
        lists,
        show=show,
        text=text,
        number=here.page_number(),
        only=[edit.key for edit in edits] if edits else None,
    )
    lines = _lines(found, {edit.key: edit.choice for edit in edits}, errors or {})
    return render(
        "list_mapping",
        found=found,
        lines=lines,
        show=show,
        text=text,
        here=_address(connection_id, found.pair) if found.pair else "",
        # The lists are named also where the first ones are shown: they may be others by the time the form is sent.
        action=this_page(erp=found.pair.erp_list, crm=found.pair.crm_list) if found.pair else "",
        fields=", ".join(erp_label(label) for label in found.pair.fields) if found.pair else "",
        names=found.names if len(found.names) <= _MOST_NAMES else (),
        errors=[(f"item-{line.number}", line.item.label, line.error) for line in lines if line.error],
        pager=pager(found.lines.page, found.lines.pages, len(lines), found.lines.total),
        tabs=connection_tabs(LISTS, connection_id),
        pairs=[Tab(_pair_label(one), _address(connection_id, one), one == found.pair) for one in found.pairs],
    )


def _address(connection_id: int, pair: ListPair) -> str:
    return url_for(".list_mapping", connection_id=connection_id, erp=pair.erp_list, crm=pair.crm_list)


def _pair_label(pair: ListPair) -> str:
    return _("%(erp)s → %(crm)s", erp=pair.erp_list, crm=say(pair.crm_label))


def _lines(found: ListPage, typed: Mapping[str, ItemChoice], errors: Mapping[str, str]) -> list[Line]:
    return [
        Line(
            number=number,
            item=item,
            choice=typed.get(item.key, ItemChoice(item.text, item.none)),
            seen=seen_text(ItemChoice(item.text, item.none)),
            notes=tuple(_notes(item)),
            error=say(errors.get(item.key, "")),
        )
        for number, item in enumerate(found.lines.rows, start=1)
    ]


def _notes(item: ItemLine) -> list[str]:
    notes = []
    if item.gone:
        notes.append(_("The ERP no longer has this item."))
    if item.lost:
        notes.append(_("The item of the CRM that was chosen is no longer there. Choose another one."))
    if item.double:
        notes.append(_("“%(other)s” goes to the same item of the CRM.", other=item.double))
    return notes
