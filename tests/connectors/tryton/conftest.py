"""One Tryton server for all tests of the connector, each session guarded as in the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors_plugins.tryton import erp_connectors
from erp_import_plugin.connector_host.declaring import LoadedConnector, check_connector
from erp_import_plugin.connector_host.guard import GuardedSession, open_session
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.platform import PlatformSettings
from tests.connectors.tryton.truth import Truth
from tests.support.tryton_server import TrytonServer, tryton_or_skip

Open = Callable[..., GuardedSession]


@pytest.fixture(scope="session")
def tryton() -> Iterator[TrytonServer]:
    """A running server with the test data."""
    with tryton_or_skip() as server:
        yield server


@pytest.fixture(scope="session")
def truth(tryton: TrytonServer) -> Truth:
    """What the server's database holds."""
    return Truth(tryton.database_file)


@pytest.fixture(scope="session")
def connector() -> LoadedConnector:
    """The connector as the plugin loads it."""
    (offered,) = erp_connectors()
    return check_connector(offered, "tests", "1")


@pytest.fixture
def open_tryton(tryton: TrytonServer, connector: LoadedConnector) -> Iterator[Open]:
    """Open sessions on the server; keyword arguments replace config values."""
    opened: list[GuardedSession] = []

    def open_one(server: TrytonServer = tryton, limits: Limits | None = None, **config: Any) -> GuardedSession:
        values = {
            "url": server.url,
            "database": server.database,
            "user": server.user,
            "password": server.password,
            "company": None,
            "customers": "Customer",
            "suppliers": "Supplier",
            "contacts": "Contact person of",
        }
        settings = PlatformSettings(private_addresses=True)
        opened.append(open_session(connector, {**values, **config}, limits, settings=settings))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def session(open_tryton: Open) -> GuardedSession:
    """A session with the usual configuration."""
    return open_tryton()
