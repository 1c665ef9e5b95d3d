"""Processes that do nothing but jobs: they find work, stop at an edge, and are replaced when they are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select

from erp_import_plugin.jobs import AwayRunner, Execution, Jobs, Worker
from erp_import_plugin.store.jobs import JobStore
from tests.jobs.test_killed_worker import LEASE, ROWS, Counting, rows
from tests.support.waiting import wait_until


def serve(url: str, *, burst: bool = False) -> None:
    """What the other process does."""
    engine = create_engine(url)
    store = JobStore(engine)
    worker = Worker(store, Execution(store, {"count": Counting(engine, 0.0 if burst else 0.1)}, LEASE), 1)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run_out() if burst else worker.run()


@contextmanager
def process(engine: Engine, *, burst: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    url = engine.url.render_as_string(hide_password=False)
    script = f"from tests.jobs.test_worker import serve; serve({url!r}, burst={burst})"
    with subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2]) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.fixture
def jobs(each_database: Engine) -> Jobs:
    """As a web process has them: it makes jobs and does none."""
    rows.create(each_database)
    store = JobStore(each_database)
    return Jobs(store, Execution(store, {}, LEASE), AwayRunner())


def written(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(rows)).scalar_one()


def test_another_worker_goes_on_where_one_was_killed(jobs: Jobs, each_database: Engine) -> None:
    job = jobs.start("count", "abc", "u")
    assert job.state == "waiting"
    with process(each_database) as first, process(each_database):
        wait_until(lambda: jobs.view(job.id).done >= 3)
        first.send_signal(signal.SIGKILL)
        wait_until(lambda: jobs.view(job.id).state == "done", 40)
    assert written(each_database) == ROWS


def test_a_worker_told_to_end_leaves_its_work_and_the_next_one_does_it(jobs: Jobs, each_database: Engine) -> None:
    job = jobs.start("count", "abc", "u")
    with process(each_database) as first:
        wait_until(lambda: jobs.view(job.id).done >= 3)
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0
    assert jobs.view(job.id).state == "interrupted"
    with process(each_database, burst=True) as second:
        assert second.wait(30) == 0
    assert (jobs.view(job.id).state, written(each_database)) == ("done", ROWS)
