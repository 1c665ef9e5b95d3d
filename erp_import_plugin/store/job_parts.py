"""Parts of a running job: ranges of rows that any worker may do, each under a lease of its own.

They live from the start of a phase until the job's claim ends: whoever claims, pauses or ends the job throws them away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, and_, case, func, insert, or_, select, update

from erp_import_plugin.store.jobs import Clock, JobState, drop_parts, utc_now
from erp_import_plugin.store.leases import run_out
from erp_import_plugin.store.tables import job
from erp_import_plugin.store.tables import job_part as table
from erp_import_plugin.store.transactions import reading, writing

_CANDIDATES = 8  # free parts looked at together: several workers reach for the first one at once


@dataclass(frozen=True, slots=True)
class Range:
    """The rows from one id to another, both included, and how many of them are to be done."""

    first: int
    last: int
    rows: int


EVERYTHING = Range(0, 2**63 - 1, 0)
"""For a worker that is alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """A range of one phase of a job."""

    phase: str
    position: int
    range: Range


@dataclass(frozen=True, slots=True)
class Hold:
    """One worker's hold on a part of a job: in its transactions nobody else can do the same rows."""

    part: Part
    job_id: int
    worker: str


class PartStore:
    """The table of parts. A part is changed only by the worker that holds it."""

    def __init__(self, engine: Engine, lease: float, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._lease = timedelta(seconds=lease)
        self._clock = clock

    def lay_out(self, tx: Connection, job_id: int, phase: str, ranges: Iterable[Range]) -> int:
        """The parts of a phase, in place of those of the one before; gives how many."""
        drop_parts(tx, job_id)
        rows = [
            {
                "job_id": job_id,
                "phase": phase,
                "position": position,
                "first_row": one.first,
                "last_row": one.last,
                "rows": one.rows,
                "done": False,
            }
            for position, one in enumerate(ranges)
        ]
        if rows:
            tx.execute(insert(table), rows)
        return len(rows)

    def take(self, job_id: int, worker: str) -> Hold | None:
        """Give the next part that nobody does, or whose worker has fallen silent, to a worker."""
        while True:
            with reading(self._engine) as tx:
                free = self._free(table.c.job_id == job_id)
                found = tx.execute(select(table).where(free).order_by(table.c.position).limit(_CANDIDATES)).all()
            for row in found:
                held = Hold(Part(row.phase, row.position, Range(row.first_row, row.last_row, row.rows)), job_id, worker)
                if self._claim(held):
                    return held
            if not found:
                return None

    def hold(self, tx: Connection, held: Hold) -> bool:
        """Make a transaction of the worker commit only while it has the part; false when it has lost it."""
        extended = update(table).where(_mine(held)).values(lease_until=self._clock() + self._lease)
        return tx.execute(extended).rowcount == 1

    def end(self, held: Hold) -> bool:
        """The part is done; false when the worker has lost it."""
        with writing(self._engine) as tx:
            done = update(table).where(_mine(held)).values(done=True, worker=None, lease_until=None)
            return tx.execute(done).rowcount == 1

    def let_go(self, held: Hold) -> None:
        """Leave the part, undone, to others at once."""
        with writing(self._engine) as tx:
            tx.execute(update(table).where(_mine(held)).values(worker=None, lease_until=None))

    def left(self, job_id: int) -> tuple[int, int]:
        """How many parts of the phase are not done yet, and how many rows are."""
        undone, rows = func.sum(case((table.c.done, 0), else_=1)), func.sum(case((table.c.done, table.c.rows), else_=0))
        with reading(self._engine) as tx:
            found = tx.execute(select(undone, rows).where(table.c.job_id == job_id)).one()
        return int(found[0] or 0), int(found[1] or 0)

    def wanting(self, limit: int) -> list[int]:
        """Jobs at work that have parts which nobody does."""
        at_work = and_(job.c.id == table.c.job_id, job.c.state == JobState.RUNNING.value)
        jobs = select(job.c.id).distinct().join(table, at_work).where(self._free()).order_by(job.c.id).limit(limit)
        with reading(self._engine) as tx:
            return list(tx.execute(jobs).scalars())

    def _claim(self, held: Hold) -> bool:
        same = and_(table.c.job_id == held.job_id, table.c.phase == held.part.phase)
        place = self._free(same, table.c.position == held.part.position, table.c.last_row == held.part.range.last)
        with writing(self._engine) as tx:
            taken = update(table).where(place).values(worker=held.worker, lease_until=self._clock() + self._lease)
            return tx.execute(taken).rowcount == 1

    def _free(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        idle = or_(table.c.worker.is_(None), run_out(table.c.lease_until, self._clock()))
        return and_(*conditions, table.c.done.is_(False), idle)


def cut(tx: Connection, row_id: Column[Any], size: int, *conditions: ColumnElement[bool]) -> list[Range]:
    """The rows that fulfil the conditions, cut by their id into ranges of so many; the last one may be smaller."""
    number = func.row_number().over(order_by=row_id)
    part = ((number - 1) // size).label("part")
    rows = select(row_id.label("row"), part).where(*conditions).subquery()
    ranges = select(func.min(rows.c.row), func.max(rows.c.row), func.count()).group_by(rows.c.part)
    return [Range(*one) for one in tx.execute(ranges.order_by(rows.c.part))]


def _mine(held: Hold) -> ColumnElement[bool]:
    place = and_(table.c.job_id == held.job_id, table.c.phase == held.part.phase)
    return and_(place, table.c.position == held.part.position, table.c.worker == held.worker, table.c.done.is_(False))
