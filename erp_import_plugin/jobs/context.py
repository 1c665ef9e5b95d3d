"""What a handler is given: for which job it works, and how it reports and learns that it has to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection

from erp_import_plugin.jobs.team import Keeper, Team, Work
from erp_import_plugin.store.job_parts import EVERYTHING, Range
from erp_import_plugin.store.jobs import Job, Progress

OnProgress = Callable[[Progress], None]


class Tie(Keeper, Protocol):
    """What ties a worker to its work: a lease on the job, or a place among those who help with it."""

    def report(self, progress: Progress) -> Progress:
        """Have the progress written soon; gives it with the rate."""

    def check(self) -> None:
        """Raise when the work has to stop."""

    def stop_asked(self) -> bool:
        """Whether the work shall stop."""

    def heartbeat(self) -> None:
        """Give a sign of life."""


class JobContext:
    """One job at work. ``subject`` is the token of what is worked on, ``user_id`` who started it."""

    def __init__(self, job: Job, lease: Tie, on_progress: OnProgress | None = None, team: Team | None = None) -> None:
        self.job_id = job.id
        self.kind = job.kind
        self.subject = job.subject
        self.user_id = job.user_id
        self._lease = lease
        self._keeper: Keeper = lease
        self._team = team
        self._on_progress = on_progress

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Report how far the work is; ``note`` says in a :class:`~erp_import_plugin.errors.Sentence` what it does now.

        Cheap, to be called as often as there is news: it is written within half a second, the last one always.
        """
        progress = self._lease.report(Progress(done, total, note=note))
        if self._on_progress:
            self._on_progress(progress)

    def check(self) -> None:
        """To be called at every edge where the work may stop, never in a transaction.

        Raises:
            Cancelled: someone asked for the work to stop, for good or for a while.
            LeaseLost: another worker may have taken the work over.
        """
        self._lease.check()

    def cancel_asked(self) -> bool:
        """Whether someone asked for the work to stop; for calls that cannot be left by raising."""
        return self._lease.stop_asked()

    def heartbeat(self) -> None:
        """Extend the lease now; never in a transaction after :meth:`hold`. Raises :class:`LeaseLost`."""
        self._lease.heartbeat()

    def hold(self, connection: Connection) -> None:
        """Make sure, within a writing transaction, that no other worker can write the same as well.

        To be called in every transaction that must happen once: of two workers that both take the job for theirs, only
        one gets past this. Raises :class:`LeaseLost`.
        """
        self._keeper.hold(connection)

    @contextmanager
    def keeping(self, keeper: Keeper) -> Iterator[None]:
        """While it lasts :meth:`hold` holds a part of the job only, so that others can do other parts meanwhile."""
        before, self._keeper = self._keeper, keeper
        try:
            yield
        finally:
            self._keeper = before

    def side_by_side(
        self, phase: str, ranges: Callable[[], Iterable[Range]], work: Work, told: Callable[[int], None]
    ) -> int:
        """Do the rows of one phase, together with other workers where there are any, and return when all are done.

        ``ranges`` are the parts that can be done in any order; a worker that is alone is given everything as one range.
        ``told`` hears how many rows are done by now. Gives how many there were.
        """
        if self._team is None:
            return self._alone(work, told)

        def do(keeper: Keeper, some: Range) -> None:
            with self.keeping(keeper):
                work(some, lambda _rows: self.check())

        def tell(rows: int) -> None:
            told(rows)
            self.check()

        return self._team.lead(self.job_id, phase, ranges(), self._lease, do, tell)

    def _alone(self, work: Work, told: Callable[[int], None]) -> int:
        done = 0

        def edge(rows: int) -> None:
            nonlocal done
            done += rows
            told(done)
            self.check()

        edge(0)
        work(EVERYTHING, edge)
        return done
