"""The navigator on the left of every page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    icon: str

    @property
    def current(self) -> bool:
        """A page belongs to the entry under whose address it lies."""
        return f"{request.path}/".startswith(self.url.rstrip("/") + "/")


@dataclass(frozen=True)
class Section:
    label: str
    entries: tuple[Entry, ...]


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
    return Section(
        gettext("Settings and maintenance"),
        (
            Entry(gettext("Users"), url_for("users.index"), "user"),
            Entry(gettext("Lists"), url_for("lists.index"), "list"),
            Entry(gettext("Preferences"), url_for("preferences.index"), "sliders-horizontal"),
            Entry(gettext("Privacy"), url_for("privacy.index"), "shield-check"),
            Entry(gettext("Import"), url_for("imports.index"), "import"),
            Entry(gettext("Quote/Sync"), url_for("sync.index"), "refresh-cw"),
        ),
    )
