"""Search the ERP: criteria in, results page by page, ticked to be added."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, ListItem
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import NotFound, Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import searches as search_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.searches import Search
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, limits, working
from erp_import_plugin.workflow import criteria as asked
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.imports import open_unwritten
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.limits import Asking
from erp_import_plugin.workflow.mappings import searchable, shown
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.search_job import run_search
from erp_import_plugin.workflow.search_results import Column, SearchResults, SearchState, results, state_of

__all__ = [
    "Column",
    "SearchField",
    "SearchForm",
    "SearchResults",
    "SearchState",
    "check_current",
    "form",
    "keep",
    "list_items",
    "reset",
    "results",
    "run_search",
    "start",
    "stop",
    "tick",
]

SHORT_LIST = 200
"""Lists with more items than this are offered by type-ahead."""


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


def form(rooms: Rooms, user: User, token: str, actor_type: ActorType | None = None) -> SearchForm:
    """The criteria list of an import: as last searched for, else the default of the actor type. Raises NotFound."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        found = access.open_import(tx, rooms, user, token)
        mappings = _searchable_mappings(tx, found.connection_id)
        current = search_store.of_import(tx, found.id)
        kept = _kept(import_store.criteria(tx, found.id))
        chosen = actor_type or (kept[0] if kept else found.actor_type)
        mapping = _mapping(mappings, chosen)
        criteria = kept[1] if kept and kept[0] is chosen else asked.default_criteria(mapping)
        items, long_lists = _items(tx, found.connection_id, searchable(mapping), criteria)
        connection = connection_store.get(tx, found.connection_id)
        return SearchForm(
            import_=found,
            connection_name=connection.name if connection else "",
            actor_type=chosen,
            other_actor_types=tuple(one for one in mappings if one is not chosen),
            fields=tuple(_field(field) for field in searchable(mapping)),
            criteria=criteria,
            list_items=items,
            long_lists=long_lists,
            search=state_of(tx, current) if current else None,
        )


def list_items(
    rooms: Rooms, user: User, token: str, list_name: str, text: str, limit: int = 20
) -> tuple[ListItem, ...]:
    """Items of an ERP list whose label or key holds the text, those that begin with it first. Raises NotFound."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        found = access.open_import(tx, rooms, user, token)
        labels = mapping_store.erp_lists(tx, found.connection_id, [list_name])[list_name]
    wanted = text.strip().casefold()
    hits = [ListItem(key, label) for key, label in labels.items() if wanted in f"{label}\n{key}".casefold()]
    hits.sort(key=lambda item: not item.label.casefold().startswith(wanted))
    return tuple(hits[:limit])


def keep(rooms: Rooms, user: User, token: str, actor_type: ActorType, criteria: Criteria) -> None:
    """Remember the criteria as they are, without searching. Raises NotFound, Refused."""
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token)
        import_store.save_criteria(tx, found.id, _to_keep(actor_type, criteria))


def reset(rooms: Rooms, user: User, token: str) -> None:
    """Forget the criteria, so that the default is there again. Raises NotFound, Refused."""
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token)
        import_store.save_criteria(tx, found.id, None)


def start(rooms: Rooms, jobs: Jobs, user: User, token: str, actor_type: ActorType, criteria: Criteria) -> None:
    """Search in the background; an earlier search of this import is stopped, and its results go.

    Raises:
        Invalid: by "set.line" of the criteria, or "actor_type".
        NotFound, Refused: there is no such import, or it has been started.
        TooOften: too many searches were begun.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token)
        access.open_connection(tx, user, found.connection_id)
        limits.count(tx, rooms, user, found.connection_id, Asking.SEARCH)
        mapping = _mapping(_searchable_mappings(tx, found.connection_id), actor_type)
        lists = _wanted_lists(mapping, criteria)
        labels = mapping_store.erp_lists(tx, found.connection_id, lists)
        sets = asked.restrictions(criteria, searchable(mapping), rooms.now().date(), labels)
        data = _to_keep(actor_type, criteria)
        earlier = search_store.of_import(tx, found.id)
        first, *others = [field.key for field in shown(mapping)] or [""]
        searched = [restriction.field for one in sets for restriction in one]
        columns = [key for key in dict.fromkeys([first, *searched, *others]) if key]  # what is asked for can be seen
        import_store.save_criteria(tx, found.id, data)
        search = search_store.create(tx, found.id, actor_type, data, columns, rooms.now())
    if earlier is not None:
        working.give_up(rooms, earlier.token)
    jobs.start(working.SEARCH, search.token, user.id)


