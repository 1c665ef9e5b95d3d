"""Server-sent events: a page is told that its work has gone on, and then asks for what it shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin.errors import NotFound
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.web import here
from erp_import_plugin.workflow import imports

_LASTS = 30.0  # seconds, then the browser asks anew: nothing hangs for ever, and rights are looked at again
_LOOK = 0.5  # seconds between two looks at the work
_SIGN = 5.0  # seconds between two signs of life: by the next one a browser that has gone is noticed


class _Room:
    """How many streams this process has open: each takes a thread of the server."""

    def __init__(self) -> None:
        self.taken = 0
        self._lock = threading.Lock()

    def enter(self, most: int) -> bool:
        """Take a place, if there is one."""
        with self._lock:
            free = self.taken < most
            self.taken += free
            return free

    def leave(self) -> None:
        """Give it back."""
        with self._lock:
            self.taken -= 1


room = _Room()


def stream(token: str) -> Response:
    """Tell of every change of an import's work. Answers 204, and the page asks by itself, where that costs too much."""
    job = imports.work(here.rooms(), here.user(), token)
    threads = request.environ.get("wsgi.multithread")
    if job is None or job.ended or not threads or not room.enter(here.config().streams):
        return Response(status=204)
    answer = Response(_changes(here.jobs(), job.id, time.monotonic() + _LASTS), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(room.leave)
    return answer


def _changes(jobs: Jobs, job_id: int, end: float) -> Iterator[str]:
    """Runs after the request, so the host's session is closed; the database is asked with a connection per look."""
    yield "retry: 500\n\n"
    shown, said = None, time.monotonic()
    while time.monotonic() < end:
        try:
            job = jobs.view(job_id)
        except (SQLAlchemyError, NotFound):
            return
        if job != shown:
            yield "data: changed\n\n"
            shown, said = job, time.monotonic()
        elif time.monotonic() - said > _SIGN:
            yield ":\n\n"
            said = time.monotonic()
        if job.ended:
            return
        time.sleep(_LOOK)
