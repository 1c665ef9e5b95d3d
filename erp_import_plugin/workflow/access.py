"""Who may do what: asked at every step, on every path. Deny by default."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection as Transaction

from erp_import_plugin.errors import NotFound, Refused, Sentence
from erp_import_plugin.host_api import ManyUsers, SetUpAccess, User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.imports import Import
from erp_import_plugin.workflow.rooms import Rooms


class NotAllowed(Refused):
    """The user has no right to import."""


class MayNotSetUp(NotAllowed):
    """The user may import, but not set up connections."""

    def __init__(self) -> None:
        super().__init__(Sentence("You have no right to set up ERP connections. Ask an administrator."))


class SyncIsOn(Refused):
    """Nothing is imported by hand while automatic synchronisation is on."""

    def __init__(self) -> None:
        super().__init__(Sentence("Automatic sync is on. Switch it off under Quote/Sync > Sync, then go on here."))


def check_user(rooms: Rooms, user: User | None) -> User:
    """The user, if they may import. Raises :class:`NotAllowed`."""
    if user is None or not rooms.host.access.may_import(user):
        raise NotAllowed(Sentence("You have no right to import from an ERP. Ask an administrator."))
    return user


def may_set_up(rooms: Rooms, user: User) -> bool:
    """Whether the user may set up connections: who may import may, unless the host says more about it."""
    return rooms.host.access.may_import(user) and _host_lets_set_up(rooms, user)


def check_set_up(rooms: Rooms, user: User | None) -> User:
    """The user, if they may set up connections and mappings. Raises :class:`NotAllowed`."""
    known = check_user(rooms, user)
    if not _host_lets_set_up(rooms, known):
        raise MayNotSetUp()
    return known


def _host_lets_set_up(rooms: Rooms, user: User) -> bool:
    asked = rooms.host.access
    return not isinstance(asked, SetUpAccess) or asked.may_set_up(user)


def check_sync(rooms: Rooms) -> None:
    """Raises :class:`SyncIsOn` while automatic synchronisation is on."""
    if rooms.host.sync.is_on():
        raise SyncIsOn()


def user_by_id(rooms: Rooms, user_id: str) -> User:
    """The user a job works for, if they still may import. Raises :class:`NotAllowed`."""
    return check_user(rooms, rooms.host.access.find_user(user_id))


def users_by_id(rooms: Rooms, user_ids: Collection[str]) -> dict[str, User]:
    """Those of these users that the host still knows, by id."""
    asked = rooms.host.access
    if user_ids and isinstance(asked, ManyUsers):
        return {user.id: user for user in asked.find_users(user_ids)}
    return {one: user for one in user_ids if (user := asked.find_user(one)) is not None}


def whose(rooms: Rooms, user: User) -> str | None:
    """Whose imports the user may see: the id of their own, or None for everyone's."""
    return None if rooms.host.access.may_manage_all(user) else user.id


def open_import(tx: Transaction, rooms: Rooms, user: User, token: str, *, lock: bool = False) -> Import:
    """An import of the user's own, or of anyone for those who manage all. Raises :class:`NotFound`.

    Who goes on to change it takes it with ``lock``: what it is now, it is until the transaction ends.
    """
    found = import_store.get(tx, token, lock=lock)
    if found is None or not (found.owner_id == user.id or rooms.host.access.may_manage_all(user)):
        raise NotFound(Sentence("There is no such import."))
    return found


def open_connection(tx: Transaction, user: User, connection_id: int) -> Connection:
    """A connection the user may import through. Raises :class:`NotFound`."""
    found = connection_store.get(tx, connection_id)
    if found is None or not found.usable_by(user):
        raise NotFound(Sentence("There is no such ERP connection, or it is not active for you."))
    return found


def any_connection(tx: Transaction, connection_id: int, *, lock: bool = False) -> Connection:
    """A connection to set up, active or not and whoever may use it. Raises :class:`NotFound`."""
    found = connection_store.get(tx, connection_id, lock=lock)
    if found is None or found.deleted:
        raise NotFound(Sentence("There is no such ERP connection."))
    return found
