"""A connection as an admin fills it in: what is shown, what is checked, what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection as Transaction
from sqlalchemy.exc import IntegrityError

from erp_import_plugin.connector_api import ConfigValue
from erp_import_plugin.connector_host import LoadedConnector
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.secrets import NoKeyFits
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, audit, config_values, erp, typed
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.config_values import ConfigValues
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.rooms import Rooms

_NAME_LENGTH = 200
_DESCRIPTION_LENGTH = 1000
_TAKEN = Sentence("There is a connection with this name already. Choose another name.")


class Overtaken(Refused):
    """Somebody else has changed the connection since it was shown."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("Somebody else changed this connection since you opened it. Look at what is stored now.")
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A connection as it is filled in.

    ``config`` has texts by the keys of the config fields; it is None where the settings stay as they are. A secret that
    is empty stays as it is stored, unless ``removed`` has its key. ``users`` and ``groups`` are ids, and count only
    where the connection is not for ``everyone``.
    """

    name: str
    description: str = ""
    everyone: bool = True
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    config: Mapping[str, str] | None = field(default=None, repr=False)
    removed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ConnectionForm:
    """What is stored of a connection, and its connector, None where that is not there.

    ``secrets`` are the keys of the secrets that are stored; ``locked`` is true where no key opens them.
    """

    connection: Connection
    loaded: LoadedConnector | None
    secrets: frozenset[str] = frozenset()
    locked: bool = False


def blank(rooms: Rooms, user: User, connector_key: str) -> ConnectionForm:
    """The form of a new connection. Raises ErpFailed when there is no such connector."""
    access.check_set_up(rooms, user)
    loaded = erp.connector_of(rooms, connector_key)
    defaults = {one.key: one.default for one in loaded.config_fields}
    return ConnectionForm(Connection(0, loaded.key, "", defaults), loaded)


def form(rooms: Rooms, user: User, connection_id: int) -> ConnectionForm:
    """The form of a connection. Raises NotFound."""
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        connection = access.any_connection(tx, connection_id)
    secrets, locked = _secrets(rooms, connection)
    return ConnectionForm(connection, rooms.registry.get(connection.connector), frozenset(secrets), locked)


def create(rooms: Rooms, user: User, connector_key: str, draft: Draft) -> int:
    """Keep a new connection, inactive and not tested; its id.

    Raises:
        Invalid: by "name", "description", "everyone", or the key of a config field.
        ErpFailed: there is no such connector.
    """
    access.check_set_up(rooms, user)
    empty = Connection(0, erp.connector_of(rooms, connector_key).key, "", {})
    people = _people(rooms, draft, empty)
    try:
        with writing(rooms.engine) as tx:
            new = _checked(tx, rooms, empty, replace(draft, config=draft.config or {}), people)
            audit.note(tx, rooms, user, Act.CONNECTION_ADDED, new.name, connector=new.connector)
            return connection_store.add(tx, new, user, rooms.now())
    except IntegrityError:
        raise Invalid({"name": _TAKEN}) from None


def change(rooms: Rooms, user: User, connection_id: int, draft: Draft, seen: str | None = None) -> None:
    """Keep what was changed; other settings make the last test outdated.

    Raises:
        Invalid: as ``create``.
        Overtaken: the connection is no longer the version that was ``seen``.
        Refused: the settings of an active connection were to change.
        NotFound, ErpFailed: there is no such connection, or its connector is not there.
    """
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        people = _people(rooms, draft, access.any_connection(tx, connection_id))
    try:
        with writing(rooms.engine) as tx:
            before = access.any_connection(tx, connection_id, lock=True)
            if seen not in (None, before.version):
                raise Overtaken()
            changed = _checked(tx, rooms, before, draft, people)
            connection_store.change(tx, changed, outdated=not changed.same_settings(before))
            if what := _changed(before, changed):
                audit.note(tx, rooms, user, Act.CONNECTION_CHANGED, changed.name, what=",".join(what))
    except IntegrityError:
        raise Invalid({"name": _TAKEN}) from None


def _changed(before: Connection, after: Connection) -> list[str]:
    """Which parts are others now."""
    same = {
        "name": before.name == after.name,
        "description": before.description == after.description,
        "settings": before.same_settings(after),
        "scope": (before.everyone, before.users, before.groups) == (after.everyone, after.users, after.groups),
    }
    return [part for part, is_same in same.items() if not is_same]


def _checked(tx: Transaction, rooms: Rooms, before: Connection, draft: Draft, errors: Mapping[str, str]) -> Connection:
    """The connection as the draft has it; all that is wrong with the draft is said at once."""
    wrong: dict[str, str] = {}
    config, secrets = before.config, before.secrets
    try:
        if draft.config is not None:
            config, secrets = _settings(rooms, before, draft.config, draft.removed)
    except Invalid as invalid:
        wrong |= invalid.errors
    wrong |= errors
    name, description = " ".join(draft.name.split()), draft.description.strip()
    if sentence := _text_problem(name, _NAME_LENGTH) or _name_problem(tx, before.id, name):
        wrong["name"] = sentence
    if sentence := _text_problem(description, _DESCRIPTION_LENGTH):
        wrong["description"] = sentence
    if wrong:
        raise Invalid(wrong)
    return replace(
        before,
        name=name,
        description=description,
        config=config,
        secrets=secrets,
        everyone=draft.everyone,
        users=frozenset() if draft.everyone else draft.users,
        groups=frozenset() if draft.everyone else draft.groups,
    )


def _settings(
    rooms: Rooms, before: Connection, texts: Mapping[str, str], removed: frozenset[str]
) -> tuple[Mapping[str, ConfigValue], str]:
    """Values and encrypted secrets. Secrets that stay are not encrypted anew: they are then known to be the same."""
    if before.active:
        raise Refused(Sentence("The settings of an active connection cannot be changed. Deactivate it first."))
    loaded = erp.connector_of(rooms, before.connector)
    stored, locked = _secrets(rooms, before)
    values = config_values.read(loaded.config_fields, texts, ConfigValues(before.config, stored), removed)
    stays = values.secrets == stored and not (locked and removed)
    return values.config, before.secrets if stays else rooms.vault.lock(values.secrets)


def _secrets(rooms: Rooms, connection: Connection) -> tuple[dict[str, str], bool]:
    """The secrets, and whether they are there but no key opens them."""
    try:
        return rooms.vault.unlock(connection.secrets), False
    except NoKeyFits:
        return {}, True


def _people(rooms: Rooms, draft: Draft, before: Connection) -> dict[str, str]:
    """What is wrong with the scope. Who was in it before may stay, also when they are gone."""
    if draft.everyone:
        return {}
    if not draft.users and not draft.groups:
        return {"everyone": Sentence("Choose at least one user or group, or choose everyone.")}
    groups = {group.id for group in rooms.host.access.groups()} | before.groups
    new = draft.users - before.users
    if access.users_by_id(rooms, new).keys() != new or not draft.groups <= groups:
        return {"everyone": Sentence("Somebody you chose is not there any more. Choose again.")}
    return {}


def _text_problem(text: str, most: int) -> str:
    try:
        typed.line(text)
    except typed.NotAValue as error:
        return error.sentence
    return Sentence("Write %(max)s characters at most.", max=most) if len(text) > most else ""


def _name_problem(tx: Transaction, connection_id: int, name: str) -> str:
    if not name:
        return Sentence("Give the connection a name.")
    return "" if connection_store.holder_of(tx, name) in (None, connection_id) else _TAKEN
