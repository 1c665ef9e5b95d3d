"""Long works, each a row of the job table: made, claimed by one worker at a time, kept alive, ended."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from erp_import_plugin.errors import NotFound, Refused, Sentence
from erp_import_plugin.store import codec
from erp_import_plugin.store.leases import has_run_out, run_out
from erp_import_plugin.store.tables import job as table
from erp_import_plugin.store.tables import job_part
from erp_import_plugin.store.transactions import reading, writing

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This moment, aware. Machines that share a database must agree on it to a fraction of the lease."""
    return datetime.now(timezone.utc)


MOST_ATTEMPTS = 3
"""How often a job is taken up before it is left to a person: it may be what kills its workers."""


class JobState(str, Enum):
    """What the table says. That a running job's worker is gone is seen from its lease."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``done`` of ``total`` (None while unknown), ``rate`` per second lately, what it does now."""

    done: int = 0
    total: int | None = None
    rate: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the job table. ``attempts`` counts the workers that took it up and did not say good-bye."""

    id: int
    kind: str
    subject: str
    user_id: str
    state: JobState
    progress: Progress
    cancel: bool
    pause: bool
    attempts: int
    worker: str | None
    lease_until: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class JobStore:
    """The job table. Every change is one short transaction; the worker's changes count only while it has the lease."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self.clock = clock

    def create(self, kind: str, subject: str, user_id: str) -> Job:
        """A new waiting job, or the subject's job that has not ended, whatever its kind: there is one at a time."""
        for _ in range(3):
            # Between a refused insert and the look the other job may have ended; then there is room for this one.
            if job := self._insert(kind, subject, user_id) or self._first(table.c.active_subject == subject):
                return job
        raise Refused(Sentence("Several pages start the same work at once. Try again."))

    def add(self, connection: Connection, kind: str, subject: str, user_id: str) -> int:
        """A new waiting job, in the transaction that makes its subject; gives its id.

        Raises IntegrityError where the subject has one that has not ended.
        """
        values = {
            "kind": kind,
            "subject": subject,
            "active_subject": subject,
            "user_id": user_id,
            "state": JobState.WAITING.value,
            "created_at": self.clock(),
        }
        made = connection.execute(insert(table).values(values)).inserted_primary_key
        return made[0] if made else 0

    def get(self, job_id: int) -> Job:
        """The job. Raises :class:`NotFound`."""
        if found := self._first(table.c.id == job_id):
            return found
        raise NotFound(Sentence("There is no such work."))

    def latest(self, subject: str, kind: str | None = None) -> Job | None:
        """The subject's last job, of this kind if one is given."""
        return self._first(table.c.subject == subject, *([table.c.kind == kind] if kind else []))

    def latest_of(self, subjects: Collection[str]) -> dict[str, Job]:
        """The last job of each of some subjects that has one."""
        last = select(func.max(table.c.id)).where(table.c.subject.in_(list(subjects))).group_by(table.c.subject)
        return {job.subject: job for job in self._all(table.c.id.in_(last))}

    def of(self, subject: str) -> list[Job]:
        """All jobs of a subject, the first one first."""
        return self._all(table.c.subject == subject)

    def unended(self) -> list[Job]:
        """All jobs that have not ended, the first one first."""
        return self._all(table.c.active_subject.is_not(None))

    def open(self, waiting: float = 0.0) -> list[int]:
        """The jobs that any worker may take up, the first one first: interrupted, or waiting for so many seconds.

        Not those that have used up their attempts: :meth:`wake` gives them new ones.
        """
        now = self.clock()
        # What was made later than now was made before the clock was set back.
        long_ago = or_(table.c.created_at <= now - timedelta(seconds=waiting), table.c.created_at > now)
        waits = and_(table.c.state == JobState.WAITING.value, long_ago)
        found = or_(waits, and_(self._interrupted(now), table.c.attempts < MOST_ATTEMPTS))
        with reading(self._engine) as connection:
            return list(connection.execute(select(table.c.id).where(found).order_by(table.c.id).limit(100)).scalars())

    def claim(self, job_id: int, worker: str, lease: float) -> bool:
        """Give a job that waits, or whose worker's lease of ``lease`` seconds has run out, to ``worker``.

        False as well when it has used up its attempts.
        """
        now = self.clock()
        idle = or_(table.c.state == JobState.WAITING.value, self._interrupted(now))
        return self._change(
            job_id,
            and_(table.c.attempts < MOST_ATTEMPTS, idle),
            state=JobState.RUNNING.value,
            attempts=table.c.attempts + 1,
            worker=worker,
            lease_until=now + timedelta(seconds=lease),
            started_at=func.coalesce(table.c.started_at, now),
        )

    def wake(self, job_id: int) -> None:
        """Have a paused job wait for a worker again, and give an interrupted one new attempts: a person asks for it."""
        mine, paused = table.c.id == job_id, table.c.state == JobState.PAUSED.value
        self._update(and_(mine, paused), state=JobState.WAITING.value, pause=False, attempts=0)
        self._update(and_(mine, self._interrupted(self.clock())), pause=False, attempts=0)

    def beat(self, job_id: int, worker: str, lease: float, progress: Progress | None = None) -> bool:
        """Extend the worker's lease and write the progress, if there is any; false when the lease is lost."""
        until = self.clock() + timedelta(seconds=lease)
        return self._update(_held(job_id, worker), lease_until=until, **_columns(progress))

    def hold(
        self, connection: Connection, job_id: int, worker: str, lease: float, progress: Progress | None = None
    ) -> bool:
        """As :meth:`beat`, in the worker's own transaction: until it ends, no one else can take the job over."""
        until = self.clock() + timedelta(seconds=lease)
        statement = update(table).where(_held(job_id, worker)).values(lease_until=until, **_columns(progress))
        return connection.execute(statement).rowcount == 1

    def let_go(self, job_id: int, worker: str) -> bool:
        """Give the lease back with the work unfinished: the job counts as interrupted at once.

        It is no attempt that failed: the worker was told to stop.
        """
        return self._update(_held(job_id, worker), worker=None, lease_until=self.clock(), attempts=table.c.attempts - 1)

    def pause(self, job_id: int, worker: str, progress: Progress) -> bool:
        """Leave the job until somebody wakes it; it stays its subject's only one. False when the lease is lost."""
        return self._change(job_id, _held(job_id, worker), **_PAUSED, **_columns(progress))

    def finish(self, job_id: int, worker: str, state: JobState, progress: Progress) -> bool:
        """End the job; false when the lease is lost."""
        return self._change(job_id, _held(job_id, worker), **self._ended(state), **_columns(progress))

    def request_cancel(self, job_id: int) -> None:
        """Ask the worker to stop. A job that no worker has is cancelled on the spot."""
        self._update(and_(table.c.id == job_id, table.c.active_subject.is_not(None)), cancel=True)
        self._change(job_id, self._idle(), **self._ended(JobState.CANCELLED))

    def request_pause(self, job_id: int) -> None:
        """Ask the worker to stop for a while. A job that no worker has is paused on the spot."""
        self._update(and_(table.c.id == job_id, table.c.active_subject.is_not(None)), pause=True)
        self._change(job_id, self._idle(), **_PAUSED)

    def is_interrupted(self, job: Job) -> bool:
        """Whether its worker has given no sign of life for as long as its lease."""
        return job.state is JobState.RUNNING and has_run_out(job.lease_until, self.clock())

    def is_given_up(self, job: Job) -> bool:
        """Whether it is interrupted and no worker takes it up any more."""
        return self.is_interrupted(job) and job.attempts >= MOST_ATTEMPTS

    def _idle(self) -> ColumnElement[bool]:
        """No worker has it, and it has not ended."""
        unworked = (JobState.WAITING.value, JobState.PAUSED.value)
        return or_(table.c.state.in_(unworked), self._interrupted(self.clock()))

    @staticmethod
    def _interrupted(now: datetime) -> ColumnElement[bool]:
        return and_(table.c.state == JobState.RUNNING.value, run_out(table.c.lease_until, now))

    def _ended(self, state: JobState) -> dict[str, Any]:
        return {
            "state": state.value,
            "ended_at": self.clock(),
            "active_subject": None,
            "worker": None,
            "lease_until": None,
        }

    def _insert(self, kind: str, subject: str, user_id: str) -> Job | None:
        try:
            with writing(self._engine) as connection:
                job_id = self.add(connection, kind, subject, user_id)
        except IntegrityError:
            return None
        return self.get(job_id)

    def _first(self, *conditions: ColumnElement[bool]) -> Job | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(table).where(*conditions).order_by(table.c.id.desc()).limit(1)).first()
        return _job(row) if row else None

    def _all(self, condition: ColumnElement[bool]) -> list[Job]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(table).where(condition).order_by(table.c.id)).all()
        return [_job(row) for row in rows]

    def _change(self, job_id: int, condition: ColumnElement[bool], **values: Any) -> bool:
        """Another worker, or none, has the job from now on: what is left of its parts is nobody's any more."""
        with writing(self._engine) as connection:
            changed = connection.execute(update(table).where(table.c.id == job_id, condition).values(values))
            if changed.rowcount == 1:
                drop_parts(connection, job_id)
            return changed.rowcount == 1

    def _update(self, condition: ColumnElement[bool], **values: Any) -> bool:
        with writing(self._engine) as connection:
            return connection.execute(update(table).where(condition).values(values)).rowcount == 1


def drop_parts(tx: Connection, job_id: int) -> None:
    """Throw a job's parts away, after the transactions that hold one have ended; their workers notice at the next."""
    tx.execute(delete(job_part).where(job_part.c.job_id == job_id))


_PAUSED = {"state": JobState.PAUSED.value, "pause": False, "worker": None, "lease_until": None}


def _held(job_id: int, worker: str) -> ColumnElement[bool]:
    return and_(table.c.id == job_id, table.c.state == JobState.RUNNING.value, table.c.worker == worker)


def _columns(progress: Progress | None) -> dict[str, Any]:
    if progress is None:
        return {}
    values = {field.name: getattr(progress, field.name) for field in fields(progress)}
    return values | {"note": codec.said_to_text(progress.note)}


def _job(row: Row[Any]) -> Job:
    values = dict(row._mapping)
    values.pop("active_subject")
    note = codec.said_from_text(values.pop("note"))
    progress = Progress(values.pop("done"), values.pop("total"), values.pop("rate"), note)
    return Job(**values | {"state": JobState(values["state"]), "progress": progress})
