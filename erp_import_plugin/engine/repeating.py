"""Running a saved import again: what makes an actor the same as when it was last imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal

from erp_import_plugin.connector_api import ActorRef, FieldValue
from erp_import_plugin.engine.lists import ItemMapping
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.normalising import sha256


@dataclass(frozen=True, slots=True)
class Repeat:
    """What the ERP had when a saved import was run again, against the state that was last imported.

    ``number`` counts the runs of the saved import; ``since`` is when it last imported, None before the first time.
    ``gone`` are imported actors the ERP no longer has, ``outside`` those it has but the criteria no longer find.
    ``everything`` says that the mapping or the settings have changed since, so that no actor counts as the same;
    ``cut`` that there were more actors than one import holds. ``newest`` is the newest mark of those compared;
    ``basis`` the digest of mapping and settings that they were compared on.
    """

    number: int
    since: datetime | None = None
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    outside: int = 0
    everything: bool = False
    cut: bool = False
    newest: str = ""
    basis: str = ""
    complete: bool = False


def fingerprint(mapping: ActorMapping, values: Mapping[str, FieldValue], parent: ActorRef | None) -> str:
    """64 hexadecimal digits that differ when anything has changed that reaches the CRM; empty values are all alike."""
    keys = sorted({field.erp.key for field in mapping.imported()})
    seen = {key: form for key in keys if (form := _form(values.get(key))) not in ("", [])}
    belongs = [parent.actor_type.value, parent.key] if parent else []
    return sha256(json.dumps([seen, belongs], ensure_ascii=True))


def basis(mapping: ActorMapping, items: ItemMapping, settings: str) -> str:
    """Digest of what an import makes of an actor: its mapping, the list items', and the settings as text."""
    fields = [
        [field.erp.key, field.erp.type.value, field.erp.list_name or "", field.crm_field or ""]
        for field in mapping.imported()
    ]
    lists = {field.erp.list_name for field in mapping.imported()}
    mapped = [[*place, item or ""] for place, item in items.items() if place[1] in lists]
    defaults = [[key, repr(value)] for key, value in mapping.defaults.items()]
    return sha256(json.dumps([sorted(fields), sorted(mapped), sorted(defaults), settings]))


def _form(value: FieldValue) -> str | list[str]:
    """A value as text: of a number its amount, of a moment the moment, of several items the items in any order."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return sorted(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, Decimal)):
        return _number(Decimal(value))
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _number(number: Decimal) -> str:
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
