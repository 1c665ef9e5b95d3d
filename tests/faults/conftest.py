from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.support import databases
from tests.support.journeys import Undisturbed


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    """The databases of this session."""
    with databases.Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture(params=databases.NAMES)
def engine(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    """An empty database of each kind."""
    engine = servers[request.param]
    databases.empty(engine)
    yield engine
    databases.empty(engine)


@pytest.fixture(scope="session")
def known() -> dict[str, Undisturbed]:
    """The undisturbed journeys of this session, by the database's name."""
    return {}


@pytest.fixture
def undisturbed(engine: Engine, known: dict[str, Undisturbed]) -> Undisturbed:
    if engine.dialect.name not in known:
        known[engine.dialect.name] = Undisturbed.on(engine)
        databases.empty(engine)
    return known[engine.dialect.name]
