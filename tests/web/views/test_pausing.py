"""Every kind of long work that has a page is paused there, says so, and goes on from where it was."""

from __future__ import annotations

import pytest

from erp_import_plugin.jobs import AwayRunner, Jobs
from erp_import_plugin.store.jobs import JobStore, Progress
from erp_import_plugin.workflow import importing, preview, saved_imports, settings
from tests.support.rooms import ADMIN, jobs_of
from tests.support.site import BY_NAME, Site

PAGES = {"fetch": "staging", "plan": "preview", "import": "importing", "repeat": "repeat"}


@pytest.fixture
def token(request: pytest.FixtureRequest, site: Site, kind: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An import whose work of this kind is done by a worker elsewhere."""
    if kind == "fetch":
        token: str = request.getfixturevalue("fetching")
        site.house.shop.fail = lambda _method: None
        return token
    begin = {"plan": _to_be_planned, "import": Site.planned, "repeat": _repeated}[kind]
    token, store = begin(site), JobStore(site.house.rooms.engine)
    if kind == "import":
        with monkeypatch.context() as unable:
            unable.setattr("erp_import_plugin.workflow.importing_job._ImportRun.run", lambda _run: 1 / 0)
            importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    job = store.create(kind, token, ADMIN.id)
    store.claim(job.id, "elsewhere", 600)
    return token


def _to_be_planned(site: Site) -> str:
    """An import whose preview is asked for; its job waits."""
    token, rooms = site.staged(), site.house.rooms
    settings.save(rooms, ADMIN, token, BY_NAME)
    preview.start(rooms, _elsewhere(site), ADMIN, token)
    return token


def _repeated(site: Site) -> str:
    """A saved import that is run again; its job waits."""
    saved_id = saved_imports.save(site.house.rooms, ADMIN, site.imported(), "Nightly")
    return saved_imports.run(site.house.rooms, _elsewhere(site), ADMIN, saved_id)


def _elsewhere(site: Site) -> Jobs:
    return jobs_of(site.house.rooms, lambda _execution: AwayRunner())


@pytest.mark.parametrize("kind", PAGES)
def test_work_is_paused_and_goes_on_by_its_page(site: Site, token: str, kind: str) -> None:
    store, path = JobStore(site.house.rooms.engine), site.path(token, PAGES[kind])
    job = store.latest(token)
    assert job
    assert job.kind == kind
    store.beat(job.id, "elsewhere", 600, Progress(3, 12, 4.0))
    assert "4 per second" in site.get(path).text
    site.post(path, do="pause")
    assert "Stopping when the rows in progress are done" in site.get(path).text
    assert store.pause(job.id, "elsewhere", Progress(3, 12, 4.0))
    page = site.get(path)
    assert "Paused. What is done is kept" in page.text
    assert "per second" not in page.text
    assert "left" not in page.by_id("erp-now").text
    assert [button.text for button in page.all("button", value="resume")] == ["Go on"]
    site.post(path, do="resume")
    assert store.get(job.id).state.value == "done"
