"""Connections: which may be used, and how one is made, tested, switched on and off, and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.connector_host import BrokenConnector, LoadedConnector
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.connections import Connection, ConnectionTest, Use
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, audit, connection_form, discovering, erp, limits, mappings
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.connection_form import Draft, Overtaken
from erp_import_plugin.workflow.limits import Asking
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
    """A connection in the list; ``problem`` says why it cannot be used, and is empty where it can.

    ``installed``: its connector is there. ``users`` and ``groups`` are ids; both are empty where it is for everyone.
    """

    id: int
    name: str
    connector_name: str
    active: bool
    test: ConnectionTest | None
    problem: str
    description: str
    installed: bool
    everyone: bool
    users: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Connectors:
    """The connectors that are installed, and those that could not be loaded."""

    loaded: tuple[LoadedConnector, ...]
    broken: tuple[BrokenConnector, ...]


def connectors(rooms: Rooms, user: User) -> Connectors:
    """What is installed."""
    access.check_set_up(rooms, user)
    return Connectors(rooms.registry.loaded, rooms.registry.broken)


def usable(rooms: Rooms, user: User) -> tuple[ConnectionChoice, ...]:
    """The connections this user can import from now, by name."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        choices = [_choice(tx, rooms, one) for one in connection_store.listed(tx) if one.usable_by(user)]
    return tuple(choice for choice in choices if choice is not None)


def listed(rooms: Rooms, user: User) -> tuple[ConnectionLine, ...]:
    """All connections, also those that cannot be used, by name."""
    access.check_set_up(rooms, user)
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
    active: bool = True,
) -> int:
    """A new connection with its automatic mappings; its id. Without ``everyone`` only the user may use it.

    It is tested first. To be active it must pass, otherwise nothing is kept. Unless it is to be ``active`` it is kept
    all the same, with what the test said.

    Raises:
        Invalid: by the key of the config field, or "name".
        ErpFailed: the connector is not there, or the test failed and it was to be active.
        TooOften: nothing was tested, because that was done too often; where it was to be active, nothing is kept.
    """
    users = frozenset() if everyone else frozenset({user.id})
    draft = Draft(name, description, everyone, users, config=config)
    connection_id = connection_form.create(rooms, user, connector_key, draft)
    if not active:
        test(rooms, user, connection_id)
        return connection_id
    try:
        activate(rooms, user, connection_id)
    except (erp.ErpFailed, limits.TooOften):
        with writing(rooms.engine) as tx:
            connection_store.remove_unused(tx, connection_id)
            audit.note(tx, rooms, user, Act.CONNECTION_DELETED, " ".join(name.split()))
        raise
    return connection_id


def test(rooms: Rooms, user: User, connection_id: int) -> ConnectionTest:
    """Test a connection now and remember how it went; once it works its known fields map themselves.

    Raises:
        NotFound: there is no such connection.
        TooOften: it was not tested, because that was done too often.
        Overtaken: its settings were changed while they were tested.
    """
    access.check_set_up(rooms, user)
    connection = _open_to_ask(rooms, user, connection_id)
    tested = _try(rooms, connection)
    _record(rooms, user, connection, tested)
    if tested.ok and not _is_mapped(rooms, connection_id):
        try:
            _discover(rooms, user, connection)
        except erp.ErpFailed as failed:
            tested = _failed(rooms, failed)
            _record(rooms, user, connection, tested)
    return tested


def activate(rooms: Rooms, user: User, connection_id: int) -> None:
    """Test a connection and activate it. It stays inactive where it does not pass.

    Raises:
        ErpFailed: the test failed; how, is remembered.
        NotFound, TooOften, Overtaken: as ``test``.
    """
    tested = test(rooms, user, connection_id)
    if not tested.ok:
        raise erp.ErpFailed(tested.message, field=tested.field or None)
    with writing(rooms.engine) as tx:
        now = access.any_connection(tx, connection_id, lock=True)
        if now.test is None or not now.test.ok:
            raise Overtaken()
        connection_store.set_active(tx, connection_id, True)
        audit.note(tx, rooms, user, Act.CONNECTION_ACTIVATED, now.name)


