"""Imports: begun, listed, opened again, thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import history as history_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import searches as search_store
from erp_import_plugin.store import staged_pages
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.history import HistoryFilter
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, working
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.mappings import searchable
from erp_import_plugin.workflow.paging import paged
from erp_import_plugin.workflow.rooms import Rooms

EVERY = HistoryFilter()
_UNWRITTEN = (ImportState.STAGING, ImportState.PLANNED)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """One import, with how many actors of each type are staged and the last work on it."""

    import_: Import
    connection_name: str
    connector_name: str
    staged: Mapping[ActorType, int]
    job: JobView | None


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in the list, with how many actors of each type are staged."""

    import_: Import
    connection_name: str
    types: Mapping[ActorType, int]
    job: JobView | None

    @property
    def staged(self) -> int:
        """How many actors are staged."""
        return sum(self.types.values())


def begin(rooms: Rooms, user: User, connection_id: int, actor_type: ActorType, language: str = "") -> Import:
    """A new import of this actor type. ``language`` is the user's; what it makes in the CRM is named in it.

    Raises:
        NotFound: there is no such connection for this user.
        Invalid: the actor type (key "actor_type") has no active mapping with a searchable field.
        NotAllowed, SyncIsOn: as everywhere.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        connection = access.open_connection(tx, user, connection_id)
        mapping = mapping_store.of(tx, connection.id).get(actor_type)
        if mapping is None or not searchable(mapping):
            raise Invalid({"actor_type": Sentence("This actor type cannot be imported through this connection.")})
        return import_store.create(tx, user, connection.id, actor_type, rooms.now(), language)


def get(rooms: Rooms, user: User, token: str) -> ImportSummary:
    """One import of the user's. Raises NotFound."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        found = access.open_import(tx, rooms, user, token)
        connection = connection_store.get(tx, found.connection_id)
        staged = staged_pages.types_of(tx, found)
    names = (connection.name if connection else "", connector_name(rooms, connection))
    return ImportSummary(found, *names, staged, working.latest(rooms, token))


def work(rooms: Rooms, user: User, token: str) -> JobView | None:
    """The last work on an import of the user's, if there was any. Raises NotFound."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        access.open_import(tx, rooms, user, token)
    return working.latest(rooms, token)


def listed(
    rooms: Rooms, jobs: Jobs, user: User, page: int = 1, wanted: HistoryFilter = EVERY
) -> tuple[tuple[ImportLine, ...], int]:
    """One page of the user's imports, newest first, and how many there are; everyone's for those who manage all."""
    access.check_user(rooms, user)
    owner = access.whose(rooms, user)
    with reading(rooms.engine) as tx:
        found = paged(partial(history_store.page, tx, owner, wanted), page, rooms.config.page_size)
        return lines(tx, jobs, found.rows), found.total


def lines(tx: Transaction, jobs: Jobs, imports: Sequence[Import]) -> tuple[ImportLine, ...]:
    """Some imports as a list shows them."""
    named = connection_store.named(tx, {one.connection_id for one in imports})
    names = {one.id: one.name for one in named}
    types = history_store.types(tx, [one.id for one in imports if one.staged is None])
    work = jobs.latest_of([one.token for one in imports])
    return tuple(
        ImportLine(one, names.get(one.connection_id, ""), one.staged or types.get(one.id, {}), work.get(one.token))
        for one in imports
    )


def discard(rooms: Rooms, user: User, token: str) -> None:
    """Throw away an import that has written nothing to the CRM.

    Raises:
        Refused: it has written, or work on it is under way.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    job = working.latest(rooms, token)
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token, undo=True)
        if job is not None and job.state in ("running", "waiting"):
            raise Refused(Sentence("Work on this import is under way. Wait for it, or cancel it first."))
        search = search_store.of_import(tx, found.id)
        import_store.delete(tx, found.id)
    for subject in (token, *([search.token] if search else [])):
        working.give_up(rooms, subject)


def check_unwritten(imported: Import) -> None:
    """Raises :class:`Refused` once the import has begun to write to the CRM."""
    if imported.state not in _UNWRITTEN:
        raise Refused(Sentence("This import has already been started. Begin a new one to import more."))


def open_unwritten(tx: Transaction, rooms: Rooms, user: User, token: str, *, undo: bool = False) -> Import:
    """An import of the user's that has written nothing yet, for changing it; with ``undo`` an undo as well.

    Raises NotFound and Refused.
    """
    found = access.open_import(tx, rooms, user, token, lock=True)
    check_unwritten(found)
    if found.undoes is not None and not undo:
        raise Refused(Sentence("This is the undo of an import: nothing can be added to it or set in it."))
    return found


def connector_name(rooms: Rooms, connection: Connection | None) -> str:
    """The name of a connection's connector; its key where it is not installed."""
    if connection is None:
        return ""
    loaded = rooms.registry.get(connection.connector)
    return loaded.name if loaded else connection.connector
