"""How many calls a connection's ERP takes in a minute, whoever makes them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable

_MINUTE = 60.0  # seconds


class Pace:
    """Gives out turns: no more than ``per_minute`` in any minute, and none while the ERP wants to be left alone.

    Any number of threads may ask. ``clock`` gives seconds that never go back.
    """

    def __init__(self, per_minute: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turns: deque[float] = deque(maxlen=per_minute or 0)
        self._rest_until = 0.0
        self._lock = threading.Lock()

    def turn(self, within: float | None = None) -> float | None:
        """Take the next turn; gives the seconds until it comes. None where that is not ``within`` so many seconds."""
        with self._lock:
            now = self._clock()
            full = self._turns.maxlen and len(self._turns) == self._turns.maxlen
            at = max(now, self._rest_until, self._turns[0] + _MINUTE if full else now)
            if within is not None and at - now > within:
                return None
            self._turns.append(at)
            return at - now

    def rest(self, seconds: float) -> None:
        """Let no turn come for some time, as the ERP has asked."""
        with self._lock:
            self._rest_until = max(self._rest_until, self._clock() + seconds)


class Paces:
    """The paces of this process by connection, so that all its sessions share one."""

    def __init__(self) -> None:
        self._paces: dict[Hashable, Pace] = {}
        self._lock = threading.Lock()

    def of(self, connection: Hashable, per_minute: int | None) -> Pace:
        """The pace of a connection, whose connector always declares the same."""
        with self._lock:
            return self._paces.setdefault((connection, per_minute), Pace(per_minute))
