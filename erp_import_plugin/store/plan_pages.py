"""The plan as pages list it: filtered, by number, and the next row of a sort."""

from __future__ import annotations

from sqlalchemy import Connection as Transaction
from sqlalchemy import func, select

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.results import Status
from erp_import_plugin.store import plan_blocks
from erp_import_plugin.store.plan import PlanFilter, PlanLine, line_of, passing
from erp_import_plugin.store.tables import plan_row

_UNDECIDED = PlanFilter(status=Status.UNDECIDED)
_SIMILAR = PlanFilter(similar=True)


def page(tx: Transaction, import_id: int, wanted: PlanFilter, offset: int, limit: int) -> tuple[list[PlanLine], int]:
    """One page of the rows that pass the filter, in the order they were staged, and how many pass.

    For a text all labels are read; without one the page takes as long wherever it is.
    """
    mine = passing(plan_row, import_id, wanted)
    if wanted.text:
        total = tx.scalar(select(func.count()).select_from(plan_row).where(*mine)) or 0
    else:
        place, total = plan_blocks.place(tx, import_id, wanted, offset, limit)
        if place is None:
            return [], total
        mine.append(plan_row.c.id.between(place.first, place.last))
        offset = place.skipped
    # The ids first: what is skipped is not read whole.
    ids = select(plan_row.c.id).where(*mine).order_by(plan_row.c.id).offset(offset).limit(limit).subquery()
    rows = tx.execute(select(plan_row).join(ids, ids.c.id == plan_row.c.id).order_by(plan_row.c.id))
    return [line_of(row) for row in rows], total


def following(tx: Transaction, import_id: int, wanted: PlanFilter, after: int, limit: int) -> list[PlanLine]:
    """The next rows, after a row id, that pass the filter."""
    mine = (*passing(plan_row, import_id, wanted), plan_row.c.id > after)
    return [line_of(row) for row in tx.execute(select(plan_row).where(*mine).order_by(plan_row.c.id).limit(limit))]


def next_open(tx: Transaction, import_id: int, row_id: int) -> PlannedRow | None:
    """The row after this one that needs a decision; the first of all after the last.

    Where there is none any more, the same of rows with similar records that nobody has decided about.
    """
    return _next(tx, import_id, _UNDECIDED, row_id) or _next(tx, import_id, _SIMILAR, row_id)


def _next(tx: Transaction, import_id: int, wanted: PlanFilter, row_id: int) -> PlannedRow | None:
    for after in (row_id, 0):
        for place in plan_blocks.places_after(tx, import_id, wanted, after):
            mine = (*passing(plan_row, import_id, wanted), plan_row.c.id.between(place.first, place.last))
            others = (plan_row.c.id > after, plan_row.c.id != row_id)
            found = tx.execute(select(plan_row).where(*mine, *others).order_by(plan_row.c.id).limit(1)).one_or_none()
            if found:
                return line_of(found).planned
    return None
