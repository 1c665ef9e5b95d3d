"""The way in to a connector: each call in the session's thread, timed, retried, its failure put into one shape."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from erp_import_plugin import watching
from erp_import_plugin.connector_api import Cancelled, ConnectorError, TryLater
from erp_import_plugin.connector_host.cancelling import Cancellation
from erp_import_plugin.connector_host.failures import ConnectorFailure, NonsenseError, Recovery, translate
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.pacing import Pace
from erp_import_plugin.connector_host.redacting import Redactor
from erp_import_plugin.connector_host.retrying import asked_wait, retry
from erp_import_plugin.connector_host.worker import HungError, Worker
from erp_import_plugin.errors import Sentence

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Caller:
    """Makes the calls of one session; after one that hung it makes no more."""

    def __init__(self, name: str, redact: Redactor, limits: Limits, cancellation: Cancellation, pace: Pace) -> None:
        self._name = name
        self._redact = redact
        self._limits = limits
        self._cancellation = cancellation
        self._pace = pace
        self._worker = Worker(f"connector {name}", cancellation)

    def call(self, method: str, act: Callable[[], T]) -> T:
        """The result of ``act``, which calls the connector's ``method`` and checks what comes back.

        Raises :class:`ConnectorFailure`, or ``connector_api.Cancelled`` when the work was stopped.
        """
        with watching.erp_call(self._name, method):
            return self._call(method, act)

    def _call(self, method: str, act: Callable[[], T]) -> T:
        self._cancellation.check()
        if self._worker.abandoned:
            raise self.failure(method, Sentence("An earlier call did not come back. Start again."), Recovery.TRY_LATER)
        outcome = self._attempts(method, act)
        error = outcome if isinstance(outcome, BaseException) else outcome.exception()
        if error is None and isinstance(outcome, Future):
            return outcome.result()
        raise self._shown(method, error or HungError())

    def failure(self, method: str, message: Sentence, recovery: Recovery = Recovery.GIVE_UP) -> ConnectorFailure:
        """A failure of this session's connector."""
        return ConnectorFailure(self._name, method, message, recovery)

    def close(self, act: Callable[[], object]) -> None:
        """Make the last call, once, and whatever it does let the thread go; again does nothing."""
        if not self._worker.stopped:
            try:
                error = self._worker.run(act, self._limits.close_timeout, self._limits.close_timeout).exception()
            except HungError as hung:
                error = hung
            if error is not None:
                self._log("close", error)
        self._worker.stop()

    def _attempts(self, method: str, act: Callable[[], T]) -> Future[T] | BaseException:
        try:
            return retry(lambda: self._once(method, act), self._limits, self._cancellation.wait)
        except (TryLater, HungError) as error:
            return error

    def _once(self, method: str, act: Callable[[], T]) -> Future[T]:
        turn = self._pace.turn(self._limits.turn_timeout)
        if turn is None:
            sentence = Sentence(
                "This ERP takes no more calls now, and others wait for it already. Try again in a minute."
            )
            raise self.failure(method, sentence, Recovery.TRY_LATER)
        self._cancellation.wait(turn)
        future = self._worker.run(act, self._limits.call_timeout, self._limits.close_timeout)
        if isinstance(error := future.exception(), TryLater):
            if (asked := asked_wait(error)) <= self._limits.max_wait:
                self._pace.rest(asked)
            raise error
        return future

    def _shown(self, method: str, error: BaseException) -> Exception:
        if isinstance(error, (Cancelled, HungError)) and self._cancellation.asked():
            return Cancelled("The work was stopped.")
        if isinstance(error, HungError):
            return self.failure(
                method,
                Sentence(
                    "The connector %(connector)s did not come back from “%(method)s” within %(seconds)s seconds.",
                    connector=self._name,
                    method=method,
                    seconds=f"{self._limits.call_timeout:g}",
                ),
                Recovery.TRY_LATER,
            )
        self._log(method, error)
        return translate(error, self._name, method, self._redact)

    def _log(self, method: str, error: BaseException) -> None:
        """What the vendor needs; the page shows a sentence only."""
        if isinstance(error, (ConnectorError, NonsenseError)):
            _log.info("%s: %s: %s", self._name, method, self._redact(repr(error)))
        else:
            trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            _log.warning("%s: %s\n%s", self._name, method, self._redact(trace))
