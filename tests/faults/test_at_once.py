"""Two administrators import the same actors at the same time: each company once, each link once, nothing unsaid."""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, func, select

from erp_import_plugin.engine.results import Status
from erp_import_plugin.store.tables import link, outcome, staged
from tests.support import databases, hosts, soak
from tests.support.balancing import unbalanced
from tests.support.journeys import STEPS, Journey, settle, take_up
from tests.support.rooms import OTHER, House

TOGETHER = [(STEPS[2:3], 250 * soak.TIMES), (STEPS[:3], 50 * soak.TIMES)]
"""Which steps are taken side by side, with how many companies and as many persons."""
CHUNK = 20


def backwards(house: House) -> None:
    """Have the ERP list what it has from the last to the first."""
    for actors in house.shop.actors.values():
        actors.reverse()


def at_once(journeys: list[Journey], steps: tuple[str, ...]) -> None:
    """Take journeys through steps, each in a thread and on an engine of its own, step by step side by side."""
    together = Barrier(len(journeys))

    def go(journey: Journey) -> None:
        with ExitStack() as failing:
            failing.callback(together.abort)  # nobody waits for one who will not come
            for step in steps:
                together.wait()
                job = journey.start(step)
                take_up(journey.house.jobs, job)
                done = journey.house.jobs.view(job)
                assert done.state == "done", (step, done)
            failing.pop_all()

    with ThreadPoolExecutor(len(journeys)) as pool:
        ended = [pool.submit(go, journey).exception for journey in journeys]
    errors = [error for error in (one() for one in ended) if not isinstance(error, BrokenBarrierError)]
    assert not any(errors), errors


@pytest.mark.parametrize(("together", "size"), TOGETHER, ids=["import", "fetch to import"])
def test_two_administrators_import_each_actor_once(engine: Engine, together: tuple[str, ...], size: int) -> None:
    settle(engine, size)
    others = databases.opened(databases.address(engine))
    journeys = [Journey(engine, size, chunk=CHUNK), Journey(others, size, OTHER, chunk=CHUNK)]
    backwards(journeys[1].house)
    for journey in journeys:
        for step in STEPS[: 3 - len(together)]:
            journey.finish(journey.start(step))
    at_once(journeys, together)
    others.dispose()

    with engine.connect() as tx:
        assert names_by_number(tx) == [(n, f"Company {n:04}") for n in range(1, size + 1)]
        assert doubles(tx, hosts.person.c.number) == []
        assert doubles(tx, hosts.company_channel.c.company_id, hosts.company_channel.c.value) == []
        assert doubles(tx, hosts.person_channel.c.person_id, hosts.person_channel.c.value) == []
        assert doubles(tx, hosts.item.c.list_name, hosts.item.c.name) == []
        assert doubles(tx, link.c.kind, link.c.entity_id) == []
        assert tx.scalar(select(func.count()).select_from(link)) == 2 * size
        become = statuses(tx)
    assert len(become) == 2 * size
    for actor, both in become.items():
        assert both[Status.NEW] + both[Status.CHANGED] == 1, (actor, both)
        assert not both[Status.FAILED], (actor, both)
    if together == ("import",):
        assert {both[Status.HELD] for both in become.values()} == {1}
    assert unbalanced(engine) == []


def names_by_number(tx: Connection) -> list[tuple[int, str]]:
    """The companies that have a number; those without are made for contacts that belong to nobody."""
    rows = tx.execute(select(hosts.company.c.number, hosts.company.c.name).where(hosts.company.c.number.is_not(None)))
    return sorted((row.number, row.name) for row in rows)


def doubles(tx: Connection, *columns: Column[Any]) -> list[Any]:
    """What stands more than once in some columns of a table."""
    known = (column.is_not(None) for column in columns)
    return list(tx.execute(select(*columns).where(*known).group_by(*columns).having(func.count() > 1)))


def statuses(tx: Connection) -> dict[str, Counter[Status]]:
    """What became of each actor in all imports."""
    found: defaultdict[str, Counter[Status]] = defaultdict(Counter)
    for row in tx.execute(select(staged.c.erp_key, outcome.c.status).join(outcome, outcome.c.id == staged.c.id)):
        found[row.erp_key][Status(row.status)] += 1
    return found
