"""Decisions of an import, kept by staged row, so that a new preview finds them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, delete, insert, select

from erp_import_plugin.engine.decisions import Choice, Decision
from erp_import_plugin.store.ids import among
from erp_import_plugin.store.tables import decision


def of_rows(tx: Transaction, rows: Collection[int]) -> dict[int, Decision]:
    """What was decided about some rows."""
    found = tx.execute(select(decision).where(among(tx, decision.c.id, rows)))
    return {row.id: _decision(row) for row in found}


def save(tx: Transaction, import_id: int, decisions: Collection[Decision]) -> None:
    """Keep decisions, each in place of an earlier one about its row."""
    forget(tx, [one.row for one in decisions])
    rows = [
        {
            "id": one.row,
            "import_id": import_id,
            "choice": one.choice.value,
            "entity_id": one.entity_id,
            "by_id": one.by_id,
            "by_name": one.by_name,
            "at": one.at,
        }
        for one in decisions
    ]
    if rows:
        tx.execute(insert(decision), rows)


def forget(tx: Transaction, rows: Collection[int]) -> None:
    """Take the decisions about some rows back."""
    tx.execute(delete(decision).where(decision.c.id.in_(list(rows))))


def _decision(row: Row[tuple[object, ...]]) -> Decision:
    return Decision(row.id, Choice(row.choice), row.entity_id, row.by_id, row.by_name, row.at)
