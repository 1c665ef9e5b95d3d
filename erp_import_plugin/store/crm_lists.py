"""A host's lists and their items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, select

from erp_import_plugin.host_api import CrmListItem
from erp_import_plugin.store.crm_map import ListTable
from erp_import_plugin.store.crm_rows import insert_columns


def read_items(tx: Connection, one: ListTable) -> list[CrmListItem]:
    """The items that can be chosen, by label."""
    statement = select(one.id, one.item_label, _code(one)).where(*_mine(one)).order_by(one.item_label, one.id)
    if one.active is not None:
        statement = statement.where(one.active.is_(True))
    return [CrmListItem(str(key), label or "", code or "") for key, label, code in tx.execute(statement)]


def add_items(tx: Connection, one: ListTable, labels: Sequence[str]) -> list[CrmListItem]:
    """Add items and give them in the same order."""
    if not labels:
        return []
    columns = one.id.table.c
    constants = {columns[name].key: value for name, value in one.where.items()}
    constants |= {one.active.key: True} if one.active is not None else {}
    columns = {name: [value] * len(labels) for name, value in constants.items()} | {one.item_label.key: labels}
    ids = insert_columns(tx, one.id, columns, len(labels))
    return [CrmListItem(str(key), label) for key, label in zip(ids, labels, strict=True)]


def codes(tx: Connection, one: ListTable) -> dict[str, str]:
    """The ISO country codes of the items that have one, by item id."""
    if one.code is None:
        return {}
    statement = select(one.id, one.code).where(*_mine(one), one.code.is_not(None))
    return {str(key): code for key, code in tx.execute(statement)}


def _code(one: ListTable) -> Any:
    return sa.null() if one.code is None else one.code


def _mine(one: ListTable) -> list[Any]:
    return [one.id.table.c[name] == value for name, value in one.where.items()]
