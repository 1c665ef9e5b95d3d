"""A worker's hold on one job: claimed, kept alive by a thread beside the work, lost when the worker falls silent."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin import watching
from erp_import_plugin.jobs.errors import Cancelled, LeaseLost
from erp_import_plugin.jobs.pace import Pace
from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from erp_import_plugin.watching import Event

_GLANCE = 0.5  # seconds between two looks at the job: how late a cancel or a progress may be


class Lease:
    """Use as a context manager around the work; enter it only after :meth:`claim`.

    The thread beside the work is the only one that writes the progress, so that the work may report it in the middle
    of a transaction of its own.
    """

    def __init__(self, store: JobStore, job_id: int, seconds: float) -> None:
        self._store = store
        self._job_id = job_id
        self._seconds = seconds
        self._worker = f"{os.getpid()}-{uuid4().hex}"
        self._glance = min(_GLANCE, seconds / 5)
        self._valid_until = 0.0
        self._lost = threading.Event()
        self._stop = threading.Event()
        self._over = threading.Event()
        self._progress = self._written = Progress()
        self._pace = Pace()
        self._thread = threading.Thread(target=self._keep, name=f"erp-import-lease-{job_id}", daemon=True)

    def claim(self) -> bool:
        """Take the job; false when another worker has it or it has ended."""
        asked = time.monotonic()
        if not self._store.claim(self._job_id, self._worker, self._seconds):
            return False
        self._valid_until = asked + self._seconds
        self._progress = self._written = self._store.get(self._job_id).progress
        return True

    def __enter__(self) -> Lease:
        self._glance_at_job()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        self.give_up()

    @property
    def progress(self) -> Progress:
        """The last that was reported."""
        return self._progress

    def report(self, progress: Progress) -> Progress:
        """Have the progress written soon; gives it with the rate."""
        self._progress = replace(progress, rate=self._pace.rate(time.monotonic(), progress.done))
        return self._progress

    def stop_asked(self) -> bool:
        """Whether someone asked for the work to stop, for good or for a while. Costs nothing."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise :class:`LeaseLost` or :class:`Cancelled` when the work has to stop; never in a transaction.

        Costs nothing as long as the lease is extended in time.
        """
        if not self._lost.is_set() and time.monotonic() >= self._valid_until:
            self._beat_late()
        if self._lost.is_set():
            raise LeaseLost
        if self._stop.is_set():
            raise Cancelled

    def heartbeat(self) -> None:
        """Extend the lease now, in a transaction of its own. Raises :class:`LeaseLost`."""
        self._beat()
        if self._lost.is_set():
            raise LeaseLost

    def hold(self, connection: Connection) -> None:
        """Make the caller's transaction commit only while the lease is held. Raises :class:`LeaseLost`."""
        progress = self._progress
        if not self._store.hold(connection, self._job_id, self._worker, self._seconds, progress):
            self._lost.set()
            raise LeaseLost
        # Told with the caller's work. If that is rolled back, the next news tells it; every other write in between
        # would only keep the work from knowing that it was alone.
        self._written = progress

    def finish(self, state: JobState, progress: Progress) -> None:
        """End the job with the last progress. Raises :class:`LeaseLost`."""
        if not self._store.finish(self._job_id, self._worker, state, progress):
            raise LeaseLost
        self._lost.set()

    def stop(self, progress: Progress) -> JobState:
        """Leave the job paused where that was asked for, else cancelled. Raises :class:`LeaseLost`."""
        job = self._store.get(self._job_id)
        if job.cancel or not job.pause:
            self.finish(JobState.CANCELLED, progress)
            return JobState.CANCELLED
        if not self._store.pause(self._job_id, self._worker, progress):
            raise LeaseLost
        self._lost.set()
        return JobState.PAUSED

    def give_up(self) -> None:
        """Leave the job to others at once; does nothing once it has ended or is lost."""
        if not self._lost.is_set():
            self._lost.set()
            self._store.let_go(self._job_id, self._worker)

    def _keep(self) -> None:
        while not self._over.wait(self._glance) and not self._lost.is_set():
            self._glance_at_job()

    def _glance_at_job(self) -> None:
        try:
            if self._progress.rate and self._pace.has_stalled(time.monotonic()):
                self._progress = replace(self._progress, rate=None)
            if self._progress != self._written or self._valid_until - time.monotonic() < self._seconds * 2 / 3:
                self._beat()
            job = self._store.get(self._job_id)
            if job.cancel or job.pause:
                self._stop.set()
        except SQLAlchemyError as error:
            # A busy or absent database is looked at again at the next glance; the lease runs out if it stays so.
            watching.tell(Event.JOB_OUT_OF_TOUCH, job=self._job_id, error=type(error).__name__)

    def _beat_late(self) -> None:
        # On SQLite the thread beside may wait for its turn behind the work's own transactions until the lease is over.
        try:
            self._beat()
        except SQLAlchemyError as error:
            raise LeaseLost from error

    def _beat(self) -> None:
        asked = time.monotonic()
        progress = self._progress
        if not self._store.beat(self._job_id, self._worker, self._seconds, progress):
            self._lost.set()
            return
        self._valid_until = asked + self._seconds
        self._written = progress
