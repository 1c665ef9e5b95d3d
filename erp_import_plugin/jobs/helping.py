"""A worker that does parts of a job which another worker leads."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Connection

from erp_import_plugin.jobs.context import JobContext
from erp_import_plugin.jobs.errors import LeaseLost
from erp_import_plugin.jobs.handlers import Helper
from erp_import_plugin.jobs.team import Keeper, Team, Work
from erp_import_plugin.store.job_parts import Range
from erp_import_plugin.store.jobs import Job, Progress

log = logging.getLogger(__name__)


def help_with(job: Job, helper: Helper, team: Team, enough: Callable[[], bool]) -> bool:
    """Do parts of the job until it is enough; whether there may be more.

    An error is left to the worker that leads: it does the part itself and tells what it meets.
    """
    context, works = JobContext(job, _Helping()), dict[str, Work]()

    def do(phase: str, keeper: Keeper, some: Range) -> None:
        if phase not in works:
            works[phase] = helper(context, phase)
        with context.keeping(keeper):
            works[phase](some, lambda _rows: None)

    try:
        return team.help(job.id, do, enough)
    except LeaseLost:
        return False
    except Exception as error:
        log.warning("Part of job %s is left to another worker: %s", job.id, type(error).__name__)
        return False


class _Helping:
    """Ties a helper to nothing but the part it does: its loss is how it learns that the job has stopped."""

    def report(self, progress: Progress) -> Progress:
        """The worker that leads sees which parts are done."""
        return progress

    def check(self) -> None:
        """At the edge of a part it is asked whether it is enough."""

    def stop_asked(self) -> bool:
        return False

    def heartbeat(self) -> None:
        """Each transaction that holds the part is one."""

    def hold(self, connection: Connection) -> None:
        """Outside a part there is nothing to be written."""
        raise LeaseLost
