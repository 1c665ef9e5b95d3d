"""What the pages of a run say: an import from the ERP, an undo that takes one back, or an undo of an undo."""

from __future__ import annotations

from dataclasses import dataclass

from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web import here
from erp_import_plugin.workflow import undo
from erp_import_plugin.workflow.results import ResultList
from erp_import_plugin.workflow.undo import Offer, Undoing


@dataclass(frozen=True, slots=True)
class Words:
    """The texts in which the pages of the preview, the work and the result differ; ``lists`` in the order shown."""

    preview: str
    preview_lede: str
    planning: str
    will_write: str
    confirm: str
    confirm_lede: str
    confirm_button: str
    nothing: str
    nothing_why: str
    working: str
    working_lede: str
    stopped: str
    rest: str
    so_far: str
    done: str
    lists: dict[ResultList, str]


@dataclass(frozen=True, slots=True)
class Run:
    """How a run and its undos stand, and the words for it. ``items``: list, item, and whether it is gone by now."""

    undoing: Undoing
    words: Words
    items: tuple[tuple[str, str, bool], ...]

    @property
    def offer(self) -> str:
        """What the button that undoes says; empty where nothing can be undone."""
        return {
            Offer.UNDO: _("Undo this import"),
            Offer.REDO: _("Undo the undo"),
            Offer.GO_ON: _("Go on with the undo"),
            Offer.NOTHING: "",
        }[self.undoing.offer]


def run(token: str, rows: int = 0) -> Run:
    """An import or undo of the user's; ``rows`` is how many the page speaks of."""
    return run_of(undo.standing(here.rooms(), here.user(), token), rows)


def first_list(found: Undoing) -> ResultList:
    """The list that a result opens with."""
    return ResultList.REMOVED if found.undoes is not None and not found.restores else ResultList.NEW


def run_of(found: Undoing, rows: int) -> Run:
    """How a run stands, with the words for it."""
    lists = here.rooms().host.crm.schema().lists
    names = {name: say(one.label) for name, one in lists.items()}
    items = tuple((names.get(one.item.list_name, one.item.list_name), one.item.label, one.gone) for one in found.items)
    if found.undoes is None:
        return Run(found, _importing(rows), items)
    return Run(found, _restoring(rows) if found.restores else _undoing(rows), items)


def _importing(rows: int) -> Words:
    return Words(
        preview=_("Preview"),
        preview_lede=_("What the import will do, row by row. Nothing is written yet. Untick what you do not want."),
        planning=_("Every actor is compared with the CRM. Nothing is written. You can leave this page and come back."),
        will_write=ngettext("%(num)s row will be written", "%(num)s rows will be written", rows),
        confirm=ngettext("Import %(num)s actor?", "Import %(num)s actors?", rows) if rows else _("Import"),
        confirm_lede=_(
            "This is what the import changes in the CRM. It writes exactly what the preview shows; a record that"
            " somebody changes meanwhile is left alone and named."
        ),
        confirm_button=ngettext("Import %(num)s actor", "Import %(num)s actors", rows),
        nothing=_("Nothing is left to import"),
        nothing_why=_("Every row is unticked, or the CRM has the same values already."),
        working=_("Importing"),
        working_lede=_("You can leave this page. The import goes on, and its result is listed under your imports."),
        stopped=_("The import was cancelled."),
        rest=_("Import the rest"),
        so_far=_("Show what was imported"),
        done=ngettext("%(num)s actor imported", "%(num)s actors imported", rows),
        lists={
            ResultList.NEW: _("New actors imported"),
            ResultList.CHANGED: _("Existing actors updated"),
            ResultList.REST: _("Not imported"),
        },
    )


def _undoing(rows: int) -> Words:
    return Words(
        preview=_("Preview of the undo"),
        preview_lede=_(
            "What the undo will do, row by row: records that the import made are removed, changed fields get their old"
            " value back. Nothing is undone yet. Untick what is to stay."
        ),
        planning=_("What the import did is compared with the CRM as it is now. Nothing is written."),
        will_write=ngettext("%(num)s row will be undone", "%(num)s rows will be undone", rows),
        confirm=ngettext("Undo %(num)s row?", "Undo %(num)s rows?", rows) if rows else _("Undo"),
        confirm_lede=_(
            "This is what the undo changes in the CRM. It does exactly what the preview shows; a record that somebody"
            " changes meanwhile is left alone and named."
        ),
        confirm_button=ngettext("Undo %(num)s row", "Undo %(num)s rows", rows),
        nothing=_("Nothing is left to undo"),
        nothing_why=_("Every row is unticked, edited since, or has its values from before the import already."),
        working=_("Undoing"),
        working_lede=_("You can leave this page. The undo goes on, and its result is listed under your imports."),
        stopped=_("The undo was cancelled."),
        rest=_("Undo the rest"),
        so_far=_("Show what was undone"),
        done=ngettext("%(num)s row undone", "%(num)s rows undone", rows),
        lists={
            ResultList.REMOVED: _("Records removed"),
            ResultList.CHANGED: _("Old values put back"),
            ResultList.REST: _("Left as they are"),
        },
    )


def _restoring(rows: int) -> Words:
    words = _undoing(rows)
    return Words(
        preview=_("Preview of undoing the undo"),
        preview_lede=_(
            "What this will do, row by row: records that the undo removed are made again, fields get back what the"
            " import wrote. Nothing is written yet. Untick what is to stay as it is."
        ),
        planning=_("What the undo did is compared with the CRM as it is now. Nothing is written."),
        will_write=ngettext("%(num)s row will be written", "%(num)s rows will be written", rows),
        confirm=ngettext("Undo the undo of %(num)s row?", "Undo the undo of %(num)s rows?", rows)
        if rows
        else _("Undo"),
        confirm_lede=words.confirm_lede,
        confirm_button=ngettext("Undo the undo of %(num)s row", "Undo the undo of %(num)s rows", rows),
        nothing=words.nothing,
        nothing_why=_("Every row is unticked, or has been imported again since."),
        working=words.working,
        working_lede=words.working_lede,
        stopped=words.stopped,
        rest=words.rest,
        so_far=_("Show what was written"),
        done=ngettext("The undo of %(num)s row is undone", "The undo of %(num)s rows is undone", rows),
        lists={
            ResultList.NEW: _("Records made again"),
            ResultList.CHANGED: _("Values of the import put back"),
            ResultList.REST: _("Left as they are"),
        },
    )
