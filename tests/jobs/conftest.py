from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from erp_import_plugin.jobs import Execution, JobHandler, Jobs, ThreadRunner
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.tables import job, job_part, match_index, metadata
from tests.support import databases
from tests.support.clocks import Clock

NEEDED = [job, job_part, match_index]
"""The job tables, and the one at which ``writing`` waits for its turn on SQLite."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """A database with the job table."""
    metadata.create_all(engine, NEEDED)
    return engine


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    with databases.Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture(params=databases.NAMES)
def each_database(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    """A database of each kind with the job table."""
    engine = servers[request.param]
    metadata.create_all(engine, NEEDED)
    yield engine
    databases.empty(engine)


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
