"""Whether the accounts of every import in a database balance, counted from its rows and by nothing of the program."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, inspect, select

from erp_import_plugin.store import tables

_PARTS = ("new", "changed", "removed", "unchanged", "skipped", "undecided", "held", "failed")


def unbalanced(engine: Engine) -> list[str]:
    """What is wrong with the accounts of imports that are planned or done, for a reader."""
    if not inspect(engine).has_table(tables.import_.name):
        return []
    with engine.connect() as tx:
        ended = tables.import_.c.state.in_(("planned", "done"))
        return [problem for found in tx.execute(select(tables.import_).where(ended)) for problem in _of(tx, found)]


def _of(tx: Connection, found: Any) -> Iterable[str]:
    kept = json.loads(found.counts or "{}")
    parts = {part: kept.get(part, 0) for part in _PARTS}
    told = tables.plan_row if found.state == "planned" else tables.outcome
    read = tx.scalar(select(func.count()).where(tables.staged.c.import_id == found.id))
    name = f"import {found.id}, which is {found.state}"
    if kept.get("read") != read or sum(parts.values()) != read:
        yield f"{name}, has read {read} actors, but its accounts say {kept}"
    rows = _statuses(tx, told, found.id)
    if rows != {part: number for part, number in parts.items() if number}:
        yield f"{name}, has rows of {rows}, but its accounts say {kept}"
    stray = tx.scalar(
        select(func.count())
        .select_from(told.outerjoin(tables.staged, tables.staged.c.id == told.c.id))
        .where(told.c.import_id == found.id, func.coalesce(tables.staged.c.import_id, 0) != found.id)
    )
    if stray:
        yield f"{name}, tells of {stray} rows that it has not read"


def _statuses(tx: Connection, told: Table, import_id: int) -> dict[str, int]:
    rows = (
        select(told.c.status, func.count().label("rows")).where(told.c.import_id == import_id).group_by(told.c.status)
    )
    return {row.status: row.rows for row in tx.execute(rows)}
