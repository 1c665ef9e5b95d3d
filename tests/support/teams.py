"""Several workers at the jobs of a journey, each a thread with an engine of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from erp_import_plugin.jobs import Execution, Team, Worker
from erp_import_plugin.store.job_parts import PartStore
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow.handlers import handlers, helpers
from tests.support import databases
from tests.support.journeys import enter_at

LEASE = 60.0


def execution_of(engine: Engine, size: int, lease: float = LEASE) -> Execution:
    """How a worker of its own process does the jobs of a journey."""
    rooms = enter_at(engine, size).rooms
    team = Team(engine, PartStore(engine, lease))
    return Execution(JobStore(engine), handlers(rooms), lease, team=team, helpers=helpers(rooms))


@contextmanager
def workers(engine: Engine, size: int, count: int) -> Iterator[None]:
    """So many workers at work, each with its own connections."""
    engines = [databases.opened(databases.address(engine)) for _ in range(count)]
    made = [Worker(JobStore(one), execution_of(one, size), 1) for one in engines]
    threads = [threading.Thread(target=one.run, daemon=True) for one in made]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for one in made:
            one.stop()
        for thread in threads:
            thread.join()
        for own in engines:
            own.dispose()
