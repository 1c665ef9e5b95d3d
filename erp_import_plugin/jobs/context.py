"""What a handler is given: for which job it works, and how it reports and learns that it has to stop."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection

from erp_import_plugin.jobs.lease import Lease
from erp_import_plugin.jobs.pace import Pace
from erp_import_plugin.store.jobs import Job, Progress

OnProgress = Callable[[Progress], None]


class JobContext:
    """One job at work. ``subject`` is the token of what is worked on, ``user_id`` who started it."""

    def __init__(self, job: Job, lease: Lease, on_progress: OnProgress | None = None) -> None:
        self.job_id = job.id
        self.kind = job.kind
        self.subject = job.subject
        self.user_id = job.user_id
        self._lease = lease
        self._pace = Pace()
        self._on_progress = on_progress

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Report how far the work is; ``note`` says in a :class:`~erp_import_plugin.errors.Sentence` what it does now.

        Cheap, to be called as often as there is news: it is written within half a second, the last one always.
        """
        rate = self._pace.rate(time.monotonic(), done)
        progress = Progress(done, total, rate, note)
        self._lease.report(progress)
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
        self._lease.hold(connection)
