"""The list items that a plan adds to the CRM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import Connection as Transaction
from sqlalchemy import bindparam, delete, insert, select, update

from erp_import_plugin.engine.changes import NewItem
from erp_import_plugin.store import plan_shapes
from erp_import_plugin.store.tables import plan_item


def recount(tx: Transaction, import_id: int) -> None:
    """Count anew which list items the ticked rows add, and how many rows need each."""
    needed: Counter[NewItem] = Counter()
    for shape, rows in plan_shapes.adding_items(tx, import_id):
        needed.update(dict.fromkeys(shape.items, rows))
    _keep(tx, import_id, needed)


def shift(tx: Transaction, import_id: int, ticked: bool, rows: Collection[int]) -> None:
    """Keep the counts right after some rows have been ticked, or unticked."""
    moved = plan_shapes.adding_items(tx, import_id, rows)
    if moved:
        needed = Counter({item: rows for item, (rows, _) in items(tx, import_id).items()})
        for shape, number in moved:
            needed.update(dict.fromkeys(shape.items, number if ticked else -number))
        _keep(tx, import_id, needed)


def items(tx: Transaction, import_id: int) -> dict[NewItem, tuple[int, str | None]]:
    """The list items the plan adds: how many rows need each, and its id once it is there."""
    rows = tx.execute(
        select(plan_item)
        .where(plan_item.c.import_id == import_id, plan_item.c.removes.is_(False))
        .order_by(plan_item.c.list_name, plan_item.c.label)
    )
    return {NewItem(row.list_name, row.label): (row.rows, row.item_id) for row in rows}


def set_ids(tx: Transaction, import_id: int, ids: Mapping[NewItem, str], added: Collection[NewItem]) -> None:
    """Remember the ids of list items that are there now, and which of them this import has added."""
    if ids:
        statement = update(plan_item).where(
            plan_item.c.import_id == import_id,
            plan_item.c.list_name == bindparam("of_list"),
            plan_item.c.label == bindparam("labelled"),
        )
        rows = [
            {"of_list": item.list_name, "labelled": item.label, "item_id": key, "done": item in added}
            for item, key in ids.items()
        ]
        tx.execute(statement, rows)


def _keep(tx: Transaction, import_id: int, needed: Mapping[NewItem, int]) -> None:
    tx.execute(delete(plan_item).where(plan_item.c.import_id == import_id, plan_item.c.removes.is_(False)))
    rows = [
        {"import_id": import_id, "list_name": item.list_name, "label": item.label, "rows": rows}
        for item, rows in needed.items()
        if rows > 0
    ]
    if rows:
        tx.execute(insert(plan_item), rows)
