"""Long work as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import format_decimal, format_timedelta

from erp_import_plugin.jobs import JobView
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say


@dataclass(frozen=True, slots=True)
class Progress:
    """``percent``, ``rate`` and ``left`` are texts, empty while they are not known."""

    now: str
    done: int
    total: int | None
    percent: str
    rate: str
    left: str
    stopping: bool
    interrupted: bool


def progress(job: JobView, otherwise: str) -> Progress:
    """The job in words; ``otherwise`` is said of what it does as long as it says nothing itself."""
    return Progress(
        now=_now(job, otherwise),
        done=job.done,
        total=job.total,
        percent=_("%(percent)s %%", percent=job.percent) if job.percent is not None else "",
        rate=_("%(rate)s per second", rate=format_decimal(round(job.rate))) if job.rate and job.rate >= 1 else "",
        left=_left(job.seconds_left),
        stopping=job.stopping,
        interrupted=job.state == "interrupted",
    )


def _now(job: JobView, otherwise: str) -> str:
    if job.stopping:
        return _("Stopping when the rows in progress are done")
    if job.state == "waiting":
        return _("Waiting for its turn")
    return say(job.note) or otherwise


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    whole = timedelta(seconds=max(round(seconds), 1))
    return _("about %(time)s left", time=format_timedelta(whole, threshold=1.5))
