"""One Tryton server for all tests of the connector, each session guarded as in the product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors_plugins.tryton import erp_connectors
from erp_import_plugin.connector_host.declaring import LoadedConnector, check_connector
from erp_import_plugin.connector_host.guard import GuardedSession, open_session
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.platform import PlatformSettings
from tests.connectors.tryton.truth import Truth
from tests.support.tryton_facts import CONTACT_RELATION
from tests.support.tryton_server import TrytonServer, tryton_or_skip


class Opener:
    """Opens sessions; keyword arguments replace config values."""

    def __init__(self, server: TrytonServer, connector: LoadedConnector) -> None:
        self._server = server
        self._connector = connector
        self._opened: list[GuardedSession] = []

    def __call__(
        self, server: TrytonServer | None = None, limits: Limits | None = None, **config: Any
    ) -> GuardedSession:
        reached = server or self._server
        values = {
            "url": reached.url,
            "database": reached.database,
            "user": reached.user,
            "password": reached.password,
            "company": None,
            "customers": "Customer",
            "suppliers": "Supplier",
            "contacts": CONTACT_RELATION,
        }
        settings = PlatformSettings(private_addresses=True)
        self._opened.append(open_session(self._connector, {**values, **config}, limits, settings=settings))
        return self._opened[-1]

    def close(self) -> None:
        """Close all that were opened."""
        while self._opened:
            self._opened.pop().close()


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
def open_tryton(tryton: TrytonServer, connector: LoadedConnector) -> Iterator[Opener]:
    """Opens sessions on the server, which end with the test."""
    opener = Opener(tryton, connector)
    yield opener
    opener.close()


@pytest.fixture
def session(open_tryton: Opener) -> GuardedSession:
    """A session with the usual configuration."""
    return open_tryton()
