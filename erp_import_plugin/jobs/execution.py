"""Does one job from claim to end, in the calling thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from sqlalchemy.exc import StatementError

from erp_import_plugin.connector_api.errors import Cancelled as ConnectorCancelled
from erp_import_plugin.connector_api.errors import ConnectorError
from erp_import_plugin.errors import ErpImportError, Sentence
from erp_import_plugin.jobs.context import JobContext, OnProgress
from erp_import_plugin.jobs.errors import Cancelled, LeaseLost
from erp_import_plugin.jobs.handlers import JobHandlers
from erp_import_plugin.jobs.lease import Lease
from erp_import_plugin.store.jobs import JobState, JobStore

log = logging.getLogger(__name__)

Around = Callable[[], AbstractContextManager[object]]
"""Makes what a handler needs around it, such as the app context."""


class Execution:
    """How jobs are done: their handlers, what is around a handler, and for how many seconds a lease is taken."""

    def __init__(self, store: JobStore, handlers: JobHandlers, lease: float, around: Around = nullcontext) -> None:
        self._store = store
        self._handlers = handlers
        self._seconds = lease
        self._around = around

    def lease(self, job_id: int) -> Lease:
        """A lease on the job, not yet claimed."""
        return Lease(self._store, job_id, self._seconds)

    def run(self, lease: Lease, job_id: int, on_progress: OnProgress | None = None) -> None:
        """Do the job of a claimed lease to its end. Errors of the handler end in the job, not here."""
        job = self._store.get(job_id)
        with lease:
            context = JobContext(job, lease, on_progress)
            try:
                state, note = self._work(context)
                last = lease.progress
                lease.finish(state, replace(last, note=note) if note else last)
            except LeaseLost:
                log.warning("Job %s (%s) was left before its end: its lease is lost.", job.id, job.kind)

    def _work(self, context: JobContext) -> tuple[JobState, str]:
        """The state the job ends in and, where it failed, why. Raises :class:`LeaseLost`."""
        try:
            with self._around():
                context.check()
                self._handlers[context.kind](context)
        except LeaseLost:
            raise
        except (Cancelled, ConnectorCancelled):
            return JobState.CANCELLED, ""
        except (ErpImportError, ConnectorError) as error:
            return JobState.FAILED, error.message
        except Exception as error:
            _hide_values(error)
            log.exception("Job %s (%s) failed.", context.job_id, context.kind)
            return JobState.FAILED, Sentence(
                "The work stopped because of an error in the program. What was done until then is kept. "
                "Whoever runs the server finds the error in the log under job %(job)s.",
                job=context.job_id,
            )
        return JobState.DONE, ""


def _hide_values(error: BaseException | None) -> None:
    """Keep what a statement was to write out of the log: it may be a person's data, or a secret."""
    while error is not None:
        if isinstance(error, StatementError):
            error.hide_parameters = True
        error = error.__cause__ or error.__context__
