"""Shapes: what rows of a plan do to the CRM, without their values. A hundred thousand rows have a few of them."""

from __future__ import annotations

from typing import NamedTuple

from erp_import_plugin.engine.changes import EntityChange, FieldChange, NewItem, NewValue, PlannedRow
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.host_api import EntityKind


class FieldShape(NamedTuple):
    """What happens to a field: it is "filled", "replaced", "added" to, or "cleared".

    Of its values, ``replaced`` give way to others and ``removed`` just go.
    """

    field: str
    effect: str
    replaced: int
    removed: int


class ChangeShape(NamedTuple):
    """What happens to one entity: it is "new", "changed" or "removed".

    ``names`` are all fields that the ERP has something for, ticked or not; ``fields`` those that are written of an
    entity that is changed. ``written`` is false for the company of a contact that is not to have it.
    """

    kind: EntityKind
    effect: str
    written: bool
    names: tuple[str, ...]
    fields: tuple[FieldShape, ...]


class Shape(NamedTuple):
    """What a row does: each of its changes, and the list items that it needs and the CRM lacks."""

    changes: tuple[ChangeShape, ...]
    items: tuple[NewItem, ...]


def shape_of(planned: PlannedRow) -> Shape | None:
    """The shape of a row; None where it changes nothing."""
    if not planned.changes:
        return None
    written = {id(change) for change in planned.written()}
    changes = tuple([_change(change, id(change) in written) for change in planned.changes])
    return Shape(changes, tuple(sorted(set(planned.new_items()), key=lambda one: (one.list_name, one.label))))


def _change(change: EntityChange, written: bool) -> ChangeShape:
    values = change.all_values
    if values is not None:
        return ChangeShape(change.kind, "new", written, tuple(values), ())
    effect = change.effect
    fields = tuple([_field(one) for one in change.ticked()]) if effect == "changed" else ()
    return ChangeShape(change.kind, effect, written, tuple([one.field for one in change.fields]), fields)


def _field(change: FieldChange) -> FieldShape:
    old, new = _set(change.old), _set(change.new)
    lost, gained = len(old - new), len(new - old)
    return FieldShape(change.field, _effect(change), min(lost, gained), max(lost - gained, 0))


def _effect(change: FieldChange) -> str:
    if change.cleared:
        return "cleared"
    if is_empty(change.old):
        return "filled"
    if isinstance(change.old, tuple) and isinstance(change.new, tuple) and set(change.old) <= set(change.new):
        return "added"
    return "replaced"


def _set(value: NewValue) -> set[str]:
    if is_empty(value):
        return set()
    return {str(one) for one in (value if isinstance(value, tuple) else (value,))}
