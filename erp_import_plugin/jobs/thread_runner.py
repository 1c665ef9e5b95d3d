"""The default runner: some threads of the process itself."""

from __future__ import annotations

import atexit
import logging
import threading
from queue import SimpleQueue

from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin.errors import NotFound
from erp_import_plugin.jobs.execution import Execution
from erp_import_plugin.jobs.lease import Lease

log = logging.getLogger(__name__)


class ThreadRunner:
    """Does up to ``workers`` jobs side by side. The threads are made when the first job is started."""

    def __init__(self, execution: Execution, workers: int) -> None:
        self._execution = execution
        self._workers = workers
        self._queue: SimpleQueue[int] = SimpleQueue()
        self._lock = threading.Lock()
        self._known: set[int] = set()
        self._leases: set[Lease] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def start(self, job_id: int) -> None:
        """Put the job in the queue, once."""
        with self._lock:
            if self._closed or job_id in self._known:
                return
            self._known.add(job_id)
            if not self._threads:
                self._make_threads()
        self._queue.put(job_id)

    def close(self) -> None:
        """Leave all jobs at once; each counts as interrupted and can be resumed anywhere."""
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
            job_id = self._queue.get()
            try:
                self._do(job_id)
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
