"""The long works of an import, as the steps look at them."""

from __future__ import annotations

from sqlalchemy import Connection as Transaction

from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.jobs import JobView
from erp_import_plugin.jobs.views import view
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow.rooms import Rooms

SEARCH, FETCH, PLAN, IMPORT, REPEAT = "search", "fetch", "plan", "import", "repeat"


def latest(rooms: Rooms, subject: str) -> JobView | None:
    """The last work on a search or an import."""
    store = JobStore(rooms.engine, rooms.now)
    job = store.latest(subject)
    return None if job is None else view(job, store)


def queue(tx: Transaction, rooms: Rooms, kind: str, token: str, user_id: str) -> int:
    """Have work wait for an import that is made in this transaction; gives the job's id, for ``Jobs.ensure``."""
    return JobStore(rooms.engine, rooms.now).add(tx, kind, token, user_id)


def refuse_while_working(rooms: Rooms, token: str, *allowed: str) -> None:
    """Raises :class:`Refused` while work of another than the allowed kinds is under way on the import."""
    job = latest(rooms, token)
    if job is not None and not job.ended and job.kind not in allowed:
        raise Refused(Sentence("Other work on this import has not ended yet. Wait for it, or cancel it."))


def give_up(rooms: Rooms, subject: str) -> None:
    """Have the work on a search or an import stopped, if there is any."""
    job = latest(rooms, subject)
    if job is not None and not job.ended:
        JobStore(rooms.engine, rooms.now).request_cancel(job.id)
