"""An ERP in Python lists, with a connector that a test can change, watch and make fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from erp_import_plugin.connector_api import (
    Actor,
    ActorRef,
    ActorType,
    AdminCanFix,
    Capabilities,
    Choice,
    ConfigField,
    ConfigType,
    ConfigValue,
    Connector,
    ErpField,
    FieldType,
    FieldValue,
    ListItem,
    Operator,
    Page,
    Platform,
    Query,
    Session,
    hookimpl,
)
from erp_import_plugin.connector_host import matcher

CONFIG = {"server": "shop.example", "password": "open sesame"}

_TEXT = frozenset({Operator.EQUALS, Operator.BEGINS})
_COMPANY = (
    ErpField("NAME", "Name", operators=_TEXT, mandatory=True, rank=1),
    ErpField("NUMBER2", "Number", FieldType.INTEGER, rank=2),
    ErpField("VATNO", "VAT number", rank=3),
    ErpField("POSTALCITY", "City", rank=4),
    ErpField("EMAIL", "Email", rank=5),
    ErpField("PHONE", "Phone", rank=6),
    ErpField("CATEGORY", "Category", FieldType.LIST, list_name="categories", operators=frozenset({Operator.ONE_OF})),
    ErpField("COUNTRY", "Country", FieldType.LIST, list_name="countries"),
    ErpField("REVENUE", "Revenue", FieldType.DECIMAL),
    ErpField("SINCE", "Since", FieldType.DATE, operators=frozenset({Operator.BETWEEN})),
    ErpField("BLOCKED", "Blocked", FieldType.BOOLEAN),
)
_PERSON = (
    ErpField("FIRSTNAME", "First name", rank=1),
    ErpField("LASTNAME", "Last name", operators=_TEXT, rank=2),
    ErpField("NUMBER", "Number", rank=3),
    ErpField("EMAIL", "Email", rank=4),
    ErpField("PHONE_MOBILE", "Mobile", rank=5),
    ErpField("COMPANY", "Company", rank=6),
)
_PROJECT = (ErpField("NAME", "Name", rank=1), ErpField("NUMBER", "Number", rank=2))


@dataclass
class Shop:
    """The ERP. ``fail`` is asked before every call with the method's name and may raise, wait or change the shop.
    ``asked`` are the keys that are asked for last, ``got`` all that were answered.

    What is added or changed is marked with the ``moment`` it happens in, unless the shop keeps no ``marks``. With
    ``changes`` it tells what has changed since a mark.
    """

    actors: dict[ActorType, list[Actor]] = field(default_factory=dict)
    fields: dict[ActorType, tuple[ErpField, ...]] = field(
        default_factory=lambda: {
            ActorType.CUSTOMER: _COMPANY,
            ActorType.SUPPLIER: _COMPANY,
            ActorType.PERSON: _PERSON,
            ActorType.PROJECT: _PROJECT,
        }
    )
    lists: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            "categories": {"A": "Best", "B": "Good", "C": "Former"},
            "countries": {"NO": "Norway", "SE": "Sweden", "DE": "Germany"},
        }
    )
    page_size: int = 100
    one_key: bool = False
    changes: bool = False
    calls_at_once: int = 1
    calls_per_minute: int | None = None
    marks: bool = True
    moment: int = 1
    fail: Callable[[str], None] = lambda _method: None
    calls: list[str] = field(default_factory=list)
    asked: Sequence[str] = ()
    got: list[str] = field(default_factory=list)

    def called(self, method: str) -> None:
        self.calls.append(method)
        self.fail(method)

    def add(self, actor_type: ActorType, key: str, parent: ActorRef | None = None, **values: FieldValue) -> Actor:
        """Put an actor in, in place of the one with its key."""
        actor = Actor(actor_type, key, values, last_modified=self.mark(), parent=parent)
        self.remove(actor_type, key)
        self.actors.setdefault(actor_type, []).append(actor)
        return actor

    def change(self, actor_type: ActorType, key: str, **values: FieldValue) -> None:
        """Change some values of an actor."""
        place = next(n for n, actor in enumerate(self.actors[actor_type]) if actor.key == key)
        actor = self.actors[actor_type][place]
        values = {**actor.values, **values}
        self.actors[actor_type][place] = replace(actor, values=values, last_modified=self.mark())

    def mark(self) -> str:
        """The mark of a change that is made now."""
        return str(self.moment) if self.marks else ""

    def remove(self, actor_type: ActorType, key: str) -> None:
        """Take an actor out, if it is there."""
        self.actors[actor_type] = [actor for actor in self.actors.get(actor_type, []) if actor.key != key]

    def add_companies(self, count: int, actor_type: ActorType = ActorType.CUSTOMER) -> None:
        """Companies C0001, C0002, …; every second is Norwegian."""
        for n in range(1, count + 1):
            self.add(
                actor_type,
                f"C{n:04}",
                NAME=f"Company {n:04}",
                NUMBER2=n,
                VATNO=f"NO{n:09}",
                POSTALCITY=("Oslo", "Bergen", "Ås")[n % 3],
                EMAIL=f"post{n}@company.example",
                CATEGORY="ABC"[n % 3],
                COUNTRY="NO" if n % 2 else "SE",
                REVENUE=Decimal(n) * 100 - 250,
                SINCE=date(2020, 1, 1).replace(month=n % 12 + 1),
                BLOCKED=n % 5 == 0,
            )

    @hookimpl
    def erp_connectors(self) -> list[Connector]:
        """The shop is its own plugin."""
        return [ShopConnector(self)]


class ShopConnector(Connector):
    """Opens the shop with the right password."""

    key = "shop"
    name = "Shop"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.capabilities = Capabilities(  # type: ignore[misc]
            one_key=shop.one_key,
            changes=shop.changes,
            calls_at_once=shop.calls_at_once,
            calls_per_minute=shop.calls_per_minute,
        )

    def config_fields(self) -> Sequence[ConfigField]:
        return (
            ConfigField("hint", "Ask the shop for these", ConfigType.LABEL),
            ConfigField("server", "Server", mandatory=True, max_length=40),
            ConfigField("password", "Password", ConfigType.PASSWORD, mandatory=True),
            ConfigField("port", "Port", ConfigType.INTEGER, default=443),
            ConfigField("old", "Old protocol", ConfigType.CHECKBOX, default=False),
            ConfigField(
                "mode", "Mode", ConfigType.LIST, default="live", choices=(Choice("live", "Live"), Choice("try", "Try"))
            ),
            ConfigField("version", "Version", read_only=True, default="2"),
        )

    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        self._shop.called("open")
        if config["password"] != CONFIG["password"]:
            raise AdminCanFix("The shop does not know this password.", field="password")
        return ShopSession(self._shop)


class ShopSession(Session):
    """One visit."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def test(self) -> str:
        self._shop.called("test")
        return "Reached the shop."

    def actor_types(self) -> Sequence[ActorType]:
        self._shop.called("actor_types")
        return tuple(self._shop.fields)

    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        self._shop.called("fields")
        return self._shop.fields[actor_type]

    def search(self, query: Query, cursor: str | None) -> Page:
        self._shop.called("search")
        matches = matcher(self._shop.fields[query.actor_type], query.restrictions)
        found = [actor for actor in self._shop.actors.get(query.actor_type, []) if matches(actor.values)]
        start = int(cursor or 0)
        end = start + self._shop.page_size
        page = tuple(_cut(actor, query.fields) for actor in found[start:end])
        return Page(page, str(end) if end < len(found) else None, len(found))

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        self._shop.asked = keys
        self._shop.called("get")
        self._shop.got.extend(keys)
        wanted = set(keys)
        return [_cut(actor, fields) for actor in self._shop.actors.get(actor_type, []) if actor.key in wanted]

    def changes(self, actor_type: ActorType, since: str, fields: Sequence[str], cursor: str | None) -> Page:
        self._shop.called("changes")
        changed = (actor for actor in self._shop.actors.get(actor_type, []) if actor.last_modified >= since)
        return Page(tuple(_cut(actor, fields) for actor in changed))

    def list_items(self, list_name: str) -> Sequence[ListItem]:
        self._shop.called("list_items")
        return [ListItem(key, label) for key, label in self._shop.lists[list_name].items()]


def _cut(actor: Actor, fields: Sequence[str]) -> Actor:
    return replace(actor, values={key: value for key, value in actor.values.items() if key in fields})
