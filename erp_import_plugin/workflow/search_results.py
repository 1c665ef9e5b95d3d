"""The results of a search: paged, sorted, with what they are linked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic, sleep

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType
from erp_import_plugin.engine.mapping import KIND_OF, ActorMapping
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import searches as search_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.searches import Result, Search
from erp_import_plugin.store.tables import SORTABLE
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import access
from erp_import_plugin.workflow import criteria as asked
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.paging import paged
from erp_import_plugin.workflow.rooms import Rooms

_FIRST_PAGE = 1.0  # seconds a page waits for the first results
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)


@dataclass(frozen=True, slots=True)
class SearchState:
    """The search of an import now: actors read, found and ticked; ``total`` where the ERP tells it."""

    token: str
    actor_type: ActorType
    criteria: Criteria
    read: int
    found: int
    ticked: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the results. Cells hold texts: dates in ISO form, yes/no as "yes" and "no"."""

    key: str
    label: str
    type: FieldType
    numeric: bool
    sortable: bool


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of results. ``filtered`` says that the search had to read more than it shows.

    ``entity_urls`` are the pages of the entities that actors of this page are linked to, by entity id.
    """

    search: SearchState
    kind: EntityKind
    columns: tuple[Column, ...]
    rows: tuple[Result, ...]
    entity_urls: Mapping[str, str]
    found: int
    ticked: int
    read: int
    total: int | None
    filtered: bool
    job: JobView | None
    page: int
    pages: int


def results(
    rooms: Rooms,
    jobs: Jobs,
    user: User,
    token: str,
    *,
    page: int = 1,
    sort: int | None = None,
    descending: bool = False,
) -> SearchResults | None:
    """One page of what was found, None before the first search. Raises NotFound.

    A search that has just begun is given a second to bring its first page.
    """
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        found = access.open_import(tx, rooms, user, token)
        search = search_store.of_import(tx, found.id)
    if search is None:
        return None
    job = _wait_for_first(rooms, jobs, search)
    with reading(rooms.engine) as tx:
        mapping = mapping_store.of(tx, found.connection_id).get(search.actor_type)
        return _results(
            tx, rooms, found, search_store.get(tx, search.token) or search, mapping, job, (page, sort, descending)
        )


def _wait_for_first(rooms: Rooms, jobs: Jobs, search: Search) -> JobView | None:
    """The search's job, once it has brought a page or ended, or a second has passed."""
    until = monotonic() + _FIRST_PAGE
    job = jobs.latest(search.token)
    if job is not None:
        job = jobs.ensure(job.id)
    while job is not None and not job.ended and monotonic() < until:
        with reading(rooms.engine) as tx:
            now = search_store.get(tx, search.token)
        if now is None or now.read:
            break
        sleep(0.02)
        job = jobs.view(job.id)
    return job


def state_of(tx: Transaction, search: Search) -> SearchState:
    """How far a search is."""
    found, ticked = search_store.counts(tx, search.id)
    criteria = asked.from_data(search.criteria["sets"])
    return SearchState(search.token, search.actor_type, criteria, search.read, found, ticked, search.total)


def _results(
    tx: Transaction,
    rooms: Rooms,
    imported: Import,
    search: Search,
    mapping: ActorMapping | None,
    job: JobView | None,
    wanted: tuple[int, int | None, bool],
) -> SearchResults:
    number, sort, descending = wanted
    state = state_of(tx, search)

    def read(offset: int, limit: int) -> tuple[list[Result], int]:
        rows = search_store.page(
            tx,
            search,
            imported.connection_id,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
            total=state.found,
        )
        return rows, state.found

    page = paged(read, number, rooms.config.page_size)
    kind = KIND_OF[search.actor_type]
    rows = _linked_rows(tx, rooms, kind, page.rows)
    return SearchResults(
        search=state,
        kind=kind,
        columns=_columns(search, mapping),
        rows=rows,
        entity_urls=_entity_urls(rooms, kind, rows),
        found=state.found,
        ticked=state.ticked,
        read=state.read,
        total=state.total,
        filtered=state.read > state.found,
        job=job,
        page=page.page,
        pages=page.pages,
    )


def _columns(search: Search, mapping: ActorMapping | None) -> tuple[Column, ...]:
    fields = {one.erp.key: one.erp for one in mapping.fields} if mapping else {}
    known = [fields.get(key, ErpField(key, key)) for key in search.columns]
    return tuple(
        Column(field.key, field.label, field.type, field.type in _NUMBERS, place < SORTABLE)
        for place, field in enumerate(known)
    )


def _linked_rows(tx: Transaction, rooms: Rooms, kind: EntityKind, rows: tuple[Result, ...]) -> tuple[Result, ...]:
    """The results, without links to entities that are gone."""
    linked = {row.entity_id for row in rows if row.entity_id}
    there = rooms.host.crm.read(tx, kind, linked, []) if linked else {}
    return tuple(row if row.entity_id in there else replace(row, entity_id=None) for row in rows)


def _entity_urls(rooms: Rooms, kind: EntityKind, rows: tuple[Result, ...]) -> dict[str, str]:
    urls = {row.entity_id: rooms.host.links.entity(kind, row.entity_id) for row in rows if row.entity_id}
    return {entity_id: url for entity_id, url in urls.items() if url}
