"""When a call that asked for it is tried again."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from tenacity.stop import stop_base
from tenacity.wait import wait_base

from erp_import_plugin.connector_api import TryLater
from erp_import_plugin.connector_host.limits import Limits

T = TypeVar("T")


def retry(call: Callable[[], T], limits: Limits, sleep: Callable[[float], None]) -> T:
    """Make the call, again after each TryLater, with back-off and never sooner than the ERP asked for.

    Raises the last TryLater when the attempts are used up or the next wait would exceed ``limits.max_wait``.
    """
    retrying = Retrying(
        sleep=sleep,
        retry=retry_if_exception_type(TryLater),
        wait=_AskedOrBackOff(limits),
        stop=stop_after_attempt(limits.attempts) | _WaitsTooLong(limits.max_wait),
        reraise=True,
    )
    return retrying(call)


def asked_wait(error: object) -> float:
    """The seconds a TryLater asks for; 0 for none and for nonsense."""
    wait = getattr(error, "wait", None)
    usable = isinstance(wait, (int, float)) and not isinstance(wait, bool) and math.isfinite(wait) and wait > 0
    return float(wait) if usable and wait is not None else 0.0


class _AskedOrBackOff(wait_base):
    def __init__(self, limits: Limits) -> None:
        # Jitter, so that several workers that were turned away together do not come back together.
        self._back_off = wait_random_exponential(multiplier=limits.first_wait, min=limits.first_wait, max=30)

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        return max(asked_wait(error), self._back_off(retry_state))


class _WaitsTooLong(stop_base):
    def __init__(self, max_wait: float) -> None:
        self._max_wait = max_wait

    def __call__(self, retry_state: RetryCallState) -> bool:
        return retry_state.idle_for + retry_state.upcoming_sleep > self._max_wait
