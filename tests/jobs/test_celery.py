"""Two Celery workers at one import, one of them killed: the database is that of a worker who was alone."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from celery import Celery
from sqlalchemy import Engine, select

from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.tables import job_part
from tests.support import databases
from tests.support.celery_workers import queue, runner_of, worker
from tests.support.journeys import Journey, settle
from tests.support.snapshots import Names, Snapshot, differences, snapshot
from tests.support.waiting import wait_until

SIZE = 80
STEPS = ("fetch", "plan", "import")


@pytest.fixture
def server(servers: databases.Databases) -> Iterator[Engine]:
    engine = servers["postgresql"]
    databases.empty(engine)
    yield engine
    databases.empty(engine)


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def alone(server: Engine, names: Names) -> Snapshot:
    """What a worker that is alone leaves; the database is empty again."""
    settle(server, SIZE)
    journey = Journey(server, SIZE)
    for step in STEPS:
        journey.finish(journey.start(step))
    left = snapshot(server, names)
    databases.empty(server)
    return left


def at_parts(engine: Engine) -> set[str]:
    """The processes that have a part of a job now."""
    with engine.connect() as connection:
        found = connection.execute(select(job_part.c.worker).where(job_part.c.worker.is_not(None))).scalars()
        return {worker.split("-")[0] for worker in found}


@pytest.mark.parametrize(("broker", "killed"), [("redis", "leads"), ("rabbitmq", "helps")])
def test_two_workers_of_which_one_is_killed_leave_what_one_leaves(
    alone: Snapshot, names: Names, server: Engine, broker: str, killed: str
) -> None:
    settle(server, SIZE)
    with queue(broker) as app:
        import_with_two(app, server, killed)
    assert differences(alone, snapshot(server, names)) == []


def import_with_two(broker: Celery, server: Engine, killed: str) -> None:
    """Import by two workers, of which the one that leads, or the one that helps, is killed while it plans."""
    journey, runner, jobs = Journey(server, SIZE), runner_of(broker, server, SIZE), JobStore(server)
    with worker(broker, server, SIZE) as one, worker(broker, server, SIZE) as two:
        pids = {str(process.pid): process for process in (one, two)}
        for step in STEPS:
            job = journey.start(step)
            runner.start(job)
            if step == "plan":
                wait_until(lambda: len(at_parts(server)) == 2, 60)
                leader = (jobs.get(job).worker or "").split("-")[0]
                (helper,) = pids.keys() - {leader}
                pids[leader if killed == "leads" else helper].send_signal(signal.SIGKILL)
            wait_until(lambda: jobs.get(job).state.value not in ("waiting", "running"), 60)  # noqa: B023 - the same
            assert jobs.get(job).state.value == "done", step


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_a_worker_that_is_told_to_end_leaves_its_work_at_once(server: Engine, pool: str) -> None:
    settle(server, SIZE)
    jobs = JobStore(server)
    with queue("redis") as app, worker(app, server, SIZE, pool) as process:
        journey, runner = Journey(server, SIZE), runner_of(app, server, SIZE)
        journey.finish(journey.start("fetch"))
        job = journey.start("plan")
        runner.start(job)
        wait_until(lambda: jobs.get(job).progress.done > 0, 60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        left = jobs.get(job)
    assert (left.state.value, left.worker, left.attempts) == ("running", None, 0)
    assert jobs.is_interrupted(left)
