"""A machine that is not well: the page and the commands say so, nothing is lost, and it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Engine, func, select, update

from erp_import_plugin import ErpImport
from erp_import_plugin.cli import command
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.jobs import AwayRunner, JobView
from erp_import_plugin.store import migrate, tables
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow import importing, imports, preview, search, staging, undo
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.rooms import utc_now
from tests.support import hosts
from tests.support.reading import Page
from tests.support.rooms import ADMIN, House, jobs_of
from tests.support.sickness import full, read_only
from tests.support.site import BY_NAME, Site, build_site

FULL = "The disk of the database is full."
READ_ONLY = "The database takes no changes now: it is open for reading only."


on_one_database = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""What does not depend on which one it is."""


@pytest.fixture
def site(engine: Engine) -> Site:
    """Twelve customers in the shop; errors get a page, as they do on a server."""
    migrate.upgrade(engine)
    site = build_site(engine, chunk=5)
    site.client.application.config.update(PROPAGATE_EXCEPTIONS=False)
    return site


class JumpingClock:
    """Is set back by three hours each time that it was looked at so often."""

    def __init__(self, often: int) -> None:
        self._often, self._looks = often, 0

    def __call__(self) -> datetime:
        self._looks += 1
        return utc_now() - timedelta(hours=3 * (self._looks // self._often))


def test_a_database_that_is_read_only_can_be_looked_at(site: Site) -> None:
    done, token = site.imported(), site.planned()
    with read_only(site.house.rooms.engine):
        for page in ("staging", "settings", "preview"):
            site.get(site.path(token, page))
        site.get(site.path(done, "done"))
        site.get("/erp-import/imports")


def test_a_database_that_is_read_only_is_said_to_be(site: Site) -> None:
    token = site.planned()
    csrf_token = site.token()
    with read_only(site.house.rooms.engine):
        answer = site.client.post(site.path(token, "importing"), data={"csrf_token": csrf_token, "do": "start"})
        assert (answer.status_code, READ_ONLY in Page(answer.get_data(as_text=True)).text) == (503, True)
        status, said = _command(site, "import", "--token", token)
        assert (status, READ_ONLY in said, "Traceback" in said) == (2, True, False)
    site.post(site.path(token, "importing"), do="start")
    assert _accounts(site.house, token).new == 12


def test_a_full_disk_is_said_before_anything_begins(site: Site) -> None:
    token = site.planned()
    csrf_token = site.token()
    with full(site.house.rooms.engine):
        answer = site.client.post(site.path(token, "importing"), data={"csrf_token": csrf_token, "do": "start"})
        assert (answer.status_code, FULL in Page(answer.get_data(as_text=True)).text) == (503, True)
        status, said = _command(site, "import", "--token", token)
        assert (status, FULL in said, "Traceback" in said) == (2, True, False)
    site.post(site.path(token, "importing"), do="start")
    assert _accounts(site.house, token).new == 12


def test_a_disk_that_fills_up_stops_each_step_and_each_goes_on(site: Site) -> None:
    house, rooms = site.house, site.house.rooms
    waiting = jobs_of(rooms, lambda _: AwayRunner())
    token = house.begin()
    house.search(token)
    search.tick(rooms, ADMIN, token, True)
    staging.add(rooms, waiting, ADMIN, token)
    _stops_and_goes_on(site, token, "staging", after=0)
    settings_step.save(rooms, ADMIN, token, BY_NAME)
    preview.start(rooms, waiting, ADMIN, token)
    _stops_and_goes_on(site, token, "preview", after=3)
    importing.start(rooms, waiting, ADMIN, token)
    _stops_and_goes_on(site, token, "importing", after=5)
    assert _accounts(house, token).new == _companies(site) == 12


@on_one_database
def test_work_of_another_version_is_told_and_kept(site: Site) -> None:
    token = site.staged()
    settings_step.save(site.house.rooms, ADMIN, token, BY_NAME)
    job = JobStore(site.house.rooms.engine).create("plan", token, ADMIN.id)
    _rename(site, job.id, "teleport")
    site.house.jobs.ensure(job.id)
    said = "This version of the plugin does not know the work “teleport”."
    assert said in _page(site, token, "history")
    _rename(site, job.id, "plan")  # the version that knows it is back
    importing.resume(site.house.rooms, site.house.jobs, ADMIN, token)
    assert (_latest(site, token).kind, _latest(site, token).state) == ("plan", "done")


@on_one_database
def test_work_whose_connector_is_gone_is_told_and_kept(site: Site) -> None:
    house, rooms = site.house, site.house.rooms
    token = house.begin()
    house.search(token)
    search.tick(rooms, ADMIN, token, True)
    staging.add(rooms, jobs_of(rooms, lambda _: AwayRunner()), ADMIN, token)
    jobs_of(replace(rooms, registry=Registry([]))).ensure(_latest(site, token).id)
    failed = _latest(site, token)
    assert (failed.state, "connector" in failed.note) == ("failed", True), failed.note
    assert failed.note in _page(site, token, "staging")
    importing.resume(rooms, house.jobs, ADMIN, token)
    assert _latest(site, token).state == "done"


@on_one_database
@pytest.mark.parametrize("often", [1, 7])
def test_a_clock_that_is_set_back_again_and_again_changes_nothing(site: Site, often: int) -> None:
    rooms = replace(site.house.rooms, now=JumpingClock(often))
    house = replace(site.house, rooms=rooms, jobs=jobs_of(rooms))
    token = house.begin()
    house.stage(token)
    settings_step.save(rooms, ADMIN, token, BY_NAME)
    preview.start(rooms, house.jobs, ADMIN, token)
    importing.start(rooms, house.jobs, ADMIN, token)
    assert (_accounts(house, token).read, _accounts(house, token).new) == (12, 12)
    site.get(site.path(token, "done"))
    importing.start(rooms, house.jobs, ADMIN, undo.start(rooms, house.jobs, ADMIN, token))
    assert _companies(site) == 0
    site.get("/erp-import/imports")


@on_one_database
def test_work_whose_worker_died_before_the_clock_was_set_back_goes_on(site: Site) -> None:
    token = site.staged()
    settings_step.save(site.house.rooms, ADMIN, token, BY_NAME)
    before = JobStore(site.house.rooms.engine, lambda: utc_now() + timedelta(hours=5))
    job = before.create("plan", token, ADMIN.id)
    assert before.claim(job.id, "dead", 60)
    assert "The work was interrupted" in site.get(site.path(token, "preview")).text
    importing.resume(site.house.rooms, site.house.jobs, ADMIN, token)
    assert _latest(site, token).state == "done"


def _stops_and_goes_on(site: Site, token: str, page: str, after: int) -> None:
    with full(site.house.rooms.engine, after):
        site.house.jobs.ensure(_latest(site, token).id)
    job = _latest(site, token)
    assert (job.state, FULL in job.note) == ("failed", True), job
    assert FULL in _page(site, token, page)
    importing.resume(site.house.rooms, site.house.jobs, ADMIN, token)
    assert _latest(site, token).state == "done"


def _page(site: Site, token: str, page: str) -> str:
    """What is said on a page, or on the one it leads to."""
    answer = site.client.get(site.path(token, page), follow_redirects=True)
    assert answer.status_code == 200
    return Page(answer.get_data(as_text=True)).text


def _command(site: Site, *args: str) -> tuple[int, str]:
    """The status of a command and what it says."""
    rooms = site.house.rooms

    def create_app() -> Flask:
        app = Flask("host")
        app.config.update(SECRET_KEY="s")
        ErpImport(app, engine=rooms.engine, host=rooms.host, plugins=[site.house.shop])
        return app

    runner = Flask("nobody").test_cli_runner()
    answer = runner.invoke(command, [*args, "--user", ADMIN.id], obj=ScriptInfo(create_app=create_app))
    return answer.exit_code, answer.output


def _rename(site: Site, job_id: int, kind: str) -> None:
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(tables.job).where(tables.job.c.id == job_id).values(kind=kind))


def _latest(site: Site, token: str) -> JobView:
    found = site.house.jobs.latest(token)
    assert found is not None
    return found


def _accounts(house: House, token: str) -> Accounts:
    found = imports.get(house.rooms, ADMIN, token).import_.accounts
    assert found is not None
    return found


def _companies(site: Site) -> int:
    with site.house.rooms.engine.connect() as tx:
        return tx.scalar(select(func.count()).select_from(hosts.company)) or 0
