from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.support import databases
from tests.support.rooms import House, build


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    """The databases of this session."""
    with databases.Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture
def engine(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    """An empty SQLite database; of another kind where a test is parametrized with ``engine``, indirectly."""
    engine = servers[getattr(request, "param", "sqlite")]
    databases.empty(engine)
    yield engine
    databases.empty(engine)


@pytest.fixture
def house(engine: Engine) -> House:
    """The rooms with a host and a shop."""
    return build(engine)
