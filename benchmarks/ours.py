"""The plugin on the reference workload: everything that a person would start from the page, without the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from time import perf_counter
from typing import ClassVar, Protocol

from cryptography.fernet import Fernet
from sqlalchemy import Engine

from benchmarks.workload import TEXTS, Workload, company
from erp_import_plugin import Column, EntityTable, SqlAlchemyCrm
from erp_import_plugin.config import Config
from erp_import_plugin.connector_api import (
    Actor,
    ActorType,
    ConfigField,
    ConfigValue,
    Connector,
    ErpField,
    Page,
    Platform,
    Query,
    Session,
    hookimpl,
)
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.host_api import EntityKind, Group, Host, Transaction, User
from erp_import_plugin.jobs import Execution, InlineRunner, Jobs
from erp_import_plugin.store import migrate
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.secrets import Vault
from erp_import_plugin.workflow import connections, importing, imports, preview, search, settings, staging
from erp_import_plugin.workflow import undo as undoing
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.handlers import handlers
from erp_import_plugin.workflow.rooms import Rooms

ADMIN = User("1", "Admin")
_KNOWN = {
    "name": "NAME",
    "department": "DEPARTMENT",
    "number": "NUMBER2",
    "code": "NUMBER1",
    "vat_number": "VATNO",
    **{f"{place}_address_{n}": f"{place.upper()}AD{n}" for place in ("postal", "street") for n in (1, 2)},
    **{
        f"{place}_{part}": f"{place.upper()}{part.upper()}"
        for place in ("postal", "street")
        for part in ("zip", "city", "county", "state")
    },
}
_FIELDS = tuple(ErpField(_KNOWN[name], name.replace("_", " "), rank=rank) for rank, name in enumerate(TEXTS))


class Actors(Protocol):
    """What the ERP has: a text for each of ``TEXTS``, by the number of the actor."""

    @property
    def incoming(self) -> int:
        """How many there are."""

    def actor(self, n: int) -> tuple[str, ...]:
        """One of them."""


@dataclass(frozen=True)
class Times:
    """Seconds of each step."""

    stage: float
    plan: float
    write: float

    @property
    def all(self) -> float:
        """Seconds from ticked results to an imported, linked, accounted-for whole."""
        return self.stage + self.plan + self.write


@dataclass
class Ticked:
    """An import whose actors have been searched for and ticked."""

    rooms: Rooms
    jobs: Jobs
    token: str


def host() -> Host:
    """A CRM with the companies of :mod:`benchmarks.workload`, where everybody is the same administrator."""
    return Host(_crm(), _Anyone(), _Off(), _NoSelections(), _NoPages())


def enter(engine: Engine, workload: Actors) -> tuple[Rooms, Jobs]:
    """The rooms, with an ERP that has the actors, and jobs that are done at once."""
    migrate.upgrade(engine)
    rooms = Rooms(
        engine=engine,
        host=host(),
        registry=Registry.from_plugins([Erp(workload)]),
        config=Config(confirm_above=None),
        vault=Vault([Fernet.generate_key().decode()]),
    )
    store = JobStore(engine)
    execution = Execution(store, handlers(rooms), 60.0)
    return rooms, Jobs(store, execution, InlineRunner(execution))


def prepare(engine: Engine, workload: Actors) -> Ticked:
    """Everything before the clock starts: tables, the connection, the search."""
    rooms, jobs = enter(engine, workload)
    connection = connections.add(rooms, ADMIN, "bench", "Benchmark", {})
    return Ticked(rooms, jobs, begin(rooms, jobs, connection))


def begin(rooms: Rooms, jobs: Jobs, connection: int) -> str:
    """The token of an import whose actors have been searched for and ticked."""
    token = imports.begin(rooms, ADMIN, connection, ActorType.CUSTOMER).token
    search.start(rooms, jobs, ADMIN, token, ActorType.CUSTOMER, Criteria())
    search.tick(rooms, ADMIN, token, True)
    return token


def run(ticked: Ticked, *, suggest: bool = False) -> Times:
    """Stage, plan and import, with links, journal and outcomes."""
    rooms, jobs, token = ticked.rooms, ticked.jobs, ticked.token
    moments = [perf_counter()]
    staging.add(rooms, jobs, ADMIN, token)
    moments.append(perf_counter())
    chosen = ImportSettings(company=DuplicateSettings("vat_number", Action.REPLACE), suggest=suggest)
    settings.save(rooms, ADMIN, token, chosen)
    preview.start(rooms, jobs, ADMIN, token)
    moments.append(perf_counter())
    importing.start(rooms, jobs, ADMIN, token)
    moments.append(perf_counter())
    _check_ended(jobs, token)
    stage, plan, write = (after - before for before, after in pairwise(moments))
    return Times(stage, plan, write)


def undo(ticked: Ticked) -> None:
    """Take the import back: plan the undo, and write it."""
    rooms, jobs = ticked.rooms, ticked.jobs
    token = undoing.start(rooms, jobs, ADMIN, ticked.token)
    importing.start(rooms, jobs, ADMIN, token)
    _check_ended(jobs, token)


def _check_ended(jobs: Jobs, token: str) -> None:
    job = jobs.latest(token)
    if job is None or job.state != "done":
        raise RuntimeError(f"The work has not ended well: {job}")


def _crm() -> SqlAlchemyCrm:
    fields = {name: Column(company.c[name], name.replace("_", " ")) for name in TEXTS}
    return SqlAlchemyCrm([EntityTable(EntityKind.COMPANY, "Companies", company.c.id, fields)])


@dataclass
class Erp(Connector):
    """An ERP that answers at once."""

    key: ClassVar[str] = "bench"
    name: ClassVar[str] = "Benchmark"
    workload: Actors = field(default_factory=Workload)

    @hookimpl
    def erp_connectors(self) -> Sequence[Connector]:
        return [self]

    def config_fields(self) -> Sequence[ConfigField]:
        return []

    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        return _Open(self.workload)


@dataclass
class _Open(Session):
    workload: Actors

    def test(self) -> str:
        return "It is there."

    def actor_types(self) -> Sequence[ActorType]:
        return [ActorType.CUSTOMER]

    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        return _FIELDS

    def search(self, query: Query, cursor: str | None) -> Page:
        start = int(cursor or 0)
        end = min(start + 1000, self.workload.incoming)
        actors = tuple(self._actor(n) for n in range(start, end))
        return Page(actors, str(end) if end < self.workload.incoming else None)

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        return [self._actor(int(key)) for key in keys]

    def _actor(self, n: int) -> Actor:
        values = {field.key: value for field, value in zip(_FIELDS, self.workload.actor(n), strict=True)}
        return Actor(ActorType.CUSTOMER, str(n), values, last_modified="1")


class _Anyone:
    def current_user(self) -> User | None:
        return ADMIN

    def find_user(self, user_id: str) -> User | None:
        return ADMIN

    def users(self, text: str, limit: int) -> Sequence[User]:
        return [ADMIN]

    def groups(self) -> Sequence[Group]:
        return []

    def may_import(self, user: User) -> bool:
        return True

    def may_manage_all(self, user: User) -> bool:
        return True

    def sign_in_url(self, back_to: str) -> str:
        return "/"


class _Off:
    def is_on(self) -> bool:
        return False


class _NoSelections:
    def create(self, tx: Transaction, kind: EntityKind, name: str, owner: User) -> str:
        return name

    def add(self, tx: Transaction, selection_id: str, ids: Sequence[str]) -> None:
        """Nothing is kept."""

    def remove(self, tx: Transaction, selection_id: str, ids: Sequence[str]) -> None:
        """Nothing is kept."""


class _NoPages:
    def entity(self, kind: EntityKind, entity_id: str) -> str | None:
        return None

    def selection(self, selection_id: str) -> str | None:
        return None

    def sync(self) -> str | None:
        return None

    def import_page(self) -> str | None:
        return None
