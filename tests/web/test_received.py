"""What no keyboard makes, and PostgreSQL refuses, harms no page: a NUL in an address, a filter or a form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.support import databases
from tests.support.site import Site


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    with databases.Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture(params=databases.NAMES)
def engine(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    engine = servers[request.param]
    databases.empty(engine)
    yield engine
    databases.empty(engine)


def test_a_nul_is_as_if_it_had_not_been_sent(site: Site) -> None:
    token = site.imported()
    site.get("/erp-import/imports/%00/history", 404)
    assert "No import" not in site.get("/erp-import/imports?q=Admi%00n&who=1%00").text
    for page in ("history", "done"):
        assert "Company 0001" in site.get(site.path(token, f"{page}?q=Company%200%00001")).text
    assert b"Company 0002" in site.client.get(site.path(token, "preview.csv?q=000%002")).data
    assert site.post(site.path(token, "save"), name="Night\0ly") == "/erp-import/saved"
    assert "Nightly" in site.get("/erp-import/saved").text
