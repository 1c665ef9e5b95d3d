from __future__ import annotations

import threading

from sqlalchemy import Engine

from erp_import_plugin.connector_api import Cancelled as ConnectorCancelled
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from tests.jobs.conftest import Desk
from tests.support.clocks import Clock
from tests.support.waiting import wait_until


class Steps:
    """Goes step by step, and remembers how far it came."""

    def __init__(self, last: int) -> None:
        self.done = 0
        self.last = last
        self.let = threading.Semaphore(0)

    def __call__(self, context: JobContext) -> None:
        while self.done < self.last:
            context.check()
            if self.let.acquire(timeout=0.02):
                self.done += 1
                context.progress(self.done, self.last)


def test_paused_work_keeps_its_place_and_goes_on_when_it_is_resumed(desk: Desk) -> None:
    steps = Steps(3)
    jobs = desk(work=steps)
    job = jobs.start("work", "abc", "u")
    steps.let.release()
    wait_until(lambda: jobs.view(job.id).done == 1)
    jobs.pause(job.id)
    wait_until(lambda: jobs.view(job.id).state == "paused")
    paused = jobs.view(job.id)
    assert (paused.done, paused.total, paused.ended, paused.stopping) == (1, 3, False, False)
    assert jobs.start("other", "abc", "u").id == job.id
    assert jobs.view(job.id).state == "paused"
    steps.let.release(2)
    jobs.resume(job.id)
    wait_until(lambda: jobs.view(job.id).state == "done")
    assert steps.done == 3


def test_a_connector_that_was_stopped_for_a_pause_is_no_cancel(desk: Desk) -> None:
    def read(context: JobContext) -> None:
        wait_until(context.cancel_asked)
        raise ConnectorCancelled("stopped")

    jobs = desk(read=read)
    job = jobs.start("read", "abc", "u")
    wait_until(lambda: jobs.view(job.id).state == "running")
    jobs.pause(job.id)
    wait_until(lambda: jobs.view(job.id).state == "paused")


def test_what_nobody_works_on_is_paused_at_once_and_can_be_cancelled(store: JobStore) -> None:
    job = store.create("work", "abc", "u")
    store.request_pause(job.id)
    assert store.get(job.id).state is JobState.PAUSED
    assert not store.claim(job.id, "w", 60)
    store.request_cancel(job.id)
    assert store.get(job.id).state is JobState.CANCELLED


def test_who_pauses_and_then_cancels_has_cancelled(store: JobStore, tables: Engine, desk: Desk) -> None:
    jobs = desk(work=Steps(1))
    job = jobs.start("work", "abc", "u")
    wait_until(lambda: jobs.view(job.id).state == "running")
    jobs.pause(job.id)
    jobs.cancel(job.id)
    wait_until(lambda: jobs.view(job.id).state in ("paused", "cancelled"))
    jobs.cancel(job.id)
    wait_until(lambda: jobs.view(job.id).state == "cancelled")


def test_an_ended_job_cannot_be_paused(store: JobStore) -> None:
    job = store.create("work", "abc", "u")
    store.claim(job.id, "w", 60)
    store.finish(job.id, "w", JobState.DONE, Progress())
    store.request_pause(job.id)
    assert store.get(job.id).state is JobState.DONE


def test_who_goes_on_with_work_whose_worker_died_before_it_paused_wants_no_pause_any_more(
    store: JobStore, clock: Clock
) -> None:
    job = store.create("work", "abc", "u")
    store.claim(job.id, "w", 60)
    store.request_pause(job.id)
    clock.forward(61)
    store.wake(job.id)
    assert store.claim(job.id, "other", 60)
    assert not store.get(job.id).pause
