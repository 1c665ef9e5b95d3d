"""What an import, or a saved one, searches for: its criteria with the fields and list items they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType, ErpField
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.workflow.criteria import Criteria, from_data


@dataclass(frozen=True, slots=True)
class Asked:
    """What was last searched for, with the fields and list items the criteria name."""

    actor_type: ActorType
    criteria: Criteria
    fields: Mapping[str, ErpField]
    lists: Mapping[str, Mapping[str, str]]


def asked_of(tx: Transaction, connection_id: int, actor_type: ActorType, sets: Any) -> Asked:
    """The same of kept criteria: ``sets`` is their JSON data."""
    mapping = mapping_store.of(tx, connection_id).get(actor_type)
    fields = {field.erp.key: field.erp for field in mapping.fields} if mapping else {}
    criteria = from_data(sets)
    used = {line.field for lines in criteria.sets for line in lines}
    lists = {field.list_name for key, field in fields.items() if key in used and field.list_name}
    return Asked(actor_type, criteria, fields, mapping_store.erp_lists(tx, connection_id, lists))
