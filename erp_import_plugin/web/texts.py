"""What the words of the other rooms are called on a page: statuses, entity kinds, actor types, states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.store.staging import FETCHED, MISSING, WANTED
from erp_import_plugin.translations import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Mark:
    """A status as a page shows it: a hue, an icon and a word."""

    tone: str  # new | changed | removed | wait | failed | none
    icon: str
    label: str


ACTOR_TYPES: Mapping[ActorType, str] = {
    ActorType.CUSTOMER: _("Customer"),
    ActorType.SUPPLIER: _("Supplier"),
    ActorType.PARTNER: _("Partner"),
    ActorType.PERSON: _("Person"),
    ActorType.PROJECT: _("Project"),
}

KINDS: Mapping[EntityKind, str] = {
    EntityKind.COMPANY: _("Company"),
    EntityKind.PERSON: _("Contact"),
    EntityKind.PROJECT: _("Project"),
}

KINDS_PLURAL: Mapping[EntityKind, str] = {
    EntityKind.COMPANY: _("Companies"),
    EntityKind.PERSON: _("Contacts"),
    EntityKind.PROJECT: _("Projects"),
}

KIND_ICONS: Mapping[EntityKind, str] = {
    EntityKind.COMPANY: "building-2",
    EntityKind.PERSON: "user",
    EntityKind.PROJECT: "folder-kanban",
}

STATUSES: Mapping[Status, Mark] = {
    Status.NEW: Mark("new", "plus", _("New")),
    Status.CHANGED: Mark("changed", "pencil", _("Changed")),
    Status.REMOVED: Mark("removed", "trash-2", _("Removed")),
    Status.UNCHANGED: Mark("none", "check", _("Unchanged")),
    Status.SKIPPED: Mark("none", "ban", _("Skipped")),
    Status.UNDECIDED: Mark("wait", "circle-question-mark", _("Needs a decision")),
    Status.HELD: Mark("wait", "circle-pause", _("Held")),
    Status.FAILED: Mark("failed", "circle-x", _("Failed")),
}

ICONS: Mapping[str, Mark] = {
    "company_new": Mark("new", "building-2", _("Company new")),
    "company_changed": Mark("changed", "building-2", _("Company changed")),
    "company_removed": Mark("removed", "trash-2", _("Company removed")),
    "person_new": Mark("new", "user-plus", _("Contact new")),
    "person_changed": Mark("changed", "user-pen", _("Contact changed")),
    "person_removed": Mark("removed", "trash-2", _("Contact removed")),
    "project_new": Mark("new", "folder-plus", _("Project new")),
    "project_changed": Mark("changed", "folder-pen", _("Project changed")),
    "project_removed": Mark("removed", "trash-2", _("Project removed")),
}
"""What a row does, by ``PlannedRow.icons()``."""

DECIDED = Mark("none", "circle-check", _("Decided"))
SIMILAR = Mark("wait", "search", _("Similar records"))
"""What stands beside the status of a row."""

PUT_BACK = Mark("changed", "rotate-ccw", _("Values put back"))
"""What an undo does to a record that the import changed."""

NO_UPDATE = Mark("none", "circle-minus", _("No update"))

STATES: Mapping[ImportState, Mark] = {
    ImportState.STAGING: Mark("changed", "list-plus", _("Being prepared")),
    ImportState.PLANNED: Mark("changed", "eye", _("Previewed")),
    ImportState.IMPORTING: Mark("wait", "refresh-cw", _("Importing")),
    ImportState.DONE: Mark("new", "circle-check", _("Done")),
}

STOPPED = Mark("wait", "circle-stop", _("Stopped"))
"""An import whose work has ended before its rows did."""

WORKS: Mapping[str, str] = {
    "fetch": _("Actors read from the ERP"),
    "plan": _("Preview made"),
    "import": _("Imported"),
    "repeat": _("Compared with the ERP"),
}
"""The long works of an import, by their kind."""

WORK_STATES: Mapping[str, Mark] = {
    "waiting": Mark("wait", "clock", _("Waiting")),
    "running": Mark("changed", "refresh-cw", _("Under way")),
    "paused": Mark("wait", "circle-pause", _("Paused")),
    "interrupted": Mark("wait", "circle-pause", _("Interrupted")),
    "done": Mark("new", "circle-check", _("Done")),
    "failed": Mark("failed", "circle-x", _("Failed")),
    "cancelled": Mark("wait", "circle-stop", _("Cancelled")),
}

STAGED: Mapping[str, Mark] = {
    WANTED: Mark("none", "clock", _("Waiting to be read")),
    FETCHED: Mark("none", "check", _("Read")),
    MISSING: Mark("failed", "circle-x", _("No longer in the ERP")),
}


def marks_of(status: Status, icons: tuple[str, ...], *, undo: bool = False) -> tuple[Mark, ...]:
    """What a row of the plan shows: what it does to each entity, or why it does nothing."""
    if status.writes and icons:
        return tuple(PUT_BACK if undo and icon.endswith("_changed") else ICONS[icon] for icon in icons)
    return (NO_UPDATE,) if status is Status.UNCHANGED else (STATUSES[status],)
