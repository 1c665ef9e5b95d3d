"""Results: the two lists of an import, everything else with its reason, and the selections."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import CrmSchema, EntityKind, User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.outcomes import ResultRow
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import access
from erp_import_plugin.workflow.paging import Paged, paged
from erp_import_plugin.workflow.rooms import Rooms


class ResultList(str, Enum):
    """The lists of a result: new actors imported, existing actors updated, what an undo removed, and all others."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    REST = "rest"

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The statuses of the rows in the list."""
        if self is ResultList.REST:
            return tuple(status for status in Status if not status.writes)
        return (Status(self.value),)


@dataclass(frozen=True, slots=True)
class SelectionLink:
    """A selection that holds the new, or the changed, entities of one kind. ``url`` None: the host has no page."""

    kind: EntityKind
    result: ResultList
    url: str | None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of one list. ``accounts`` count what is not reached yet as held; ``left`` is how many rows that are."""

    imported: Import
    accounts: Accounts
    left: int
    which: ResultList
    page: Paged[ResultRow]
    selections: tuple[SelectionLink, ...]
    schema: CrmSchema
    job: JobView | None


def page(
    rooms: Rooms, jobs: Jobs, user: User, token: str, which: ResultList, text: str = "", number: int = 1
) -> ResultPage:
    """One page of one list of the result, as far as the import has come."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        imported = open_started(tx, rooms, user, token)
        counted, left = accounts(tx, imported)
        return ResultPage(
            imported=imported,
            accounts=counted,
            left=left,
            which=which,
            page=listed(tx, rooms, imported, which.statuses, text, number),
            selections=selections(tx, rooms, imported),
            schema=rooms.host.crm.schema(),
            job=jobs.latest(token, "import"),
        )


def listed(
    tx: Transaction, rooms: Rooms, imported: Import, statuses: Collection[Status], text: str, number: int
) -> Paged[ResultRow]:
    """One page of the rows with one of the statuses and the text in their label, as far as the import has come."""
    done = imported.accounts if imported.state is ImportState.DONE else None
    total = sum(getattr(done, status.value) for status in statuses) if done else None
    found = partial(outcome_store.page, tx, imported.id, statuses, text, unreached=done is None, total=total)
    return paged(found, number, rooms.config.page_size)


def rows(rooms: Rooms, user: User, token: str, which: ResultList | None) -> Iterator[ResultRow]:
    """All rows of one list, or of all."""
    for found in chunks(rooms, user, token, which.statuses if which else tuple(Status)):
        yield from found


def chunks(
    rooms: Rooms, user: User, token: str, statuses: Collection[Status], text: str = ""
) -> Iterator[list[ResultRow]]:
    """All rows with one of the statuses and the text in their label, chunk by chunk.

    Each row is read once though the import goes on.
    """
    access.check_user(rooms, user)
    after, size = 0, rooms.config.chunk
    while True:
        with reading(rooms.engine) as tx:
            imported = open_started(tx, rooms, user, token)
            unreached = imported.state is not ImportState.DONE
            found = outcome_store.following(tx, imported.id, statuses, after, size, text, unreached=unreached)
        if found:
            yield found
        if len(found) < size:
            return
        after = found[-1].row


def accounts(tx: Transaction, imported: Import) -> tuple[Accounts, int]:
    """The accounts so far, in which what is not reached yet counts as held, and how many rows that are."""
    if imported.state is ImportState.DONE and imported.accounts is not None:
        return imported.accounts, 0
    counts = outcome_store.counts(tx, imported.id)
    read = imported.accounts.read if imported.accounts else 0
    left = read - sum(counts.values())
    return Accounts.of(read, counts | {Status.HELD: counts.get(Status.HELD, 0) + left}), left


def selections(tx: Transaction, rooms: Rooms, imported: Import) -> tuple[SelectionLink, ...]:
    """The selections that hold what an import made and changed."""
    return tuple(
        SelectionLink(kind, ResultList(result), rooms.host.links.selection(selection))
        for (kind, result), selection in import_store.selections(tx, imported.id).items()
    )


def open_started(tx: Transaction, rooms: Rooms, user: User, token: str) -> Import:
    """An import of the user's that has a result, be it not all of it. Raises NotFound and Refused."""
    imported = access.open_import(tx, rooms, user, token)
    if imported.state not in (ImportState.IMPORTING, ImportState.DONE):
        raise Refused(Sentence("This import has not been started yet."))
    return imported
