"""Actors that cannot be had together are asked for in ever smaller parts, until those at fault stand alone."""

from __future__ import annotations

from collections.abc import Callable

from erp_import_plugin.connector_host.checking_actors import Rejected
from erp_import_plugin.connector_host.failures import ConnectorFailure, Recovery
from erp_import_plugin.connector_host.streaming import Fetched
from erp_import_plugin.errors import Sentence

_PATIENCE = 3  # actors that fail one by one before any has come: then it is not the actors


def in_parts(keys: tuple[str, ...], ask: Callable[[tuple[str, ...]], Fetched]) -> Fetched:
    """What ``ask`` gives for all keys; an actor that it fails for even alone is rejected with the reason.

    Raises the ConnectorFailure of ``ask`` where none can be had, or where it has another cause than the actors.
    """
    waiting = [keys]
    given: list[Fetched] = []
    rejected: list[Rejected] = []
    while waiting:
        part = waiting.pop()
        try:
            given.append(ask(part))
        except ConnectorFailure as failure:
            if failure.recovery is not Recovery.GIVE_UP:
                raise
            if len(part) > 1:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
                continue
            rejected.append(Rejected(part[0], Sentence("%(reason)s", reason=failure.message)))
            if not given and (not waiting or len(rejected) == _PATIENCE):
                raise
    return joined([*given, Fetched((), (), tuple(rejected))])


def joined(parts: list[Fetched]) -> Fetched:
    """Several answers as one."""
    return Fetched(
        tuple(actor for part in parts for actor in part.actors),
        tuple(key for part in parts for key in part.missing),
        tuple(one for part in parts for one in part.rejected),
    )
