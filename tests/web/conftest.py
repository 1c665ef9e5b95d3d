from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, create_engine

from erp_import_plugin.connector_api import GiveUp
from erp_import_plugin.store.jobs import JobStore, Progress
from erp_import_plugin.workflow import search, staging
from tests.support.marked import mark, walk
from tests.support.marked import parts as list_parts
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site, build_site


@dataclass(frozen=True)
class Marked:
    """Every page and part of a page with markup in every value, by name, and the endpoints they were answered by."""

    pages: dict[str, Page]
    parts: dict[str, Page]
    answered: set[str]


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    """Walked once for all tests that look at every page."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('pages')}/test.sqlite")
    site = build_site(engine)
    answered = mark(site)
    parts = dict(list_parts(site))
    yield Marked(dict(walk(site)), parts, answered)
    engine.dispose()


@pytest.fixture(scope="session")
def pages(marked: Marked) -> dict[str, Page]:
    """Every page with markup in every value, by name."""
    return marked.pages


@pytest.fixture
def site(engine: Engine) -> Site:
    """The pages, signed in as an admin."""
    return build_site(engine)


@pytest.fixture
def fetching(site: Site) -> str:
    """The token of an import whose twelve actors are still being read from the ERP, by a worker elsewhere."""

    def closed(method: str) -> None:
        if method == "get":
            raise GiveUp("The shop is closed.")

    token = site.house.begin()
    site.house.search(token)
    search.tick(site.house.rooms, ADMIN, token, True)
    site.house.shop.fail = closed
    staging.add(site.house.rooms, site.house.jobs, ADMIN, token)
    store = JobStore(site.house.rooms.engine)
    job = store.create("fetch", token, ADMIN.id)
    store.claim(job.id, "elsewhere", 600)
    store.beat(job.id, "elsewhere", 600, Progress(0, 12))
    return token
