"""A worker is killed at random moments of every step, and another goes on: nothing is lost, nothing doubled."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.support import soak
from tests.support.journeys import A_LEASE, SIZE, STEPS, Journey, Undisturbed, chances, settle
from tests.support.killing_workers import Death, at_work, work_and_die
from tests.support.snapshots import Names, differences, snapshot
from tests.support.waiting import wait_until

TIMES_KILLED = 2
UNDER_WAY = ("waiting", "running", "interrupted")


@pytest.mark.parametrize("seed", soak.seeds(2))
def test_the_database_is_as_if_no_worker_had_been_killed(engine: Engine, undisturbed: Undisturbed, seed: int) -> None:
    settle(engine, SIZE)
    journey, names, chance, killed = Journey(engine, SIZE), Names(), chances(seed, engine.dialect.name), 0
    for step in STEPS:
        job = journey.start(step)
        for attempt in range(TIMES_KILLED):
            death = Death.within(undisturbed.moments[step] // (attempt + 1), chance)
            killed += work_and_die(engine, SIZE, job, A_LEASE * attempt, death)
        journey.finish(job, A_LEASE * TIMES_KILLED)
        assert differences(undisturbed.after[step], snapshot(engine, names)) == [], step
    assert killed >= len(STEPS)


@pytest.mark.parametrize("seed", soak.seeds(1))
def test_of_two_workers_one_is_killed_and_the_other_goes_on(
    engine: Engine, undisturbed: Undisturbed, seed: int
) -> None:
    settle(engine, SIZE)
    journey, names, chance, killed = Journey(engine, SIZE), Names(), chances(seed, engine.dialect.name), 0
    for step in STEPS:
        job = journey.start(step)
        # The two share the work, so neither comes to speak as often as one who is alone.
        death = Death.within(undisturbed.moments[step] // 6, chance)
        with at_work(engine, SIZE), at_work(engine, SIZE, death) as mortal:
            wait_until(lambda: journey.house.jobs.view(job).state not in UNDER_WAY, 120)  # noqa: B023 - this one
            killed += mortal.exitcode is not None
        assert journey.house.jobs.view(job).state == "done", step
        assert differences(undisturbed.after[step], snapshot(engine, names)) == [], step
    assert killed >= 1
