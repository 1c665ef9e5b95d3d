"""Defaults: what a CRM field gets when the ERP gives nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.engine.lists import Lists
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import CrmField, CrmType, CrmValue, EntitySchema

PYTHON: Mapping[CrmType, type] = {
    CrmType.INTEGER: int,
    CrmType.DECIMAL: Decimal,
    CrmType.DATE: date,
    CrmType.DATETIME: datetime,
    CrmType.BOOLEAN: bool,
}
"""What the value of a CRM field is; of all other types it is text."""


def chosen(mapping: ActorMapping, settings: ImportSettings) -> dict[str, CrmValue]:
    """The defaults of an actor type: those of its mapping, and for what is asked at import what was answered."""
    asked = {key: f"{mapping.kind.value}.{key}" for key in mapping.ask}
    answers = {key: settings.defaults[name] for key, name in asked.items() if name in settings.defaults}
    return {key: value for key, value in {**mapping.defaults, **answers}.items() if not is_empty(value)}


def usable(
    defaults: Mapping[str, CrmValue], schema: EntitySchema, lists: Lists
) -> tuple[dict[str, CrmValue], frozenset[str]]:
    """The defaults that the CRM can take now, and the fields whose default it cannot take any more.

    A field that the host no longer has is neither.
    """
    there = {key: value for key, value in defaults.items() if key in schema.fields}
    lost = frozenset(key for key, value in there.items() if not _fits(schema.fields[key], value, lists))
    return {key: value for key, value in there.items() if key not in lost}, lost


def _fits(crm: CrmField, value: CrmValue, lists: Lists) -> bool:
    """Whether it is of the field's type, and its items are offered; both may have changed since it was chosen."""
    if crm.many is not isinstance(value, tuple):
        return False
    return all(_one_fits(crm, one, lists) for one in (value if isinstance(value, tuple) else (value,)))


def _one_fits(crm: CrmField, value: CrmValue, lists: Lists) -> bool:
    python = PYTHON.get(crm.type, str)
    if not isinstance(value, python) or isinstance(value, bool) is not (python is bool):
        return False
    if isinstance(value, datetime) is not (python is datetime):
        return False
    if crm.type is CrmType.LIST:
        return isinstance(value, str) and lists.offers(crm.list_name or "", value)
    return not isinstance(value, str) or crm.max_length is None or len(value) <= crm.max_length
