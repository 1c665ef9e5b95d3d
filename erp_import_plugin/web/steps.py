"""The stepper on top of every page, and the tabs of the step with several pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.translations import gettext as _

SOURCE, DETAILS, PREVIEW, DONE = range(4)


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``url`` is None as long as it cannot be reached."""

    label: str
    url: str | None
    state: str  # done | current | todo


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the step *Source details*."""

    label: str
    url: str | None
    current: bool
    count: int | None = None


def steps(current: int, imported: Import | None = None, staged: int = 0) -> list[Step]:
    """The four steps as they are from the step ``current``; an undo has only the last two."""
    if imported is not None and imported.undoes is not None:
        return _undo_steps(current, imported)
    labels = [_("Select source"), _("Source details"), _("Preview import"), _("Done")]
    urls = [url_for(".source"), *(_urls(imported, staged) if imported else [None] * 3)]
    states = ["done" if place < current else "current" if place == current else "todo" for place in range(4)]
    return [Step(*step) for step in zip(labels, urls, states, strict=True)]


def _undo_steps(current: int, imported: Import) -> list[Step]:
    preview, done = _urls(imported, 1)[1:]
    return [
        Step(_("Preview of the undo"), preview, "current" if current == PREVIEW else "done"),
        Step(_("Done"), done, "current" if current == DONE else "todo"),
    ]


def _urls(imported: Import, staged: int) -> list[str | None]:
    open_ = imported.state in (ImportState.STAGING, ImportState.PLANNED)
    planned = imported.state is ImportState.PLANNED
    return [
        url_for(".search", token=imported.token) if open_ else None,
        url_for(".preview", token=imported.token) if planned and staged else None,
        url_for(".done", token=imported.token) if imported.state is ImportState.DONE else None,
    ]


def tabs(current: str, imported: Import, staged: int) -> list[Tab]:
    """The pages of *Source details*; ``current`` is the endpoint of the one shown."""
    pages = [
        ("search", _("Search ERP"), None),
        ("staging", _("Added actors"), staged),
        ("settings", _("Import settings"), None),
    ]

    def url(page: str) -> str | None:
        return url_for(f".{page}", token=imported.token) if page == "search" or staged else None

    return [Tab(label, url(page), page == current, count) for page, label, count in pages]
