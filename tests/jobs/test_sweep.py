"""Work that nobody does any more goes on without anybody asking, and stops going on where it kills its workers."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import Engine

from erp_import_plugin.jobs import Execution, JobContext, Jobs, ThreadRunner
from erp_import_plugin.jobs.sweep import take_up
from erp_import_plugin.store.jobs import MOST_ATTEMPTS, JobStore
from tests.support.clocks import Clock
from tests.support.waiting import wait_until


def count_to(context: JobContext, total: int) -> None:
    context.progress(total, total)


@pytest.fixture
def jobs(tables: Engine) -> Jobs:
    store = JobStore(tables)
    execution = Execution(store, {"count": partial(count_to, total=4)}, 1.0)
    return Jobs(store, execution, ThreadRunner(execution, 1))


class Started:
    """Notes what is to be started."""

    def __init__(self) -> None:
        self.ids: list[int] = []

    def start(self, job_id: int) -> None:
        self.ids.append(job_id)


def test_a_runner_that_watches_takes_over_from_a_worker_that_is_gone(tables: Engine) -> None:
    store = JobStore(tables)
    left = store.create("count", "abc", "u")
    store.claim(left.id, "dead", 1.0)
    execution = Execution(store, {"count": partial(count_to, total=4)}, 1.0)
    runner = ThreadRunner(execution, 1)
    runner.watch()
    jobs = Jobs(store, execution, runner)
    wait_until(lambda: jobs.view(left.id).state == "done")
    runner.close()


def test_a_runner_that_watches_begins_what_was_never_begun(tables: Engine) -> None:
    store = JobStore(tables)
    waiting = store.create("count", "abc", "u")
    execution = Execution(store, {"count": partial(count_to, total=4)}, 1.0)
    runner = ThreadRunner(execution, 1)
    runner.watch()
    wait_until(lambda: store.get(waiting.id).state.value == "done")
    runner.close()


def test_what_waits_for_a_moment_only_is_left_to_who_made_it(store: JobStore, clock: Clock) -> None:
    job = store.create("count", "abc", "u")
    assert store.open(waiting=30) == []
    clock.forward(30)
    assert store.open(waiting=30) == [job.id]


def test_nothing_is_taken_from_a_worker_that_lives_or_from_what_is_paused_or_has_ended(
    store: JobStore, clock: Clock
) -> None:
    at_work, paused, ended = (store.create("count", subject, "u") for subject in "abc")
    store.claim(at_work.id, "one", 60)
    store.request_pause(paused.id)
    store.request_cancel(ended.id)
    clock.forward(59)
    assert store.open() == []


def test_a_job_that_kills_its_workers_is_left_to_a_person(store: JobStore, clock: Clock) -> None:
    job = store.create("count", "abc", "u")
    for attempt in range(MOST_ATTEMPTS):
        started = Started()
        take_up(store, started)
        assert started.ids == [job.id]
        assert store.claim(job.id, f"dies {attempt}", 60)
        clock.forward(61)
    assert store.is_given_up(store.get(job.id))
    assert store.open() == []
    assert not store.claim(job.id, "another", 60)


def test_a_person_gives_it_new_attempts(jobs: Jobs, tables: Engine) -> None:
    store = JobStore(tables)
    job = store.create("count", "abc", "u")
    for attempt in range(MOST_ATTEMPTS):
        store.claim(job.id, f"dies {attempt}", 0.0)
    assert (jobs.view(job.id).state, jobs.view(job.id).given_up) == ("interrupted", True)
    jobs.resume(job.id)
    wait_until(lambda: jobs.view(job.id).state == "done")


def test_a_worker_that_was_told_to_stop_is_no_failed_attempt(store: JobStore) -> None:
    job = store.create("count", "abc", "u")
    for number in range(MOST_ATTEMPTS * 2):
        assert store.claim(job.id, f"w{number}", 60)
        assert store.let_go(job.id, f"w{number}")
    assert store.open() == [job.id]
