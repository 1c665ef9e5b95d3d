"""How fast a job goes, lately."""

from __future__ import annotations

import threading
from collections import deque

WINDOW = 15.0  # seconds: long enough for slow chunks, short enough to notice a change
AT_FIRST = 1.0  # seconds without a rate: it would be of the first rows only
_APART = 0.25  # seconds between two remembered moments: reports may come by the thousand


class Pace:
    """The rate over the last seconds, from what was done when. The moments are seconds of any steady clock."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._gap = 0.0
        self._lock = threading.Lock()

    def rate(self, now: float, done: int) -> float | None:
        """Note that ``done`` were done at ``now``; the rate per second, once known."""
        with self._lock:
            if self._seen and done < self._seen[-1][1]:
                self._seen.clear()  # a new part of the work counts from the start
            if not self._seen or now - self._seen[-1][0] >= _APART:
                self._gap = now - self._seen[-1][0] if self._seen else 0.0
                self._seen.append((now, done))
            while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW:
                self._seen.popleft()
            since, before = self._seen[0]
            return (done - before) / (now - since) if now - since >= AT_FIRST else None

    def has_stalled(self, now: float) -> bool:
        """Whether nothing was noted for longer than the work usually takes from one edge to the next."""
        with self._lock:
            return bool(self._seen) and now - self._seen[-1][0] > max(WINDOW, 2 * self._gap)
