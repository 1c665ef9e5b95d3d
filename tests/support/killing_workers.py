"""Workers killed with no chance to tidy up: real processes, each forked from one that has all modules loaded."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sqlalchemy import Engine

from tests.support import databases
from tests.support.journeys import enter_at, take_up
from tests.support.moments import Moments

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.support.killing_workers"])


@dataclass(frozen=True, slots=True)
class Death:
    """When a worker dies: at the ``number``-th moment that it speaks to its database, or so many seconds after."""

    number: int
    delay: float

    @classmethod
    def within(cls, moments: int, chance: Random) -> Death:
        """One of so many moments; every second one is somewhere between two."""
        return cls(chance.randint(1, max(moments, 1)), chance.choice((0.0, chance.uniform(0, 0.005))))


def work_and_die(engine: Engine, size: int, job_id: int, later: timedelta, death: Death) -> bool:
    """Have a process do a job until it is killed; whether it was, before the job had ended."""
    process = _PROCESSES.Process(target=_work, args=(databases.address(engine), size, job_id, later, death))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def _work(url: str, size: int, job_id: int, later: timedelta, death: Death) -> None:
    engine = databases.opened(url)
    house = enter_at(engine, size, later)

    def die(_: object) -> None:
        if death.delay:
            threading.Timer(death.delay, _kill).start()
        else:
            _kill()

    with Moments(engine, death.number, die):
        take_up(house.jobs, job_id)
    os._exit(0)  # a timer that is still to come is over with the job


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
