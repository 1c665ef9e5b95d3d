"""Does one job from claim to end, in the calling thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace

from sqlalchemy.exc import StatementError

from erp_import_plugin import watching
from erp_import_plugin.connector_api.errors import Cancelled as ConnectorCancelled
from erp_import_plugin.connector_api.errors import ConnectorError
from erp_import_plugin.errors import ErpImportError, Sentence
from erp_import_plugin.jobs.context import JobContext, OnProgress
from erp_import_plugin.jobs.errors import Cancelled, LeaseLost
from erp_import_plugin.jobs.handlers import Helpers, JobHandlers
from erp_import_plugin.jobs.helping import help_with
from erp_import_plugin.jobs.lease import Lease
from erp_import_plugin.jobs.sweep import Starter, Sweep
from erp_import_plugin.jobs.team import Team
from erp_import_plugin.store.jobs import JobState, JobStore
from erp_import_plugin.store.troubles import trouble_of
from erp_import_plugin.watching import Event

Around = Callable[[], AbstractContextManager[object]]
"""Makes what a handler needs around it, such as the app context."""


class Execution:
    """How jobs are done: their handlers, what is around a handler, and for how many seconds a lease is taken."""

    def __init__(
        self,
        store: JobStore,
        handlers: JobHandlers,
        lease: float,
        around: Around = nullcontext,
        *,
        team: Team | None = None,
        helpers: Helpers | None = None,
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._seconds = lease
        self._around = around
        self._team = team
        self._helpers = helpers or {}

    def lease(self, job_id: int) -> Lease:
        """A lease on the job, not yet claimed."""
        return Lease(self._store, job_id, self._seconds)

    def sweep(self, starter: Starter) -> Sweep:
        """What has left jobs taken up by a runner, once it is begun."""
        return Sweep(self._store, starter, self._seconds)

    def wanting(self, limit: int) -> list[int]:
        """Jobs of other workers that can be helped with."""
        return self._team.wanting(limit) if self._team else []

    def help(self, job_id: int, enough: Callable[[], bool]) -> bool:
        """Do parts of a job that another worker leads, until it is enough; whether there may be more to do.

        What goes wrong is left to the worker that leads, which meets it as well.
        """
        job = self._store.get(job_id)
        if self._team is None or job.kind not in self._helpers or job.state is not JobState.RUNNING:
            return False
        with watching.job(job.id, job.kind, job.subject) as watched, self._around():
            watched.outcome = "helped"
            return help_with(job, self._helpers[job.kind], self._team, enough)

    def run(self, lease: Lease, job_id: int, on_progress: OnProgress | None = None) -> None:
        """Do the job of a claimed lease to its end. Errors of the handler end in the job, not here."""
        job = self._store.get(job_id)
        with lease, watching.job(job.id, job.kind, job.subject) as watched, suppress(LeaseLost):
            state, note = self._work(JobContext(job, lease, on_progress, self._team))
            last = replace(lease.progress, note=note) if note else lease.progress
            if state is JobState.CANCELLED:
                state = lease.stop(last)
            else:
                lease.finish(state, last)
            watched.outcome = state.value

    def _work(self, context: JobContext) -> tuple[JobState, str]:
        """The state the job ends in and, where it failed, why. Raises :class:`LeaseLost`."""
        if context.kind not in self._handlers:
            return JobState.FAILED, Sentence(
                "This version of the plugin does not know the work “%(kind)s”. What was done until then is kept. "
                "It can be gone on with once the version that began it is installed again, or a later one.",
                kind=context.kind,
            )
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
            watching.tell(Event.JOB_BROKEN, error=type(error).__name__)
            return JobState.FAILED, _why(error, context.job_id)
        return JobState.DONE, ""


def _why(error: Exception, job_id: int) -> Sentence:
    trouble = trouble_of(error)
    if trouble is not None:
        return Sentence(
            "%(trouble)s The work stopped. What was done until then is kept, and can be gone on with.",
            trouble=trouble.value,
        )
    return Sentence(
        "The work stopped because of an error in the program. What was done until then is kept. "
        "Whoever runs the server finds the error in the log under job %(job)s.",
        job=job_id,
    )


def _hide_values(error: BaseException | None) -> None:
    """Keep what a statement was to write out of the log: it may be a person's data, or a secret."""
    while error is not None:
        if isinstance(error, StatementError):
            error.hide_parameters = True
        error = error.__cause__ or error.__context__
