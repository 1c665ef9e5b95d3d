from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from erp_import_plugin.errors import NotFound, Sentence
from erp_import_plugin.store import tables
from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from tests.support.clocks import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(engine: Engine, clock: Clock) -> JobStore:
    tables.metadata.create_all(engine, [tables.job, tables.job_part, tables.match_index])
    return JobStore(engine, clock)


def _at_once(count: int, call: object) -> list[object]:
    """What ``call(n)`` gives in each of several threads that start together."""
    gate = Barrier(count)

    def one(number: int) -> object:
        gate.wait()
        return call(number)  # type: ignore[operator]

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_a_new_job_waits(store: JobStore, clock: Clock) -> None:
    job = store.create("fetch", "abc", "u1")
    assert (job.kind, job.subject, job.user_id, job.state) == ("fetch", "abc", "u1", JobState.WAITING)
    assert (job.progress, job.cancel, job.created_at, job.started_at) == (Progress(), False, clock.now, None)
    assert store.get(job.id) == job


def test_a_job_that_is_not_there_is_not_found(store: JobStore) -> None:
    with pytest.raises(NotFound):
        store.get(4711)


def test_a_subject_has_one_job_at_a_time_and_then_room_for_the_next(store: JobStore) -> None:
    first = store.create("fetch", "abc", "u1")
    assert store.create("plan", "abc", "u2") == first
    assert store.create("fetch", "other", "u1").id != first.id
    store.claim(first.id, "w", 60)
    store.finish(first.id, "w", JobState.DONE, Progress())
    assert store.create("plan", "abc", "u2").id != first.id


def test_many_clicks_at_once_make_one_job(store: JobStore) -> None:
    assert len({job.id for job in _at_once(8, lambda _: store.create("plan", "abc", "u"))}) == 1  # type: ignore[attr-defined]


def test_of_many_workers_one_gets_the_job(store: JobStore) -> None:
    job = store.create("plan", "abc", "u")
    assert Counter(_at_once(8, lambda n: store.claim(job.id, f"w{n}", 60))) == {True: 1, False: 7}


def test_of_many_workers_one_takes_over(store: JobStore, clock: Clock) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "dead", 60)
    clock.forward(61)
    assert Counter(_at_once(8, lambda n: store.claim(job.id, f"w{n}", 60))) == {True: 1, False: 7}


def test_a_lease_keeps_others_out_until_it_has_run_out(store: JobStore, clock: Clock) -> None:
    job = store.create("plan", "abc", "u")
    assert store.claim(job.id, "one", 60)
    clock.forward(59.9)
    assert not store.claim(job.id, "two", 60)
    assert store.beat(job.id, "one", 60, Progress(3))
    clock.forward(59.9)
    assert not store.claim(job.id, "two", 60)
    clock.forward(0.1)
    assert store.is_interrupted(store.get(job.id))
    assert store.claim(job.id, "two", 60)
    assert store.get(job.id).progress == Progress(3)


@pytest.mark.parametrize("hours", [2, 48])
def test_a_lease_from_before_the_clock_was_set_back_keeps_nobody_out(store: JobStore, clock: Clock, hours: int) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "dead", 60)
    assert not store.is_interrupted(store.get(job.id))
    clock.back(hours * 3600)
    assert store.is_interrupted(store.get(job.id))
    assert store.open() == [job.id]
    assert store.claim(job.id, "alive", 60)
    assert not store.is_interrupted(store.get(job.id))


def test_a_worker_that_lives_through_a_clock_set_back_keeps_its_job(store: JobStore, clock: Clock) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "alive", 60)
    clock.back(2 * 3600)
    assert store.beat(job.id, "alive", 60)
    assert not store.is_interrupted(store.get(job.id))
    assert not store.claim(job.id, "another", 60)


def test_what_waits_since_before_the_clock_was_set_back_is_found(store: JobStore, clock: Clock) -> None:
    job = store.create("plan", "abc", "u")
    assert store.open(waiting=30) == []
    clock.back(600)
    assert store.open(waiting=30) == [job.id]


def test_who_was_overtaken_changes_nothing_any_more(store: JobStore, clock: Clock, engine: Engine) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "one", 60)
    clock.forward(60)
    store.claim(job.id, "two", 60)
    taken = store.get(job.id)
    assert not store.beat(job.id, "one", 600, Progress(9))
    assert not store.finish(job.id, "one", JobState.DONE, Progress(9))
    assert not store.let_go(job.id, "one")
    with engine.begin() as connection:
        assert not store.hold(connection, job.id, "one", 600)
        assert store.hold(connection, job.id, "two", 60)
    assert store.get(job.id) == taken


def test_a_job_given_back_can_be_taken_over_at_once(store: JobStore, clock: Clock) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "one", 60)
    started = store.get(job.id).started_at
    assert store.let_go(job.id, "one")
    assert store.is_interrupted(store.get(job.id))
    clock.forward(5)
    assert store.claim(job.id, "two", 60)
    assert store.get(job.id).started_at == started


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_an_ended_job_is_never_claimed_again(store: JobStore, clock: Clock, state: JobState) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "one", 60)
    assert store.finish(job.id, "one", state, Progress(7, 7, 1.5, "Seven."))
    clock.forward(1000)
    assert not store.claim(job.id, "two", 60)
    store.request_cancel(job.id)
    ended = store.get(job.id)
    assert (ended.state, ended.progress, ended.cancel) == (state, Progress(7, 7, 1.5, "Seven."), False)
    assert ended.ended_at is not None


def test_cancelling_asks_the_worker_if_there_is_one(store: JobStore) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "one", 60)
    store.request_cancel(job.id)
    asked = store.get(job.id)
    assert (asked.state, asked.cancel) == (JobState.RUNNING, True)


def test_cancelling_ends_what_nobody_works_on(store: JobStore, clock: Clock) -> None:
    waiting = store.create("plan", "abc", "u")
    left = store.create("plan", "def", "u")
    store.claim(left.id, "one", 60)
    clock.forward(60)
    for job in (waiting, left):
        store.request_cancel(job.id)
        assert store.get(job.id).state is JobState.CANCELLED
        assert store.create("plan", job.subject, "u").id not in (waiting.id, left.id)


def test_the_latest_job_of_a_subject_is_found_by_kind(store: JobStore) -> None:
    for kind in ("fetch", "fetch", "plan"):
        job = store.create(kind, "abc", "u")
        store.claim(job.id, "w", 60)
        store.finish(job.id, "w", JobState.DONE, Progress())
    assert [found and found.id for found in (store.latest("abc"), store.latest("abc", "fetch"))] == [job.id, job.id - 1]
    assert store.latest("abc", "import") is None
    assert store.latest("def") is None


def test_a_note_keeps_what_it_takes_to_translate_it(store: JobStore) -> None:
    job = store.create("plan", "abc", "u")
    store.claim(job.id, "w", 60)
    store.beat(job.id, "w", 60, Progress(note=Sentence("Reading %(name)s, 100 %%.", name='Ærlig "Smør" 😀')))
    note = store.get(job.id).progress.note
    assert note == 'Reading Ærlig "Smør" 😀, 100 %.'
    assert isinstance(note, Sentence)
    assert (note.template, note.params) == ("Reading %(name)s, 100 %%.", {"name": 'Ærlig "Smør" 😀'})
