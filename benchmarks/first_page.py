"""How soon the first results of a search are there to be shown, beside the ERP's own first page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Engine

from benchmarks.cases import Bar, Case, Figures, Measured, table
from benchmarks.ours import ADMIN, Erp, enter
from benchmarks.workload import Workload
from erp_import_plugin.connector_api import (
    Actor,
    ActorType,
    ConfigValue,
    ErpField,
    Page,
    Platform,
    Query,
    Session,
)
from erp_import_plugin.connector_host import PlatformSettings, Registry
from erp_import_plugin.connector_host.cancelling import Cancellation
from erp_import_plugin.connector_host.platform import PluginPlatform
from erp_import_plugin.jobs import Execution, Jobs, ThreadRunner
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow import connections, imports, search
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.handlers import handlers

TITLE = "First search results"
TEXT = """\
An ERP that takes half a second for each page of 1,000 actors: the connector asked for its first page by itself, and the
time from the press of "Search" until the page of the plugin has rows to show, while the search goes on behind."""

CONNECTOR, PLUGIN = "connector alone", "plugin"
_ACTORS, _LATENCY, _GLANCE = 5000, 0.5, 0.005


class _Slow(Erp):
    """The ERP of the other suites, half a second away."""

    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        return _SlowSession(super().open(config, platform))


class _SlowSession(Session):
    def __init__(self, near: Session) -> None:
        self._near = near

    def test(self) -> str:
        return self._near.test()

    def actor_types(self) -> Sequence[ActorType]:
        return self._near.actor_types()

    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        return self._near.fields(actor_type)

    def search(self, query: Query, cursor: str | None) -> Page:
        time.sleep(_LATENCY)
        return self._near.search(query, cursor)

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        return self._near.get(actor_type, keys, fields)


def cases(size: str, databases: Sequence[str]) -> Iterator[Case]:
    """Both on each database, in turns."""
    for database in databases:
        for side in (CONNECTOR, PLUGIN):
            yield Case("first_page", side, database, 3 if size == "tiny" else 9, filling="nothing")


def fill(engine: Engine, case: Case) -> None:
    """There is nothing to fill."""


def measure(engine: Engine, case: Case) -> Figures:
    """Seconds to the first rows."""
    erp = _Slow(Workload(_ACTORS, _ACTORS))
    return {"seconds": _alone(erp) if case.side == CONNECTOR else _through_plugin(engine, erp)}


def page(measured: Measured) -> Iterator[str]:
    """Milliseconds of both."""
    rows = [
        (database, *(f"{1000 * measured.median(database, side, 'seconds'):,.0f} ms" for side in (CONNECTOR, PLUGIN)))
        for database in measured.databases
        if measured.has(database, CONNECTOR, PLUGIN)
    ]
    yield from table(("", CONNECTOR, PLUGIN), rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """Hardly later than the ERP itself."""
    for database in measured.databases:
        if measured.has(database, CONNECTOR, PLUGIN):
            ratio = measured.ratio(database, PLUGIN, CONNECTOR)
            goal = f"first search results on screen, {database}"
            yield Bar(goal, "at most 1.2 times the connector's own first page", f"{ratio:.2f}", ratio <= 1.2)


def _alone(erp: Erp) -> float:
    platform = PluginPlatform(PlatformSettings(), Cancellation(lambda: False))
    started = time.perf_counter()
    session = erp.open({}, platform)
    fields = tuple(field.key for field in session.fields(ActorType.CUSTOMER))
    found = session.search(Query(ActorType.CUSTOMER, fields=fields), None)
    took = time.perf_counter() - started
    assert found.actors
    return took


def _through_plugin(engine: Engine, erp: Erp) -> float:
    rooms = replace(enter(engine, erp.workload)[0], registry=Registry.from_plugins([erp]))
    store = JobStore(engine)
    execution = Execution(store, handlers(rooms), 60.0)
    jobs = Jobs(store, execution, ThreadRunner(execution, 1))
    token = imports.begin(
        rooms, ADMIN, connections.add(rooms, ADMIN, "bench", "Benchmark", {}), ActorType.CUSTOMER
    ).token
    started = time.perf_counter()
    search.start(rooms, jobs, ADMIN, token, ActorType.CUSTOMER, Criteria())
    while not (found := search.results(rooms, jobs, ADMIN, token)) or not found.rows:
        assert time.perf_counter() - started < 60, "no rows have come"
        time.sleep(_GLANCE)
    took = time.perf_counter() - started
    while (job := search.results(rooms, jobs, ADMIN, token)) and job.job and not job.job.ended:
        time.sleep(_LATENCY / 5)
    return took
