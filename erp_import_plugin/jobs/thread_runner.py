"""The default runner: some threads of the process itself."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin.errors import NotFound
from erp_import_plugin.jobs.execution import Execution
from erp_import_plugin.jobs.lease import Lease

log = logging.getLogger(__name__)

_GLANCE = 0.05  # seconds between two looks at whether the work has stopped


class ThreadRunner:
    """Does up to ``workers`` jobs side by side. The threads are made when the first job is started."""

    def __init__(self, execution: Execution, workers: int) -> None:
        self._execution = execution
        self._workers = workers
        self._queue: SimpleQueue[tuple[int, Callable[[], object]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._known: set[int] = set()
        self._leases: set[Lease] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._sweep = execution.sweep(self)

    def start(self, job_id: int) -> None:
        """Put the job in the queue, once."""
        self._put(job_id, partial(self._do, job_id))

    def help(self, job_id: int, enough: Callable[[], bool]) -> None:
        """Do parts of a job that another process leads, until it is enough."""
        self._put(job_id, partial(self._execution.help, job_id, lambda: self._closed or enough()))

    def _put(self, job_id: int, work: Callable[[], object]) -> None:
        with self._lock:
            if self._closed or job_id in self._known:
                return
            self._known.add(job_id)
            if not self._threads:
                self._make_threads()
        self._queue.put((job_id, work))

    def watch(self) -> None:
        """From now on take up what was left by processes that are gone; without it a process does its own jobs only."""
        self._sweep.begin()

    def room(self) -> int:
        """How many jobs more could be begun at once."""
        with self._lock:
            return max(self._workers - len(self._known), 0)

    @property
    def busy(self) -> bool:
        """Whether a job is at work or waits here."""
        with self._lock:
            return bool(self._known)

    def wait(self, seconds: float) -> None:
        """Return when the jobs at work have come to an edge after :meth:`close`, or after so many seconds."""
        end = time.monotonic() + seconds
        while self._at_work() and time.monotonic() < end:
            time.sleep(_GLANCE)

    def _at_work(self) -> bool:
        with self._lock:
            return bool(self._leases)

    def close(self) -> None:
        """Leave all jobs at once; each counts as interrupted and can be resumed anywhere."""
        self._sweep.end()
        with self._lock:
            self._closed = True
            leases = set(self._leases)
        for lease in leases:
            lease.give_up()

    def _make_threads(self) -> None:
        self._threads = [
            threading.Thread(target=self._serve, name=f"erp-import-worker-{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()
        atexit.register(self.close)

    def _serve(self) -> None:
        while not self._closed:
            job_id, work = self._queue.get()
            try:
                work()
            except (SQLAlchemyError, NotFound):
                # The database is away, or the job was deleted. The job's lease runs out, and it can be resumed.
                log.exception("Job %s could not be done.", job_id)
            finally:
                with self._lock:
                    self._known.discard(job_id)

    def _do(self, job_id: int) -> None:
        lease = self._execution.lease(job_id)
        if not lease.claim():
            return
        with self._lock:
            self._leases.add(lease)
        try:
            self._execution.run(lease, job_id)
        finally:
            with self._lock:
                self._leases.discard(lease)
