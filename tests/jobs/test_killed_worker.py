"""A worker is killed with no chance to tidy up; another process takes the work over and loses and doubles nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, func, insert, select

from erp_import_plugin.jobs import Execution, InlineRunner, JobContext, Jobs, ThreadRunner
from erp_import_plugin.store.jobs import JobStore
from tests.support.waiting import wait_until

ROWS = 60
LEASE = 1.5

rows = Table("worked_row", MetaData(), Column("id", Integer, primary_key=True, autoincrement=False))


class Counting:
    """Writes a row at a time, each in a transaction of its own; looks in the database for what is left."""

    def __init__(self, engine: Engine, pause: float) -> None:
        self.engine = engine
        self.pause = pause

    def __call__(self, context: JobContext) -> None:
        with self.engine.begin() as connection:
            done = connection.execute(select(func.count()).select_from(rows)).scalar_one()
        for number in range(done, ROWS):
            context.check()
            with self.engine.begin() as connection:
                context.hold(connection)
                connection.execute(insert(rows).values(id=number))
            context.progress(number + 1, ROWS)
            time.sleep(self.pause)


def work(url: str, job_id: int) -> None:
    """What the other process does: serve the job until it is killed."""
    engine = create_engine(url)
    store = JobStore(engine)
    execution = Execution(store, {"count": Counting(engine, 0.1)}, LEASE)
    Jobs(store, execution, ThreadRunner(execution, 1)).ensure(job_id)
    sys.stdin.read()


def test_a_killed_workers_job_is_shown_as_interrupted_and_resumed(each_database: Engine) -> None:
    rows.create(each_database)
    store = JobStore(each_database)
    execution = Execution(store, {"count": Counting(each_database, 0.0)}, LEASE)
    jobs = Jobs(store, execution, InlineRunner(execution))
    job = store.create("count", "abc", "u")
    url = each_database.url.render_as_string(hide_password=False)
    script = f"from tests.jobs.test_killed_worker import work; work({url!r}, {job.id})"
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, cwd=root) as process:
        wait_until(lambda: jobs.view(job.id).done >= 5)
        process.send_signal(signal.SIGKILL)
    with each_database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(rows)).scalar_one() < ROWS
    wait_until(lambda: jobs.view(job.id).state == "interrupted")
    resumed = jobs.resume(job.id)
    assert (resumed.state, resumed.done, resumed.percent) == ("done", ROWS, 100)
    with each_database.connect() as connection:
        assert list(connection.execute(select(rows.c.id).order_by(rows.c.id)).scalars()) == list(range(ROWS))
