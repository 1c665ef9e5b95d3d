"""A search of the ERP from the command line: begun, done, ticked, read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from erp_import_plugin.cli.acting import Desk
from erp_import_plugin.cli.criteria import read_criteria
from erp_import_plugin.cli.finding import actor_type, complete, usable_connection
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.store.searches import Result
from erp_import_plugin.workflow import imports
from erp_import_plugin.workflow import search as workflow
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.search import SearchResults


@dataclass(frozen=True, slots=True)
class Found:
    """A search that is complete, in an import of its own."""

    token: str
    connection_name: str
    results: SearchResults


def find(desk: Desk, connection: str | None, type_name: str | None, where: Sequence[str], language: str = "") -> Found:
    """Begin an import and search. When the search cannot be done the import goes again.

    Raises:
        Invalid: by the text of the criterion.
        Refused, NotFound, ErpFailed: as the steps do.
    """
    if connection is None:
        raise Refused(Sentence("Name the ERP connection with --connection."))
    criteria, texts = read_criteria(where)
    chosen = usable_connection(desk, connection)
    wanted = actor_type(chosen, type_name)
    begun = imports.begin(desk.rooms, desk.user, chosen.id, wanted, language)
    try:
        workflow.start(desk.rooms, desk.jobs, desk.user, begun.token, wanted, criteria)
        results = _first(desk, begun.token)
        complete(desk, results.job)
    except Invalid as error:
        imports.discard(desk.rooms, desk.user, begun.token)
        raise Invalid({texts.get(key, key): text for key, text in error.errors.items()}) from error
    except BaseException:
        imports.discard(desk.rooms, desk.user, begun.token)
        raise
    return Found(begun.token, chosen.name, results)


def rows(desk: Desk, found: Found) -> Iterator[Result]:
    """All rows, in the order in which the ERP gave them."""
    yield from found.results.rows
    for number in range(2, found.results.pages + 1):
        page = workflow.results(desk.rooms, desk.jobs, desk.user, found.token, page=number)
        yield from page.rows if page else ()


def tick(desk: Desk, found: Found, keys: Collection[str]) -> frozenset[str]:
    """Tick the actors with these keys, or all when none is named; gives the keys that were not found."""
    if not keys:
        workflow.tick(desk.rooms, desk.user, found.token, True)
        return frozenset()
    wanted = [row for row in rows(desk, found) if row.key in keys]
    workflow.tick(desk.rooms, desk.user, found.token, True, [row.position for row in wanted])
    return frozenset(keys) - {row.key for row in wanted}


def _first(desk: Desk, token: str) -> SearchResults:
    results = workflow.results(desk.rooms, desk.jobs, desk.user, token)
    if results is None:
        raise Refused(Sentence("Nothing has been searched for yet."))
    return results
