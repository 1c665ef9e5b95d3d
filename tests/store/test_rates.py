"""How often something may be done is counted in the database, by every process together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from erp_import_plugin.store import rates, tables
from erp_import_plugin.store.transactions import writing
from tests.support.clocks import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counted(engine: Engine) -> Engine:
    tables.metadata.create_all(engine)
    return engine


def take(engine: Engine, clock: Clock, *buckets: str, most: int = 7) -> float:
    with writing(engine) as tx:
        return rates.take(tx, buckets or ["a"], clock(), most, 60)


def test_so_many_at_once_then_one_each_step(counted: Engine, clock: Clock) -> None:
    assert [take(counted, clock) for _ in range(7)] == [0.0] * 7
    wait = take(counted, clock)
    assert wait == pytest.approx(60 / 7, abs=0.001)
    clock.forward(wait / 2)
    assert take(counted, clock) == pytest.approx(wait / 2, abs=0.001)
    clock.forward(wait / 2)
    assert take(counted, clock) == 0.0
    assert take(counted, clock) > 0
    clock.forward(60)
    assert [take(counted, clock) for _ in range(7)] == [0.0] * 7


def test_a_full_bucket_keeps_the_others_as_they_are(counted: Engine, clock: Clock) -> None:
    assert [take(counted, clock, "a", "b", most=2) for _ in range(2)] == [0.0, 0.0]
    assert take(counted, clock, "b", "c", most=2) > 0
    assert [take(counted, clock, "c", most=2) for _ in range(2)] == [0.0, 0.0]


def test_a_clock_that_was_set_back_closes_nothing_for_long(counted: Engine, clock: Clock) -> None:
    assert [take(counted, clock, most=2) for _ in range(3)][:2] == [0.0, 0.0]
    clock.forward(-timedelta(days=1).total_seconds())
    assert [take(counted, clock, most=2) for _ in range(2)] == [0.0, 0.0]
    assert take(counted, clock, most=2) > 0


def test_many_at_the_same_instant_are_not_more_than_allowed(counted: Engine, clock: Clock) -> None:
    with ThreadPoolExecutor(8) as pool:
        # Two orders of the same buckets: nobody waits for the other in a circle.
        asked = [("a", "b") if n % 2 else ("b", "a") for n in range(24)]
        waits = list(pool.map(lambda buckets: take(counted, clock, *buckets, most=5), asked))
    assert sum(wait == 0 for wait in waits) == 5


def test_empty_buckets_are_forgotten(counted: Engine, clock: Clock) -> None:
    take(counted, clock, "a", most=1)
    clock.forward(30)
    take(counted, clock, "b", most=1)
    clock.forward(30)
    with writing(counted) as tx:
        rates.forget_empty(tx, clock())
        assert list(tx.scalars(select(tables.rate.c.bucket))) == ["b"]
