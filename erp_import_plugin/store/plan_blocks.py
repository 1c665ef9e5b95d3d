"""How many rows of a plan there are of every sort, block by block, so that no page counts, or skips, rows one by one.

A block is a thousand row ids, or so. The counts are kept with the import and changed in the transaction that changes
the rows; a page adds up those of a hundred blocks where there are a hundred thousand rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, delete, func, insert, literal_column, or_, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.results import Status
from erp_import_plugin.store.plan import PlanFilter, passing
from erp_import_plugin.store.tables import plan_block, plan_row

_BITS = 10
_MOST_RUNS = 50
_SORT = ("status", "ticked", "decided", "similar")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a plan by status and tick; how many were decided, and how many have similar records to look at."""

    rows: dict[tuple[Status, bool], int]
    decided: int
    similar: int


NONE = Counts({}, 0, 0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a list is: among the rows from ``first`` to ``last``, after ``skipped`` of them."""

    first: int
    last: int
    skipped: int


def recount(tx: Transaction, import_id: int, rows: Collection[int] | None = None) -> None:
    """Bring the counts up to date after these rows have changed; without rows, after any may have."""
    mine, changed = [plan_block.c.import_id == import_id], [plan_row.c.import_id == import_id]
    if rows is not None:
        blocks = sorted({row >> _BITS for row in rows})
        if not blocks:
            return
        mine.append(plan_block.c.block.in_(blocks))
        changed.append(_in_blocks(blocks))
    tx.execute(delete(plan_block).where(*mine))
    block = _block_of(plan_row.c.id)
    sort = [plan_row.c[name] for name in _SORT]
    counted = select(plan_row.c.import_id, block, *sort, func.count()).where(*changed)
    counted = counted.group_by(plan_row.c.import_id, block, *sort)
    tx.execute(insert(plan_block).from_select(["import_id", "block", *_SORT, "rows"], counted))


def are_there(tx: Transaction, import_id: int) -> bool:
    """Whether rows were counted: not those of a plan that version 0.1.0 made."""
    return tx.scalar(select(plan_block.c.block).where(plan_block.c.import_id == import_id).limit(1)) is not None


def counts(tx: Transaction, import_id: int) -> Counts:
    """The counts of all rows."""
    sort = [plan_block.c[name] for name in _SORT]
    found = select(*sort, func.sum(plan_block.c.rows).label("number")).where(plan_block.c.import_id == import_id)
    counted = Counts({}, 0, 0)
    by_tick, decided, similar = counted.rows, 0, 0
    for row in tx.execute(found.group_by(*sort)):
        place, number = (Status(row.status), bool(row.ticked)), int(row.number)
        by_tick[place] = by_tick.get(place, 0) + number
        decided += number if row.decided else 0
        similar += number if row.similar and not row.decided else 0
    return Counts(by_tick, decided, similar)


def place(tx: Transaction, import_id: int, wanted: PlanFilter, offset: int, limit: int) -> tuple[Place | None, int]:
    """Where the rows of a page of those that pass a filter are, None where there are none; and how many pass.

    The filter has no text.
    """
    number = func.sum(plan_block.c.rows).label("number")
    found = select(plan_block.c.block, number).where(*passing(plan_block, import_id, wanted))
    first = last = skipped = None
    before = 0
    for block, rows in tx.execute(found.group_by(plan_block.c.block).order_by(plan_block.c.block)):
        after = before + int(rows)
        if first is None and after > offset:
            first, skipped = block, offset - before
        if before < offset + limit:
            last = block
        before = after
    if first is None or last is None or skipped is None:
        return None, before
    return Place(first << _BITS, ((last + 1) << _BITS) - 1, skipped), before


def places_after(tx: Transaction, import_id: int, wanted: PlanFilter, after: int) -> list[Place]:
    """The block of a row id and the next one, as far as rows pass the filter there: where the next such row is."""
    block = plan_block.c.block
    mine = (*passing(plan_block, import_id, wanted), block >= after >> _BITS)
    found = tx.execute(select(block).where(*mine).group_by(block).order_by(block).limit(2)).scalars()
    return [Place(one << _BITS, ((one + 1) << _BITS) - 1, 0) for one in found]


def _in_blocks(blocks: Sequence[int]) -> ColumnElement[bool]:
    """The rows of some blocks, given in order; neighbours are asked for together."""
    runs: list[list[int]] = []
    for block in blocks:
        if runs and block == runs[-1][1] + 1:
            runs[-1][1] = block
        else:
            runs.append([block, block])
    if len(runs) > _MOST_RUNS:
        return _block_of(plan_row.c.id).in_(blocks)
    return or_(*(plan_row.c.id.between(first << _BITS, ((last + 1) << _BITS) - 1) for first, last in runs))


def _block_of(row_id: ColumnElement[int]) -> ColumnElement[int]:
    # A shift, or a bound value, is not of one type in all databases.
    return row_id // literal_column(str(1 << _BITS), Integer)
