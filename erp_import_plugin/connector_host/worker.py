"""One thread per session, in which every call to the connector runs, so that a call that hangs can be left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Any, TypeVar

from erp_import_plugin.connector_host.cancelling import Cancellation

T = TypeVar("T")
_GLANCE = 0.1  # seconds between two looks at the cancellation while a call runs


class HungError(Exception):
    """The call did not come back in time; its thread is left behind and the worker takes no more calls."""


class Worker:
    """Runs calls one after the other in a daemon thread of its own (a pool's threads would keep a process alive)."""

    def __init__(self, name: str, cancellation: Cancellation) -> None:
        self._cancellation = cancellation
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()
        self.abandoned = self.stopped = False

    def run(self, call: Callable[[], T], timeout: float, grace: float) -> Future[T]:
        """The finished call, with its result or exception. Raises :class:`HungError` after ``timeout`` seconds.

        After a cancellation the call has ``grace`` seconds to notice it.
        """
        future: Future[T] = Future()
        self._tasks.put((future, call))
        if not self._done_in_time(future, timeout, grace):
            self.abandoned = True
            self.stop()
            raise HungError
        return future

    def stop(self) -> None:
        """Let the thread end after the call it is in; it takes no more."""
        self.stopped = True
        self._tasks.put(None)

    def _done_in_time(self, future: Future[T], timeout: float, grace: float) -> bool:
        deadline = time.monotonic() + timeout
        cancelled = False
        while (left := deadline - time.monotonic()) > 0:
            if wait([future], timeout=min(_GLANCE, left)).done:
                return True
            if not cancelled and self._cancellation.asked():
                cancelled = True
                deadline = min(deadline, time.monotonic() + grace)
        return future.done()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, call = task
            try:
                future.set_result(call())
            except BaseException as error:  # SystemExit of a connector must end its call, not the thread
                future.set_exception(error)
            del task, future, call
