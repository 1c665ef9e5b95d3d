"""Values and plans as JSON text. What comes out equals what went in, types included.

Much of it is written, so by orjson: a text of its making ends with a line break. A text without one is of the standard
library's json: all that 0.1.0 wrote, and what orjson does not take or would misread, such as numbers beyond 64 bits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from erp_import_plugin.engine.changes import (
    EntityChange,
    FieldChange,
    FieldProblem,
    KeptField,
    Match,
    NewFields,
    NewItem,
    PlannedRow,
    RowCompany,
    Similar,
)
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import EntityKind


def _tagged(value: Any) -> dict[str, Any]:
    """What JSON has no type for, as an object with one key that names the type."""
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, NewItem):
        return {"item": [value.list_name, value.label]}
    if isinstance(value, RowCompany):
        return {"row": value.row}
    raise TypeError(f"{type(value).__name__} cannot be kept")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "item": lambda parts: NewItem(*parts),
    "row": RowCompany,
}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_tagged).encode
_MARK = "\n"
_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_SCALARS = frozenset({str, int, bool, type(None)})


def _packed(data: Any) -> str:
    try:
        return orjson.dumps(data, _tagged, _OPTIONS).decode()
    except TypeError:
        return _encode(data)


def _unpacked(text: str) -> Any:
    return orjson.loads(text) if text.endswith(_MARK) else json.loads(text)


def dumps(value: Any) -> str:
    """JSON text of plain data and of the values of fields."""
    return _encode(value)


def loads(text: str | None) -> Any:
    """What :func:`dumps` was given, but lists for tuples. None for None."""
    return None if text is None else json.loads(text)


def value(data: Any) -> Any:
    """The value of a field from its JSON data."""
    if type(data) in _SCALARS:
        return data
    if isinstance(data, list):
        return tuple([value(item) for item in data])
    if isinstance(data, dict):
        ((tag, inner),) = data.items()
        return _READERS[tag](inner)
    return data


def values_to_text(values: Mapping[str, Any]) -> str:
    """The values of an actor."""
    return _packed(dict(values))


def values_from_text(text: str | None) -> dict[str, Any]:
    """The values of an actor again; none for None."""
    return _values(_unpacked(text)) if text else {}


def _values(data: dict[str, Any]) -> dict[str, Any]:
    if _SCALARS.issuperset(map(type, data.values())):
        return data
    return {key: value(one) for key, one in data.items()}


def said_to_text(text: str) -> str:
    """A text for an admin, so that a sentence can be translated later; empty for an empty one."""
    return _encode([text.template, text.params] if isinstance(text, Sentence) else text) if text else ""


def said_from_text(text: str | None) -> str:
    """A text for an admin again."""
    said = json.loads(text) if text else ""
    return said if isinstance(said, str) else Sentence(said[0], **said[1])


def reason_to_data(reason: Reason | None) -> list[Any] | None:
    """A reason as JSON data."""
    return None if reason is None else [reason.code.value, dict(reason.params), reason.setting]


def reason_from_data(data: list[Any] | None) -> Reason | None:
    """A reason again."""
    return Reason(_CODES[data[0]], data[1], data[2]) if data else None


def row_to_text(planned: PlannedRow) -> str:
    """What a planned row holds beyond its columns; what it does not hold is left out."""
    parts = {
        "reason": reason_to_data(planned.reason),
        "match": _match_to_data(planned.match),
        "changes": [_change_to_data(change) for change in planned.changes],
        "kept": [[k.field, k.crm, k.erp, k.setting, reason_to_data(k.reason)] for k in planned.kept],
        "problems": [[p.field, p.value, reason_to_data(p.reason)] for p in planned.problems],
        "keys": planned.keys,
        "frees": planned.frees,
        "scope": planned.scope,
        "region": planned.region,
        "company_keys": planned.company_keys,
        "similar": [[one.entity_id, one.score, one.agrees] for one in planned.similar],
    }
    return _packed({name: part for name, part in parts.items() if part})


def _match_to_data(match: Match) -> tuple[Any, ...]:
    if match.chosen is not None:
        return (match.how, match.entities, match.chosen)
    return (match.how, match.entities) if match.how or match.entities else ()


def _change_to_data(change: EntityChange) -> list[Any]:
    """A whole new entity has its values, any other change its fields with what they were."""
    values = change.all_values
    if values is not None:
        return [change.kind, None, values]
    fields = [[f.field, f.old, f.new] if f.ticked else [*f] for f in change.fields]
    return [change.kind, change.entity_id, fields, True] if change.removes else [change.kind, change.entity_id, fields]


def row_from_text(row: int, kind: str, status: str, label: str, text: str) -> PlannedRow:
    """A planned row again."""
    data = _unpacked(text)
    parts = {name: _PARTS[name](part) for name, part in data.items()}
    return PlannedRow(row, _KINDS[kind], label, _STATUSES[status], **parts)


def _match(data: list[Any]) -> Match:
    how, entities, *chosen = data
    return Match(how, tuple(entities), *chosen)


def _changes(data: list[list[Any]]) -> tuple[EntityChange, ...]:
    return tuple([_change(*change) for change in data])


def _change(
    kind: str, entity_id: str | None, fields: list[list[Any]] | dict[str, Any], removes: bool = False
) -> EntityChange:
    if isinstance(fields, dict):
        return EntityChange(_KINDS[kind], entity_id, NewFields(_values(fields)))
    changes = [FieldChange(field, value(old), value(new), *ticked) for field, old, new, *ticked in fields]
    return EntityChange(_KINDS[kind], entity_id, tuple(changes), removes)


def _kept(data: list[list[Any]]) -> tuple[KeptField, ...]:
    return tuple(KeptField(f, value(crm), value(erp), setting, reason_from_data(r)) for f, crm, erp, setting, r in data)


def _problems(data: list[list[Any]]) -> tuple[FieldProblem, ...]:
    return tuple(FieldProblem(field, shown, Reason(_CODES[code], *more)) for field, shown, (code, *more) in data)


def _similar(data: list[list[Any]]) -> tuple[Similar, ...]:
    return tuple(Similar(entity, score, tuple(agrees)) for entity, score, agrees in data)


# Looking a member up in a dict takes a fraction of what its class takes.
_KINDS: Mapping[str, EntityKind] = {one.value: one for one in EntityKind}
_STATUSES: Mapping[str, Status] = {one.value: one for one in Status}
_CODES: Mapping[str, ReasonCode] = {one.value: one for one in ReasonCode}

_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "reason": reason_from_data,
    "match": _match,
    "changes": _changes,
    "kept": _kept,
    "problems": _problems,
    "keys": tuple,
    "frees": lambda row: row,
    "scope": str,
    "region": str,
    "company_keys": tuple,
    "similar": _similar,
}
