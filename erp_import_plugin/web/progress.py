"""Long work as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import format_decimal, format_timedelta

from erp_import_plugin.jobs import JobView
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import here

_ELSEWHERE = ("worker", "celery")
"""Runners whose workers may be absent."""
_LONG = timedelta(minutes=1)
"""So long a job may wait before the page wonders."""


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
    idle: bool


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
        idle=job.idle,
    )


def _now(job: JobView, otherwise: str) -> str:
    if job.stopping:
        return _("Stopping when the rows in progress are done")
    if job.state == "waiting":
        return _waiting(job)
    if job.state == "paused":
        return _("Paused. What is done is kept, and it goes on as soon as you want")
    if job.given_up:
        return _(
            "Every worker that took this up has fallen silent, so it waits for you. Ask whoever runs the server to look"
            " into its log for job %(job)s, then go on",
            job=job.id,
        )
    if job.state == "interrupted":
        return _interrupted()
    return say(job.note) or otherwise


def _waiting(job: JobView) -> str:
    if here.config().runner not in _ELSEWHERE:
        return _("Waiting for its turn")
    since = here.rooms().now() - job.created_at
    if since < _LONG:
        return _("Waiting for a worker")
    return _(
        "No worker has taken this up for %(time)s. If none is running, whoever runs the server has to start one",
        time=format_timedelta(since, threshold=1.5),
    )


def _interrupted() -> str:
    if here.config().runner == "inline":
        return _("The work was interrupted. What is done is kept")
    return _("The work was interrupted. It is taken up again by itself, or at once if you want")


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    whole = timedelta(seconds=max(round(seconds), 1))
    return _("about %(time)s left", time=format_timedelta(whole, threshold=1.5))
