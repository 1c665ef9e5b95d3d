from __future__ import annotations

import threading
from functools import partial

import pytest
from sqlalchemy import Engine

from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.jobs import Execution, InlineRunner, JobContext, Jobs
from erp_import_plugin.store.jobs import JobStore, Progress


def count_to(context: JobContext, total: int) -> None:
    for done in range(1, total + 1):
        context.check()
        context.progress(done, total)


@pytest.fixture
def jobs(tables: Engine) -> Jobs:
    store = JobStore(tables)

    def interrupted(_: JobContext) -> None:
        raise KeyboardInterrupt

    execution = Execution(store, {"count": partial(count_to, total=4), "interrupted": interrupted}, 60.0)
    return Jobs(store, execution, InlineRunner(execution))


def test_run_now_works_in_the_calling_thread_and_tells_every_progress(jobs: Jobs) -> None:
    seen: list[tuple[int, int | None, str]] = []

    def told(progress: Progress) -> None:
        seen.append((progress.done, progress.total, threading.current_thread().name))

    view = jobs.run_now("count", "abc", "u", told)
    assert (view.state, view.done, view.percent) == ("done", 4, 100)
    assert seen == [(done, 4, threading.current_thread().name) for done in (1, 2, 3, 4)]


def test_run_now_keeps_out_of_what_another_worker_does(jobs: Jobs, tables: Engine) -> None:
    store = JobStore(tables)
    busy = store.create("count", "abc", "u")
    store.claim(busy.id, "other", 60)
    with pytest.raises(Refused, match="Wait for it, or cancel it"):
        jobs.run_now("count", "abc", "u")
    assert store.get(busy.id).worker == "other"


def test_run_now_does_not_take_up_work_of_another_kind(jobs: Jobs, tables: Engine) -> None:
    waiting = JobStore(tables).create("fetch", "abc", "u")
    with pytest.raises(Refused):
        jobs.run_now("count", "abc", "u")
    assert jobs.view(waiting.id).state == "waiting"


def test_ctrl_c_leaves_the_work_to_be_resumed_at_once(jobs: Jobs) -> None:
    with pytest.raises(KeyboardInterrupt):
        jobs.run_now("interrupted", "abc", "u")
    left = jobs.latest("abc")
    assert left
    assert left.state == "interrupted"


def test_run_now_takes_up_what_was_interrupted(jobs: Jobs, tables: Engine) -> None:
    store = JobStore(tables)
    left = store.create("count", "abc", "u")
    store.claim(left.id, "dead", 60)
    store.let_go(left.id, "dead")
    view = jobs.run_now("count", "abc", "u")
    assert (view.id, view.state) == (left.id, "done")


def test_an_interrupted_job_can_be_cancelled(jobs: Jobs, tables: Engine) -> None:
    store = JobStore(tables)
    left = store.create("count", "abc", "u")
    store.claim(left.id, "dead", 60)
    store.let_go(left.id, "dead")
    assert jobs.cancel(left.id).state == "cancelled"
    assert jobs.resume(left.id).state == "cancelled"


def test_unknown_jobs_are_not_found(jobs: Jobs) -> None:
    assert jobs.latest("abc") is None
    for act in (jobs.view, jobs.ensure, jobs.resume, jobs.cancel):
        with pytest.raises(NotFound):
            act(4711)
