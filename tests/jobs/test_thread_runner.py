from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest
from sqlalchemy import Engine, text

from erp_import_plugin.connector_api import Cancelled as ConnectorCancelled
from erp_import_plugin.connector_api import GiveUp
from erp_import_plugin.errors import ErpImportError, Refused, Sentence
from erp_import_plugin.jobs import Execution, InlineRunner, JobContext, Jobs, JobView, LeaseLost, ThreadRunner
from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from tests.jobs.conftest import Desk
from tests.support.waiting import wait_until


def ended(jobs: Jobs, job_id: int) -> JobView:
    wait_until(lambda: jobs.view(job_id).ended)
    return jobs.view(job_id)


def until_stopped(context: JobContext) -> None:
    """A handler that works until it is told to stop."""
    while True:
        context.check()
        threading.Event().wait(0.01)


def count_to(context: JobContext, total: int) -> None:
    for done in range(1, total + 1):
        context.progress(done, total, Sentence("Counting to %(total)s.", total=total))


def raise_(error: Exception, context: JobContext) -> None:
    context.progress(3, 10)
    raise error


def test_a_job_is_done_in_the_background_and_its_last_progress_is_written(desk: Desk) -> None:
    jobs = desk(count=partial(count_to, total=5000))
    started = jobs.start("count", "abc", "u1")
    assert started.state in ("waiting", "running", "done")
    done = ended(jobs, started.id)
    assert (done.state, done.done, done.total, done.percent) == ("done", 5000, 5000, 100)
    assert done.note == "Counting to 5000."
    assert jobs.latest("abc") == done


def test_the_handler_is_told_what_it_works_for(desk: Desk) -> None:
    seen: list[tuple[str, str, str, int]] = []
    jobs = desk(look=lambda c: seen.append((c.kind, c.subject, c.user_id, c.job_id)))
    job = ended(jobs, jobs.start("look", "abc", "u1").id)
    assert seen == [("look", "abc", "u1", job.id)]


def test_progress_is_written_while_the_work_goes_on(desk: Desk) -> None:
    go_on = threading.Event()

    def half(context: JobContext) -> None:
        context.progress(1, 2, "Half.")
        go_on.wait(20)

    jobs = desk(half=half)
    job = jobs.start("half", "abc", "u")
    wait_until(lambda: jobs.view(job.id).done == 1)
    assert jobs.view(job.id).note == "Half."
    go_on.set()
    assert ended(jobs, job.id).state == "done"


