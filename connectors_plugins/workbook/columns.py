"""The type of a column, inferred honestly, and its cells as values of that type."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any

from connectors_plugins.workbook.files import Cell
from erp_import_plugin.connector_api import FieldType, FieldValue

# What is called a number but only names something: leading zeros and blanks belong to it.
_NAMES_SOMETHING = re.compile(
    r"(^|[\W_])(no|nr|num|id|ids|code|key|phone|fax|mobile|tel|zip|vat|iban|ean|gln|account|konto)[\s_]*\d*$"
    r"|(number|nummer|code|phone|zip|vatno|account|key)[\s_]*\d*$",
    re.IGNORECASE,
)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_POINT = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?")
_COMMA = re.compile(r"-?(0|[1-9][0-9]{0,14})(,[0-9]+)?")
_COULD_BE_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def is_blank(cell: Cell) -> bool:
    """Whether the cell holds nothing."""
    return isinstance(cell, str) and not cell.strip()


def infer_type(header: str, cells: Sequence[Cell]) -> FieldType:
    """The narrowest type that every cell has; TEXT for an empty column and for what only names something."""
    filled = [cell.strip() if isinstance(cell, str) else cell for cell in cells if not is_blank(cell)]
    if not filled:
        return FieldType.TEXT
    kinds = {_kind(cell) for cell in filled}
    if kinds == {str}:
        return _type_of_texts(header, [cell for cell in filled if isinstance(cell, str)])
    if kinds == {bool}:
        return FieldType.BOOLEAN
    if kinds <= {date, datetime}:
        return FieldType.DATETIME if datetime in kinds else FieldType.DATE
    if kinds <= {int, float} and not _NAMES_SOMETHING.search(header):
        return FieldType.DECIMAL if float in kinds else FieldType.INTEGER
    return FieldType.TEXT


def converter(field_type: FieldType) -> Callable[[Cell], FieldValue]:
    """A function from a cell to its value; None for a blank cell.

    What does not fit the type stays text, for the platform to name.
    """
    convert = _CONVERTERS.get(field_type, as_text)
    return lambda cell: None if is_blank(cell) else convert(cell)


def as_text(cell: Cell) -> str:
    """What a person would read in the cell: whole numbers without decimals, dates in ISO form."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        return str(_without_midnight(cell).isoformat())
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def parse_date(text: str) -> date | None:
    """An ISO date or dd.mm.yyyy; None for anything else, such as 30.02.2024."""
    for pattern, order in ((_ISO, (1, 2, 3)), (_DOTTED, (3, 2, 1))):
        if found := pattern.fullmatch(text):
            year, month, day = (int(found[group]) for group in order)
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return None


def _kind(cell: Cell) -> type:
    if isinstance(cell, float) and cell.is_integer():
        return int
    if isinstance(cell, datetime):
        return type(_without_midnight(cell))
    return type(cell)


def _without_midnight(cell: Any) -> Any:
    return cell.date() if isinstance(cell, datetime) and cell.time() == time.min else cell


def _type_of_texts(header: str, texts: Sequence[str]) -> FieldType:
    for pattern in (_ISO, _DOTTED):
        if all(pattern.fullmatch(text) and parse_date(text) for text in texts):
            return FieldType.DATE
    if _NAMES_SOMETHING.search(header):
        return FieldType.TEXT
    if all(map(_INTEGER.fullmatch, texts)):
        return FieldType.INTEGER
    one_sign = any(all(map(pattern.fullmatch, texts)) for pattern in (_POINT, _COMMA))
    if one_sign and not all(map(_COULD_BE_THOUSANDS.fullmatch, texts)):
        return FieldType.DECIMAL
    return FieldType.TEXT


def _as_integer(cell: Cell) -> FieldValue:
    return int(as_text(cell))


def _as_decimal(cell: Cell) -> FieldValue:
    return Decimal(as_text(cell).replace(",", "."))


def _as_date(cell: Cell) -> FieldValue:
    if isinstance(cell, datetime):
        return _without_midnight(cell)  # type: ignore[no-any-return]
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    return parse_date(text) or text


def _as_datetime(cell: Cell) -> FieldValue:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=timezone.utc)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=timezone.utc)
    return as_text(cell)


def _as_boolean(cell: Cell) -> FieldValue:
    return cell if isinstance(cell, bool) else as_text(cell)


_CONVERTERS: dict[FieldType, Callable[[Cell], FieldValue]] = {
    FieldType.INTEGER: _as_integer,
    FieldType.DECIMAL: _as_decimal,
    FieldType.DATE: _as_date,
    FieldType.DATETIME: _as_datetime,
    FieldType.BOOLEAN: _as_boolean,
}
