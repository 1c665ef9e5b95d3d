"""Workers killed with no chance to tidy up: real processes, each forked from one that has all modules loaded."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess
from random import Random

from sqlalchemy import Engine

from erp_import_plugin.jobs import Worker
from erp_import_plugin.store.jobs import JobStore
from tests.support import databases
from tests.support.journeys import enter_at, take_up
from tests.support.moments import Moments
from tests.support.teams import execution_of

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.support.killing_workers"])


A_SHORT_LEASE = 2.0
"""Seconds: how long the one who is left waits before taking over."""


@dataclass(frozen=True, slots=True)
class Death:
    """When a worker dies: at the ``number``-th moment that it speaks to its database, or so many seconds after."""

    number: int
    delay: float

    @classmethod
    def within(cls, moments: int, chance: Random) -> Death:
        """One of so many moments; every second one is somewhere between two."""
        return cls(chance.randint(1, max(moments, 1)), chance.choice((0.0, chance.uniform(0, 0.005))))

    def come(self, _: object) -> None:
        """Die now, or soon."""
        if self.delay:
            threading.Timer(self.delay, _kill).start()
        else:
            _kill()


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
    with Moments(engine, death.number, death.come):
        take_up(house.jobs, job_id)
    os._exit(0)  # a timer that is still to come is over with the job


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def at_work(engine: Engine, size: int, death: Death | None = None) -> Iterator[BaseProcess]:
    """A worker in a process of its own, which looks for work until the end, or until it dies."""
    process = _PROCESSES.Process(target=_serve, args=(databases.address(engine), size, death))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _serve(url: str, size: int, death: Death | None) -> None:
    engine = databases.opened(url)
    with Moments(engine, death.number if death else 0, death.come if death else lambda _: None):
        Worker(JobStore(engine), execution_of(engine, size, A_SHORT_LEASE), 1).run()
