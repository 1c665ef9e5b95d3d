"""The smaller things a host offers, and the bundle the plugin is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from erp_import_plugin.host_api.access import Access, User
from erp_import_plugin.host_api.crm import Crm, Transaction
from erp_import_plugin.host_api.schema import EntityKind


class Sync(Protocol):
    """The host's automatic synchronisation; while it is on, nothing is imported by hand."""

    def is_on(self) -> bool:
        """Whether it is on now. Called outside requests as well."""


class Selections(Protocol):
    """Named static lists of entities."""

    def create(self, tx: Transaction, kind: EntityKind, name: str, owner: User) -> str:
        """Make an empty selection and give its id."""

    def add(self, tx: Transaction, selection_id: str, ids: Sequence[str]) -> None:
        """Put entities into a selection; those in it already stay."""

    def remove(self, tx: Transaction, selection_id: str, ids: Sequence[str]) -> None:
        """Take entities out of a selection; a selection that is gone, or never held them, is left alone."""


class Links(Protocol):
    """Addresses of the host's own pages, for links. None where the host has no such page."""

    def entity(self, kind: EntityKind, entity_id: str) -> str | None:
        """The page of a company, person or project."""

    def selection(self, selection_id: str) -> str | None:
        """The page of a selection."""

    def sync(self) -> str | None:
        """The page *Quote/Sync > Sync*."""

    def import_page(self) -> str | None:
        """The host's own *Import* page that lists the import sources."""


@dataclass(frozen=True, slots=True)
class BackupMade:
    """The last backup: when (aware), and where as text for the admin."""

    at: datetime
    where: str


class Backup(Protocol):
    """The host's backup of its database."""

    def unavailable(self) -> str | None:
        """Why no backup can be made now, in a sentence; None when it can."""

    def last(self) -> BackupMade | None:
        """The last backup, None when there is none."""

    def make(self, by: User) -> BackupMade:
        """Make a backup; raises OSError with a sentence for the admin when it fails."""


@dataclass(frozen=True, slots=True)
class Host:
    """Everything a host hands over."""

    crm: Crm
    access: Access
    sync: Sync
    selections: Selections
    links: Links
    backup: Backup | None = None


@dataclass(frozen=True, slots=True)
class ImportSource:
    """*ERP Sync* as an entry of the host's own Import page. ``reason`` says why it is not active."""

    label: str
    icon: str
    url: str
    active: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetUpPage:
    """A page of the set-up, as an entry or tab of the host's own *Quote/Sync* pages."""

    key: str
    label: str
    url: str
