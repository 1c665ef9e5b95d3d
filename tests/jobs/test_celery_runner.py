"""What Celery is asked to do, and what is done where there is no broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import Celery
from flask import Flask
from sqlalchemy import Engine

from erp_import_plugin import ErpImport
from erp_import_plugin.errors import ConfigError
from erp_import_plugin.jobs import Execution, JobContext, Jobs
from erp_import_plugin.jobs.celery_runner import HELP, WORK, CeleryRunner, Post, celery_of
from erp_import_plugin.store.jobs import JobState, JobStore
from tests.support.rooms import build

NOWHERE = "redis://127.0.0.1:1/0"


class Sent(Celery):
    """Keeps what it is to send."""

    def __init__(self) -> None:
        super().__init__("sent", broker=NOWHERE, set_as_current=False)
        self.messages: list[tuple[str, int]] = []

    def send_task(self, name: str, args: tuple[int], **options: object) -> None:  # type: ignore[override,unused-ignore]
        assert options["expires"] == 60.0
        self.messages.append((name, *args))


@pytest.fixture
def sent() -> Iterator[Sent]:
    app = Sent()
    yield app
    app.close()


def runner_of(app: Celery, engine: Engine, seen: list[int]) -> tuple[Jobs, CeleryRunner]:
    def work(context: JobContext) -> None:
        seen.append(context.job_id)

    execution = Execution(JobStore(engine), {"work": work}, 60.0)
    runner = CeleryRunner(Post(app, 60.0), execution, engine)
    return Jobs(JobStore(engine), execution, runner), runner


def test_a_job_is_begun_by_a_message_and_done_once_however_many_come(tables: Engine, sent: Sent) -> None:
    seen: list[int] = []
    jobs, _ = runner_of(sent, tables, seen)
    job = jobs.start("work", "abc", "u")
    assert (job.state, sent.messages) == ("waiting", [(WORK, job.id)])
    for _ in range(2):
        sent.tasks[WORK](job.id)
    assert (jobs.view(job.id).state, seen) == ("done", [job.id])


def test_a_message_for_help_that_comes_too_late_does_nothing(tables: Engine, sent: Sent) -> None:
    seen: list[int] = []
    jobs, _ = runner_of(sent, tables, seen)
    job = jobs.start("work", "abc", "u")
    sent.tasks[HELP](job.id)
    assert (jobs.view(job.id).state, seen, len(sent.messages)) == ("waiting", [], 1)


def test_a_worker_that_ends_begins_nothing_more(tables: Engine, sent: Sent) -> None:
    seen: list[int] = []
    jobs, runner = runner_of(sent, tables, seen)
    job = jobs.start("work", "abc", "u")
    runner.close()
    sent.tasks[WORK](job.id)
    assert (jobs.view(job.id).state, seen) == ("waiting", [])


def test_of_several_flask_apps_with_one_celery_app_the_last_one_is_served(tables: Engine, sent: Sent) -> None:
    first: list[int] = []
    last: list[int] = []
    runner_of(sent, tables, first)
    jobs, _ = runner_of(sent, tables, last)
    sent.tasks[WORK](jobs.start("work", "abc", "u").id)
    assert (len(first), len(last)) == (0, 1)


def test_help_is_called_by_a_bounded_number_of_messages(sent: Sent) -> None:
    Post(sent, 60.0).call(7, 5)
    assert sent.messages == [(HELP, 7)] * 5
    Post(sent, 60.0).call(8, 1000)
    assert len(sent.messages) < 50


def test_without_a_broker_the_job_waits_and_the_page_does_not(tables: Engine, caplog: pytest.LogCaptureFixture) -> None:
    app = celery_of(NOWHERE)
    store = JobStore(tables)
    execution = Execution(store, {}, 60.0)
    job = Jobs(store, execution, CeleryRunner(Post(app, 60.0), execution, tables)).start("work", "abc", "u")
    app.close()
    assert store.get(job.id).state is JobState.WAITING
    assert f"The broker could not be reached for job {job.id}" in caplog.text


def app_with(engine: Engine, **config: object) -> Flask:
    app = Flask("crm")
    app.config.update(SECRET_KEY="x" * 32, **config)
    ErpImport(app, engine=engine, host=build(engine).rooms.host)
    return app


@pytest.mark.parametrize("own", [True, False])
def test_the_configuration_names_the_hosts_celery_app_or_a_broker(engine: Engine, sent: Sent, own: bool) -> None:
    app = app_with(engine, ERP_IMPORT_RUNNER="celery", ERP_IMPORT_CELERY=sent if own else NOWHERE)
    runner = app.extensions["erp_import"].runner
    assert isinstance(runner, CeleryRunner)
    assert not own or {WORK, HELP} <= set(sent.tasks)


def test_a_worker_of_the_command_line_is_a_celery_worker(
    engine: Engine, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr(Sent, "worker_main", lambda _self, argv: told.append(argv), raising=False)
    app = app_with(engine, ERP_IMPORT_RUNNER="celery", ERP_IMPORT_CELERY=sent, ERP_IMPORT_WORKERS=3)
    assert app.test_cli_runner().invoke(args=["erp-import", "worker"]).exit_code == 0
    assert told[0][:5] == ["worker", "--pool", "threads", "--concurrency", "3"]


@pytest.mark.parametrize(
    ("celery", "words"), [(None, "set ERP_IMPORT_CELERY"), (3, "must be a Celery app, or the address of a broker")]
)
def test_a_missing_or_wrong_broker_is_told_at_the_start(engine: Engine, celery: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        app_with(engine, ERP_IMPORT_RUNNER="celery", ERP_IMPORT_CELERY=celery)
