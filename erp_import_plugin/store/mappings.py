"""Mappings of a connection: fields per actor type, list items, and the ERP's lists as they were last read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, ListItem, Operator
from erp_import_plugin.engine.lists import ItemMapping
from erp_import_plugin.engine.mapping import ActorMapping, FieldMapping
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import codec
from erp_import_plugin.store.tables import connection, erp_list_item, list_mapping, mapping


def save(tx: Transaction, connection_id: int, mapped: ActorMapping) -> None:
    """Keep the mapping of one actor type, in place of the one before."""
    tx.execute(
        delete(mapping).where(mapping.c.connection_id == connection_id, mapping.c.actor_type == mapped.actor_type.value)
    )
    tx.execute(
        insert(mapping).values(
            connection_id=connection_id,
            actor_type=mapped.actor_type.value,
            kind=mapped.kind.value,
            active=mapped.active,
            fields=codec.dumps(
                {
                    "fields": [_field_data(field) for field in mapped.fields],
                    "defaults": dict(mapped.defaults),
                    "ask": sorted(mapped.ask),
                }
            ),
        )
    )


def of(tx: Transaction, connection_id: int) -> dict[ActorType, ActorMapping]:
    """The mappings of a connection by actor type, in the order of :class:`ActorType`."""
    rows = tx.execute(select(mapping).where(mapping.c.connection_id == connection_id)).all()
    by_type = {ActorType(row.actor_type): row for row in rows}
    return {actor_type: _mapping(actor_type, by_type[actor_type]) for actor_type in ActorType if actor_type in by_type}


def list_items(tx: Transaction, connection_id: int) -> ItemMapping:
    """How ERP list items map to CRM list items."""
    rows = tx.execute(select(list_mapping).where(list_mapping.c.connection_id == connection_id))
    return {(row.crm_list, row.erp_list, row.erp_item): row.crm_item for row in rows}


def items_of(tx: Transaction, connection_id: int, crm_list: str, erp_list: str) -> dict[str, str | None]:
    """How the items of one ERP list map to one CRM list, by ERP item."""
    rows = tx.execute(select(list_mapping).where(*_between(connection_id, crm_list, erp_list)))
    return {row.erp_item: row.crm_item for row in rows}


def save_items(
    tx: Transaction, connection_id: int, crm_list: str, erp_list: str, items: Mapping[str, str | None]
) -> None:
    """Keep what some ERP items map to, in place of what they did before."""
    forget_items(tx, connection_id, crm_list, erp_list, items.keys())
    place = {"connection_id": connection_id, "crm_list": crm_list, "erp_list": erp_list}
    if items:
        rows = [{**place, "erp_item": erp_item, "crm_item": crm_item} for erp_item, crm_item in items.items()]
        tx.execute(insert(list_mapping), rows)


def forget_items(tx: Transaction, connection_id: int, crm_list: str, erp_list: str, erp_items: Collection[str]) -> None:
    """Let some ERP items map to nothing of their own."""
    place = _between(connection_id, crm_list, erp_list)
    tx.execute(delete(list_mapping).where(*place, list_mapping.c.erp_item.in_(list(erp_items))))


def _between(connection_id: int, crm_list: str, erp_list: str) -> tuple[ColumnElement[bool], ...]:
    columns = list_mapping.c
    return (columns.connection_id == connection_id, columns.crm_list == crm_list, columns.erp_list == erp_list)


def save_erp_list(tx: Transaction, connection_id: int, list_name: str, items: Sequence[ListItem]) -> None:
    """Keep the items of an ERP list, in place of those before."""
    # Two imports through one connection may read a list at once: the second waits, and replaces what the first kept.
    tx.execute(select(connection.c.id).where(connection.c.id == connection_id).with_for_update())
    place = (erp_list_item.c.connection_id == connection_id, erp_list_item.c.list_name == list_name)
    tx.execute(delete(erp_list_item).where(*place))
    unique = {item.key: item for item in items}
    rows = [
        {
            "connection_id": connection_id,
            "list_name": list_name,
            "item_key": item.key,
            "label": item.label[:255],
            "position": position,
        }
        for position, item in enumerate(unique.values())
    ]
    if rows:
        tx.execute(insert(erp_list_item), rows)


def erp_lists(
    tx: Transaction, connection_id: int, names: Collection[str], keys: Collection[str] | None = None
) -> dict[str, dict[str, str]]:
    """The labels of some ERP lists by item key, in the ERP's order; a list never read is empty.

    With ``keys`` those of these items only.
    """
    wanted = [erp_list_item.c.connection_id == connection_id, erp_list_item.c.list_name.in_(list(names))]
    if keys is not None:
        wanted.append(erp_list_item.c.item_key.in_(list(keys)))
    labels: dict[str, dict[str, str]] = {name: {} for name in names}
    for row in tx.execute(select(erp_list_item).where(*wanted).order_by(erp_list_item.c.position)):
        labels[row.list_name][row.item_key] = row.label
    return labels


def erp_list_sizes(tx: Transaction, connection_id: int, names: Collection[str]) -> dict[str, int]:
    """How many items some ERP lists have."""
    rows = tx.execute(
        select(erp_list_item.c.list_name, func.count().label("items"))
        .where(erp_list_item.c.connection_id == connection_id, erp_list_item.c.list_name.in_(list(names)))
        .group_by(erp_list_item.c.list_name)
    )
    return {row.list_name: row.items for row in rows}


def _field_data(mapped: FieldMapping) -> dict[str, Any]:
    erp = asdict(mapped.erp) | {"operators": sorted(operator.value for operator in mapped.erp.operators)}
    return {
        "erp": erp,
        "crm_field": mapped.crm_field,
        "active": mapped.active,
        "show_in_search": mapped.show_in_search,
        "rank": mapped.rank,
        "gone": mapped.gone,
        "declined": mapped.declined,
    }


def _mapping(actor_type: ActorType, row: Any) -> ActorMapping:
    data = codec.loads(row.fields)
    defaults = {key: codec.value(value) for key, value in data["defaults"].items()}
    fields = tuple(_field(field) for field in data["fields"])
    return ActorMapping(actor_type, EntityKind(row.kind), fields, row.active, defaults, frozenset(data["ask"]))


def _field(data: dict[str, Any]) -> FieldMapping:
    erp = data["erp"]
    operators = frozenset(Operator(operator) for operator in erp["operators"])
    field = ErpField(**{**erp, "type": FieldType(erp["type"]), "operators": operators})
    chosen = (data["crm_field"], data["active"], data["show_in_search"], data["rank"])
    return FieldMapping(field, *chosen, gone=data["gone"], declined=data["declined"])
