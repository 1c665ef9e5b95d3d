"""Taking old imports out of the history, some rows at a time. Links stay; tables of the host are never touched."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Table, and_, delete, exists, func, or_, select, update
from sqlalchemy import Connection as Transaction

from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.imports import REMOVING, ImportState
from erp_import_plugin.store.tables import (
    decision,
    import_selection,
    job,
    link,
    outcome,
    plan_block,
    plan_item,
    plan_key,
    plan_row,
    plan_shape,
    search,
    search_result,
    staged,
)
from erp_import_plugin.store.tables import import_ as table


def old(tx: Transaction, owner_id: str | None, before: datetime, *, unfinished: bool) -> list[int]:
    """The imports of one owner, or of everyone, that ended before a moment, oldest first.

    With ``unfinished`` also those that have not ended, if nothing was done to them since. An import stays as long as an
    undo of it does.
    """
    rows = tx.execute(
        select(table.c.id, table.c.undoes, table.c.owner_id, _is_old(before, unfinished).label("old")).where(
            table.c.state != REMOVING
        )
    )
    found = {row.id: row for row in rows}
    kept: set[int] = set()
    for import_id in sorted(found, reverse=True):  # an undo comes after what it undoes
        row = found[import_id]
        if not row.old or owner_id not in (None, row.owner_id) or import_id in kept:
            kept |= {import_id, row.undoes}
    return [key for key in sorted(found) if key not in kept]


def hide_old(tx: Transaction, owner_id: str | None, before: datetime, *, unfinished: bool) -> int:
    """Have nobody find the old imports any more; how many they are."""
    found = old(tx, owner_id, before, unfinished=unfinished)
    # An undo, or work, may begin this moment: it takes the import with a lock, so that afterwards it can be seen.
    tx.execute(select(table.c.id).where(dialect_of(tx).among(tx, table.c.id, found)).with_for_update())
    still = set(found) & set(old(tx, owner_id, before, unfinished=unfinished))
    tx.execute(update(table).where(dialect_of(tx).among(tx, table.c.id, sorted(still))).values(state=REMOVING))
    return len(still)


def hidden(tx: Transaction) -> list[int]:
    """The imports that are to be removed, those of an earlier time that was cut short among them."""
    return list(tx.execute(select(table.c.id).where(table.c.state == REMOVING).order_by(table.c.id)).scalars())


def remove_some(tx: Transaction, import_id: int, limit: int) -> bool:
    """Remove at most so many rows of each table; false when there were none left but the import's own."""
    searches = select(search.c.id).where(search.c.import_id == import_id)
    results = search_result.c.search_id.in_(searches)
    positions = tx.execute(select(search_result.c.position).where(results).limit(limit)).scalars().all()
    if positions:
        tx.execute(delete(search_result).where(results, dialect_of(tx).among(tx, search_result.c.position, positions)))
    linked = _some(tx, link, import_id, limit)
    if linked:
        tx.execute(update(link).where(dialect_of(tx).among(tx, link.c.id, linked)).values(import_id=None))
    rows = _some(tx, staged, import_id, limit)
    if rows:
        for column in (plan_key.c.row_id, decision.c.id, outcome.c.id, plan_row.c.id, staged.c.id):
            _remove(tx, column, rows)
    return bool(positions or linked or rows)


def remove(tx: Transaction, import_id: int) -> None:
    """Remove an import of which nothing else is left."""
    token = select(table.c.token).where(table.c.id == import_id)
    searched = select(search.c.token).where(search.c.import_id == import_id)
    tx.execute(delete(job).where(or_(job.c.subject.in_(token), job.c.subject.in_(searched))))
    for owned in (search, plan_block, plan_shape, plan_item, import_selection):
        tx.execute(delete(owned).where(owned.c.import_id == import_id))
    tx.execute(delete(table).where(table.c.id == import_id))


def _some(tx: Transaction, owned: Table, import_id: int, limit: int) -> list[int]:
    found = select(owned.c.id).where(owned.c.import_id == import_id).order_by(owned.c.id).limit(limit)
    return list(tx.execute(found).scalars())


def _remove(tx: Transaction, column: Column[int], rows: Collection[int]) -> None:
    tx.execute(delete(column.table).where(dialect_of(tx).among(tx, column, rows)))


def _is_old(before: datetime, unfinished: bool) -> ColumnElement[bool]:
    ended = and_(table.c.state == ImportState.DONE.value, table.c.ended_at < before)
    if not unfinished:
        return ended
    touched = func.coalesce(table.c.started_at, table.c.planned_at, table.c.created_at)
    worked_on = exists().where(
        job.c.subject == table.c.token, or_(job.c.active_subject.is_not(None), job.c.created_at >= before)
    )
    searched = exists().where(search.c.import_id == table.c.id, search.c.created_at >= before)
    open_ = table.c.state.in_([state.value for state in ImportState if state is not ImportState.DONE])
    return or_(ended, and_(open_, touched < before, ~worked_on, ~searched))
