"""What the doctor looks at in the long work: who does it, and what nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from erp_import_plugin.jobs.views import JobView, view
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow.findings import Finding, error, ok, warning
from erp_import_plugin.workflow.handlers import handlers
from erp_import_plugin.workflow.rooms import Rooms

_DONE_BY = {
    "thread": "Long work is done by threads of the web processes.",
    "worker": "Long work is done by the processes of flask erp-import worker.",
}


def runner(rooms: Rooms) -> Iterator[Finding]:
    """Somebody is named who does long work."""
    chosen = rooms.config.runner
    if chosen in _DONE_BY:
        yield ok("runner", _DONE_BY[chosen])
    elif chosen == "celery":
        yield _celery(rooms.config.celery)
    else:
        found = "Long work is done within the request that asks for it: pages wait until it has ended."
        yield warning("runner", found, 'Set ERP_IMPORT_RUNNER to "thread", "worker" or "celery".')


def _celery(broker: Any) -> Finding:
    from erp_import_plugin.jobs.celery_health import BrokerAway, answering  # Celery is loaded where it is used only

    try:
        workers = answering(broker)
    except BrokerAway:
        found = "Nobody answers at the address of Celery's broker. Work begins late: workers have to look for it."
        return error("runner", found, "Start the broker, or look at the address in ERP_IMPORT_CELERY.")
    if not workers:
        found = "No Celery worker has answered. None runs, or their remote control is off."
        return warning("runner", found, "Start flask erp-import worker, or the workers of your own Celery app.")
    able = sum(workers.values())
    if not able:
        found = f"Celery workers that answer: {len(workers)}; none knows the tasks of the plugin."
        return error("runner", found, "Have them load the Flask app, as docs/scaling.md shows.")
    return ok("runner", f"Long work is done by Celery; workers that answer and know it: {able}.")


def work(rooms: Rooms) -> Iterator[Finding]:
    """Nothing waits for nobody."""
    store = JobStore(rooms.engine, rooms.now)
    unended = [view(job, store) for job in store.unended()]
    strange = [job for job in unended if job.kind not in handlers(rooms)]
    known = [job for job in unended if job not in strange]
    found = [*_strange(strange), *_waiting(rooms, known), *_interrupted(known)]
    yield from found
    if not found:
        running = sum(job.state == "running" for job in known)
        yield ok("work", f"Jobs at work: {running}; waiting or paused: {len(known) - running}.")


def _strange(jobs: Sequence[JobView]) -> Iterator[Finding]:
    for job in jobs:
        found = f"This version does not know the work “{job.kind}” of job {job.id}."
        yield error("work", found, "Install the version that began it, or cancel it on its page.")


def _waiting(rooms: Rooms, jobs: Sequence[JobView]) -> Iterator[Finding]:
    long_ago = rooms.now() - timedelta(seconds=2 * rooms.config.lease)
    waiting = [job for job in jobs if job.state == "waiting" and job.created_at < long_ago]
    if not waiting:
        return
    found = f"Nobody has begun {_named(waiting)}, the oldest since {waiting[0].created_at:%Y-%m-%d %H:%M} UTC."
    if rooms.config.runner in ("worker", "celery"):
        yield error("work", found, "Start workers, or more of them: flask erp-import worker.")
    else:
        yield warning("work", found, "Start the app; it begins them once somebody opens one of its pages.")


def _interrupted(jobs: Sequence[JobView]) -> Iterator[Finding]:
    interrupted = [job for job in jobs if job.state == "interrupted"]
    given_up = [job for job in interrupted if job.given_up]
    if given_up:
        found = f"Its workers have died at {_named(given_up)}, each time anew."
        yield error("work", found, "Look into the log of the workers, then resume it on its page.")
    if len(given_up) < len(interrupted):
        found = f"The worker is gone that was at {_named([job for job in interrupted if not job.given_up])}."
        yield warning("work", found, "Another takes it up by itself; if it stays so, no worker runs.")


def _named(jobs: Sequence[JobView]) -> str:
    return ", ".join(f"job {job.id} ({job.kind} of {job.subject})" for job in jobs[:10])
