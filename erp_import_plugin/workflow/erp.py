"""The way to the ERP of a connection: always through the guard, its failures as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from erp_import_plugin import connector_api
from erp_import_plugin.connector_host import (
    ConnectorFailure,
    GuardedSession,
    Lanes,
    Limits,
    LoadedConnector,
    PlatformSettings,
    Recovery,
    open_session,
)
from erp_import_plugin.errors import ErpImportError, Sentence
from erp_import_plugin.jobs import Cancelled
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.workflow.rooms import Rooms


class ErpFailed(ErpImportError):
    """The ERP, or its connector, did not do what it was asked. ``field`` is the config field at fault, if it is one."""

    def __init__(self, message: str, recovery: Recovery = Recovery.GIVE_UP, field: str | None = None) -> None:
        super().__init__(message)
        self.recovery = recovery
        self.field = field


def connector_of(rooms: Rooms, key: str) -> LoadedConnector:
    """The connector with this key. Raises :class:`ErpFailed` when it is not installed, or broken."""
    loaded = rooms.registry.get(key)
    if loaded is None:
        raise ErpFailed(
            Sentence("The connector “%(key)s” of this connection is not installed, or cannot be loaded.", key=key)
        )
    return loaded


def one_key(rooms: Rooms, connection: Connection | None) -> bool:
    """Whether a company of this ERP has one key under all its types; no, where the connector is not there."""
    loaded = rooms.registry.get(connection.connector) if connection else None
    return loaded is not None and loaded.capabilities.one_key


@contextmanager
def session(
    rooms: Rooms, connection: Connection, cancelled: Callable[[], bool] = lambda: False, *, test: bool = False
) -> Iterator[GuardedSession]:
    """A session with the connection's ERP.

    Raises:
        ErpFailed: whatever goes wrong with the ERP or the connector, within the ``with`` too.
        Cancelled: ``cancelled`` became true.
    """
    try:
        with _opened(rooms, connection, cancelled, test=test) as guarded:
            yield guarded
    except ConnectorFailure as failure:
        raise ErpFailed(failure.message, failure.recovery, failure.field) from failure
    except connector_api.Cancelled as stopped:
        raise Cancelled() from stopped


def lanes(rooms: Rooms, connection: Connection, first: GuardedSession, cancelled: Callable[[], bool]) -> Lanes[Any]:
    """As many sessions as the connector allows to work at once, one of them an open :func:`session`.

    To be used within that session's ``with``.
    """
    at_once = first.loaded.capabilities.calls_at_once
    return Lanes(first, lambda stopped: _opened(rooms, connection, stopped), at_once, cancelled)


def _opened(
    rooms: Rooms, connection: Connection, cancelled: Callable[[], bool], *, test: bool = False
) -> GuardedSession:
    loaded = connector_of(rooms, connection.connector)
    config = dict(connection.config) | rooms.vault.unlock(connection.secrets)
    limits = Limits(call_timeout=rooms.config.call_timeout, test_timeout=rooms.config.test_timeout)
    pace = rooms.registry.paces.of(connection.id, loaded.capabilities.calls_per_minute)
    return open_session(
        loaded, config, limits.for_test() if test else limits, cancelled, platform_settings(rooms), pace
    )


def platform_settings(rooms: Rooms) -> PlatformSettings:
    """What the host allows connectors."""
    files = Path(rooms.config.files) if rooms.config.files else None
    return PlatformSettings(files=files, private_addresses=rooms.config.private_addresses)
