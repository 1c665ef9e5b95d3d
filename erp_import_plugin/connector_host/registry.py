"""Finds the connectors that are installed. One that cannot be loaded is listed with the reason and stops nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from typing import Any

import pluggy

from erp_import_plugin.connector_api import ENTRY_POINT_GROUP, hookspecs
from erp_import_plugin.connector_host.declaring import LoadedConnector, RefusedError, check_connector
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.failures import describe
from erp_import_plugin.connector_host.pacing import Paces
from erp_import_plugin.errors import Sentence
from erp_import_plugin.watching import Event, tell

__all__ = ["BrokenConnector", "LoadedConnector", "Registry"]

_PATIENCE = 10.0  # seconds until it is told that a plugin is waited for
_MOST_CONNECTORS = 100  # of one plugin; the iterable is a stranger's and may never end


@dataclass(frozen=True, slots=True)
class BrokenConnector:
    """An entry point, or one connector behind it, that cannot be used, and why."""

    entry_point: str
    distribution: str
    version: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    distribution: str
    version: str

    def broken(self, reason: Sentence) -> BrokenConnector:
        return BrokenConnector(self.name, self.distribution, self.version, reason)


class Registry:
    """The connectors of this process: ``loaded`` by name, ``broken`` in the order they were found.

    ``paces`` says how fast connections may ask their ERPs.
    """

    def __init__(self, found: Iterable[LoadedConnector | BrokenConnector]) -> None:
        by_key: dict[str, LoadedConnector] = {}
        broken: list[BrokenConnector] = []
        for one in found:
            if isinstance(one, BrokenConnector):
                broken.append(one)
            elif one.key in by_key:
                broken.append(_second(one, by_key[one.key]))
            else:
                by_key[one.key] = one
        self._by_key = by_key
        self.loaded: tuple[LoadedConnector, ...] = tuple(sorted(by_key.values(), key=lambda one: one.name.casefold()))
        self.broken: tuple[BrokenConnector, ...] = tuple(broken)
        self.paces = Paces()

    @classmethod
    def discover(cls, plugins: Iterable[object] = ()) -> Registry:
        """All connectors behind the installed entry points, after those of the given plugins."""
        return cls([*_from_plugins(plugins), *_from_entry_points()])

    @classmethod
    def from_plugins(cls, plugins: Iterable[object]) -> Registry:
        """The connectors of these modules or objects alone; each implements the hook ``erp_connectors``."""
        return cls(_from_plugins(plugins))

    def get(self, key: str) -> LoadedConnector | None:
        """The connector with this key; None if there is none, or none that works."""
        return self._by_key.get(key)


def _from_entry_points() -> Iterator[LoadedConnector | BrokenConnector]:
    for entry_point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: (one.name, one.value)):
        yield from _connectors(_source(entry_point), entry_point.load)


def _from_plugins(plugins: Iterable[object]) -> Iterator[LoadedConnector | BrokenConnector]:
    for plugin in plugins:
        name = str(getattr(plugin, "__name__", type(plugin).__name__))
        yield from _connectors(_Source(name, name, ""), lambda plugin=plugin: plugin)  # type: ignore[misc]


def _source(entry_point: EntryPoint) -> _Source:
    dist = entry_point.dist
    return _Source(entry_point.name, (dist and dist.name) or "?", (dist and dist.version) or "")


def _connectors(source: _Source, load: Callable[[], object]) -> list[LoadedConnector | BrokenConnector]:
    """What one plugin offers. It is loaded and asked alone: pluggy would let one failure stop all the others."""
    try:
        with _told_if_slow(source):
            offered = _ask(load(), source.name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit at import, or worse
        return [source.broken(Sentence("It could not be loaded: %(error)s.", error=_shown(error)))]
    if not offered:
        return [source.broken(Sentence("It offers no connector."))]
    return [_checked(one, source) for one in offered]


@contextmanager
def _told_if_slow(source: _Source) -> Iterator[None]:
    # It cannot be left behind in a thread: one that its app's own package brings would wait there for the app's import.
    facts = {"connector": source.name, "distribution": source.distribution, "seconds": _PATIENCE}
    timer = threading.Timer(_PATIENCE, tell, (Event.CONNECTOR_WAITED_FOR,), facts)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _ask(plugin: object, name: str) -> list[object]:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name)
    manager.check_pending()
    results: list[Any] = manager.hook.erp_connectors()
    return [one for result in results for one in islice(result, _MOST_CONNECTORS)]


def _checked(connector: object, source: _Source) -> LoadedConnector | BrokenConnector:
    try:
        return check_connector(connector, source.distribution, source.version)
    except KeyboardInterrupt:
        raise
    except RefusedError as error:
        return source.broken(error.reason)
    except BaseException as error:  # a stranger's code
        return source.broken(Sentence("It could not say what it needs: %(error)s.", error=_shown(error)))


def _shown(error: BaseException) -> str:
    return excerpt(describe(error)).rstrip(".")


def _second(one: LoadedConnector, first: LoadedConnector) -> BrokenConnector:
    reason = Sentence(
        "Its key “%(key)s” is also used by %(name)s (%(first)s). Only that one is offered, not this one (%(second)s).",
        key=one.key,
        name=first.name,
        first=first.distribution,
        second=one.distribution,
    )
    return BrokenConnector(one.key, one.distribution, one.version, reason)
