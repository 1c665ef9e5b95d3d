"""What a search result shows of an actor, and what it sorts by."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal

from erp_import_plugin.connector_api import Actor, ErpField, FieldValue
from erp_import_plugin.store.searches import SORT_LENGTH

LONGEST = 300  # characters of a cell
_DIGITS = 30  # before the decimal sign; after it ten are sorted by
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def row(
    columns: Sequence[ErpField], actor: Actor, labels: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells of one actor, and the texts they sort by.

    ``labels`` are those of the ERP's lists, by list name and item key.
    """
    values = [_labelled(field, actor.values.get(field.key), labels) for field in columns]
    return tuple(text(value) for value in values), tuple(sort_text(value) for value in values)


def text(value: FieldValue) -> str:
    """A value as text: dates in ISO form, numbers with a point, "yes" and "no", one line at most."""
    if isinstance(value, str):
        return _line(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _line(", ".join(value))
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return _line(format(value, "f") if isinstance(value, Decimal) else str(value))


def _line(text: str) -> str:
    shown = " ".join(text[: LONGEST * 4].split())
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def sort_text(value: FieldValue) -> str:
    """A text that sorts as the value does; of a text so much as can be kept, without regard to case."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, Decimal)):
        return _number(Decimal(value))
    if isinstance(value, str):
        value = value.strip()[: SORT_LENGTH * 4]
    folded = unicodedata.normalize("NFKC", text(value)).casefold()
    return folded[:SORT_LENGTH]


def _number(number: Decimal) -> str:
    """Digits of one width. Letters tell the sign: some databases sort without regard to signs."""
    digits = f"{abs(number):0{_DIGITS + 11}.10f}"
    if len(digits) > _DIGITS + 11:
        digits = "9" * _DIGITS + ".9999999999"
    return f"n{digits.translate(_COMPLEMENT)}" if number < 0 else f"p{digits}"


def _labelled(field: ErpField, value: FieldValue, labels: Mapping[str, Mapping[str, str]]) -> FieldValue:
    if field.list_name is None:
        return value
    names = labels.get(field.list_name, {})
    if isinstance(value, tuple):
        return tuple(names.get(key, key) for key in value)
    return names.get(value, value) if isinstance(value, str) else value
