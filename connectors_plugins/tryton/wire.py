"""How Tryton writes values in JSON that JSON has no type for, and its domains (search conditions)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, TypeAlias

Domain: TypeAlias = "list[Any]"
"""A list of clauses joined by AND; a clause is ``[field, operator, value]`` or ``["OR", clause, …]``."""

Row: TypeAlias = "dict[str, Any]"
"""A record as it was read: plain fields by name, records behind a relation under the name and a dot."""


def encode(value: object) -> bytes:
    """JSON as Tryton reads it; date/times are aware and sent as UTC."""
    return json.dumps(value, default=_encoded).encode()


def decode(text: str) -> Any:
    """What Tryton's JSON says; its date/times are UTC and become aware. Raises ValueError if it is no JSON."""
    return json.loads(text, object_hook=_decoded)


def _encoded(value: object) -> dict[str, Any]:
    if isinstance(value, datetime):
        return {"__class__": "datetime", **_parts(value.astimezone(timezone.utc), *_DAY, *_CLOCK)}
    if isinstance(value, date):
        return {"__class__": "date", **_parts(value, *_DAY)}
    raise TypeError(f"Tryton has no type for {type(value).__name__}")


_DAY = ("year", "month", "day")
_CLOCK = ("hour", "minute", "second", "microsecond")


def _parts(value: date, *names: str) -> dict[str, int]:
    return {name: getattr(value, name) for name in names}


def _only(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value[name] for name in names}


def _decoded(value: dict[str, Any]) -> Any:
    decoder = _DECODERS.get(value.get("__class__", ""))
    return value if decoder is None else decoder(value)


_DECODERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "datetime": lambda value: datetime(**_only(value, *_DAY, *_CLOCK), tzinfo=timezone.utc),
    "date": lambda value: date(**_only(value, *_DAY)),
    "Decimal": lambda value: Decimal(value["decimal"]),
}