def deactivate(rooms: Rooms, user: User, connection_id: int) -> Use:
    """Deactivate a connection; what hangs on it and now waits. Raises NotFound."""
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        found = access.any_connection(tx, connection_id, lock=True)
        connection_store.set_active(tx, connection_id, False)
        audit.note(tx, rooms, user, Act.CONNECTION_DEACTIVATED, found.name)
        return connection_store.use(tx, connection_id)


def use(rooms: Rooms, user: User, connection_id: int) -> Use:
    """What hangs on a connection. Raises NotFound."""
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        access.any_connection(tx, connection_id)
        return connection_store.use(tx, connection_id)


def delete(rooms: Rooms, user: User, connection_id: int) -> None:
    """Hide a connection. It stays with its links and imports; its name is free again. Raises NotFound."""
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        found = access.any_connection(tx, connection_id, lock=True)
        connection_store.mark_deleted(tx, connection_id, rooms.now())
        audit.note(tx, rooms, user, Act.CONNECTION_DELETED, found.name)


def discover(rooms: Rooms, user: User, connection_id: int) -> tuple[str, ...]:
    """Read the ERP's actor types, fields and lists, and map the known fields; what was chosen before stays.

    Gives sentences about what could not be read or used. Raises NotFound, TooOften, ErpFailed.
    """
    access.check_set_up(rooms, user)
    connection = _open_to_ask(rooms, user, connection_id)
    return _discover(rooms, user, connection)


def _discover(rooms: Rooms, user: User, connection: Connection) -> tuple[str, ...]:
    with erp.session(rooms, connection) as session:
        unread = discovering.read(rooms, user, session, connection.id)
        return (*session.complaints, *unread)


def _is_mapped(rooms: Rooms, connection_id: int) -> bool:
    with reading(rooms.engine) as tx:
        return bool(mapping_store.of(tx, connection_id))


def _try(rooms: Rooms, connection: Connection) -> ConnectionTest:
    try:
        with erp.session(rooms, connection, test=True) as session:
            return ConnectionTest(rooms.now(), True, session.test())
    except erp.ErpFailed as failed:
        return _failed(rooms, failed)


def _failed(rooms: Rooms, failed: erp.ErpFailed) -> ConnectionTest:
    return ConnectionTest(rooms.now(), False, failed.message, failed.field or "")


def _record(rooms: Rooms, user: User, connection: Connection, tested: ConnectionTest) -> None:
    """Raises Overtaken where the connection no longer has the settings that were tested."""
    with writing(rooms.engine) as tx:
        if not access.any_connection(tx, connection.id, lock=True).same_settings(connection):
            raise Overtaken()
        connection_store.record_test(tx, connection.id, tested)
        audit.note(tx, rooms, user, Act.CONNECTION_TESTED, connection.name, passed=tested.ok)


def _open_to_ask(rooms: Rooms, user: User, connection_id: int) -> Connection:
    """A connection whose ERP is asked next. Raises NotFound, TooOften."""
    with writing(rooms.engine) as tx:
        found = access.any_connection(tx, connection_id)
        limits.count(tx, rooms, user, connection_id, Asking.TEST)
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
        description=connection.description,
        installed=loaded is not None,
        everyone=connection.everyone,
        users=connection.users,
        groups=connection.groups,
    )


def _problem(connection: Connection, user: User, loaded: LoadedConnector | None) -> str:
    if loaded is None:
        return Sentence("The connector “%(key)s” is not installed, or cannot be loaded.", key=connection.connector)
    if not connection.active:
        return Sentence("It is not active.")
    if not connection.usable_by(user):
        return Sentence("It is not for you.")
    if connection.test is not None and not (connection.test.ok or connection.test.outdated):
        return Sentence("The last test failed: %(reason)s", reason=connection.test.message)
    return ""
