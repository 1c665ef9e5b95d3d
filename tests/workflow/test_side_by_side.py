"""Two workers at one import: the database is that of a worker who was alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from erp_import_plugin.workflow.planner import ChunkPlanner
from tests.support import databases
from tests.support.journeys import SIZE, STEPS, Journey, Undisturbed, settle
from tests.support.snapshots import Names, differences, snapshot
from tests.support.teams import workers
from tests.support.waiting import wait_until


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    engine = servers[request.param]
    yield engine
    databases.empty(engine)


@pytest.fixture
def both_plan(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Have whoever plans first wait until another thread plans as well; the threads that did."""
    seen: set[int] = set()
    plan = ChunkPlanner.plan

    def planned(self: ChunkPlanner, *args: object) -> None:
        seen.add(threading.get_ident())
        wait_until(lambda: len(seen) > 1)
        plan(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(ChunkPlanner, "plan", planned)
    return seen


def test_two_workers_leave_the_database_that_one_leaves(server: Engine, request: pytest.FixtureRequest) -> None:
    alone, names = Undisturbed.on(server), Names()
    databases.empty(server)
    settle(server, SIZE)
    both: set[int] = request.getfixturevalue("both_plan")
    journey = Journey(server)
    for step in STEPS:
        job = journey.start(step)
        with workers(server, SIZE, 2):
            wait_until(lambda: journey.waiting.view(job).ended, 60)  # noqa: B023 - waited for within the round
        assert journey.waiting.view(job).state == "done", step
        assert differences(alone.after[step], snapshot(server, names)) == [], step
    assert len(both) > 1
