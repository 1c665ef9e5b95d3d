"""What no keyboard makes, and PostgreSQL refuses, harms no page: a NUL in an address, a filter or a form."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from sqlalchemy import Engine

from erp_import_plugin.host_api import User
from erp_import_plugin.web.received import MOST_BYTES, MOST_FIELDS
from tests.support import databases
from tests.support.rooms import ADMIN
from tests.support.site import Site


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    with databases.Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture
def engine(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    engine = servers[getattr(request, "param", "sqlite")]
    databases.empty(engine)
    yield engine
    databases.empty(engine)


@pytest.mark.parametrize("engine", databases.NAMES, indirect=True)
def test_a_nul_is_as_if_it_had_not_been_sent(site: Site) -> None:
    token = site.imported()
    site.get("/erp-import/imports/%00/history", 404)
    assert "No import" not in site.get("/erp-import/imports?q=Admi%00n&who=1%00").text
    for page in ("history", "done"):
        assert "Company 0001" in site.get(site.path(token, f"{page}?q=Company%200%00001")).text
    assert b"Company 0002" in site.client.get(site.path(token, "preview.csv?q=000%002")).data
    assert site.post(site.path(token, "save"), name="Night\0ly") == "/erp-import/saved"
    assert "Nightly" in site.get("/erp-import/saved").text


@pytest.mark.parametrize(
    "path", ["saved", "imports/none/search", "sync/connections/new/shop", "sync/connections/1/lists"]
)
@pytest.mark.parametrize("signed_in", [ADMIN, None], ids=["signed in", "not signed in"])
def test_a_form_that_none_of_our_pages_sends_is_refused_unread(site: Site, path: str, signed_in: User | None) -> None:
    token = site.token()
    site.visitors.signed_in = signed_in
    for sent in ({"name": "x" * MOST_BYTES}, {"tick": [""] * MOST_FIELDS}):
        answer = site.client.post(f"/erp-import/{path}", data={"csrf_token": token, **sent})
        assert answer.status_code == 413
        assert "nothing was done" in answer.get_data(as_text=True)
    chunked = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"}
    assert site.client.post(f"/erp-import/{path}", headers=chunked, input_stream=BytesIO(b"x")).status_code == 413


def test_the_longest_form_of_ours_is_taken(site: Site) -> None:
    """500 rows, each with a name of 200 characters that takes six bytes each."""
    token = site.staged()
    rows = {"shown": list(range(500)), "tick": list(range(500)), "name": ["Å" * 200] * 500}
    assert site.post(site.path(token, "staging"), do="remove", **rows)
