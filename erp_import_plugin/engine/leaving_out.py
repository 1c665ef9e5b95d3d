"""Fields that a whole import leaves alone, in every row; what cannot be without a field keeps it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from erp_import_plugin.engine.changes import EntityChange, FieldChange
from erp_import_plugin.host_api import CrmSchema, EntityKind, Preferences


def without(
    change: EntityChange, names: Collection[str], schema: CrmSchema, preferences: Preferences, *, ticked: bool = False
) -> EntityChange:
    """The change with these fields ("company.phone") unticked, or ticked again."""

    place = f"{change.kind.value}."
    if not any(place + one.field in names for one in change.fields):
        return change

    def changed(one: FieldChange) -> FieldChange:
        if place + one.field not in names:
            return one
        needed = change.is_new and needs(change.kind, one.field, schema, preferences)
        return one._replace(ticked=ticked or needed)

    return replace(change, fields=tuple(changed(one) for one in change.fields))


def needs(kind: EntityKind, field: str, schema: CrmSchema, preferences: Preferences) -> bool:
    """Whether an entity cannot be created without this field."""
    is_company = kind is EntityKind.PERSON and field == "company"
    wanted = is_company and preferences.mandatory_company_on_contact
    return schema.entities[kind].fields[field].mandatory or wanted
