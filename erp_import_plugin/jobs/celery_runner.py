"""Jobs by Celery. A message says no more than that there is something to do: what it is, and who does it, is in the
database. So a message that is lost, late or doubled does no harm, and none is waited for."""

from __future__ import annotations

import logging
import multiprocessing
import threading
import time
from typing import Any

from celery import Celery, signals
from kombu.exceptions import OperationalError
from sqlalchemy import Engine

from erp_import_plugin.jobs.execution import Execution
from erp_import_plugin.jobs.lease import Lease

log = logging.getLogger(__name__)

WORK, HELP = "erp_import.work", "erp_import.help"
"""The names of the two tasks, by which a host may route them."""

_MOST_CALLED = 32  # messages that call for help at once: more workers do not join before these have
_TURN = 5.0  # seconds a worker helps with one job before others get their turn


def celery_of(broker: Any) -> Celery:
    """The host's Celery app, or one of our own at the address of a broker."""
    if isinstance(broker, Celery):
        return broker
    app = Celery("erp_import", broker=broker, set_as_current=False)
    app.conf.update(
        task_default_queue="erp_import",
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=2,
        broker_transport_options={"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2},
    )
    return app


class Post:
    """Sends the messages. A broker that is away is no failure: the workers look into the database as well."""

    def __init__(self, app: Celery, lease: float) -> None:
        self.app = app
        self._valid = lease  # seconds: by then somebody has looked into the database

    def start(self, job_id: int) -> None:
        """There is a job to be begun."""
        self._send(WORK, job_id)

    def call(self, job_id: int, parts: int) -> None:
        """There are parts of a job to be done."""
        for _ in range(min(parts, _MOST_CALLED)):
            if not self._send(HELP, job_id):
                return

    def _send(self, task: str, job_id: int) -> bool:
        try:
            self.app.send_task(task, (job_id,), expires=self._valid, ignore_result=True, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("The broker could not be reached for job %s: %s", job_id, type(error).__name__)
            return False
        return True


class CeleryRunner:
    """Starts jobs by messages, and does them where it is loaded by a Celery worker."""

    def __init__(self, post: Post, execution: Execution, engine: Engine) -> None:
        self._post = post
        self._execution = execution
        self._engine = engine
        self._leases: set[Lease] = set()
        self._closed = threading.Event()
        self._ending = multiprocessing.Event()  # known to the processes that a worker forks
        self._sweep = execution.sweep(self)
        for name, task in ((WORK, self.work), (HELP, self.help)):
            post.app.tasks.pop(name, None)  # of a Flask app that was made before: the last one counts
            post.app.task(task, name=name, shared=False)
        signals.worker_ready.connect(self._begin)
        signals.worker_process_init.connect(self._forked)
        signals.worker_shutting_down.connect(self._end)

    def start(self, job_id: int) -> None:
        """Say that there is a job."""
        self._post.start(job_id)

    def watch(self) -> None:
        """The workers do."""

    def work(self, job_id: int) -> None:
        """The task: do a job, if nobody does."""
        lease = self._execution.lease(job_id)
        if self._closed.is_set() or not lease.claim():
            return
        self._leases.add(lease)
        try:
            self._execution.run(lease, job_id)
        finally:
            self._leases.discard(lease)

    def help(self, job_id: int) -> None:
        """The task: do parts of a job that another worker leads, for a while, and pass it on if there may be more."""
        end = time.monotonic() + _TURN
        more = self._execution.help(job_id, lambda: self._closed.is_set() or time.monotonic() > end)
        if more and not self._closed.is_set():
            self._post.call(job_id, 1)

    def close(self) -> None:
        """Leave all jobs at once; each counts as interrupted and is taken up elsewhere."""
        self._sweep.end()
        self._closed.set()
        for lease in list(self._leases):
            lease.give_up()

    def _begin(self, sender: Any, **_: object) -> None:
        """This process is a worker: it looks for what nobody does, and whose message is lost."""
        if sender.app is self._post.app:
            self._sweep.begin()

    def _forked(self, **_: object) -> None:
        """This process does the work of a worker: it needs connections of its own, and to hear of the end."""
        self._engine.dispose(close=False)
        threading.Thread(target=self._until_end, name="erp-import-end", daemon=True).start()

    def _until_end(self) -> None:
        self._ending.wait()
        self.close()

    def _end(self, **_: object) -> None:
        self._ending.set()
        # Called by a signal, which may have come in the middle of anything that a lease needs.
        threading.Thread(target=self.close, name="erp-import-close", daemon=True).start()
