"""Several workers at one job: every row once, whoever does it, and nothing more once the job has stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest
from sqlalchemy import Engine, insert, select

from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.jobs import Edge, Execution, InlineRunner, JobContext, Jobs, JobView, Team, Work
from erp_import_plugin.store.job_parts import PartStore, Range
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.transactions import writing
from tests.jobs.test_killed_worker import rows
from tests.support.waiting import wait_until

PARTS, SIZE = 6, 5


def ranges() -> list[Range]:
    return [Range(first, first + SIZE - 1, SIZE) for first in range(0, PARTS * SIZE, SIZE)]


@dataclass
class Crew:
    """A job of two phases that write each row once; ``before`` is called before each part by who does it."""

    engine: Engine
    lease: float = 60.0
    before: Callable[[str, Range], None] = lambda _who, _some: None
    seen: list[tuple[str, int]] = field(default_factory=list)
    called: list[int] = field(default_factory=list)

    def jobs(self) -> Jobs:
        """What the worker that leads has."""
        store = JobStore(self.engine)
        execution = self.execution("leader")
        return Jobs(store, execution, InlineRunner(execution))

    def execution(self, who: str) -> Execution:
        team = Team(self.engine, PartStore(self.engine, self.lease), self)
        handlers, helpers = {"write": self.lead}, {"write": lambda context, phase: self.work(who, context, phase)}
        return Execution(JobStore(self.engine), handlers, self.lease, team=team, helpers=helpers)

    def call(self, job_id: int, parts: int) -> None:
        self.called.append(parts)

    def lead(self, context: JobContext) -> None:
        for phase in ("first", "second"):
            work = self.work("leader", context, phase)
            assert context.side_by_side(phase, ranges, work, partial(self.tell, context)) == PARTS * SIZE

    @staticmethod
    def tell(context: JobContext, done: int) -> None:
        context.progress(done, PARTS * SIZE)

    def work(self, who: str, context: JobContext, phase: str) -> Work:
        shift = 0 if phase == "first" else PARTS * SIZE

        def do(some: Range, edge: Edge) -> None:
            self.before(who, some)
            with writing(self.engine) as tx:
                context.hold(tx)
                tx.execute(insert(rows), [{"id": shift + row} for row in range(some.first, some.last + 1)])
            edge(SIZE)
            self.seen.append((who, shift + some.first))

        return do

    def written(self) -> list[int]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(rows.c.id).order_by(rows.c.id)).scalars())


class Helper(threading.Thread):
    """Another worker, that helps until the test ends."""

    def __init__(self, crew: Crew, name: str) -> None:
        super().__init__(daemon=True)
        self.execution = crew.execution(name)
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.01):
            for job_id in self.execution.wanting(10):
                self.execution.help(job_id, self.over.is_set)

    def __enter__(self) -> Helper:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.join()


@pytest.fixture
def crew(each_database: Engine) -> Crew:
    rows.create(each_database)
    return Crew(each_database)


def ended(jobs: Jobs) -> JobView:
    view = jobs.latest("abc")
    assert view
    return view


def test_a_worker_without_others_does_everything(crew: Crew) -> None:
    jobs = crew.jobs()
    assert jobs.start("write", "abc", "u").state == "done"
    assert crew.written() == list(range(2 * PARTS * SIZE))
    assert ended(jobs).percent == 100
    assert crew.called == [PARTS - 1, PARTS - 1]


def test_two_workers_do_each_row_once_and_no_phase_before_the_one_before_it(crew: Crew) -> None:
    helped = threading.Event()

    def wait(who: str, _some: Range) -> None:
        assert helped.wait(20) if who == "leader" else helped.set() is None

    crew.before = wait
    with Helper(crew, "helper"):
        assert crew.jobs().start("write", "abc", "u").state == "done"
    assert crew.written() == list(range(2 * PARTS * SIZE))
    assert {who for who, _ in crew.seen} == {"leader", "helper"}
    phases = [first >= PARTS * SIZE for _, first in crew.seen]
    assert phases == sorted(phases)


def test_a_part_whose_worker_died_is_done_by_another(crew: Crew) -> None:
    store, dead = PartStore(crew.engine, 0.5), threading.Event()

    def die_once(_who: str, _some: Range) -> None:
        if not dead.is_set():
            dead.set()
            assert store.take(ended(jobs).id, "dies")

    crew.before = die_once
    jobs = crew.jobs()
    assert jobs.start("write", "abc", "u").state == "done"
    assert crew.written() == list(range(2 * PARTS * SIZE))


def test_after_a_cancel_nobody_writes_anything_more(crew: Crew) -> None:
    jobs, at_work, go_on = crew.jobs(), threading.Event(), threading.Event()

    def wait(who: str, _some: Range) -> None:
        if who == "helper":
            at_work.set()
            go_on.wait(20)
        else:
            assert at_work.wait(20)
            jobs.cancel(ended(jobs).id)
            wait_until(lambda: ended(jobs).stopping)
            threading.Event().wait(1.0)  # the lease looks for a cancel now and then

    crew.before = wait
    with Helper(crew, "helper"):
        assert jobs.start("write", "abc", "u").state == "cancelled"
        written = crew.written()
        go_on.set()
    assert crew.written() == written
    assert len(written) == SIZE


def test_what_goes_wrong_for_a_helper_is_told_by_who_leads(crew: Crew) -> None:
    tried = threading.Event()

    def fail(who: str, some: Range) -> None:
        if who == "helper":
            tried.set()
        elif some.first == 0:
            assert tried.wait(20)
        if some.first == SIZE:
            raise Refused(Sentence("The row is too long."))

    crew.before = fail
    with Helper(crew, "helper"):
        jobs = crew.jobs()
        jobs.start("write", "abc", "u")
    job = ended(jobs)
    assert (job.state, job.note) == ("failed", "The row is too long.")
    assert not set(range(SIZE, 2 * SIZE)) & set(crew.written())
