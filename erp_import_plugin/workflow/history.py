"""History: what an import was asked to do, who did what to it and when, and what became of every row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.host_api import CrmSchema, User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import history as history_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import staged_pages
from erp_import_plugin.store.history import Decided
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.outcomes import ResultRow
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import access, results
from erp_import_plugin.workflow.asked import Asked, asked_of
from erp_import_plugin.workflow.imports import connector_name
from erp_import_plugin.workflow.paging import Paged
from erp_import_plugin.workflow.results import SelectionLink
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list can be narrowed to: connections and people by id and name. People is empty for one's own list."""

    connections: tuple[tuple[int, str], ...]
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One long work on the import, and who had it done."""

    job: JobView
    by: str


@dataclass(frozen=True, slots=True)
class History:
    """Everything about one import.

    ``accounts``, ``page`` and ``selections`` are of the result so far; without a start they are None and empty.
    ``takes_back`` is the import that this one undoes, ``undos`` are those that undo this one, the last first.
    """

    imported: Import
    connection_name: str
    connector_name: str
    types: Mapping[ActorType, int]
    asked: Asked | None
    saved_as: str | None
    work: tuple[Work, ...]
    decided: tuple[Decided, ...]
    takes_back: Import | None
    undos: tuple[Import, ...]
    accounts: Accounts | None
    page: Paged[ResultRow]
    selections: tuple[SelectionLink, ...]
    schema: CrmSchema


def choices(rooms: Rooms, user: User) -> Choices:
    """What the user's list of imports can be narrowed to."""
    access.check_user(rooms, user)
    owner = access.whose(rooms, user)
    with reading(rooms.engine) as tx:
        people = history_store.owners(tx) if owner is None else []
        return Choices(tuple(history_store.connections(tx, owner)), tuple(people))


def of(
    rooms: Rooms,
    jobs: Jobs,
    user: User,
    token: str,
    statuses: Collection[Status] = tuple(Status),
    text: str = "",
    number: int = 1,
) -> History:
    """One import of the user's, with one page of the rows that have one of the statuses. Raises NotFound."""
    access.check_user(rooms, user)
    work = jobs.of(token)
    people = access.users_by_id(rooms, {job.user_id for job in work})
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        connection = connection_store.get(tx, imported.connection_id)
        started = imported.state in (ImportState.IMPORTING, ImportState.DONE)
        return History(
            imported=imported,
            connection_name=connection.name if connection else "",
            connector_name=connector_name(rooms, connection),
            types=staged_pages.types_of(tx, imported),
            asked=_asked(tx, imported),
            saved_as=history_store.saved_name(tx, imported.id),
            work=tuple(Work(job, _name(people.get(job.user_id), job.user_id)) for job in work),
            decided=tuple(history_store.decided(tx, imported.id)),
            takes_back=import_store.by_id(tx, imported.undoes) if imported.undoes is not None else None,
            undos=tuple(history_store.undos(tx, imported.id)),
            accounts=results.accounts(tx, imported)[0] if started else None,
            page=results.listed(tx, rooms, imported, statuses, text, number) if started else Paged((), 0, 1, 1),
            selections=results.selections(tx, rooms, imported),
            schema=rooms.host.crm.schema(),
        )


def _name(user: User | None, user_id: str) -> str:
    return user.name if user else user_id


def _asked(tx: Transaction, imported: Import) -> Asked | None:
    data = import_store.criteria(tx, imported.id)
    if not data:
        return None
    return asked_of(tx, imported.connection_id, ActorType(data["type"]), data["sets"])
