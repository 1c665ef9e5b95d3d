"""What can be watched from outside: log events with ids, and OpenTelemetry's spans and figures where that is installed.

Nothing here tells more of a person than the ids of imports, jobs and rows. ``docs/operating.md`` lists every event,
span and figure. An error is told by the name of its class: its words may hold what somebody typed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

Fact: TypeAlias = "str | int | float"

NAME = "erp_import_plugin"
"""Of the tracer and the meter; every logger of the plugin is below the logger of this name."""

log = logging.getLogger(__name__)

_JOB = ("job", "job_kind", "subject")
_job: ContextVar[Mapping[str, Fact]] = ContextVar("erp_import_job", default={})  # noqa: B039 - nobody changes it


@dataclass(frozen=True, slots=True)
class _Shape:
    name: str
    level: int
    fields: tuple[str, ...]


class Event(Enum):
    """What is logged: the name, the level, and the attributes that its record has beside ``event``.

    Within a job each record has the job's attributes as well; those of ``job.*`` always have them.
    """

    JOB_STARTED = _Shape("job.started", logging.INFO, _JOB)
    JOB_ENDED = _Shape("job.ended", logging.INFO, (*_JOB, "outcome", "seconds"))
    JOB_BROKEN = _Shape("job.broken", logging.ERROR, (*_JOB, "error"))
    JOB_OUT_OF_TOUCH = _Shape("job.out_of_touch", logging.WARNING, ("job", "error"))
    CHUNK_DONE = _Shape("chunk.done", logging.INFO, ("kind", "first_row", "last_row", "rows", "seconds"))
    ROW_REFUSED = _Shape("row.refused", logging.WARNING, ("row", "error"))
    CONNECTOR_WAITED_FOR = _Shape("connector.waited_for", logging.WARNING, ("connector", "distribution", "seconds"))
    ERP_CALLED = _Shape("erp.called", logging.DEBUG, ("connector", "method", "outcome", "seconds"))
    ERP_FAILED = _Shape("erp.failed", logging.WARNING, ("connector", "method", "outcome", "seconds"))


def tell(event: Event, **facts: Fact) -> None:
    """Log an event. One of level ERROR is told while its exception is handled, whose traceback stands below it."""
    shape = event.value
    if log.isEnabledFor(shape.level):
        known = {**_job.get(), **facts}
        text = " ".join(f"{key}={value}" for key, value in known.items())
        trace = shape.level >= logging.ERROR
        log.log(shape.level, "%s %s", shape.name, text, exc_info=trace, extra={"event": shape.name, **known})


class Work:
    """A piece of work under way. ``outcome`` is set by who does it, before it ends."""

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome
        self.rows: tuple[int, int, int] | None = None
        self._started = time.monotonic()

    def did(self, first_row: int, last_row: int, rows: int) -> None:
        """Which rows it was, and how many of them."""
        self.rows = first_row, last_row, rows

    @property
    def seconds(self) -> float:
        """Since its start."""
        return round(time.monotonic() - self._started, 6)


@contextmanager
def job(job_id: int, kind: str, subject: str) -> Iterator[Work]:
    """One job from claim to end. Unless an outcome is set it counts as ``left``: another worker goes on with it."""
    ids: dict[str, Fact] = dict(zip(_JOB, (job_id, kind, subject), strict=True))
    work, before = Work("left"), _job.set(ids)
    try:
        tell(Event.JOB_STARTED)
        with figures.span("erp_import.job", ids, work):
            yield work
    finally:
        tell(Event.JOB_ENDED, outcome=work.outcome, seconds=work.seconds)
        figures.took("job", work, job_kind=kind)
        _job.reset(before)


@contextmanager
def chunk(kind: str) -> Iterator[Work]:
    """The rows of one kind of entity that are done together; told only where it did some."""
    work = Work("failed")
    with figures.span("erp_import.chunk", {**_job.get(), "kind": kind}, work):
        yield work
        work.outcome = "ok"
    if work.rows:
        first, last, rows = work.rows
        tell(Event.CHUNK_DONE, kind=kind, first_row=first, last_row=last, rows=rows, seconds=work.seconds)
        figures.took("chunk", work, job_kind=_job.get().get("job_kind", ""), kind=kind)


@contextmanager
def erp_call(connector: str, method: str) -> Iterator[Work]:
    """One call to a connector with all its attempts. A failure's outcome is what is to be done about it."""
    work = Work("ok")
    call: dict[str, Fact] = {"connector": connector, "method": method}
    try:
        with figures.span("erp_import.erp_call", call, work):
            try:
                yield work
            except BaseException as error:
                work.outcome = getattr(getattr(error, "recovery", None), "value", "stopped")
                raise
    finally:
        event = Event.ERP_CALLED if work.outcome in ("ok", "stopped") else Event.ERP_FAILED
        tell(event, **call, outcome=work.outcome, seconds=work.seconds)
        figures.took("erp_call", work, **call)


