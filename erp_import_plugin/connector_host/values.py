"""One value as a connector gave it → the value of the field's type, or a problem.

Harmless differences are taken over (a number as text, 0/1 for no/yes, an ISO date as text). Everything else leaves the
value empty and says so. Nothing changes silently: characters that cannot be stored (NUL, other control characters, lone
surrogates) become U+FFFD, and that is a problem too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from erp_import_plugin.connector_api import ErpField, FieldType, FieldValue
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.errors import Sentence

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]{1,6})?)(.*)")
_ONE_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([., '\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*([.,])[0-9]+")
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_MOST_DIGITS = 30
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class UnfitError(Exception):
    """The value is not one of the field's type."""


def check_value(field: ErpField, value: object, limits: Limits) -> tuple[FieldValue, Sentence | None]:
    """The field's value (None if it does not fit) and, if it was not taken over as it is, the reason."""
    if value is None:
        return None, None
    try:
        converted = _converted(field, value)
    except (UnfitError, ValueError, OverflowError, InvalidOperation, TypeError):
        return None, Sentence(
            "%(field)s: the value “%(value)s” is no %(type)s and was left out.",
            field=field.key,
            value=excerpt(_shown(value), 60),
            type=field.type.value,
        )
    if isinstance(converted, str):
        return check_text(field.key, converted, limits)
    if field.type is FieldType.DATETIME and isinstance(value, datetime) and value.tzinfo is None:
        return converted, Sentence("%(field)s: the time has no time zone and was taken as UTC.", field=field.key)
    return converted, None


def check_text(name: str, text: str, limits: Limits) -> tuple[str | None, Sentence | None]:
    """A text that can be stored, and what had to be done to it."""
    if len(text) > limits.max_text_length:
        return None, Sentence(
            "%(field)s: the text is longer than %(limit)s characters and was left out.",
            field=name,
            limit=f"{limits.max_text_length:,}",
        )
    stored, count = UNSTORABLE.subn("\N{REPLACEMENT CHARACTER}", text)
    if not count:
        return text, None
    return stored, Sentence(
        "%(field)s: %(count)s characters that cannot be stored were replaced by “\N{REPLACEMENT CHARACTER}”.",
        field=name,
        count=count,
    )


def _converted(field: ErpField, value: object) -> FieldValue:
    if field.type is FieldType.LIST and field.multiple:
        return _items(value)
    if isinstance(value, str) and field.type is not FieldType.TEXT and not value.strip():
        return None
    return _CONVERTERS[field.type](value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bool, float)):
        return _whole_float(value)
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise UnfitError


def _whole_float(value: float) -> str:
    if isinstance(value, bool) or not value.is_integer():
        raise UnfitError
    return str(int(value))


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise UnfitError
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value.strip()):
            raise UnfitError
        return int(value)
    whole = _decimal(value)
    if whole != whole.to_integral_value():
        raise UnfitError
    return int(whole)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise UnfitError
    number = Decimal(_plain_number(value.strip())) if isinstance(value, str) else Decimal(str(value))
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS or len(number.as_tuple().digits) > _MOST_DIGITS:
        raise UnfitError
    return number


def _plain_number(text: str) -> str:
    """A number with either decimal sign. "1,234" could be both, and is not guessed."""
    if grouped := _GROUPED.fullmatch(text):
        thousands, sign = grouped.groups()
        if thousands == sign:
            raise UnfitError
        return text.replace(thousands, "").replace(sign, ".")
    if _AMBIGUOUS.fullmatch(text):
        raise UnfitError
    return text.replace(",", ".") if _ONE_COMMA.fullmatch(text) else text


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        if value.time() != datetime.min.time():
            raise UnfitError
        return value.date()
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    text = str(value).strip() if isinstance(value, str) else ""
    day = text.removesuffix("T00:00:00").removesuffix(" 00:00:00")
    if not _DATE.fullmatch(day):
        raise UnfitError
    return date.fromisoformat(day)


def _datetime(value: Any) -> datetime:
    if isinstance(value, str):
        return _datetime_from_text(value.strip())
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    else:
        raise UnfitError
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    aware.astimezone(timezone.utc)  # an instant before the year 1 cannot be compared or stored
    return aware


def _datetime_from_text(text: str) -> datetime:
    if _DATE.fullmatch(text):
        return _datetime(date.fromisoformat(text))
    parts = _DATETIME.fullmatch(text)
    if parts is None or parts[3].strip() == "":
        raise UnfitError
    offset = "+00:00" if parts[3].strip() in ("Z", "z") else parts[3].strip()
    clock, _, fraction = parts[2].partition(".")
    moment = datetime.fromisoformat(f"{parts[1]}T{clock}{'.' + fraction.ljust(6, '0') if fraction else ''}{offset}")
    return _datetime(moment)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, str)) and (text := str(value).strip().lower()) in _BOOLEANS:
        return _BOOLEANS[text]
    raise UnfitError


def _item(value: Any) -> str | None:
    if isinstance(value, (list, tuple, set, frozenset)):
        if len(value) > 1:
            raise UnfitError
        return next((_item(only) for only in value), None)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise UnfitError
    key = str(value)
    if not key.strip():
        return None
    if len(key) > Limits().max_key_length or UNSTORABLE.search(key):
        raise UnfitError
    return key


def _items(value: Any) -> tuple[str, ...]:
    several = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
    keys = dict.fromkeys(key for one in several if (key := _item(one)) is not None)
    return tuple(sorted(keys) if isinstance(value, (set, frozenset)) else keys)


def _shown(value: object) -> str:
    try:
        return value if isinstance(value, str) else repr(value)
    except Exception:  # a stranger's __repr__
        return type(value).__name__


_CONVERTERS: dict[FieldType, Callable[[Any], FieldValue]] = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.BOOLEAN: _boolean,
    FieldType.LIST: _item,
}
