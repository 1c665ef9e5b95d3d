"""Finds the work that nobody does any more, or never began, and has it taken up without anybody asking."""

from __future__ import annotations

import logging
import threading
import weakref
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin.store.jobs import JobStore

log = logging.getLogger(__name__)


class Starter(Protocol):
    """What can have a job done."""

    def start(self, job_id: int) -> None:
        """Have the job done, soon or at once. Starting it twice is harmless."""


def take_up(store: JobStore, runner: Starter, waiting: float = 0.0) -> list[int]:
    """Start every job whose worker is gone, and those that have waited for so many seconds; gives their ids."""
    found = store.open(waiting)
    for job_id in found:
        runner.start(job_id)
    return found


class Sweep:
    """Calls :func:`take_up` every half lease, in a thread that ends with its runner."""

    def __init__(self, store: JobStore, runner: Starter, lease: float) -> None:
        self._store = store
        self._runner = weakref.ref(runner)
        self._pause = lease / 2
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Have the thread run; again does nothing. After a fork it is called in the new process."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="erp-import-sweep", daemon=True)
                self._thread.start()

    def end(self) -> None:
        """Sweep no more."""
        self._over.set()

    def _run(self) -> None:
        # Not at once: a job that was just made belongs to who made it, and a dead worker's lease has to run out.
        while not self._over.wait(self._pause):
            runner = self._runner()
            if runner is None:
                return
            try:
                take_up(self._store, runner, waiting=self._pause)
            except SQLAlchemyError as error:
                log.warning("Nobody could look for interrupted work: %s", type(error).__name__)
            del runner
