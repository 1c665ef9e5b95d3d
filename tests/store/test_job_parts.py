"""Parts of a job: taken by one worker each, done once, and gone as soon as the job is somebody else's."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, insert, select

from erp_import_plugin.store import tables
from erp_import_plugin.store.job_parts import PartStore, Range, cut
from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from erp_import_plugin.store.transactions import reading, writing
from tests.support.clocks import Clock

LEASE = 60.0
RANGES = [Range(1, 10, 10), Range(11, 20, 10), Range(21, 23, 3)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(engine: Engine, clock: Clock) -> JobStore:
    tables.metadata.create_all(engine, [tables.job, tables.job_part, tables.match_index])
    return JobStore(engine, clock)


@pytest.fixture
def parts(engine: Engine, clock: Clock) -> PartStore:
    return PartStore(engine, LEASE, clock)


@pytest.fixture
def job(engine: Engine, jobs: JobStore, parts: PartStore) -> int:
    """A job at work with the parts of a phase."""
    made = jobs.create("plan", "abc", "u").id
    assert jobs.claim(made, "leader", LEASE)
    with writing(engine) as tx:
        assert parts.lay_out(tx, made, "company", RANGES) == 3
    return made


def count(engine: Engine) -> int:
    with reading(engine) as tx:
        return tx.scalar(select(func.count()).select_from(tables.job_part)) or 0


def test_each_part_is_given_once_and_the_first_one_first(job: int, parts: PartStore) -> None:
    taken = [parts.take(job, f"w{number}") for number in range(4)]
    assert [one and (one.part.phase, one.part.range) for one in taken] == [
        *(("company", some) for some in RANGES),
        None,
    ]


def test_a_phase_is_over_when_every_part_is_done(job: int, parts: PartStore) -> None:
    for left in (2, 1, 0):
        held = parts.take(job, "w")
        assert held
        assert parts.end(held)
        assert not parts.end(held)
        assert parts.left(job)[0] == left
    assert parts.left(job) == (0, 23)


def test_what_a_silent_worker_has_is_given_to_another_and_it_can_write_nothing_more(
    engine: Engine, job: int, parts: PartStore, clock: Clock
) -> None:
    silent = parts.take(job, "silent")
    assert silent
    clock.forward(LEASE - 1)
    with writing(engine) as tx:
        assert parts.hold(tx, silent)
    clock.forward(LEASE - 1)
    other = parts.take(job, "other")
    assert other
    assert other.part.position == 1
    clock.forward(1)
    again = parts.take(job, "another")
    assert again
    assert again.part == silent.part
    with writing(engine) as tx:
        assert not parts.hold(tx, silent)
    assert not parts.end(silent)


def test_a_part_that_is_let_go_is_free_at_once(job: int, parts: PartStore) -> None:
    held = parts.take(job, "w")
    assert held
    parts.let_go(held)
    again = parts.take(job, "other")
    assert again
    assert again.part == held.part


def test_jobs_with_free_parts_want_help(job: int, parts: PartStore) -> None:
    assert parts.wanting(10) == [job]
    for number in range(3):
        parts.take(job, f"w{number}")
    assert parts.wanting(10) == []


@pytest.mark.parametrize("ending", ["finished", "paused", "cancelled", "taken over"])
def test_the_parts_are_gone_with_the_claim_they_belong_to(
    engine: Engine, job: int, jobs: JobStore, parts: PartStore, clock: Clock, ending: str
) -> None:
    held = parts.take(job, "helper")
    assert held
    if ending == "finished":
        assert jobs.finish(job, "leader", JobState.DONE, Progress())
    elif ending == "paused":
        assert jobs.pause(job, "leader", Progress())
    else:
        clock.forward(LEASE + 1)
        jobs.request_cancel(job) if ending == "cancelled" else jobs.claim(job, "next", LEASE)
    assert count(engine) == 0
    with writing(engine) as tx:
        assert not parts.hold(tx, held)


def test_a_cancel_of_work_under_way_leaves_the_parts_to_who_leads(engine: Engine, job: int, jobs: JobStore) -> None:
    jobs.request_cancel(job)
    jobs.request_pause(job)
    assert count(engine) == 3


def test_rows_are_cut_into_ranges_of_one_size(engine: Engine) -> None:
    tables.metadata.create_all(engine, [tables.match_index])
    names = [name for number in range(7) for name in (f"a{number}", f"b{number}")]
    with writing(engine) as tx:
        tx.execute(insert(tables.match_index), [{"kind": name[0], "rule": name, "state": ""} for name in names])
    with reading(engine) as tx:
        index = tables.match_index.c
        ranges = cut(tx, index.id, 3, index.kind == "a")
        ids = list(tx.execute(select(index.id).where(index.kind == "a").order_by(index.id)).scalars())
        assert cut(tx, index.id, 3, index.kind == "none") == []
    assert ranges == [Range(ids[0], ids[2], 3), Range(ids[3], ids[5], 3), Range(ids[6], ids[6], 1)]
