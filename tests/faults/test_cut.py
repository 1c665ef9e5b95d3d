"""The database goes away at random moments of every step: the job says so; resumed, it ends as if nothing was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
import stamina
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tests.support import soak
from tests.support.cutting import FAULTS
from tests.support.journeys import A_LEASE, SIZE, STEPS, Journey, Undisturbed, chances, settle, take_up
from tests.support.moments import Moments
from tests.support.snapshots import Names, differences, snapshot


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """What is tried again is tried again at once."""
    stamina.set_testing(True, attempts=5)
    yield
    stamina.set_testing(False)


@pytest.mark.parametrize("seed", soak.seeds(3))
def test_what_was_cut_is_told_and_taken_up(engine: Engine, undisturbed: Undisturbed, seed: int) -> None:
    settle(engine, SIZE)
    journey, names, chance = Journey(engine), Names(), chances(seed, engine.dialect.name)
    for step in STEPS:
        job = journey.start(step)
        with chance.choice(FAULTS[engine.dialect.name])(engine) as strike:
            moment = chance.randint(1, undisturbed.moments[step])
            # What a runner's thread lets go of: the database is away when the job is to be ended.
            with Moments(engine, moment, strike), suppress(SQLAlchemyError):
                take_up(journey.house.jobs, job)
        left = journey.house.jobs.view(job)
        assert left.state in ("done", "failed", "waiting", "running", "interrupted"), left
        if left.state == "failed":
            assert "database" in str(left.note), left.note
        journey.finish(job, A_LEASE)
        assert differences(undisturbed.after[step], snapshot(engine, names)) == [], (step, strike)
