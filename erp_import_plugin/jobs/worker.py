"""A process that does nothing but jobs, for hosts whose web processes shall not."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin.jobs.execution import Execution
from erp_import_plugin.jobs.thread_runner import ThreadRunner
from erp_import_plugin.store.jobs import JobStore

log = logging.getLogger(__name__)

_LOOK = 0.5  # seconds between two looks for work
_OLD = 0.2  # seconds: what is younger may be just about to be begun by the command that made it
_MOST_HELPED = 32
_GRACE = 20.0  # seconds that a chunk under way gets to come to its end


class Worker:
    """Does jobs, up to ``workers`` at once, whoever made them, until it is stopped."""

    def __init__(self, store: JobStore, execution: Execution, workers: int) -> None:
        self._store = store
        self._execution = execution
        self._runner = ThreadRunner(execution, workers)
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look for work and do it until :meth:`stop`; what is unfinished then can be resumed anywhere.

        A database that is away is asked again.
        """
        try:
            while not self._stopped.is_set():
                self._look(_OLD)
                self._stopped.wait(_LOOK)
        finally:
            self._leave()

    def run_out(self) -> None:
        """Do what there is to do, and return."""
        try:
            while not self._stopped.is_set() and (self._look(0.0) or self._runner.busy):
                self._stopped.wait(_LOOK / 5)
        finally:
            self._leave()

    def stop(self) -> None:
        """Have ``run`` return soon; may be called by a signal."""
        self._stopped.set()

    def _look(self, waiting: float) -> bool:
        """Begin as many jobs as there is room for, so that other processes find the rest; whether there were any."""
        try:
            found, wanting = self._store.open(waiting), self._execution.wanting(_MOST_HELPED)
        except SQLAlchemyError as error:
            log.warning("The database could not be asked for work: %s", type(error).__name__)
            return False
        for job_id in found[: self._runner.room()]:
            self._runner.start(job_id)
        for job_id in wanting[: self._runner.room()]:
            self._runner.help(job_id, self._has_own)
        return bool(found or wanting)

    def _has_own(self) -> bool:
        """Whether there is a job to be begun, which is more urgent than helping with one."""
        return bool(self._store.open(_OLD))

    def _leave(self) -> None:
        self._runner.close()
        self._runner.wait(_GRACE)