def tick(
    rooms: Rooms,
    user: User,
    token: str,
    ticked: bool,
    positions: Collection[int] | None = None,
    search: str | None = None,
) -> None:
    """Tick or untick some results, or all, of the search with the token ``search``. Raises NotFound, Refused."""
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token)
        current = _search(tx, found)
        check_current(current, search)
        search_store.tick(tx, current.id, ticked, positions)


def check_current(current: Search, token: str | None) -> None:
    """Raises Refused when the results someone looks at are of another search; with None it is not asked."""
    if token is not None and token != current.token:
        raise Refused(Sentence("This search was replaced by a newer one. Look at the results again."))


def stop(rooms: Rooms, jobs: Jobs, user: User, token: str) -> None:
    """Stop the search; what was found stays. Raises NotFound."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        search = _search(tx, access.open_import(tx, rooms, user, token))
    job = jobs.latest(search.token)
    if job is not None and not job.ended:
        jobs.cancel(job.id)


def _search(tx: Transaction, imported: Import) -> Search:
    search = search_store.of_import(tx, imported.id)
    if search is None:
        raise NotFound(Sentence("Nothing has been searched for yet."))
    return search


def _searchable_mappings(tx: Transaction, connection_id: int) -> dict[ActorType, ActorMapping]:
    mappings = mapping_store.of(tx, connection_id)
    return {actor_type: mapping for actor_type, mapping in mappings.items() if searchable(mapping)}


def _mapping(mappings: Mapping[ActorType, ActorMapping], actor_type: ActorType) -> ActorMapping:
    if actor_type not in mappings:
        raise Invalid({"actor_type": Sentence("This actor type cannot be imported through this connection.")})
    return mappings[actor_type]


def _to_keep(actor_type: ActorType, criteria: Criteria) -> dict[str, object]:
    return {"type": actor_type.value, "sets": asked.to_data(criteria)}


def _kept(data: dict[str, object] | None) -> tuple[ActorType, Criteria] | None:
    return (ActorType(data["type"]), asked.from_data(data["sets"])) if data else None


def _field(field: ErpField) -> SearchField:
    operators = asked.operators_of(field)
    pushed = asked.pushed_operators(field)
    return SearchField(
        key=field.key,
        label=field.label,
        tooltip=field.tooltip,
        type=field.type,
        list_name=field.list_name,
        operators=operators,
        pushed=pushed,
        needs_reading=not pushed,
    )


def _wanted_lists(mapping: ActorMapping, criteria: Criteria) -> list[str]:
    """The lists of the fields that are asked for."""
    keys = {line.field for lines in criteria.sets for line in lines}
    return [field.list_name for field in searchable(mapping) if field.key in keys and field.list_name]


def _items(
    tx: Transaction, connection_id: int, fields: tuple[ErpField, ...], criteria: Criteria
) -> tuple[dict[str, dict[str, str]], frozenset[str]]:
    """The items of the lists to choose from: all of a short list, of a long one those that are chosen."""
    lists = {field.key: field.list_name for field in fields if field.list_name}
    sizes = mapping_store.erp_list_sizes(tx, connection_id, set(lists.values()))
    long_lists = frozenset(name for name, size in sizes.items() if size > SHORT_LIST)
    labels = mapping_store.erp_lists(tx, connection_id, set(lists.values()) - long_lists)
    chosen = {value for lines in criteria.sets for line in lines if line.field in lists for value in line.values}
    return labels | mapping_store.erp_lists(tx, connection_id, long_lists, chosen), long_lists
