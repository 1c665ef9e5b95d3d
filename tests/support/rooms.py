"""The rooms with everything a step needs: a small host, a shop for an ERP, jobs that are done at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Engine, insert

from erp_import_plugin.config import Config
from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.host_api import EntityKind, Group, Host, Selections, Transaction, User
from erp_import_plugin.jobs import Execution, InlineRunner, Jobs, Runner
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.secrets import Vault
from erp_import_plugin.store.tables import metadata
from erp_import_plugin.workflow import connections, imports, search, staging
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.handlers import handlers
from erp_import_plugin.workflow.rooms import Rooms, utc_now
from tests.support import hosts
from tests.support.shop import CONFIG, Shop

ADMIN = User("1", "Admin", frozenset({"office"}))
OTHER = User("2", "Other admin")
CHIEF = User("3", "Chief")
NOBODY = User("9", "Sales person")


@dataclass
class People:
    """The host's users; a test may take their rights."""

    admins: set[str] = field(default_factory=lambda: {"1", "2", "3"})
    chiefs: set[str] = field(default_factory=lambda: {"3"})

    def current_user(self) -> User | None:
        return ADMIN

    def find_user(self, user_id: str) -> User | None:
        return next((user for user in (ADMIN, OTHER, CHIEF, NOBODY) if user.id == user_id), None)

    def users(self, text: str, limit: int) -> list[User]:
        everyone = (ADMIN, CHIEF, OTHER, NOBODY)
        return [user for user in everyone if text.casefold() in user.name.casefold()][:limit]

    def groups(self) -> list[Group]:
        return [Group("office", "Office"), Group("stores", "Stores")]

    def may_import(self, user: User) -> bool:
        return user.id in self.admins

    def may_manage_all(self, user: User) -> bool:
        return user.id in self.chiefs

    def sign_in_url(self, back_to: str) -> str:
        return "/sign-in"


@dataclass
class SyncSwitch:
    """Automatic sync."""

    on: bool = False

    def is_on(self) -> bool:
        return self.on


@dataclass
class KeptSelections:
    """Selections in memory: their names and members."""

    names: dict[str, tuple[EntityKind, str]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)

    def create(self, tx: Transaction, kind: EntityKind, name: str, owner: User) -> str:
        selection_id = str(len(self.names) + 1)
        self.names[selection_id] = (kind, name)
        self.members[selection_id] = []
        return selection_id

    def add(self, tx: Transaction, selection_id: str, ids: list[str]) -> None:
        self.members[selection_id] += [one for one in ids if one not in self.members[selection_id]]

    def remove(self, tx: Transaction, selection_id: str, ids: list[str]) -> None:
        self.members[selection_id] = [one for one in self.members.get(selection_id, []) if one not in ids]


class Addresses:
    """The host's pages."""

    def entity(self, kind: EntityKind, entity_id: str) -> str | None:
        return f"/{kind.value}/{entity_id}"

    def selection(self, selection_id: str) -> str | None:
        return f"/selection/{selection_id}"

    def sync(self) -> str | None:
        return "/sync"

    def import_page(self) -> str | None:
        return None


@dataclass
class House:
    """Rooms, and what a test turns in them."""

    rooms: Rooms
    jobs: Jobs
    shop: Any
    people: People
    sync: SyncSwitch
    selections: Any

    def connect(self, name: str = "Shop one") -> int:
        """A connection that can be used by everyone."""
        return connections.add(self.rooms, ADMIN, "shop", name, CONFIG)

    def begin(self, actor_type: ActorType = ActorType.CUSTOMER, user: User = ADMIN) -> str:
        """The token of a new import through the first connection, which is made if there is none."""
        usable = connections.usable(self.rooms, user)
        connection_id = usable[0].id if usable else self.connect()
        return imports.begin(self.rooms, user, connection_id, actor_type).token

    def search(self, token: str, actor_type: ActorType = ActorType.CUSTOMER, criteria: Criteria | None = None) -> None:
        """Search to the end."""
        search.start(self.rooms, self.jobs, ADMIN, token, actor_type, criteria or Criteria())

    def stage(self, token: str, actor_type: ActorType = ActorType.CUSTOMER, criteria: Criteria | None = None) -> int:
        """Search, tick all that is found, and fetch it."""
        self.search(token, actor_type, criteria)
        search.tick(self.rooms, ADMIN, token, True)
        return staging.add(self.rooms, self.jobs, ADMIN, token)


def build(
    engine: Engine, *, one_key: bool = False, changes: bool = False, shop: Shop | None = None, **config: object
) -> House:
    """A house on an empty database."""
    furnish(engine)
    return enter(engine, shop or Shop(one_key=one_key, changes=changes), KeptSelections(), **config)


def furnish(engine: Engine) -> None:
    """The tables, and what stands in a new CRM."""
    metadata.create_all(engine)
    hosts.metadata.create_all(engine)
    with engine.begin() as tx:
        tx.execute(insert(hosts.item), _ITEMS)


def enter(
    engine: Engine,
    shop: object,
    selections: Selections,
    *,
    key: str = "",
    now: Callable[[], datetime] = utc_now,
    **config: object,
) -> House:
    """A house on a database that is furnished, as any process opens it that has the ``key`` of its passwords."""
    people, sync = People(), SyncSwitch()
    rooms = Rooms(
        engine=engine,
        host=Host(hosts.crm(), people, sync, selections, Addresses()),
        registry=Registry.from_plugins([shop]),
        config=Config(**{"page_size": 10, **_AS_OFTEN_AS_A_TEST_LIKES, **config}),  # type: ignore[arg-type]
        vault=Vault([key or Fernet.generate_key().decode()]),
        now=now,
    )
    return House(rooms, jobs_of(rooms), shop, people, sync, selections)


def jobs_of(rooms: Rooms, runner: Callable[[Execution], Runner] = InlineRunner) -> Jobs:
    """Jobs that are done before they are started, or by another runner."""
    store = JobStore(rooms.engine, rooms.now)
    execution = Execution(store, handlers(rooms), 60.0)
    return Jobs(store, execution, runner(execution))


_AS_OFTEN_AS_A_TEST_LIKES = {"tests_per_minute": None, "searches_per_minute": None}

# The databases number them from 1, and go on from there.
_ITEMS = [
    {"list_name": "category", "name": "Best", "code": None},
    {"list_name": "country", "name": "Norway", "code": "NO"},
    {"list_name": "country", "name": "Sweden", "code": "SE"},
]
