"""What a vendor writes: a Connector, and the Session it opens on one ERP company."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from erp_import_plugin.connector_api.actors import Actor, ActorType, ListItem, Page
from erp_import_plugin.connector_api.errors import GiveUp
from erp_import_plugin.connector_api.fields import ConfigField, ConfigValue, ErpField
from erp_import_plugin.connector_api.restrictions import Restriction, Sort

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a connector can do beyond the minimum, and what its ERP bears.

    With ``calls_at_once``, up to 16, actors are fetched by so many sessions at the same time, each used by one
    thread as always. ``calls_per_minute`` counts calls of the methods of all sessions of a connection in one process,
    also those that are tried again; None is no limit.
    """

    changes: bool = False  # Session.changes works
    sorts: bool = False  # Query.sort is honoured
    one_key: bool = False  # a company has the same key as Customer, Supplier and Partner
    calls_at_once: int = 1
    calls_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One search: actors of one type that fulfil every restriction.

    ``fields`` are the keys of the fields wanted in each actor's values. ``page_size`` is a wish; fewer or more per
    page is allowed.
    """

    actor_type: ActorType
    restrictions: tuple[Restriction, ...] = ()
    fields: tuple[str, ...] = ()
    sort: Sort | None = None
    page_size: int = 200


class Platform(Protocol):
    """What every connector is given, so that none writes it again."""

    def http(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        retry_statuses: Collection[int] = (429, 500, 502, 503, 504),
    ) -> httpx.Client:
        """An HTTP client with the platform's time-outs, limits and certificates.

        An ERP that cannot be reached, a time-out and the ``retry_statuses`` (with their Retry-After) raise
        :class:`TryLater`; the platform then calls your method again. Every other answer is yours to read. It
        asks the server of ``base_url`` only: redirects and addresses that lead to another one raise :class:`GiveUp`.
        """

    def file(self, name: str) -> Path:
        """A file the host put into its ERP files folder; raises :class:`AdminCanFix` when it is not there."""

    def check_cancelled(self) -> None:
        """Raise :class:`Cancelled` if the admin has stopped the work; call it within long loops."""


class Session(ABC):
    """An open connection to one ERP company. Each method is one call: timed, retried and checked by the platform.

    A session is used by one thread at a time. Any method may raise the errors of ``connector_api.errors``.
    """

    @abstractmethod
    def test(self) -> str:
        """Prove that the configuration works, and say in a few words what was reached."""

    @abstractmethod
    def actor_types(self) -> Sequence[ActorType]:
        """The actor types this ERP company offers."""

    @abstractmethod
    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        """The fields of one actor type, the same ones in the same order every time."""

    @abstractmethod
    def search(self, query: Query, cursor: str | None) -> Page:
        """One page of a search: the first for cursor None, else the one after the page whose ``next`` it was."""

    @abstractmethod
    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        """The actors with these keys, in any order; those that no longer exist are left out."""

    def list_items(self, list_name: str) -> Sequence[ListItem]:
        """All items of a list that one of the fields names."""
        raise GiveUp(f"There is no list named {list_name}.")

    def changes(self, actor_type: ActorType, since: str, fields: Sequence[str], cursor: str | None) -> Page:
        """Actors changed at or after a ``last_modified`` mark; only called where the capabilities say so."""
        raise GiveUp("This connector does not tell what changed.")

    def close(self) -> None:  # noqa: B027 - optional
        """Let go of what the session holds."""


class Connector(ABC):
    """One kind of ERP. ``key`` is stored with every connection and must never change; ``name`` is shown."""

    key: ClassVar[str]
    name: ClassVar[str]
    description: ClassVar[str] = ""
    capabilities: ClassVar[Capabilities] = Capabilities()

    @abstractmethod
    def config_fields(self) -> Sequence[ConfigField]:
        """What the admin fills in to make a connection."""

    @abstractmethod
    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        """Open a session. ``config`` has a value for every config field that is not a label, of the field's type."""
