"""Values between the plugin and a host's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
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


def id_writer(column: Any) -> Convert:
    """Makes an id as its column holds it of a text. Raises ValueError where the column cannot hold it."""
    if isinstance(column.type, sa.Uuid):
        return UUID if id_type(column) is UUID else lambda text: str(UUID(text))
    return _number if id_type(column) is int else as_is


def ids_from_text(column: Any, texts: Iterable[str]) -> list[Any]:
    """The ids as the column holds them, without those it cannot hold: no row has them."""
    made, write = [], id_writer(column)
    for text in dict.fromkeys(texts):
        with suppress(ValueError):
            made.append(write(text))
    return made


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
        return id_writer(field.item)
    if isinstance(field, Channel):
        return as_is
    column = field.column
    if field.crm_type in (CrmType.LIST, CrmType.COMPANY):
        return id_writer(column)
    if field.crm_type is CrmType.DECIMAL and not getattr(column.type, "asdecimal", True):
        return float
    if field.crm_type is CrmType.DATETIME and not getattr(column.type, "timezone", True):
        return _utc
    return as_is


def _number(text: str) -> int:
    number = int(text)
    if str(number) != text or abs(number) > _LARGEST_ID:
        raise ValueError(f"{text[:40]!r} is no id.")
    return number


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def aware(value: datetime) -> datetime:
    """The moment with its time zone; one without is UTC."""
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


def _utc(value: datetime) -> datetime:
    return value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
