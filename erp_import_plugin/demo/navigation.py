"""The navigator on the left of every page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext

from .sources import sync_tabs


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    icon: str
    also: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """A page belongs to the entry under whose address, or one of ``also``, it lies; but not under ``without``."""
        return _lies_under(self.url, *self.also) and not _lies_under(*self.without)


@dataclass(frozen=True)
class Section:
    label: str
    entries: tuple[Entry, ...]


def _lies_under(*urls: str) -> bool:
    return any(f"{request.path}/".startswith(url.rstrip("/") + "/") for url in urls)


def sections(administrator: bool) -> list[Section]:
    crm = Section(
        gettext("CRM"),
        (
            Entry(gettext("Companies"), url_for("companies.index"), "building-2"),
            Entry(gettext("Contacts"), url_for("contacts.index"), "users"),
            Entry(gettext("Projects"), url_for("projects.index"), "folder-kanban"),
            Entry(gettext("Selections"), url_for("selections.index"), "list-checks"),
        ),
    )
    return [crm, _settings()] if administrator else [crm]


def _settings() -> Section:
    tabs = tuple(tab.url for tab in sync_tabs())
    return Section(
        gettext("Settings and maintenance"),
        (
            Entry(gettext("Users"), url_for("users.index"), "user"),
            Entry(gettext("Lists"), url_for("lists.index"), "list"),
            Entry(gettext("Preferences"), url_for("preferences.index"), "sliders-horizontal"),
            Entry(gettext("Privacy"), url_for("privacy.index"), "shield-check"),
            Entry(gettext("Import"), url_for("imports.index"), "import", without=tabs),
            Entry(gettext("Quote/Sync"), url_for("sync.index"), "refresh-cw", also=tabs),
        ),
    )
