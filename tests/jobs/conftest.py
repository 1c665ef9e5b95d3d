from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from erp_import_plugin.jobs import Execution, JobHandler, Jobs, ThreadRunner
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.tables import metadata
from tests.support.clocks import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """The job table in each database there is."""
    metadata.create_all(engine)
    return engine


@pytest.fixture
def store(tables: Engine, clock: Clock) -> JobStore:
    """Jobs at a time that the test sets."""
    return JobStore(tables, clock)


Desk = Callable[..., Jobs]


@pytest.fixture
def desk(tables: Engine) -> Iterator[Desk]:
    """Makes Jobs with these handlers, done by threads."""
    runners: list[ThreadRunner] = []

    def make(lease: float = 2.0, workers: int = 2, **handlers: JobHandler) -> Jobs:
        store = JobStore(tables)
        execution = Execution(store, handlers, lease)
        runners.append(ThreadRunner(execution, workers))
        return Jobs(store, execution, runners[-1])

    yield make
    for runner in runners:
        runner.close()
