"""Import: the blast radius, a start that happens once, the way to the result."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, insert, select, update

from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.tables import import_ as imports
from erp_import_plugin.workflow import importing
from tests.support import hosts
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site, build_site


@pytest.fixture
def token(site: Site) -> str:
    return with_companies(site)


def with_companies(site: Site) -> str:
    """The token of a planned import that changes one of the CRM's two companies."""
    with site.house.rooms.engine.begin() as tx:
        tx.execute(
            insert(hosts.company),
            [{"name": "Company 0001", "vat_number": "old"}, {"name": "Another", "vat_number": None}],
        )
    return site.planned()


def companies(site: Site) -> int:
    with site.house.rooms.engine.connect() as tx:
        return tx.scalar(select(func.count()).select_from(hosts.company)) or 0


def test_the_page_says_what_will_be_touched(site: Site, token: str) -> None:
    page = site.get(site.path(token, "importing"))
    assert page.one("h1").text == "Import 12 actors?"
    assert "11 companies are new." in page.text
    assert "1 of 2 companies changes (50%)." in page.text
    (vat,) = [line for line in page.all("tr") if "VAT number" in line.text]
    assert "1 replaced" in vat.text
    assert page.one("button", class_="erp-btn--primary").text == "Import 12 actors"


def test_looking_changes_nothing_and_pressing_twice_imports_once(site: Site, token: str) -> None:
    path = site.path(token, "importing")
    site.get(path)
    assert companies(site) == 2
    for _ in range(2):
        site.post(path, do="start")
    assert companies(site) == 13
    assert site.client.get(path).headers["Location"] == site.path(token, "done")


def test_without_a_preview_there_is_nothing_to_import(site: Site) -> None:
    page = site.get(site.path(site.staged(), "importing"), 409)
    assert "The preview is not there yet" in page.text


def test_with_every_row_unticked_nothing_can_be_started(site: Site, token: str) -> None:
    site.post(site.path(token, "preview"), do="none")
    page = site.get(site.path(token, "importing"))
    assert "Nothing is left to import" in page.text
    assert not page.all("button", class_="erp-btn--primary")


def test_a_job_that_was_stopped_is_taken_up(site: Site, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as broken:
        broken.setattr("erp_import_plugin.workflow.importing_job._ImportRun.run", stopped)
        importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    page = site.get(site.path(token, "importing"))
    assert "a defect" not in page.text
    assert "Import the rest" in page.text
    site.post(site.path(token, "importing"), do="resume")
    assert companies(site) == 13


def test_a_cancelled_import_says_when_it_stops(site: Site, token: str) -> None:
    importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(imports).values(state="importing"))
    store = JobStore(site.house.rooms.engine)
    job = store.create("import", token, ADMIN.id)
    store.claim(job.id, "elsewhere", 600)
    site.post(site.path(token, "importing"), do="cancel")
    assert "Stopping when the rows in progress are done" in site.get(site.path(token, "importing")).text


def test_where_much_changes_the_number_is_typed_first(engine: Engine) -> None:
    site = build_site(engine, confirm_above=0)
    token = with_companies(site)
    path = site.path(token, "importing")
    field = site.get(path).by_id("erp-confirm")
    assert [one.text for one in site.get(path).all("label", for_="erp-confirm")] == ["Type 1 to go on"]
    for typed, said in (("", "Type the number to go on."), ("<2>", "This is another number.")):
        page = site.post(path, 422, do="start", confirm=typed)
        assert isinstance(page, Page)
        assert page.by_id("erp-confirm")["value"] == typed
        assert said in page.by_id("erp-confirm-error").text
        assert page.all("a", href="#erp-confirm")
        assert companies(site) == 2
    site.post(path, do="start", **{field["name"]: "1"})
    assert companies(site) == 13
