"""One import from its fetch to its undo, into a CRM that has some of it: job by job, in this process or another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine

from erp_import_plugin.connector_api import ActorRef, ActorType
from erp_import_plugin.engine.settings import (
    Action,
    ChannelPolicy,
    DuplicateSettings,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import importing, preview, search, staging, undo
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.rooms import utc_now
from tests.support import selections
from tests.support.moments import Moments
from tests.support.rooms import ADMIN, House, enter, furnish, jobs_of
from tests.support.selections import StoredSelections
from tests.support.shop import Shop
from tests.support.snapshots import Names, Snapshot, begin_high, snapshot

STEPS = ("fetch", "plan", "import", "undo plan", "undo")
SIZE = 30
CHUNK = 7
A_LEASE = timedelta(minutes=2)
"""More than a worker has that gives no sign of life."""
KEY = "YHjFTBqpWZMhWsmS7dTJy9xQ6WJ8lJt1cZ8mqzyqUmU="

CHOSEN = ImportSettings(
    company=DuplicateSettings("number", Action.REPLACE),
    person=DuplicateSettings("email", Action.MERGE),
    no_company=NoCompany.CREATE,
    fetch_parents=True,
    lists={"category": ListPolicy.ADD, "country": ListPolicy.BLANK},
    phones=ChannelPolicy.ADD,
    web=ChannelPolicy.REPLACE,
)


def shop(size: int) -> Shop:
    """As many customers and as many persons: most belong to one of the customers, some to nobody."""
    made = Shop()
    made.add_companies(size)
    for n in range(1, size + 1):
        made.add(
            ActorType.PERSON,
            f"P{n:04}",
            ActorRef(ActorType.CUSTOMER, f"C{n // 2 + 1:04}") if n % 5 else None,
            FIRSTNAME=f"First {n:04}",
            LASTNAME=f"Last {n:04}",
            NUMBER=str(n),
            EMAIL=f"person{n}@company.example",
            PHONE_MOBILE=f"+47 {90000000 + n}",
        )
    return made


def fill(house: House, size: int) -> None:
    """What the CRM holds before: every third company and every fourth person, with other values in some fields."""
    crm = house.rooms.host.crm
    companies = [
        {"name": f"Old name {n:04}" if n % 2 else f"Company {n:04}", "number": n, "phone": (f"+47 22 {n:06}",)}
        for n in range(3, size, 3)
    ]
    persons = [
        {"last_name": f"Last {n:04}", "number": str(n), "email": (f"person{n}@company.example",)}
        for n in range(4, size, 4)
    ]
    with writing(house.rooms.engine) as tx:
        crm.create(tx, EntityKind.COMPANY, companies, ADMIN)
        crm.create(tx, EntityKind.PERSON, persons, ADMIN)


def enter_at(engine: Engine, size: int, later: timedelta = timedelta(), **config: object) -> House:
    """The house of a journey, in any process. Its clock is so much ahead: a lease that was left has run out there."""

    def now() -> datetime:
        return utc_now() + later

    return enter(engine, shop(size), StoredSelections(), key=KEY, now=now, **{"chunk": CHUNK, **config})


def take_up(jobs: Jobs, job_id: int) -> None:
    """What a page does for a job that waits, or whose worker is gone."""
    jobs.ensure(job_id)
    jobs.resume(job_id)


class _Nobody:
    """A runner that leaves every job waiting for another process."""

    def __init__(self, _execution: object) -> None:
        pass

    def start(self, job_id: int) -> None:
        """Leave it waiting."""

    def close(self) -> None:
        """There is nothing to leave."""


class Journey:
    """The steps of :data:`STEPS`, of which each is one job that waits until it is done here or elsewhere."""

    def __init__(self, engine: Engine, size: int = SIZE, user: User = ADMIN, **config: object) -> None:
        self.engine = engine
        self.size = size
        self.user = user
        self.config = config
        self.house = enter_at(engine, size, **config)
        self.waiting = jobs_of(self.house.rooms, _Nobody)
        self.token = ""
        self.undo = ""

    def start(self, step: str) -> int:
        """Ask for a step; gives its job, which waits."""
        begin: dict[str, Callable[[], None]] = {
            "fetch": self._fetch,
            "plan": self._plan,
            "import": lambda: self._import(self.token),
            "undo plan": self._undo,
            "undo": lambda: self._import(self.undo),
        }
        begin[step]()
        job = self.waiting.latest(self.undo or self.token)
        assert job is not None
        assert job.state == "waiting", (step, job)
        return job.id

    def finish(self, job_id: int, later: timedelta = timedelta()) -> None:
        """Do a job to its end, here and undisturbed, so much later; one that failed is taken up as its page does."""
        house = enter_at(self.engine, self.size, later, **self.config)
        take_up(house.jobs, job_id)
        job = house.jobs.view(job_id)
        if job.state == "failed":
            importing.resume(house.rooms, house.jobs, self.user, job.subject)
            latest = house.jobs.latest(job.subject)
            assert latest is not None
            job = latest
        assert job.state == "done", job

    def _fetch(self) -> None:
        self.token = self.house.begin(user=self.user)
        for actor_type in (ActorType.CUSTOMER, ActorType.PERSON):
            search.start(self.house.rooms, self.house.jobs, self.user, self.token, actor_type, Criteria())
            search.tick(self.house.rooms, self.user, self.token, True)
            staging.add(self.house.rooms, self.waiting, self.user, self.token)

    def _plan(self) -> None:
        settings_step.save(self.house.rooms, self.user, self.token, CHOSEN)
        preview.start(self.house.rooms, self.waiting, self.user, self.token)

    def _import(self, token: str) -> None:
        importing.start(self.house.rooms, self.waiting, self.user, token)

    def _undo(self) -> None:
        self.undo = undo.start(self.house.rooms, self.waiting, self.user, self.token)


def settle(engine: Engine, size: int) -> None:
    """An empty database with a CRM in it, and a connection to the shop."""
    furnish(engine)
    selections.metadata.create_all(engine)
    house = enter_at(engine, size)
    house.connect()
    begin_high(engine)
    fill(house, size)


@dataclass
class Undisturbed:
    """What a database holds after each step of a journey that nobody disturbs, and how many moments each step has."""

    after: dict[str, Snapshot]
    moments: dict[str, int]

    @classmethod
    def on(cls, engine: Engine) -> Undisturbed:
        """Make the journey on an empty database."""
        settle(engine, SIZE)
        found, journey, names = cls({}, {}), Journey(engine), Names()
        for step in STEPS:
            job = journey.start(step)
            with Moments(engine) as moments:
                journey.finish(job)
            found.after[step], found.moments[step] = snapshot(engine, names), moments.count
        return found


def chances(seed: int, *of: Any) -> Random:
    """The random choices of one run, which depend on nothing else."""
    return Random(f"{seed} {of}")
