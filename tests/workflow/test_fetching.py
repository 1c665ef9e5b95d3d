"""How the fetch job uses an ERP: several calls at once where it bears them, never waiting for our own tables."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest
from sqlalchemy import Engine, event

from erp_import_plugin.connector_api import GiveUp
from erp_import_plugin.jobs import ThreadRunner
from erp_import_plugin.workflow import search, staging
from tests.support.rooms import ADMIN, House, build, jobs_of
from tests.support.shop import Shop
from tests.support.waiting import wait_until

PATIENCE = 10


class Crowd:
    """Counts who is in an ERP that takes 50 ms for each answer."""

    def __init__(self) -> None:
        self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, method: str) -> None:
        if method != "get":
            return
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)
        with self._lock:
            self._now -= 1


def ticked(house: House, count: int) -> str:
    """An import with so many ticked companies."""
    house.shop.add_companies(count)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    return token


def counts(house: House, token: str) -> dict[str, int]:
    return dict(staging.page(house.rooms, house.jobs, ADMIN, token).counts)


def test_four_calls_are_under_way_at_once_where_the_connector_allows_four(engine: Engine) -> None:
    house = build(engine, shop=Shop(calls_at_once=4))
    token = ticked(house, 1600)
    house.shop.fail = crowd = Crowd()

    staging.add(house.rooms, house.jobs, ADMIN, token)

    assert crowd.most == 4
    assert counts(house, token) == {"wanted": 0, "fetched": 1600, "missing": 0}
    assert len(house.shop.got) == 1600


def test_one_call_is_under_way_where_the_connector_says_nothing(engine: Engine) -> None:
    house = build(engine)
    token = ticked(house, 1000)
    house.shop.fail = crowd = Crowd()
    staging.add(house.rooms, house.jobs, ADMIN, token)
    assert crowd.most == 1


def test_the_next_chunk_is_fetched_while_one_is_stored(engine: Engine) -> None:
    house = build(engine)
    token = ticked(house, 600)
    gets = threading.Semaphore(0)
    waited: list[bool] = []
    house.shop.fail = lambda method: gets.release() if method == "get" else None

    def store(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "erp_import_staged" in statement and "UPDATE" in statement and not waited:
            waited.append(gets.acquire(timeout=PATIENCE) and gets.acquire(timeout=PATIENCE))

    event.listen(engine, "before_cursor_execute", store)
    try:
        staging.add(house.rooms, house.jobs, ADMIN, token)
    finally:
        event.remove(engine, "before_cursor_execute", store)
    assert waited == [True]


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_fetch_that_is_paused_goes_on_where_it_was(engine: Engine, at_once: int) -> None:
    house = build(engine, shop=Shop(calls_at_once=at_once))
    token = ticked(house, 3000)
    house.jobs = jobs_of(house.rooms, partial(ThreadRunner, workers=1))
    reached, asked = threading.Event(), threading.Event()

    def slow(method: str) -> None:
        if method == "get" and house.shop.calls.count("get") > 5:
            reached.set()
            asked.wait(PATIENCE)
            time.sleep(1)  # longer than it takes the work to hear of the pause

    house.shop.fail = slow
    staging.add(house.rooms, house.jobs, ADMIN, token)
    job = house.jobs.latest(token)
    assert job is not None
    assert reached.wait(PATIENCE)
    house.jobs.pause(job.id)
    asked.set()
    wait_until(lambda: house.jobs.view(job.id).state == "paused")
    kept = counts(house, token)
    assert 0 < kept["fetched"] < 3000
    house.shop.got.clear()

    house.jobs.resume(job.id)
    wait_until(lambda: house.jobs.view(job.id).state == "done")

    assert counts(house, token) == {"wanted": 0, "fetched": 3000, "missing": 0}
    assert len(house.shop.got) == kept["wanted"]


def test_all_sessions_of_a_connection_share_its_calls_a_minute(engine: Engine) -> None:
    shop = Shop(calls_at_once=4, calls_per_minute=1000)
    house = build(engine, shop=shop)
    token = ticked(house, 2000)
    staging.add(house.rooms, house.jobs, ADMIN, token)
    pace = house.rooms.registry.paces.of(1, 1000)
    left = 1000 - len(shop.calls)
    turns = [pace.turn() or 0.0 for _ in range(left + 1)]
    assert turns[:left] == [0.0] * left
    assert turns[left] > 30


def test_where_the_erp_refuses_a_second_session_the_first_fetches_all(engine: Engine) -> None:
    house = build(engine, shop=Shop(calls_at_once=4))
    token = ticked(house, 1600)
    house.shop.calls.clear()

    def full(method: str) -> None:
        if method == "open" and house.shop.calls.count("open") > 1:
            raise GiveUp("Only one user of this name at a time.")

    house.shop.fail = full
    staging.add(house.rooms, house.jobs, ADMIN, token)
    assert counts(house, token) == {"wanted": 0, "fetched": 1600, "missing": 0}
    assert house.shop.calls.count("open") == 4


def test_an_actor_that_the_connector_fails_for_keeps_no_other_from_coming(engine: Engine) -> None:
    house = build(engine)
    token = ticked(house, 450)

    def poisoned(method: str) -> None:
        if method == "get" and "C0333" in house.shop.asked:
            raise KeyError("town")

    house.shop.fail = poisoned
    staging.add(house.rooms, house.jobs, ADMIN, token)
    assert counts(house, token) == {"wanted": 0, "fetched": 449, "missing": 1}
    (row,) = staging.page(house.rooms, house.jobs, ADMIN, token, "C0333").rows
    assert row.state == "missing"