def test_many_reports_cost_few_writes(tables: Engine, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[Progress | None] = []
    beat = JobStore.beat

    def counted(self: JobStore, job_id: int, worker: str, lease: float, progress: Progress | None = None) -> bool:
        writes.append(progress)
        return beat(self, job_id, worker, lease, progress)

    monkeypatch.setattr(JobStore, "beat", counted)
    jobs = desk(lease=60.0, count=partial(count_to, total=20_000))
    assert ended(jobs, jobs.start("count", "abc", "u").id).done == 20_000
    assert len(writes) < 20


def test_a_second_start_gives_the_job_there_is(desk: Desk) -> None:
    jobs = desk(work=until_stopped)
    first = jobs.start("work", "abc", "u")
    assert jobs.start("work", "abc", "u").id == first.id
    assert jobs.start("work", "def", "u").id != first.id
    jobs.cancel(first.id)
    ended(jobs, first.id)
    assert jobs.start("work", "abc", "u").id != first.id


def test_a_job_stops_at_its_edge_when_asked(desk: Desk) -> None:
    jobs = desk(work=until_stopped)
    job = jobs.start("work", "abc", "u")
    wait_until(lambda: jobs.view(job.id).state == "running")
    jobs.cancel(job.id)
    assert ended(jobs, job.id).state == "cancelled"


def test_a_connector_that_was_stopped_is_no_failure(desk: Desk) -> None:
    jobs = desk(work=partial(raise_, ConnectorCancelled("stopped")))
    assert ended(jobs, jobs.start("work", "abc", "u").id).state == "cancelled"


def test_a_job_cancelled_before_its_turn_is_never_begun(desk: Desk) -> None:
    begun: list[str] = []

    def work(context: JobContext) -> None:
        begun.append(context.subject)
        until_stopped(context)

    jobs = desk(workers=1, work=work)
    first, second = (jobs.start("work", subject, "u") for subject in ("a", "b"))
    wait_until(lambda: begun)
    assert jobs.cancel(second.id).state == "cancelled"
    jobs.cancel(first.id)
    third = jobs.start("work", "c", "u")
    wait_until(lambda: "c" in begun)
    jobs.cancel(third.id)
    ended(jobs, third.id)
    assert begun == ["a", "c"]


@pytest.mark.parametrize(
    "error",
    [
        ErpImportError(Sentence("The folder %(name)s is gone.", name="X")),
        Refused(Sentence("The folder %(name)s is gone.", name="X")),
        GiveUp("The folder X is gone."),
    ],
)
def test_what_the_admin_may_read_is_shown_as_it_is(desk: Desk, error: Exception) -> None:
    jobs = desk(work=partial(raise_, error))
    job = ended(jobs, jobs.start("work", "abc", "u").id)
    assert (job.state, job.note, job.done) == ("failed", "The folder X is gone.", 3)


def test_any_other_error_is_told_in_a_sentence_and_kept_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = desk(work=partial(raise_, ZeroDivisionError("by nothing")))
    with caplog.at_level(logging.ERROR):
        job = ended(jobs, jobs.start("work", "abc", "u").id)
    assert job.state == "failed"
    assert "error in the program" in job.note
    assert f"job {job.id}" in job.note
    assert "nothing" not in job.note
    assert "ZeroDivisionError: by nothing" in caplog.text


def test_what_a_statement_was_to_write_is_not_logged(
    desk: Desk, tables: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    values = {"password": "hunter2"}

    def work(context: JobContext) -> None:
        try:
            with tables.begin() as connection:
                connection.execute(text("INSERT INTO nowhere VALUES (:password)"), values)
        except Exception as error:
            raise RuntimeError("while writing") from error

    jobs = desk(work=work)
    assert ended(jobs, jobs.start("work", "abc", "u").id).state == "failed"
    assert "nowhere" in caplog.text
    assert "hunter2" not in caplog.text


def test_after_a_failure_the_subject_can_be_worked_on_again(desk: Desk) -> None:
    jobs = desk(work=partial(raise_, GiveUp("No.")), count=partial(count_to, total=3))
    failed = ended(jobs, jobs.start("work", "abc", "u").id)
    again = ended(jobs, jobs.start("count", "abc", "u").id)
    assert (again.id != failed.id, again.state) == (True, "done")


def test_a_kind_without_a_handler_fails_alone(desk: Desk) -> None:
    jobs = desk()
    assert ended(jobs, jobs.start("unheard-of", "abc", "u").id).state == "failed"


def test_a_live_worker_keeps_its_lease_however_long_it_works(desk: Desk) -> None:
    enough = threading.Event()
    jobs = desk(lease=1.0, work=lambda _: enough.wait(20) and None)
    job = jobs.start("work", "abc", "u")
    wait_until(lambda: jobs.view(job.id).state == "running")
    threading.Event().wait(2.5)
    assert jobs.view(job.id).state == "running"
    enough.set()
    assert ended(jobs, job.id).state == "done"


def test_a_worker_that_was_overtaken_writes_nothing_more(tables: Engine, desk: Desk) -> None:
    overtaken, told = threading.Event(), threading.Event()

    def work(context: JobContext) -> None:
        overtaken.wait(20)
        try:
            with tables.begin() as connection:
                context.hold(connection)
        except LeaseLost:
            told.set()
            raise

    jobs = desk(lease=60.0, work=work)
    job = jobs.start("work", "abc", "u")
    wait_until(lambda: jobs.view(job.id).state == "running")
    store = JobStore(tables)
    held = store.get(job.id).worker
    assert held
    store.let_go(job.id, held)
    assert store.claim(job.id, "other", 60)
    overtaken.set()
    assert told.wait(20)
    store.finish(job.id, "other", JobState.DONE, Progress(42))
    assert jobs.view(job.id).done == 42


def test_a_closed_runner_leaves_its_jobs_to_be_resumed(tables: Engine) -> None:
    store = JobStore(tables)
    first = Execution(store, {"work": until_stopped}, 60.0)
    runner = ThreadRunner(first, 1)
    job = Jobs(store, first, runner).start("work", "abc", "u")
    wait_until(lambda: store.get(job.id).state is JobState.RUNNING)
    runner.close()
    second = Execution(store, {"work": partial(count_to, total=7)}, 60.0)
    jobs = Jobs(store, second, InlineRunner(second))
    assert jobs.view(job.id).state == "interrupted"
    assert jobs.ensure(job.id).state == "interrupted"
    resumed = jobs.resume(job.id)
    assert (resumed.state, resumed.done) == ("done", 7)


def test_resuming_a_job_at_work_or_at_its_end_does_nothing(desk: Desk) -> None:
    runs: list[int] = []

    def work(context: JobContext) -> None:
        runs.append(1)
        until_stopped(context)

    jobs = desk(work=work)
    job = jobs.start("work", "abc", "u")
    wait_until(lambda: runs)
    jobs.resume(job.id)
    jobs.cancel(job.id)
    ended(jobs, job.id)
    assert jobs.resume(job.id).state == "cancelled"
    assert runs == [1]


def test_a_job_that_waits_for_a_process_that_is_gone_is_started_by_who_looks(tables: Engine, desk: Desk) -> None:
    jobs = desk(count=partial(count_to, total=3))
    waiting = JobStore(tables).create("count", "abc", "u")
    assert jobs.view(waiting.id).state == "waiting"
    jobs.ensure(waiting.id)
    assert ended(jobs, waiting.id).state == "done"


def test_each_handler_has_around_it_what_the_runner_was_given(tables: Engine) -> None:
    inside: list[str] = []

    @contextmanager
    def room() -> Iterator[None]:
        inside.append("in")
        yield
        inside.append("out")

    def around() -> AbstractContextManager[None]:
        return room()

    store = JobStore(tables)
    execution = Execution(store, {"look": lambda _: inside.append("work")}, 60.0, around)
    Jobs(store, execution, InlineRunner(execution)).start("look", "abc", "u")
    assert inside == ["in", "work", "out"]
