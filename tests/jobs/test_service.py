from __future__ import annotations

import threading
from functools import partial

import pytest
from sqlalchemy import Engine

from erp_import_plugin.errors import NotFound
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


def test_work_in_the_calling_thread_is_done_at_once_and_tells_every_progress(jobs: Jobs) -> None:
    seen: list[tuple[int, int | None, str]] = []

    def told(progress: Progress) -> None:
        seen.append((progress.done, progress.total, threading.current_thread().name))

    view = jobs.in_this_thread(told).start("count", "abc", "u")
    assert (view.state, view.done, view.percent) == ("done", 4, 100)
    assert seen == [(done, 4, threading.current_thread().name) for done in (1, 2, 3, 4)]


def test_what_another_worker_does_stays_with_it(jobs: Jobs, tables: Engine) -> None:
    store = JobStore(tables)
    busy = store.create("count", "abc", "u")
    store.claim(busy.id, "other", 60)
    here = jobs.in_this_thread()
    assert here.start("count", "abc", "u").state == "running"
    assert here.resume(busy.id).state == "running"
    assert store.get(busy.id).worker == "other"


def test_ctrl_c_leaves_the_work_to_be_resumed_at_once(jobs: Jobs) -> None:
    with pytest.raises(KeyboardInterrupt):
        jobs.start("interrupted", "abc", "u")
    left = jobs.latest("abc")
    assert left
    assert left.state == "interrupted"


def test_what_was_interrupted_is_taken_up_only_when_asked(jobs: Jobs, tables: Engine) -> None:
    store = JobStore(tables)
    left = store.create("count", "abc", "u")
    store.claim(left.id, "dead", 60)
    store.let_go(left.id, "dead")
    assert jobs.start("count", "abc", "u").state == "interrupted"
    assert (jobs.resume(left.id).id, jobs.view(left.id).state) == (left.id, "done")


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
