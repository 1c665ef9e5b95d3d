"""How fast a job goes, lately."""

from __future__ import annotations

from collections import deque

WINDOW = 15.0  # seconds: long enough for slow chunks, short enough to notice a change
_APART = 0.25  # seconds between two remembered moments: reports may come by the thousand


class Pace:
    """The rate over the last seconds, from what was done when."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def rate(self, now: float, done: int) -> float | None:
        """Note that ``done`` were done at ``now`` (seconds of any steady clock); the rate per second, once known."""
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()  # a new part of the work counts from the start
        if not self._seen or now - self._seen[-1][0] >= _APART:
            self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW:
            self._seen.popleft()
        since, before = self._seen[0]
        return (done - before) / (now - since) if now > since else None
