"""A job as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from erp_import_plugin.store.jobs import Job, JobStore

ShownState = Literal["waiting", "running", "paused", "interrupted", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobView:
    """A job now. ``rate`` is rows per second lately, ``seconds_left`` a guess from it, ``percent`` whole and 0 to 100.

    All three are None while unknown. ``note`` is what the work does now or, when it failed, why.
    ``stopping`` is true from the request to cancel or to pause until the worker has stopped. ``given_up`` is an
    interrupted job that no worker takes up by itself any more.
    """

    id: int
    kind: str
    subject: str
    user_id: str
    state: ShownState
    done: int
    total: int | None
    rate: float | None
    seconds_left: float | None
    percent: int | None
    note: str
    stopping: bool
    given_up: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def idle(self) -> bool:
        """Whether it has not ended, and goes on as soon as somebody asks for it."""
        return self.state in ("paused", "interrupted")


def view(job: Job, store: JobStore) -> JobView:
    """The job as it is now."""
    progress = job.progress
    state: ShownState = "interrupted" if store.is_interrupted(job) else job.state.value
    running = state == "running"
    return JobView(
        id=job.id,
        kind=job.kind,
        subject=job.subject,
        user_id=job.user_id,
        state=state,
        done=progress.done,
        total=progress.total,
        rate=progress.rate if running else None,
        seconds_left=_seconds_left(progress.done, progress.total, progress.rate) if running else None,
        percent=_percent(progress.done, progress.total),
        note=progress.note,
        stopping=running and (job.cancel or job.pause),
        given_up=store.is_given_up(job),
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def _seconds_left(done: int, total: int | None, rate: float | None) -> float | None:
    return max(total - done, 0) / rate if total is not None and rate else None


def _percent(done: int, total: int | None) -> int | None:
    # Rounded down: 100 is said of what is complete only.
    return min(done * 100 // total, 100) if total else None
