"""The values of defaults as texts of a form, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal

from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmField, CrmListItem, CrmType, CrmValue, EntityKind, EntitySchema
from erp_import_plugin.workflow import typed

_UNSTORABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_LONGEST = 1000  # characters of a default of a field without a limit of its own
# They have a setting of their own, which goes before every default.
_PRIVACY = frozenset({"legal_basis", "consent_source"})


def fields(schema: EntitySchema) -> tuple[CrmField, ...]:
    """The CRM fields that can have a default."""
    own = _PRIVACY if schema.kind is EntityKind.PERSON else frozenset[str]()
    return tuple(
        crm
        for key, crm in schema.fields.items()
        if key not in own and not crm.read_only and crm.type is not CrmType.COMPANY
    )


def texts(value: CrmValue) -> tuple[str, ...]:
    """A value as it is filled in, each of several for itself; none where it is empty."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(_text(one) for one in values if not is_empty(one))


def read(crm: CrmField, given: Sequence[str], items: Sequence[CrmListItem]) -> CrmValue:
    """What was filled in as the field's own type, None where it is empty. ``items`` are those of the field's list.

    Raises:
        NotAValue: with a sentence for the admin.
    """
    filled = tuple(dict.fromkeys(one.strip() for one in given if one.strip()))
    if len(filled) > 1 and not crm.many:
        raise typed.NotAValue(Sentence("This field takes one value."))
    values = tuple(_one(crm, one, items) for one in filled)
    if crm.many:
        return tuple(str(value) for value in values) or None
    return values[0] if values else None


def is_lost(crm: CrmField, value: CrmValue, items: Sequence[CrmListItem]) -> bool:
    """Whether a default cannot be taken as it was kept: its item was removed, or the field is another one now."""
    try:
        return read(crm, texts(value), items) != value and not is_empty(value)
    except typed.NotAValue:
        return True


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _one(crm: CrmField, text: str, items: Sequence[CrmListItem]) -> CrmValue:
    if crm.type is CrmType.LIST:
        return _item(text, items)
    if crm.type in _READERS:
        return _READERS[crm.type](text)
    if _UNSTORABLE.search(text):
        raise typed.NotAValue(Sentence("The text holds characters that cannot be stored."))
    if crm.type is CrmType.EMAIL and "@" not in text:
        raise typed.NotAValue(Sentence("Enter an e-mail address, such as post@company.example."))
    most = crm.max_length or _LONGEST
    if len(text) > most:
        raise typed.NotAValue(Sentence("The text may have %(max)s characters at most.", max=most))
    return text


def _item(text: str, items: Sequence[CrmListItem]) -> str:
    """The id of an item, given by its id, or by its label."""
    found = next((one.id for one in items if one.id == text), None)
    found = found or next((one.id for one in items if one.label.casefold() == text.casefold()), None)
    if found is None:
        raise typed.NotAValue(Sentence("Choose one of the items that are offered."))
    return found


def _moment(text: str) -> datetime:
    moment = typed.day_or_moment(text)
    if isinstance(moment, datetime):
        return moment.astimezone(timezone.utc).replace(second=0, microsecond=0)
    return datetime(moment.year, moment.month, moment.day, tzinfo=timezone.utc)


_READERS: Mapping[CrmType, Callable[[str], CrmValue]] = {
    CrmType.INTEGER: typed.whole,
    CrmType.DECIMAL: typed.decimal,
    CrmType.DATE: typed.day,
    CrmType.DATETIME: _moment,
    CrmType.BOOLEAN: typed.yes_or_no,
}
