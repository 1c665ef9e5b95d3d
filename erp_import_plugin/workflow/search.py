"""Search the ERP: criteria in, results page by page, ticked to be added."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType, FieldType, ListItem
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.jobs import JobContext, Jobs, JobView
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.searches import Result
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class SearchField:
    """A field that can be searched. ``pushed`` are the operators the ERP does itself.

    ``needs_reading`` says that it does none of them, so that a search reads more than it shows.
    """

    key: str
    label: str
    tooltip: str
    type: FieldType
    list_name: str | None
    operators: tuple[str, ...]
    pushed: frozenset[str]
    needs_reading: bool


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
class SearchForm:
    """The criteria list. ``list_items`` has the items of short lists, of longer ones only those that are chosen."""

    import_: Import
    connection_name: str
    actor_type: ActorType
    other_actor_types: tuple[ActorType, ...]
    fields: tuple[SearchField, ...]
    criteria: Criteria
    list_items: Mapping[str, Mapping[str, str]]
    long_lists: frozenset[str]
    search: SearchState | None


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


def form(rooms: Rooms, user: User, token: str, actor_type: ActorType | None = None) -> SearchForm:
    raise NotImplementedError


def list_items(
    rooms: Rooms, user: User, token: str, list_name: str, text: str, limit: int = 20
) -> tuple[ListItem, ...]:
    raise NotImplementedError


def keep(rooms: Rooms, user: User, token: str, actor_type: ActorType, criteria: Criteria) -> None:
    raise NotImplementedError


def start(rooms: Rooms, jobs: Jobs, user: User, token: str, actor_type: ActorType, criteria: Criteria) -> None:
    raise NotImplementedError


def results(
    rooms: Rooms, jobs: Jobs, user: User, token: str, *, page: int = 1, sort: int | None = None, descending: bool = False
) -> SearchResults | None:
    raise NotImplementedError


def tick(rooms: Rooms, user: User, token: str, ticked: bool, positions: Collection[int] | None = None) -> None:
    raise NotImplementedError


def stop(rooms: Rooms, jobs: Jobs, user: User, token: str) -> None:
    raise NotImplementedError


def run_search(rooms: Rooms, context: JobContext) -> None:
    raise NotImplementedError
