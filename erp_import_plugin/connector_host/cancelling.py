"""Whether the admin has stopped the work, asked in the caller's thread and told to the connector's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from erp_import_plugin.connector_api import Cancelled

_PAUSE = 0.5  # seconds between two questions; the question may cost a database query


class Cancellation:
    """``asked`` and ``wait`` belong to the caller's thread, because the question may use its database session."""

    def __init__(self, question: Callable[[], bool]) -> None:
        self._question = question
        self._known = threading.Event()
        self._next = 0.0

    def asked(self) -> bool:
        """Whether the work shall stop."""
        if not self._known.is_set() and time.monotonic() >= self._next:
            if self._question():
                self._known.set()
            self._next = time.monotonic() + _PAUSE
        return self._known.is_set()

    def check(self) -> None:
        """Raise :class:`Cancelled` if the work shall stop; the caller's thread."""
        if self.asked():
            raise _stopped()

    def check_known(self) -> None:
        """The same from any thread, as far as the caller's thread has learned it."""
        if self._known.is_set():
            raise _stopped()

    def stop(self) -> None:
        """Stop the work without being asked; any thread."""
        self._known.set()

    def wait(self, seconds: float) -> None:
        """Sleep, unless the work is stopped meanwhile: then raise :class:`Cancelled`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(0.1, left))
        self.check()


def _stopped() -> Cancelled:
    return Cancelled("The work was stopped.")
