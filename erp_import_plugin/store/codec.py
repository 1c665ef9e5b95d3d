"""Values and plans as JSON text. What comes out equals what went in, types included."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from erp_import_plugin.engine.changes import (
    EntityChange,
    FieldChange,
    FieldProblem,
    KeptField,
    Match,
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


def dumps(value: Any) -> str:
    """JSON text of plain data and of the values of fields."""
    return _encode(value)


def loads(text: str | None) -> Any:
    """What :func:`dumps` was given, but lists for tuples. None for None."""
    return None if text is None else json.loads(text)


def value(data: Any) -> Any:
    """The value of a field from its JSON data."""
    if isinstance(data, list):
        return tuple(value(item) for item in data)
    if isinstance(data, dict):
        ((tag, inner),) = data.items()
        return _READERS[tag](inner)
    return data


def values_to_text(values: Mapping[str, Any]) -> str:
    """The values of an actor."""
    return _encode(dict(values))


def values_from_text(text: str | None) -> dict[str, Any]:
    """The values of an actor again; none for None."""
    return {key: value(data) for key, data in (json.loads(text) if text else {}).items()}


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
    return Reason(ReasonCode(data[0]), data[1], data[2]) if data else None


def row_to_text(planned: PlannedRow) -> str:
    """What a planned row holds beyond its columns."""
    return _encode(
        {
            "reason": reason_to_data(planned.reason),
            "match": [planned.match.how, planned.match.entities, planned.match.chosen],
            "changes": [
                [
                    change.kind.value,
                    change.entity_id,
                    [[f.field, f.old, f.new, f.ticked] for f in change.fields],
                    change.removes,
                ]
                for change in planned.changes
            ],
            "kept": [[k.field, k.crm, k.erp, k.setting, reason_to_data(k.reason)] for k in planned.kept],
            "problems": [[p.field, p.value, reason_to_data(p.reason)] for p in planned.problems],
            "keys": planned.keys,
            "frees": planned.frees,
            "scope": planned.scope,
            "region": planned.region,
            "company_keys": planned.company_keys,
            "similar": [[one.entity_id, one.score, one.agrees] for one in planned.similar],
        }
    )


def row_from_text(row: int, kind: str, status: str, label: str, text: str) -> PlannedRow:
    """A planned row again."""
    data = json.loads(text)
    how, entities, chosen = data["match"]
    return PlannedRow(
        row=row,
        kind=EntityKind(kind),
        label=label,
        status=Status(status),
        reason=reason_from_data(data["reason"]),
        match=Match(how, tuple(entities), chosen),
        changes=tuple(_change(*change) for change in data["changes"]),
        kept=tuple(_kept(*kept) for kept in data["kept"]),
        problems=tuple(_problem(*problem) for problem in data["problems"]),
        keys=tuple(data["keys"]),
        frees=data["frees"],
        scope=data["scope"],
        region=data["region"],
        company_keys=tuple(data["company_keys"]),
        similar=tuple(Similar(entity, score, tuple(agrees)) for entity, score, agrees in data["similar"]),
    )


def _change(kind: str, entity_id: str | None, fields: list[list[Any]], removes: bool) -> EntityChange:
    changes = tuple(FieldChange(field, value(old), value(new), ticked) for field, old, new, ticked in fields)
    return EntityChange(EntityKind(kind), entity_id, changes, removes)


def _kept(field: str, crm: Any, erp: Any, setting: str, reason: list[Any] | None) -> KeptField:
    return KeptField(field, value(crm), value(erp), setting, reason_from_data(reason))


def _problem(field: str, shown: str, reason: list[Any]) -> FieldProblem:
    return FieldProblem(field, shown, Reason(ReasonCode(reason[0]), reason[1], reason[2]))
