from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.support import databases


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    """The databases of this session."""
    with databases.Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture(params=databases.NAMES)
def engine(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    """An empty database of each kind."""
    engine = servers[request.param]
    yield engine
    databases.empty(engine)