def planned(kind: str, rows: int) -> None:
    """So many rows have been planned."""
    figures.count("planned", rows, {"kind": kind})


def written(kind: str, status: str, rows: int) -> None:
    """So many rows have been done with by an import, with this outcome: new, changed, held, failed and so on."""
    figures.count("written", rows, {"kind": kind, "status": status})


class Figures:
    """Without OpenTelemetry: nothing is kept."""

    def span(self, name: str, facts: Mapping[str, Fact], work: Work) -> AbstractContextManager[object]:
        """Around a piece of work."""
        return nullcontext()

    def took(self, what: str, work: Work, **facts: Fact) -> None:
        """How long a job, a chunk or a call took."""

    def count(self, what: str, rows: int, facts: Mapping[str, Fact]) -> None:
        """So many rows more."""


class OpenTelemetry(Figures):
    """Through the API. Without an SDK set up by the host, the API itself drops everything."""

    # A call of milliseconds and a job of hours.
    _SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)

    def __init__(self, tracers: TracerProvider | None = None, meters: MeterProvider | None = None) -> None:
        from opentelemetry import metrics, trace

        self._failed = trace.StatusCode.ERROR
        self._tracer = trace.get_tracer(NAME, tracer_provider=tracers)
        meter = metrics.get_meter(NAME, meter_provider=meters)
        self._durations = {
            what: meter.create_histogram(
                f"erp_import.{what}.duration", "s", text, explicit_bucket_boundaries_advisory=self._SECONDS
            )
            for what, text in (
                ("job", "Time of a job, by its kind and outcome"),
                ("chunk", "Time of a chunk of rows, by kind of job and of entity"),
                ("erp_call", "Time of a call to a connector, attempts included, by method and outcome"),
            )
        }
        self._counts = {
            "planned": meter.create_counter("erp_import.rows.planned", "{row}", "Rows planned"),
            "written": meter.create_counter("erp_import.rows.written", "{row}", "Rows done with, by outcome"),
        }

    @contextmanager
    def span(self, name: str, facts: Mapping[str, Fact], work: Work) -> Iterator[None]:
        attributes = _named(facts)
        # An exception's own words stay out of the trace.
        with self._tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            finally:
                span.set_attributes(_named({"outcome": work.outcome}))
                if work.rows:
                    first, last, rows = work.rows
                    span.set_attributes(_named({"first_row": first, "last_row": last, "rows": rows}))
                if work.outcome not in ("ok", "done", "cancelled", "stopped"):
                    span.set_status(self._failed)

    def took(self, what: str, work: Work, **facts: Fact) -> None:
        self._durations[what].record(work.seconds, _named({**facts, "outcome": work.outcome}))

    def count(self, what: str, rows: int, facts: Mapping[str, Fact]) -> None:
        self._counts[what].add(rows, _named(facts))


def _named(facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {f"erp_import.{key}": value for key, value in facts.items()}


def _figures() -> Figures:
    try:
        return OpenTelemetry()
    except ImportError:
        return Figures()


figures = _figures()
"""Where the figures go; made once, since what is off shall cost nothing."""
