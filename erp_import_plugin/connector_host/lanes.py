"""Several sessions with one ERP at work side by side, each in a thread of its own, for an ERP that allows it."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

from erp_import_plugin.connector_api import Cancelled
from erp_import_plugin.connector_host.failures import ConnectorFailure
from erp_import_plugin.connector_host.guard import GuardedSession

T = TypeVar("T")

_GLANCE = 0.1  # seconds between two looks at the cancellation while calls run


class Lanes(Generic[T]):
    """Use it in a ``with``, from one thread. ``first`` is an open session, which stays open; ``more`` opens others.

    ``count`` sessions work at once, fewer where the ERP lets no more in. What is begun beyond that waits for the first
    that is free, so that the ERP need not wait while what it gave is kept. ``first`` belongs to the lanes while the
    ``with`` lasts. ``cancelled`` is asked in the caller's thread; ``more`` is given the question for its session.
    """

    def __init__(
        self,
        first: GuardedSession,
        more: Callable[[Callable[[], bool]], GuardedSession],
        count: int,
        cancelled: Callable[[], bool],
    ) -> None:
        self._first = first
        self._more = more
        self._count = count
        self._cancelled = cancelled
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._tasks: SimpleQueue[Callable[[GuardedSession], T] | None] = SimpleQueue()
        self._ended: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()
        self._under_way = 0
        self._failure: BaseException | None = None

    def __enter__(self) -> Lanes[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the sessions; where something was raised, what they are doing is not wanted any more."""
        self._drop_waiting()
        if kind:
            self._stopped.set()
            self._first.stop()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    @property
    def free(self) -> bool:
        """Whether more may be begun: each session has at most one task waiting behind the one it works on."""
        return self._failure is None and self._under_way < 2 * self._count

    @property
    def busy(self) -> bool:
        """Whether there is something that :meth:`ended` has yet to give."""
        return self._under_way > 0 or self._failure is not None

    def begin(self, task: Callable[[GuardedSession], T]) -> None:
        """Have a session do this soon."""
        self._under_way += 1
        self._tasks.put(task)
        if len(self._threads) < min(self._count, self._under_way):
            self._start(self._work_on_first if not self._threads else self._work_on_another)

    def ended(self) -> Iterator[T]:
        """What has ended, in the order it did, at least one of what is under way.

        After a failure nothing more is begun. What is under way is still given; then the failure is raised, as the task
        raised it. Raises Cancelled at once when the work was stopped.
        """
        results = [self._wait_for_one()] if self._under_way else []
        results += self._there_now()
        self._under_way -= len(results)
        for result, error in results:
            if error is None:
                yield result  # type: ignore[misc]  # a T, as there was no error
            elif self._failure is None:
                self._failure = error
                self._drop_waiting()
        if self._failure is not None and not self._under_way:
            raise self._failure

    def _wait_for_one(self) -> tuple[T | None, BaseException | None]:
        while True:
            if self._cancelled():
                raise Cancelled("The work was stopped.")
            try:
                return self._ended.get(timeout=_GLANCE)
            except Empty:
                continue

    def _there_now(self) -> Iterator[tuple[T | None, BaseException | None]]:
        while not self._ended.empty():
            yield self._ended.get()

    def _drop_waiting(self) -> None:
        while True:
            try:
                self._tasks.get_nowait()
            except Empty:
                return
            self._under_way -= 1

    def _start(self, work: Callable[[], None]) -> None:
        # In the caller's context, so that what the sessions do is told as part of its job.
        act, name = contextvars.copy_context().run, f"erp lane {len(self._threads)}"
        thread = threading.Thread(target=act, args=(work,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work_on_first(self) -> None:
        self._work(self._first)

    def _work_on_another(self) -> None:
        """The same with a session of its own. An ERP may be full: what a new one cannot do is left to the others."""
        task = self._tasks.get()
        if task is None:
            return
        with ExitStack() as stack:
            try:
                session = stack.enter_context(self._more(self._stopped.is_set))
                result = task(session)
            except (ConnectorFailure, Cancelled):
                self._tasks.put(task)
            except BaseException as error:
                self._ended.put((None, error))
            else:
                self._ended.put((result, None))
                self._work(session)

    def _work(self, session: GuardedSession) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                self._ended.put((task(session), None))
            except BaseException as error:  # noqa: PERF203 - raised where the result is wanted, not lost with this thread
                self._ended.put((None, error))
