"""What runs jobs."""

from __future__ import annotations

from typing import Protocol

from erp_import_plugin.jobs.context import OnProgress
from erp_import_plugin.jobs.execution import Execution


class Runner(Protocol):
    """Has jobs done. Starting a job twice is harmless: only one worker can claim it."""

    def start(self, job_id: int) -> None:
        """Have the job done, soon or at once. Returns without waiting for it, if it can."""

    def watch(self) -> None:
        """From now on take up what was left by others as well; called often, so it must cost nothing the next time."""

    def close(self) -> None:
        """Stop working and leave what is unfinished to be resumed."""


class InlineRunner:
    """Does the job before it returns: for commands, tests, and hosts without threads."""

    def __init__(self, execution: Execution, on_progress: OnProgress | None = None) -> None:
        self._execution = execution
        self._on_progress = on_progress

    def start(self, job_id: int) -> None:
        lease = self._execution.lease(job_id)
        if lease.claim():
            self._execution.run(lease, job_id, self._on_progress)

    def watch(self) -> None:
        """There is nobody to do it: what was left goes on when somebody asks for it."""

    def close(self) -> None:
        """Nothing is under way between two calls."""


class AwayRunner:
    """Leaves all jobs to the processes of ``flask erp-import worker``, which look for them in the database."""

    def start(self, job_id: int) -> None:
        """A worker finds it."""

    def watch(self) -> None:
        """The workers do."""

    def close(self) -> None:
        """Nothing is under way here."""
