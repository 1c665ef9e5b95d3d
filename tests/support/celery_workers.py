"""Celery workers in processes of their own, and the brokers that tests use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from celery import Celery
from kombu.exceptions import OperationalError
from sqlalchemy import Engine

from erp_import_plugin.jobs import Execution, Team
from erp_import_plugin.jobs.celery_runner import CeleryRunner, Post, celery_of
from erp_import_plugin.store.job_parts import PartStore
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow.handlers import handlers, helpers
from erp_import_plugin.workflow.planner import ChunkPlanner
from tests.support import databases
from tests.support.journeys import enter_at
from tests.support.requirements import leave_out

BROKERS = {
    "redis": ("ERP_IMPORT_TEST_REDIS", "redis://127.0.0.1:6379/0"),
    "rabbitmq": ("ERP_IMPORT_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//"),
}
LEASE = 2.0


@contextmanager
def queue(name: str) -> Iterator[Celery]:
    """A Celery app with a queue of its own on a broker, which is removed afterwards."""
    variable, default = BROKERS[name]
    address = os.environ.get(variable, default)
    app = opened(address, f"erp_import_test_{uuid4().hex[:8]}")
    try:
        with app.connection_for_write(connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        leave_out(
            name,
            f"There is no {name} server at its usual address. On Debian: apt install {name}-server, or name another "
            f"server's address in {variable}.",
        )
    try:
        yield app
    finally:
        with app.connection_for_write() as connection:
            own = app.conf.task_default_queue
            connection.default_channel.queue_delete(own)
            if name == "redis":  # which remembers where a queue was bound
                kept = [f"_kombu.{binding}.{own}" for binding in ("binding", "binding_permanent")]
                connection.default_channel.client.delete(*kept)
        app.close()


def opened(address: str, name: str) -> Celery:
    """A Celery app on a queue of a broker."""
    app = celery_of(address)
    app.conf.task_default_queue = name
    return app


def runner_of(app: Celery, engine: Engine, size: int, lease: float = LEASE) -> CeleryRunner:
    """What has the jobs of a journey done by Celery, or does them where it is a worker's."""
    rooms, post = enter_at(engine, size).rooms, Post(app, lease)
    team = Team(engine, PartStore(engine, lease), post)
    execution = Execution(JobStore(engine), handlers(rooms), lease, team=team, helpers=helpers(rooms))
    return CeleryRunner(post, execution, engine)


def serve(url: str, address: str, name: str, size: int, pool: str) -> None:
    """What a worker's process does; so slow that a test can see it at work."""
    app, engine = opened(address, name), databases.opened(url)
    plan = ChunkPlanner.plan

    def slow(self: ChunkPlanner, *args: object) -> None:
        time.sleep(0.05)
        plan(self, *args)  # type: ignore[arg-type]

    ChunkPlanner.plan = slow  # type: ignore[method-assign,assignment]
    runner = runner_of(app, engine, size)
    hostname = f"{os.getpid()}@%h"
    app.worker_main(["worker", "--pool", pool, "--hostname", hostname, "--concurrency", "1", "--without-gossip"])
    runner.close()


@contextmanager
def worker(app: Celery, engine: Engine, size: int, pool: str = "threads") -> Iterator[subprocess.Popen[bytes]]:
    """A worker's process, which is killed at the end if it is still there."""
    address = str(app.conf.broker_url)
    arguments = (databases.address(engine), address, str(app.conf.task_default_queue), size, pool)
    script = f"from tests.support.celery_workers import serve; serve(*{arguments!r})"
    with subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2]) as process:
        try:
            yield process
        finally:
            process.kill()
