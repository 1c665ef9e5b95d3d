from __future__ import annotations

import time

import pytest
from sqlalchemy import Engine

from erp_import_plugin.jobs import LeaseLost
from erp_import_plugin.jobs.lease import Lease
from erp_import_plugin.jobs.pace import WINDOW
from erp_import_plugin.store.jobs import JobStore, Progress
from erp_import_plugin.store.transactions import writing
from tests.support.clocks import Clock

SECONDS = 0.05


@pytest.fixture
def lease(store: JobStore) -> Lease:
    """A claimed lease without the thread that keeps it alive, as when that waits for the database too long."""
    lease = Lease(store, store.create("work", "abc", "u").id, SECONDS)
    assert lease.claim()
    return lease


def test_a_worker_whose_lease_nobody_took_keeps_it_though_it_ran_out(
    lease: Lease, store: JobStore, clock: Clock
) -> None:
    time.sleep(SECONDS)
    clock.forward(1)
    lease.check()
    job = store.latest("abc")
    assert job
    assert not store.is_interrupted(job)


def test_a_worker_whose_lease_ran_out_and_was_taken_stops(lease: Lease, store: JobStore, clock: Clock) -> None:
    time.sleep(SECONDS)
    clock.forward(1)
    assert store.claim(1, "other", 60)
    with pytest.raises(LeaseLost):
        lease.check()


def test_a_lease_that_ran_out_while_the_database_is_away_counts_as_lost(lease: Lease, tables: Engine) -> None:
    time.sleep(SECONDS)
    with tables.begin() as connection:
        connection.exec_driver_sql("DROP TABLE erp_import_job")
    with pytest.raises(LeaseLost):
        lease.check()


def test_a_transaction_that_holds_the_lease_writes_the_progress(lease: Lease, store: JobStore, tables: Engine) -> None:
    assert lease.report(Progress(3, 7)) == Progress(3, 7)
    with writing(tables) as connection:
        lease.hold(connection)
    job = store.latest("abc")
    assert job
    assert job.progress == Progress(3, 7)


def test_work_that_stands_still_has_no_rate_any_more(
    lease: Lease, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("erp_import_plugin.jobs.lease.time.monotonic", lambda: now)
    for _ in range(10):
        lease.report(Progress(int(now * 100), None))
        now += 1.0
    lease._glance_at_job()
    assert store.get(1).progress.rate == pytest.approx(100, abs=1)
    now += WINDOW
    lease._glance_at_job()
    assert store.get(1).progress.rate is None
