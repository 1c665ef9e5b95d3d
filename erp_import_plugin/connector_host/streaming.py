"""A search as a stream of pages, and the ways in which a connector's stream can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from erp_import_plugin.connector_host.checking_actors import CheckedActor, CheckedPage, Rejected
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.failures import NonsenseError
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.seen import Seen
from erp_import_plugin.errors import Sentence


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What one page of the ERP adds to the result.

    ``actors`` are those that match and were not given before. ``matched`` and ``read`` count actors from the first page
    on; ``total`` is how many the ERP has for this search, where it tells and nothing is filtered or joined by us.
    ``filtered`` says that more was read than is shown. ``sorted`` says whether the wanted order was kept.
    """

    actors: tuple[CheckedActor, ...]
    matched: int
    read: int
    total: int | None = None
    filtered: bool = False
    sorted: bool = False
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to asking for actors by key; ``missing`` are the keys the ERP no longer knows."""

    actors: tuple[CheckedActor, ...]
    missing: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def stream(fetch: Callable[[str | None], CheckedPage], limits: Limits) -> Iterator[CheckedPage]:
    """Follow the cursors to the end.

    Raises :class:`NonsenseError` when a page or cursor repeats, two actors of a page have one key, or page after page
    brings nothing new.
    """
    watch = _Watch(limits)
    cursor: str | None = None
    while True:
        page = fetch(cursor)
        watch.see(page)
        yield page
        if page.next is None:
            return
        cursor = page.next


class _Watch:
    """Remembers a stream as far as needed to see that it runs in circles."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cursors: set[str] = set()
        self._pages: set[int] = set()
        self._actors = Seen()
        self._idle = 0

    def see(self, page: CheckedPage) -> None:
        keys = [(actor.legal_entity, actor.key) for actor in page.actors]
        _refuse_doubles(keys)
        self._refuse_repeated(hash(tuple(keys)) if keys else None)
        self._refuse_cursor(page.next)
        self._refuse_idle(keys)

    def _refuse_repeated(self, content: int | None) -> None:
        if content is None:
            return
        if content in self._pages:
            raise NonsenseError(
                Sentence("The connector repeats a page of this search. What it gave until then is kept.")
            )
        self._pages.add(content)

    def _refuse_cursor(self, cursor: str | None) -> None:
        if cursor is None:
            return
        if cursor in self._cursors:
            raise NonsenseError(
                Sentence("The connector gave the same cursor twice, so this search would never end. It was stopped.")
            )
        self._cursors.add(cursor)

    def _refuse_idle(self, keys: list[tuple[str, str]]) -> None:
        before = len(self._actors)
        for key in keys:
            self._actors.add(key)
        self._idle = 0 if len(self._actors) > before else self._idle + 1
        if self._idle >= self._limits.max_idle_pages:
            raise NonsenseError(
                Sentence(
                    "The connector gave %(count)s pages in a row without a new actor. The search was stopped.",
                    count=self._idle,
                )
            )


def _refuse_doubles(keys: list[tuple[str, str]]) -> None:
    seen: set[tuple[str, str]] = set()
    for key in keys:
        if key in seen:
            raise NonsenseError(
                Sentence(
                    "The connector gave two actors with the key “%(key)s” in one page. The search was stopped.",
                    key=excerpt(key[1], 60),
                )
            )
        seen.add(key)


def sort_out(actors: tuple[CheckedActor, ...], rejected: tuple[Rejected, ...], keys: tuple[str, ...]) -> Fetched:
    """Compare what was asked for with what came: extra actors are dropped and named, of doubles none is used."""
    found: dict[tuple[str, str], CheckedActor] = {}
    refused = list(rejected)
    doubles: set[tuple[str, str]] = set()
    asked = frozenset(keys)
    for actor in actors:
        place = (actor.legal_entity, actor.key)
        if actor.key not in asked:
            refused.append(Rejected(actor.key, Sentence("It was not asked for and was dropped.")))
        elif place in found or place in doubles:
            doubles.add(place)
            found.pop(place, None)
        else:
            found[place] = actor
    refused += [Rejected(key, Sentence("The ERP gave two actors with this key.")) for _, key in sorted(doubles)]
    accounted = {actor.key for actor in found.values()} | {one.key for one in refused}
    return Fetched(tuple(found.values()), tuple(key for key in keys if key not in accounted), tuple(refused))
