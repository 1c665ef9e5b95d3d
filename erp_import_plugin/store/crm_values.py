"""Values between the plugin and a host's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from erp_import_plugin.host_api import CrmType
from erp_import_plugin.store.crm_map import Channel, Field, Items

Convert: TypeAlias = Callable[[Any], Any]

_LARGEST_ID = 2**63 - 1


def as_is(value: Any) -> Any:
    """The value itself."""
    return value


def id_type(column: Any) -> type[Any]:
    """``int``, ``UUID`` or ``str``: what an id column holds."""
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return str
    return kind if kind in (int, UUID) else str


def id_from_text(column: Any, text: str) -> Any:
    """The id as its column holds it. Raises ValueError where the column cannot hold it."""
    if isinstance(column.type, sa.Uuid):
        value = UUID(text)
        return value if id_type(column) is UUID else str(value)
    if id_type(column) is not int:
        return text
    number = int(text)
    if str(number) != text or abs(number) > _LARGEST_ID:
        raise ValueError(f"{text[:40]!r} is no id.")
    return number


def ids_from_text(column: Any, texts: Iterable[str]) -> list[Any]:
    """The ids as the column holds them, without those it cannot hold: no row has them."""
    made = (_id_or_none(column, text) for text in dict.fromkeys(texts))
    return [value for value in made if value is not None]


def reader(field: Field) -> Convert:
    """Makes a ``CrmValue`` of what the column gives, which is not None."""
    if isinstance(field, Items):
        return str
    if isinstance(field, Channel):
        return as_is
    readers: dict[CrmType, Convert] = {
        CrmType.LIST: str,
        CrmType.COMPANY: str,
        CrmType.DECIMAL: _decimal,
        CrmType.DATETIME: aware,
    }
    return readers.get(field.crm_type, as_is)


def writer(field: Field) -> Convert:
    """Makes what the column takes of a ``CrmValue``, which is not None."""
    if isinstance(field, Items):
        return lambda text: id_from_text(field.item, text)
    if isinstance(field, Channel):
        return as_is
    column = field.column
    if field.crm_type in (CrmType.LIST, CrmType.COMPANY):
        return lambda text: id_from_text(column, text)
    if field.crm_type is CrmType.DECIMAL and not getattr(column.type, "asdecimal", True):
        return float
    if field.crm_type is CrmType.DATETIME and not getattr(column.type, "timezone", True):
        return _utc
    return as_is


def _id_or_none(column: Any, text: str) -> Any:
    try:
        return id_from_text(column, text)
    except ValueError:
        return None


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def aware(value: datetime) -> datetime:
    """The moment with its time zone; one without is UTC."""
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


def _utc(value: datetime) -> datetime:
    return value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
