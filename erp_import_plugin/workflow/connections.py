"""Connections: which may be used, and how one is made, tested and mapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.connector_host import BrokenConnector, LoadedConnector
from erp_import_plugin.host_api import User
from erp_import_plugin.store.connections import ConnectionTest
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class ConnectionChoice:
    """A connection that can be imported from, with the actor types that can be searched."""

    id: int
    name: str
    connector_name: str
    actor_types: tuple[ActorType, ...]


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """A connection in the list; ``problem`` says why it cannot be used, and is empty where it can."""

    id: int
    name: str
    connector_name: str
    active: bool
    test: ConnectionTest | None
    problem: str


@dataclass(frozen=True, slots=True)
class Connectors:
    """The connectors that are installed, and those that could not be loaded."""

    loaded: tuple[LoadedConnector, ...]
    broken: tuple[BrokenConnector, ...]


def connectors(rooms: Rooms, user: User) -> Connectors:
    raise NotImplementedError


def usable(rooms: Rooms, user: User) -> tuple[ConnectionChoice, ...]:
    raise NotImplementedError


def listed(rooms: Rooms, user: User) -> tuple[ConnectionLine, ...]:
    raise NotImplementedError


def add(
    rooms: Rooms,
    user: User,
    connector_key: str,
    name: str,
    config: Mapping[str, str],
    *,
    description: str = "",
    everyone: bool = True,
    activate: bool = True,
) -> int:
    raise NotImplementedError


def test(rooms: Rooms, user: User, connection_id: int) -> ConnectionTest:
    raise NotImplementedError


def discover(rooms: Rooms, user: User, connection_id: int) -> tuple[str, ...]:
    raise NotImplementedError
