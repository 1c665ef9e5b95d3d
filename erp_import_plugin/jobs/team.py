"""Several workers at one job: the one that has it lays out the parts of a phase, and any worker does the next free one.

A phase is a barrier: it is over when every part of it is done, whoever did it. A part whose worker falls silent is
done anew by another. Nobody writes for a job that has been stopped: its parts are gone, and with them the hold on them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import Protocol, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, Engine

from erp_import_plugin.jobs.errors import LeaseLost
from erp_import_plugin.store.job_parts import Hold, PartStore, Range
from erp_import_plugin.store.transactions import writing

Edge: TypeAlias = Callable[[int], None]
"""Told at every edge how many rows were done since the last; may raise to stop the work."""

Work: TypeAlias = Callable[[Range, Edge], None]
"""Does the rows of a range that are still to be done, edge by edge. It may be done again, or by several in turn."""

_GLANCE = 0.1  # seconds between two looks at what the others have still to do
_CALL_AGAIN = 15.0  # seconds: workers may have come meanwhile


class Keeper(Protocol):
    """Keeps others from doing the same, in the caller's transaction. Raises :class:`LeaseLost`."""

    def hold(self, connection: Connection) -> None:
        """Make the transaction commit only while nobody else has the work."""


class Caller(Protocol):
    """Asks other workers to join in."""

    def call(self, job_id: int, parts: int) -> None:
        """So many parts of the job are free."""


class Nobody:
    """For workers that look for themselves."""

    def call(self, job_id: int, parts: int) -> None:
        """They find it."""


class PartHold:
    """Makes a transaction commit only while a part is held."""

    def __init__(self, store: PartStore, held: Hold) -> None:
        self._store = store
        self._held = held

    def hold(self, connection: Connection) -> None:
        if not self._store.hold(connection, self._held):
            raise LeaseLost


Do: TypeAlias = Callable[[Keeper, Range], None]
"""Does a range under what keeps others from doing it."""


class Team:
    """How the jobs of one database are done by several workers."""

    def __init__(self, engine: Engine, store: PartStore, caller: Caller | None = None) -> None:
        self._engine = engine
        self._store = store
        self._caller = caller or Nobody()

    def lead(self, job_id: int, phase: str, ranges: Iterable[Range], lease: Keeper, do: Do, told: Edge) -> int:
        """Have all ranges done, here or elsewhere; ``told`` hears how many rows are. Gives how many they were.

        What stops it here stops the others as well, before it is raised.
        """
        with writing(self._engine) as tx:
            lease.hold(tx)
            self._store.lay_out(tx, job_id, phase, ranges)
        try:
            return self._until_done(job_id, do, told)
        except LeaseLost:
            raise
        except BaseException:
            with writing(self._engine) as tx:
                lease.hold(tx)
                self._store.lay_out(tx, job_id, phase, ())
            raise

    def help(self, job_id: int, do: Callable[[str, Keeper, Range], None], enough: Callable[[], bool]) -> bool:
        """Do free parts of a job that another worker leads, until it is enough; whether there may be more."""
        while not enough():
            if not self._do_next(job_id, do):
                return False
        return True

    def wanting(self, limit: int) -> list[int]:
        """Jobs at work with parts that nobody does."""
        return self._store.wanting(limit) if limit else []

    def _until_done(self, job_id: int, do: Do, told: Edge) -> int:
        called = float("-inf")
        while True:
            undone, rows = self._store.left(job_id)
            told(rows)
            if not undone:
                return rows
            if undone > 1 and time.monotonic() - called > _CALL_AGAIN:
                called = time.monotonic()
                self._caller.call(job_id, undone - 1)
            if not self._do_next(job_id, lambda _, keeper, some: do(keeper, some)):
                time.sleep(_GLANCE)

    def _do_next(self, job_id: int, do: Callable[[str, Keeper, Range], None]) -> bool:
        """Do the next free part; false where there is none."""
        held = self._store.take(job_id, f"{os.getpid()}-{uuid4().hex}")
        if held is None:
            return False
        try:
            do(held.part.phase, PartHold(self._store, held), held.part.range)
        except BaseException:
            self._store.let_go(held)
            raise
        if not self._store.end(held):
            raise LeaseLost
        return True
