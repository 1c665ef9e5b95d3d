"""Connections: which may be used, and how one is made, tested and mapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.connector_host import BrokenConnector, GuardedSession, LoadedConnector
from erp_import_plugin.errors import NotFound, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.connections import Connection, ConnectionTest
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, config_values, discovering, erp, mappings
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.rooms import Rooms

_NAME_LENGTH = 200


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
    """What is installed."""
    access.check_user(rooms, user)
    return Connectors(rooms.registry.loaded, rooms.registry.broken)


def usable(rooms: Rooms, user: User) -> tuple[ConnectionChoice, ...]:
    """The connections this user can import from now, by name."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        choices = [_choice(tx, rooms, one) for one in connection_store.listed(tx) if one.usable_by(user)]
    return tuple(choice for choice in choices if choice is not None)


def listed(rooms: Rooms, user: User) -> tuple[ConnectionLine, ...]:
    """All connections, also those that cannot be used, by name."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        return tuple(_line(rooms, user, one) for one in connection_store.listed(tx))


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
    """A new connection with its automatic mappings; its id. Without ``everyone`` only the user may use it.

    It is tested first. To be activated it must pass, otherwise nothing is kept. Without ``activate`` it is kept all
    the same, inactive and with what the test said, so that nothing typed is lost.

    Raises:
        Invalid: by the key of the config field, or "name".
        ErpFailed: the connector is not there, or the test failed and it was to be activated.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    loaded = erp.connector_of(rooms, connector_key)
    values = config_values.read(loaded.config_fields, config)
    new = Connection(
        id=0,
        connector=loaded.key,
        name=_checked_name(rooms, name),
        config=values.config,
        secrets=rooms.vault.lock(values.secrets),
        description=description,
        active=activate,
        everyone=everyone,
        users=frozenset() if everyone else frozenset({user.id}),
    )
    tested = _try(rooms, new, must_pass=activate)
    with writing(rooms.engine) as tx:
        connection_id = connection_store.add(tx, replace(new, active=False), user, rooms.now())
        connection_store.record_test(tx, connection_id, tested)
    if tested.ok:
        _discover_new(rooms, connection_id, activate)
    return connection_id


def test(rooms: Rooms, user: User, connection_id: int) -> ConnectionTest:
    """Test a connection now and remember how it went. Raises NotFound."""
    access.check_user(rooms, user)
    connection = _open(rooms, connection_id)
    tested = _try(rooms, connection, must_pass=False)
    with writing(rooms.engine) as tx:
        connection_store.record_test(tx, connection_id, tested)
    return tested


def discover(rooms: Rooms, user: User, connection_id: int) -> tuple[str, ...]:
    """Read the ERP's actor types, fields and lists, and map the known fields; what was chosen before stays.

    Gives sentences about what could not be read or used. Raises NotFound, ErpFailed.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    return _discover(rooms, _open(rooms, connection_id))


def _discover(rooms: Rooms, connection: Connection) -> tuple[str, ...]:
    with erp.session(rooms, connection) as session:
        unread = discovering.read(rooms, session, connection.id)
        return (*_complaints(session), *unread)


def _complaints(session: GuardedSession) -> tuple[str, ...]:
    return tuple(session.complaints)


def _discover_new(rooms: Rooms, connection_id: int, activate: bool) -> None:
    """Map a connection that was just kept; if its fields cannot be read it goes again."""
    try:
        _discover(rooms, _open(rooms, connection_id))
    except erp.ErpFailed:
        if activate:
            with writing(rooms.engine) as tx:
                connection_store.remove_unused(tx, connection_id)
            raise
    else:
        with writing(rooms.engine) as tx:
            connection_store.set_active(tx, connection_id, activate)


def _try(rooms: Rooms, connection: Connection, *, must_pass: bool) -> ConnectionTest:
    try:
        with erp.session(rooms, connection, test=True) as session:
            return ConnectionTest(rooms.now(), True, session.test())
    except erp.ErpFailed as failed:
        if must_pass:
            raise
        return ConnectionTest(rooms.now(), False, failed.message)


def _checked_name(rooms: Rooms, name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": Sentence("Give the connection a name.")})
    if len(name) > _NAME_LENGTH:
        raise Invalid({"name": Sentence("The name may have %(max)s characters at most.", max=_NAME_LENGTH)})
    with reading(rooms.engine) as tx:
        taken = {one.name.casefold() for one in connection_store.listed(tx)}
    if name.casefold() in taken:
        raise Invalid({"name": Sentence("There is a connection with this name already. Choose another name.")})
    return name


def _open(rooms: Rooms, connection_id: int) -> Connection:
    with reading(rooms.engine) as tx:
        found = connection_store.get(tx, connection_id)
    if found is None or found.deleted:
        raise NotFound(Sentence("There is no such ERP connection."))
    return found


def _choice(tx: Transaction, rooms: Rooms, connection: Connection) -> ConnectionChoice | None:
    loaded = rooms.registry.get(connection.connector)
    if loaded is None:
        return None
    mapped = mapping_store.of(tx, connection.id)
    types = tuple(actor_type for actor_type, mapping in mapped.items() if mappings.searchable(mapping))
    return ConnectionChoice(connection.id, connection.name, loaded.name, types) if types else None


def _line(rooms: Rooms, user: User, connection: Connection) -> ConnectionLine:
    loaded = rooms.registry.get(connection.connector)
    return ConnectionLine(
        id=connection.id,
        name=connection.name,
        connector_name=loaded.name if loaded else connection.connector,
        active=connection.active,
        test=connection.test,
        problem=_problem(connection, user, loaded),
    )


def _problem(connection: Connection, user: User, loaded: LoadedConnector | None) -> str:
    if loaded is None:
        return Sentence("The connector “%(key)s” is not installed, or cannot be loaded.", key=connection.connector)
    if not connection.active:
        return Sentence("It is not active.")
    if not connection.usable_by(user):
        return Sentence("It is not for you.")
    if connection.test is not None and not connection.test.ok:
        return Sentence("The last test failed: %(reason)s", reason=connection.test.message)
    return ""
