"""Which rows of a plan are to be imported; the counts that are kept of them follow in the same transaction."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Column, and_, or_, select, update
from sqlalchemy import Connection as Transaction

from erp_import_plugin.store import plan_blocks, plan_items
from erp_import_plugin.store.ids import among
from erp_import_plugin.store.plan import WRITES, PlanFilter, passing
from erp_import_plugin.store.tables import plan_row


def tick(tx: Transaction, import_id: int, ticked: bool, rows: Collection[int]) -> None:
    """Tick or untick some rows, and those that go with them, so that no contact is ticked whose company is not.

    A contact goes with the company that its import creates: unticked with it, it has it ticked. In an undo it is the
    other way round: a company is removed only with the contacts that leave it.
    """
    moved = _turn(tx, import_id, ticked, rows)
    moved += _turn(tx, import_id, ticked, _going_with(tx, import_id, ticked, rows))
    plan_blocks.recount(tx, import_id, moved)
    plan_items.shift(tx, import_id, ticked, moved)


def bring_in(tx: Transaction, import_id: int, rows: Collection[int]) -> None:
    """Tick rows because somebody decided what they are. They are planned anew, and counted, afterwards."""
    _turn(tx, import_id, True, rows)


def tick_all(tx: Transaction, import_id: int, ticked: bool, wanted: PlanFilter) -> None:
    """Tick or untick all rows that pass the filter, and those that go with them."""
    tx.execute(update(plan_row).where(*passing(plan_row, import_id, wanted)).values(ticked=ticked))
    mine = and_(plan_row.c.import_id == import_id, plan_row.c.ticked.is_(ticked), plan_row.c.status.in_(WRITES))
    named, naming = _ties(ticked)
    others = or_(
        plan_row.c.id.in_(select(named).where(mine, named.is_not(None))),
        naming.in_(select(plan_row.c.id).where(mine)),
    )
    tx.execute(update(plan_row).where(plan_row.c.import_id == import_id, others).values(ticked=ticked))
    plan_blocks.recount(tx, import_id)
    plan_items.recount(tx, import_id)


def _turn(tx: Transaction, import_id: int, ticked: bool, rows: Collection[int]) -> list[int]:
    """Tick or untick rows; gives those that were not so before."""
    mine = (plan_row.c.import_id == import_id, among(tx, plan_row.c.id, rows), plan_row.c.ticked.is_(not ticked))
    moved = list(tx.execute(select(plan_row.c.id).where(*mine)).scalars())
    tx.execute(update(plan_row).where(among(tx, plan_row.c.id, moved)).values(ticked=ticked))
    return moved


def _going_with(tx: Transaction, import_id: int, ticked: bool, rows: Collection[int]) -> set[int]:
    """The rows that go with some rows."""
    named, naming = _ties(ticked)
    mine = (plan_row.c.import_id == import_id, plan_row.c.status.in_(WRITES), among(tx, plan_row.c.id, rows))
    writing = tx.execute(select(plan_row.c.id, named.label("other")).where(*mine)).all()
    others = select(plan_row.c.id).where(
        plan_row.c.import_id == import_id, among(tx, naming, [row.id for row in writing])
    )
    return {row.other for row in writing if row.other is not None} | set(tx.execute(others).scalars())


def _ties(ticked: bool) -> tuple[Column[int], Column[int]]:
    """The columns by which a row names those that go with it, and by which those name it."""
    columns = plan_row.c.depends_on, plan_row.c.frees
    return columns if ticked else columns[::-1]
