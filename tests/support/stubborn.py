"""A connector that behaves until it is told not to: every method can be replaced by anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from erp_import_plugin.connector_api import (
    Actor,
    ActorType,
    Capabilities,
    ConfigField,
    ConfigType,
    ConfigValue,
    Connector,
    ErpField,
    FieldType,
    ListItem,
    Operator,
    Page,
    Platform,
    Query,
    Session,
)

FIELDS = (
    ErpField("NAME", "Name", operators=frozenset({Operator.BEGINS})),
    ErpField("CITY", "City"),
    ErpField("CREDIT", "Credit", FieldType.INTEGER),
    ErpField("CATEGORY", "Category", FieldType.LIST, list_name="CATEGORY", multiple=True),
    ErpField("SINCE", "Since", FieldType.DATE),
)
CITIES = ("Oslo", "Bergen", "Malmö", "Århus")
COMPANIES = tuple(
    Actor(
        ActorType.CUSTOMER,
        f"K{number}",
        {"NAME": f"Company {number}", "CITY": CITIES[number % 4], "CREDIT": number * 10, "CATEGORY": ("A",)},
    )
    for number in range(1, 26)
)


class StubbornSession(Session):
    """``instead`` maps a method's name to what is called in its place, with the method's own arguments."""

    def __init__(self, connector: StubbornConnector, platform: Platform) -> None:
        self.connector = connector
        self.platform = platform

    def test(self) -> str:
        return self._instead("test", lambda: "25 customers")

    def actor_types(self) -> Sequence[ActorType]:
        return self._instead("actor_types", lambda: [ActorType.CUSTOMER])

    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        return self._instead("fields", lambda _: FIELDS, actor_type)

    def search(self, query: Query, cursor: str | None) -> Page:
        return self._instead("search", self._search, query, cursor)

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        return self._instead("get", self._get, actor_type, keys, fields)

    def list_items(self, list_name: str) -> Sequence[ListItem]:
        return self._instead("list_items", lambda _: [ListItem("A", "First"), ListItem("B", "Second")], list_name)

    def changes(self, actor_type: ActorType, since: str, fields: Sequence[str], cursor: str | None) -> Page:
        return self._instead("changes", lambda *_: Page(COMPANIES[:2]), actor_type, since, fields, cursor)

    def close(self) -> None:
        self._instead("close", lambda: None)

    def _instead(self, method: str, usual: Callable[..., Any], *arguments: Any) -> Any:
        self.connector.calls.append((method, arguments))
        return self.connector.instead.get(method, usual)(*arguments)

    def _search(self, query: Query, cursor: str | None) -> Page:
        start = int(cursor or 0)
        end = start + query.page_size
        return Page(COMPANIES[start:end], str(end) if end < len(COMPANIES) else None, len(COMPANIES))

    def _get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        return [actor for actor in COMPANIES if actor.key in keys]


class StubbornConnector(Connector):
    """Twenty-five customers; a connector that cannot be relied on where ``instead`` says so."""

    key: ClassVar[str] = "stubborn"
    name: ClassVar[str] = "Stubborn"
    capabilities: ClassVar[Capabilities] = Capabilities(changes=True, sorts=True)

    def __init__(self, **instead: Callable[..., Any]) -> None:
        self.instead = instead
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def config_fields(self) -> Sequence[ConfigField]:
        return self.instead.get("config_fields", _config_fields)()

    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        self.calls.append(("open", (config,)))
        return self.instead.get("open", lambda _, given: StubbornSession(self, given))(config, platform)

    def times(self, method: str) -> int:
        """How often a method was called."""
        return sum(name == method for name, _ in self.calls)


def _config_fields() -> Sequence[ConfigField]:
    return (
        ConfigField("hint", "A note", ConfigType.LABEL),
        ConfigField("address", "Address", default="http://erp.example"),
        ConfigField("password", "Password", ConfigType.PASSWORD),
    )
