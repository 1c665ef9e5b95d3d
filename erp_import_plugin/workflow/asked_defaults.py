"""Defaults that are asked for at import, as part of the import settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import Crm, CrmField, CrmListItem, CrmSchema, CrmValue, EntityKind
from erp_import_plugin.workflow import default_values, typed
from erp_import_plugin.workflow.settings_form import AskedDefault


def asked(
    tx: Transaction, crm: Crm, schema: CrmSchema, mappings: Collection[ActorMapping], settings: ImportSettings
) -> tuple[AskedDefault, ...]:
    """What these mappings ask for: as the settings have it, else as the first mapping that asks has it."""
    found = []
    for kind, entity in schema.entities.items():
        asking = [mapping for mapping in mappings if mapping.kind is kind]
        for field in default_values.fields(entity):
            some = [mapping for mapping in asking if field.key in mapping.ask]
            if some:
                items = crm.list_items(tx, field.list_name) if field.list_name else ()
                found.append(_asked(kind, field, items, some, settings))
    return tuple(found)


def values(asked_: Sequence[AskedDefault]) -> dict[str, CrmValue]:
    """What was filled in, by "company.category"; None is no default. Raises NotAValue: see :func:`errors`."""
    return {one.key: default_values.read(one.crm, one.texts, one.items) for one in asked_}


def errors(asked_: Sequence[AskedDefault]) -> Iterator[tuple[str, Sentence]]:
    """What cannot be taken, by "defaults.company.category"."""
    for one in asked_:
        sentence = _error(one)
        if sentence:
            yield f"defaults.{one.key}", sentence


def _error(one: AskedDefault) -> Sentence | None:
    try:
        value = default_values.read(one.crm, one.texts, one.items)
    except typed.NotAValue as error:
        return error.sentence
    if value is None and one.needed:
        return Sentence("The CRM needs a value here, and the ERP does not give one.")
    return None


def _asked(
    kind: EntityKind,
    field: CrmField,
    items: Sequence[CrmListItem],
    asking: Sequence[ActorMapping],
    settings: ImportSettings,
) -> AskedDefault:
    key = f"{kind.value}.{field.key}"
    prefilled = next((one.defaults[field.key] for one in asking if field.key in one.defaults), None)
    lost = default_values.is_lost(field, prefilled, items)
    if key in settings.defaults:
        texts = default_values.texts(settings.defaults[key])
    else:
        texts = () if lost else default_values.texts(prefilled)
    needed = field.mandatory and not all(mapping.maps([field.key]) for mapping in asking)
    return AskedDefault(key, kind, field, items, texts, lost=lost and not texts, needed=needed)
