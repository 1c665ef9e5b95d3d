"""What the words of the other rooms are called on a page: statuses, entity kinds, actor types, states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.store.staging import FETCHED, MISSING, WANTED
from erp_import_plugin.translations import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Mark:
    """A status as a page shows it: a hue, an icon and a word."""

    tone: str  # new | changed | wait | failed | none
    icon: str
    label: str


ACTOR_TYPES: Mapping[ActorType, str] = {
    ActorType.CUSTOMER: _l("Customer"),
    ActorType.SUPPLIER: _l("Supplier"),
    ActorType.PARTNER: _l("Partner"),
    ActorType.PERSON: _l("Person"),
    ActorType.PROJECT: _l("Project"),
}

KINDS: Mapping[EntityKind, str] = {
    EntityKind.COMPANY: _l("Company"),
    EntityKind.PERSON: _l("Contact"),
    EntityKind.PROJECT: _l("Project"),
}

KINDS_PLURAL: Mapping[EntityKind, str] = {
    EntityKind.COMPANY: _l("Companies"),
    EntityKind.PERSON: _l("Contacts"),
    EntityKind.PROJECT: _l("Projects"),
}

KIND_ICONS: Mapping[EntityKind, str] = {
    EntityKind.COMPANY: "building-2",
    EntityKind.PERSON: "user",
    EntityKind.PROJECT: "folder-kanban",
}

STATUSES: Mapping[Status, Mark] = {
    Status.NEW: Mark("new", "plus", _l("New")),
    Status.CHANGED: Mark("changed", "pencil", _l("Changed")),
    Status.UNCHANGED: Mark("none", "check", _l("Unchanged")),
    Status.SKIPPED: Mark("none", "ban", _l("Skipped")),
    Status.UNDECIDED: Mark("wait", "circle-question-mark", _l("Needs a decision")),
    Status.HELD: Mark("wait", "circle-pause", _l("Held")),
    Status.FAILED: Mark("failed", "circle-x", _l("Failed")),
}

ICONS: Mapping[str, Mark] = {
    "company_new": Mark("new", "building-2", _l("Company new")),
    "company_changed": Mark("changed", "building-2", _l("Company changed")),
    "person_new": Mark("new", "user-plus", _l("Contact new")),
    "person_changed": Mark("changed", "user-pen", _l("Contact changed")),
    "project_new": Mark("new", "folder-plus", _l("Project new")),
    "project_changed": Mark("changed", "folder-pen", _l("Project changed")),
}
"""What a row does, by ``PlannedRow.icons()``."""

NO_UPDATE = Mark("none", "circle-minus", _l("No update"))

STATES: Mapping[ImportState, Mark] = {
    ImportState.STAGING: Mark("changed", "list-plus", _l("Being prepared")),
    ImportState.PLANNED: Mark("changed", "eye", _l("Previewed")),
    ImportState.IMPORTING: Mark("wait", "refresh-cw", _l("Importing")),
    ImportState.DONE: Mark("new", "circle-check", _l("Done")),
}

STAGED: Mapping[str, Mark] = {
    WANTED: Mark("none", "clock", _l("Waiting to be read")),
    FETCHED: Mark("none", "check", _l("Read")),
    MISSING: Mark("failed", "circle-x", _l("No longer in the ERP")),
}


def marks_of(status: Status, icons: tuple[str, ...]) -> tuple[Mark, ...]:
    """What a row of the plan shows: what it does to each entity, or why it does nothing."""
    if status.writes and icons:
        return tuple(ICONS[icon] for icon in icons)
    return (NO_UPDATE,) if status is Status.UNCHANGED else (STATUSES[status],)
