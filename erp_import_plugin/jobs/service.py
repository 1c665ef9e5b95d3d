"""The jobs as the workflow uses them."""

from __future__ import annotations

from collections.abc import Collection

from erp_import_plugin.jobs.context import OnProgress
from erp_import_plugin.jobs.execution import Execution
from erp_import_plugin.jobs.runner import InlineRunner, Runner
from erp_import_plugin.jobs.views import JobView, view
from erp_import_plugin.store.jobs import JobStore


class Jobs:
    """Starts, shows, pauses, stops and takes up long works.

    A subject has one at a time; starting again gives the one there is.

    Who may see or stop a job is decided before, where the subject is known.
    """

    def __init__(self, store: JobStore, execution: Execution, runner: Runner) -> None:
        self._store = store
        self._execution = execution
        self._runner = runner

    def start(self, kind: str, subject: str, user_id: str) -> JobView:
        """Have the work done in the background. If the subject has a job that has not ended, that one is given."""
        job = self._store.create(kind, subject, user_id)
        return self.ensure(job.id)

    def in_this_thread(self, on_progress: OnProgress | None = None) -> Jobs:
        """The same jobs, done before ``start``, ``ensure`` and ``resume`` return; ``on_progress`` hears of every step.

        A job that another worker has at that moment stays with it.
        """
        return Jobs(self._store, self._execution, InlineRunner(self._execution, on_progress))

    def view(self, job_id: int) -> JobView:
        """The job as it is now. Raises :class:`~erp_import_plugin.errors.NotFound`."""
        return view(self._store.get(job_id), self._store)

    def latest(self, subject: str, kind: str | None = None) -> JobView | None:
        """The subject's last job, of this kind if one is given."""
        job = self._store.latest(subject, kind)
        return None if job is None else view(job, self._store)

    def latest_of(self, subjects: Collection[str]) -> dict[str, JobView]:
        """The last job of each of some subjects that has one."""
        return {subject: view(job, self._store) for subject, job in self._store.latest_of(subjects).items()}

    def of(self, subject: str) -> list[JobView]:
        """All jobs of a subject, the first one first."""
        return [view(job, self._store) for job in self._store.of(subject)]

    def ensure(self, job_id: int) -> JobView:
        """The job as it is now; if it still waits, perhaps for a process that is gone, it is started here."""
        if self.view(job_id).state == "waiting":
            self._runner.start(job_id)
        return self.view(job_id)

    def resume(self, job_id: int) -> JobView:
        """Take up a job that is paused, or whose worker is gone. Does nothing to one that is at work or has ended."""
        if self.view(job_id).idle:
            self._store.wake(job_id)
            self._runner.start(job_id)
        return self.view(job_id)

    def pause(self, job_id: int) -> JobView:
        """Ask the job to stop at its next edge until it is resumed; one that nobody works on is paused at once."""
        self._store.request_pause(job_id)
        return self.view(job_id)

    def cancel(self, job_id: int) -> JobView:
        """Ask the job to stop at its next edge; one that nobody works on is cancelled at once."""
        self._store.request_cancel(job_id)
        return self.view(job_id)
