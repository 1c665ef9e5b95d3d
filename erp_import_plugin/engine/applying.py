"""Applying: whether a planned row still stands on what it stood on, and what exactly it writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from erp_import_plugin.engine.changes import (
    EntityChange,
    FieldChange,
    NewItem,
    NewValue,
    PlannedRow,
    Resolved,
    RowCompany,
)
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import CrmValue, Entity


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row. ``entity_id`` is what the actor is now; ``company_id`` the company made for a contact.

    ``seal`` holds, by "company.name", the values that the CRM had otherwise right after than they were written: its own
    defaults, and what its columns and triggers made of them. An undo takes none of them for an edit.
    """

    row: int
    status: Status
    reason: Reason | None = None
    entity_id: str | None = None
    company_id: str | None = None
    seal: Mapping[str, CrmValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Premise:
    """What a planned row stands on, read again in the writing transaction.

    ``linked`` is the entity the actor is linked to now, ``found`` the entities its duplicate rule finds now,
    ``entities`` what is there now of those the row would change, ``erased`` whether it must not be created. ``own`` are
    entities that this import has written: that they match now is its own doing.
    """

    linked: str | None
    found: Collection[str]
    entities: Mapping[str, Entity]
    erased: bool = False
    own: Collection[str] = ()


def drifted(planned: PlannedRow, now: Premise) -> Reason | None:
    """Why the row must be held, None when everything is as it was when the preview was made."""
    for change in planned.changes:
        reason = _gone_or_changed(change, now) if change.entity_id and not change.removes else None
        if reason:
            return reason
    own = planned.own_change
    if own is None or own.entity_id:
        return None if planned.match.undoes else _rematched(planned, now)
    return _no_longer_new(planned, now)


def written(new: Mapping[str, NewValue], resolved: Resolved) -> Mapping[str, CrmValue] | Reason:
    """The values to write, with new list items and new companies by their ids; a reason where one is missing."""
    values: dict[str, CrmValue] = {}
    for field_key, one in new.items():
        value = _resolve(one, resolved)
        if isinstance(value, Reason):
            return value
        values[field_key] = value
    return values


def _gone_or_changed(change: EntityChange, now: Premise) -> Reason | None:
    entity = now.entities.get(change.entity_id or "")
    if entity is None:
        return Reason(ReasonCode.ENTITY_GONE)
    for one in change.ticked():
        value = entity.values.get(one.field)
        if not same_value(one.old, value):
            return _changed_since(one, value)
    return None


def _changed_since(change: FieldChange, value: CrmValue) -> Reason:
    params = {"field": change.field, "old": _shown(change.old), "now": _shown(value)}
    return Reason(ReasonCode.CHANGED_SINCE, params)


def _rematched(planned: PlannedRow, now: Premise) -> Reason | None:
    """Why the entity may no longer be what the actor is."""
    match = planned.match
    if now.linked is not None and now.linked != match.entity:
        return Reason(ReasonCode.ENTITY_APPEARED)
    if match.linked or not planned.keys:
        return None
    if not match.decided and match.entity not in now.found:
        return Reason(ReasonCode.NO_LONGER_MATCHES)
    return Reason(ReasonCode.ENTITY_APPEARED) if _appeared(planned, now) else None


def _no_longer_new(planned: PlannedRow, now: Premise) -> Reason | None:
    if now.linked is not None or _appeared(planned, now):
        return Reason(ReasonCode.ENTITY_APPEARED)
    return Reason(ReasonCode.ERASED) if now.erased else None


def _appeared(planned: PlannedRow, now: Premise) -> bool:
    """Whether an entity matches that nobody knew of when the plan was made."""
    return bool(set(now.found) - {*planned.match.entities, planned.match.entity} - set(now.own))


def same_value(one: CrmValue, other: CrmValue) -> bool:
    """Whether two values read from the CRM are the same; the order of several does not count."""
    if one == other:
        return True
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    return isinstance(one, tuple) and isinstance(other, tuple) and sorted(one) == sorted(other)


def _resolve(value: NewValue, resolved: Resolved) -> CrmValue | Reason:
    if isinstance(value, RowCompany):
        return resolved.companies.get(value.row) or Reason(ReasonCode.COMPANY_NOT_THERE)
    if isinstance(value, NewItem):
        return resolved.items.get(value) or Reason(ReasonCode.ITEM_GONE, {"item": value.label})
    if not isinstance(value, tuple):
        return value
    items = [_resolve(item, resolved) for item in value]
    missing = next((item for item in items if isinstance(item, Reason)), None)
    return missing or tuple(str(item) for item in items)


def _shown(value: CrmValue) -> str:
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
