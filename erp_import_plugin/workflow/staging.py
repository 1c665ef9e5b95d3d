"""Add to import: the ticked actors are fetched in full by key and kept; the CRM is untouched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction
from sqlalchemy.exc import IntegrityError

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import searches as search_store
from erp_import_plugin.store import staged_pages
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.staged_pages import StagedRow
from erp_import_plugin.store.staging import WANTED
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, erp, working
from erp_import_plugin.workflow.fetch_job import run_fetch
from erp_import_plugin.workflow.imports import open_unwritten
from erp_import_plugin.workflow.paging import paged
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.search import check_current

__all__ = ["StagingPage", "add", "page", "remove", "run_fetch"]


@dataclass(frozen=True, slots=True)
class StagingPage:
    """The staged actors. ``counts`` and ``types`` are of all of them; ``total`` of those the text was found in."""

    import_: Import
    connection_name: str
    counts: Mapping[str, int]
    types: Mapping[ActorType, int]
    rows: tuple[StagedRow, ...]
    total: int
    page: int
    pages: int
    job: JobView | None


def add(rooms: Rooms, jobs: Jobs, user: User, token: str, search: str | None = None) -> int:
    """Stage what is ticked and fetch it in the background; how many actors were not staged before.

    The preview has to be made anew. With ``search``, the ticks must be of the search with this token. Raises:
        Refused: nothing is ticked, the search was replaced by another, there would be too many actors, the import has
            been started, or the preview is being made.
        NotFound: there is no such import.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    working.refuse_while_working(rooms, token, working.FETCH)
    try:
        added = _want(rooms, user, token, search)
    except IntegrityError:
        added = _want(rooms, user, token, search)  # the same was added at the same moment: that is staged now
    jobs.start(working.FETCH, token, user.id)
    return added


def page(rooms: Rooms, jobs: Jobs, user: User, token: str, text: str = "", page: int = 1) -> StagingPage:
    """One page of the staged actors whose label or key holds the text. Raises NotFound.

    A fetch that ended while more was being added is begun again here.
    """
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        found = access.open_import(tx, rooms, user, token)
        connection = connection_store.get(tx, found.connection_id)
        counts = staging_store.counts(tx, found.id)
        types = staged_pages.types_of(tx, found)
        shown = paged(
            lambda offset, limit: staged_pages.page(tx, found.id, text.strip(), offset, limit),
            page,
            rooms.config.page_size,
        )
    return StagingPage(
        import_=found,
        connection_name=connection.name if connection else "",
        counts=counts,
        types=types,
        rows=shown.rows,
        total=shown.total,
        page=shown.page,
        pages=shown.pages,
        job=_fetching(jobs, user, token, counts),
    )


def remove(rooms: Rooms, user: User, token: str, rows: Collection[int]) -> None:
    """Take actors out of the import; the preview has to be made anew. Raises NotFound, Refused."""
    access.check_user(rooms, user)
    access.check_sync(rooms)
    working.refuse_while_working(rooms, token, working.FETCH)
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token)
        staging_store.remove(tx, found.id, rows)
        _stale(tx, found)


def _want(rooms: Rooms, user: User, token: str, looked_at: str | None) -> int:
    most = rooms.config.max_actors
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token)
        connection = access.open_connection(tx, user, found.connection_id)
        search = search_store.of_import(tx, found.id)
        if search is not None:
            check_current(search, looked_at)
        if search is None or not search_store.counts(tx, search.id)[1]:
            raise Refused(Sentence("Tick the actors to add first."))
        added = staging_store.want_ticked(tx, search, one_key=erp.one_key(rooms, connection))
        if sum(staging_store.counts(tx, found.id).values()) > most:
            raise Refused(Sentence("One import holds %(most)s actors at most. Tick fewer.", most=most))
        _stale(tx, found)
        return added


def _stale(tx: Transaction, imported: Import) -> None:
    if imported.state is ImportState.PLANNED:
        import_store.set_state(tx, imported.id, ImportState.STAGING, planned_at=None)


def _fetching(jobs: Jobs, user: User, token: str, counts: Mapping[str, int]) -> JobView | None:
    job = jobs.latest(token)
    if job is not None and not job.ended:
        return jobs.ensure(job.id)
    if counts[WANTED] and job is not None and (job.kind, job.state) == (working.FETCH, "done"):
        return jobs.start(working.FETCH, token, user.id)
    return job
