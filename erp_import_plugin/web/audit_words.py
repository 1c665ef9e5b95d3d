"""What the audit log says: each act in the reader's words, with what else is known of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.translations import gettext
from erp_import_plugin.translations import lazy_gettext as _
from erp_import_plugin.web.texts import ACTOR_TYPES
from erp_import_plugin.workflow.audit import Act, Entry

ACTS: Mapping[str, str] = {
    Act.CONNECTION_ADDED: _("Connection added"),
    Act.CONNECTION_CHANGED: _("Connection changed"),
    Act.CONNECTION_TESTED: _("Connection tested"),
    Act.CONNECTION_ACTIVATED: _("Connection activated"),
    Act.CONNECTION_DEACTIVATED: _("Connection deactivated"),
    Act.CONNECTION_DELETED: _("Connection deleted"),
    Act.FIELDS_READ: _("Fields of the ERP read"),
    Act.MAPPING_CHANGED: _("Mapping changed"),
    Act.LIST_MAPPING_CHANGED: _("Items of a list mapped"),
    Act.DEFAULTS_CHANGED: _("Defaults changed"),
    Act.IMPORT_STARTED: _("Import started"),
    Act.UNDO_STARTED: _("Undo started"),
    Act.RESUMED: _("Import resumed"),
    Act.EXPORTED: _("List taken out as a file"),
    Act.PRUNED: _("Old imports removed"),
    Act.KEYS_ROTATED: _("Passwords encrypted with another key"),
}

_WHAT: Mapping[str, str] = {
    "name": _("name"),
    "description": _("description"),
    "settings": _("settings"),
    "scope": _("who may use it"),
    "plan": _("preview"),
    "result": _("result"),
    "corrections": _("rows to correct"),
    "audit": _("audit log"),
}
"""Parts of a connection, and lists that can be taken out."""


def act_text(entry: Entry) -> str:
    """What was done; as it is written down where it is an act of another version."""
    return str(ACTS.get(entry.act, entry.act))


def details(entry: Entry) -> str:
    """What else is written down of it, but the import, to which a page links."""
    words = (_DETAILS[name](value) for name, value in entry.params.items() if name in _DETAILS)
    return ", ".join(word for word in words if word)


def _named(values: str) -> str:
    return ", ".join(str(_WHAT.get(one, one)) for one in values.split(","))


def _actor_type(name: str) -> str:
    return str(ACTOR_TYPES[ActorType(name)]) if name in {one.value for one in ActorType} else name


_DETAILS: Mapping[str, Callable[[str], str]] = {
    "connector": lambda value: gettext("connector “%(name)s”", name=value),
    "what": _named,
    "passed": lambda value: gettext("passed") if value == "True" else gettext("failed"),
    "actor_type": _actor_type,
    "list": lambda value: gettext("list “%(name)s”", name=value),
    "items": lambda value: gettext("items: %(number)s", number=value),
    "types": lambda value: gettext("actor types: %(number)s", number=value),
    "imports": lambda value: gettext("imports: %(number)s", number=value),
    "before": lambda value: gettext("ended before %(day)s", day=value),
    "connections": lambda value: gettext("connections: %(number)s", number=value),
    "locked": lambda value: gettext("not readable: %(number)s", number=value) if value != "0" else "",
}
