"""What can be watched of an import from outside: events in the log, spans and figures in OpenTelemetry."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from sqlalchemy import Engine

from erp_import_plugin import watching
from erp_import_plugin.connector_api import AdminCanFix
from erp_import_plugin.watching import Event
from erp_import_plugin.workflow import preview, settings
from tests.support import pages
from tests.support.hosts import statements
from tests.support.killing import killed_at
from tests.support.rooms import ADMIN
from tests.support.site import BY_NAME, Site, build_site

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Watched:
    """What an OpenTelemetry SDK has been given."""

    def __init__(self) -> None:
        self.spans = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        self.figures = watching.OpenTelemetry(tracers, MeterProvider([self._reader]))

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans.get_finished_spans() if span.name == f"erp_import.{name}"]

    def points(self, name: str) -> dict[tuple[str, ...], Any]:
        """The points of a figure by the values of their attributes, in the order they are listed in."""
        return {tuple(map(str, point.attributes.values())): point for point in self.all_points()[f"erp_import.{name}"]}

    def all_points(self) -> dict[str, list[Any]]:
        """The points of every figure."""
        data = self._reader.get_metrics_data()
        scopes = [scope for resource in (data.resource_metrics if data else []) for scope in resource.scope_metrics]
        return {metric.name: list(metric.data.data_points) for scope in scopes for metric in scope.metrics}


@pytest.fixture
def site(engine: Engine) -> Site:
    return build_site(engine, chunk=5)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    made = Watched()
    monkeypatch.setattr(watching, "figures", made.figures)
    return made


def _events(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    records = [one for one in caplog.records if one.name == "erp_import_plugin.watching"]
    return [{key: value for key, value in vars(one).items() if key not in _OWN} for one in records]


def test_an_import_tells_its_jobs_and_chunks_with_their_ids(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "erp_import_plugin"):
        token = site.imported()
    events = [one for one in _events(caplog) if one["job_kind"] == "import"]
    job = site.house.jobs.latest(token, "import")
    assert job
    assert {(one["job"], one["subject"]) for one in events} == {(job.id, token)}
    assert [one["event"] for one in events] == ["job.started", *["chunk.done"] * 3, "job.ended"]
    chunks = [one for one in events if one["event"] == "chunk.done"]
    assert [(one["kind"], one["rows"]) for one in chunks] == [("company", 5), ("company", 5), ("company", 2)]
    assert [one["last_row"] - one["first_row"] for one in chunks] == [4, 4, 1]
    assert events[-1]["outcome"] == "done"
    assert events[-1]["seconds"] > 0


def test_every_event_has_what_is_said_of_it(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "erp_import_plugin"):
        site.imported()
    shapes = {event.value.name: event.value for event in Event}
    for one in _events(caplog):
        within = {"job", "job_kind", "subject"} if "job" in one else set()
        assert set(one) == {"event", *shapes[one["event"]].fields} | within
    assert {one["event"] for one in _events(caplog)} == {"job.started", "job.ended", "chunk.done", "erp.called"}


def test_no_value_of_an_actor_is_in_the_log_or_in_a_span(
    site: Site, watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "erp_import_plugin"):
        site.imported()
    told = caplog.text + "".join(span.to_json() for span in watched.spans.get_finished_spans())
    assert "chunk.done" in told
    for value in ("Company 0001", "NO000000001", "post1@company.example"):
        assert value not in told


def test_an_import_is_one_span_with_its_chunks_in_it(site: Site, watched: Watched) -> None:
    token = site.imported()
    [job] = [span for span in watched.named("job") if span.attributes["erp_import.job_kind"] == "import"]
    assert job.attributes["erp_import.subject"] == token
    assert job.attributes["erp_import.outcome"] == "done"
    chunks = [span for span in watched.named("chunk") if span.parent.span_id == job.context.span_id]
    assert [span.attributes.get("erp_import.rows") for span in chunks] == [5, 5, 2]
    assert {span.status.status_code for span in (job, *chunks)} == {StatusCode.UNSET}


def test_rows_jobs_chunks_and_calls_are_counted(site: Site, watched: Watched) -> None:
    site.imported()
    assert {key: point.value for key, point in watched.points("rows.planned").items()} == {("company",): 12}
    assert {key: point.value for key, point in watched.points("rows.written").items()} == {("company", "new"): 12}
    assert watched.points("job.duration")["import", "done"].count == 1
    assert watched.points("chunk.duration")["import", "company", "ok"].count == 3
    calls = watched.points("erp_call.duration")
    assert calls["Shop", "get", "ok"].count >= 1
    assert calls["Shop", "search", "ok"].sum > 0


def test_a_row_the_crm_refuses_is_told_by_its_number(
    site: Site, watched: Watched, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with engine.begin() as tx:
        tx.exec_driver_sql(
            "CREATE TRIGGER no_seven BEFORE INSERT ON company WHEN NEW.number = 7"
            " BEGIN SELECT RAISE(ABORT, 'Company 0007 is not wanted'); END"
        )
    site.imported()
    [refused] = [one for one in _events(caplog) if one["event"] == "row.refused"]
    assert refused["error"] == "IntegrityError"
    assert refused["job_kind"] == "import"
    counted = {key: point.value for key, point in watched.points("rows.written").items()}
    assert counted == {("company", "failed"): 1, ("company", "new"): 11}


def test_a_call_that_fails_is_told_with_what_is_to_be_done(
    site: Site, watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(method: str) -> None:
        if method == "search":
            raise AdminCanFix("Renew the licence of Ola Nordmann.")

    site.house.shop.fail = fail
    site.house.search(site.house.begin())
    [failed] = [one for one in _events(caplog) if one["event"] == "erp.failed"]
    assert (failed["connector"], failed["method"], failed["outcome"]) == ("Shop", "search", "fix")
    assert failed["job_kind"] == "search"
    [span] = [one for one in watched.named("erp_call") if one.attributes["erp_import.method"] == "search"]
    assert span.status.status_code is StatusCode.ERROR
    assert "Nordmann" not in "".join(one.to_json() for one in watched.spans.get_finished_spans())
    assert watched.points("job.duration")["search", "failed"].count == 1


def test_a_job_whose_worker_is_killed_counts_as_left(
    site: Site, watched: Watched, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "erp_import_plugin")
    token = site.staged()
    settings.save(site.house.rooms, ADMIN, token, BY_NAME)
    with killed_at(engine, "erp_import_staged", 8):
        preview.start(site.house.rooms, site.house.jobs, ADMIN, token)
    assert _events(caplog)[-1]["outcome"] == "left"
    assert watched.points("job.duration")["plan", "left"].count == 1


def test_every_span_and_figure_is_listed_with_its_attributes(site: Site, watched: Watched) -> None:
    site.imported()
    page = pages.text("operating.md")
    spans = {re.escape(span.name) for span in watched.spans.get_finished_spans()}
    assert {name for name in spans if not re.search(rf"^\| `{name}` \|", page, re.MULTILINE)} == set()
    for name, points in watched.all_points().items():
        listed = re.search(rf"^\| `{re.escape(name)}` \|[^|]*\| (.*) \|$", page, re.MULTILINE)
        assert listed, name
        attributes = {key.removeprefix("erp_import.") for point in points for key in point.attributes}
        assert set(re.findall("`([^`]+)`", listed[1])) == attributes


def test_watching_asks_the_database_nothing(site: Site, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted() -> int:
        with statements(engine) as seen:
            site.house.search(token)
        return len(seen)

    token = site.house.begin()
    site.house.search(token)
    plain = counted()
    monkeypatch.setattr(watching, "figures", Watched().figures)
    assert counted() == plain


def test_without_opentelemetry_there_is_nothing_to_pay_for() -> None:
    """A machine without it: the import of the module fails, and everything else goes on."""
    program = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from erp_import_plugin import watching\n"
        "assert type(watching.figures) is watching.Figures\n"
        "with watching.job(1, 'plan', 'abc') as job, watching.chunk('company') as chunk:\n"
        "    chunk.did(1, 2, 2); job.outcome = 'done'; watching.planned('company', 2)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
