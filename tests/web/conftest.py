from __future__ import annotations

import pytest
from sqlalchemy import Engine

from erp_import_plugin.connector_api import GiveUp
from erp_import_plugin.store.jobs import JobStore, Progress
from erp_import_plugin.workflow import search, staging
from tests.support.rooms import ADMIN
from tests.support.site import Site, build_site


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
