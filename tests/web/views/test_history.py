"""The history of one import, and the list that leads to it."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.store import tables
from erp_import_plugin.workflow import importing, preview
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from tests.support import hosts
from tests.support.rooms import ADMIN, CHIEF, OTHER
from tests.support.site import BY_NAME, Site


@pytest.fixture
def token(site: Site) -> str:
    with site.house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Company 0002"}, {"name": "COMPANY 0002"}])
    token = site.house.begin()
    lines = (Criterion("NAME", "begins", ("Comp",)), Criterion("COUNTRY", "one_of", ("NO", "SE")))
    site.house.stage(token, criteria=Criteria((lines, (Criterion("NUMBER2", "between", ("1", "9")),))))
    settings_step.save(site.house.rooms, ADMIN, token, BY_NAME)
    preview.start(site.house.rooms, site.house.jobs, ADMIN, token)
    importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    return token


def test_it_tells_what_was_asked_chosen_and_done(site: Site, token: str) -> None:
    page = site.get(site.path(token, "history"))
    said = page.text
    assert "Customer 12 · Shop one · Admin" in said
    assert [one.text for one in page.all("li") if "“" in one.text] == ["Name begins with “Comp”"]
    assert "Country is one of Norway, Sweden" in said
    assert "Number between 1 and 9" in said
    assert "overwrite existing" in said
    for step in ("Begun", "Actors read from the ERP", "Preview made", "Imported"):
        assert step in said
    assert "/selection/1" in [one["href"] for one in page.all("a")]


def test_every_row_is_there_and_is_found(site: Site, token: str) -> None:
    path = site.path(token, "history")
    assert "1 to 10 of 12" in site.get(path).text
    narrowed = site.get(f"{path}?status=undecided")
    assert "2 records of the CRM match it" in narrowed.text
    assert "1 to 1 of 1" in narrowed.text
    assert "1 to 1 of 1" in site.get(f"{path}?q=0003").text
    assert "No row fits" in site.get(f"{path}?status=failed&q=0003").text
    assert "1 to 10 of 12" in site.get(f"{path}?status=nonsense&page=x").text


def test_the_list_and_the_result_lead_to_it(site: Site, token: str) -> None:
    for page in ("/erp-import/imports", site.path(token, "done")):
        assert site.get(page).all("a", href=site.path(token, "history"))


def test_an_import_that_has_not_been_started_leads_on(site: Site) -> None:
    planned = site.planned()
    page = site.get(site.path(planned, "history"))
    assert page.all("a", href=site.path(planned, "preview"))
    assert "Every row" not in page.text


def test_an_undo_and_what_it_takes_back_lead_to_each_other(site: Site, token: str) -> None:
    undo = site.imported()
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(tables.import_).where(tables.import_.c.token == undo).values(undoes=1))
    assert site.get(site.path(token, "history")).all("a", href=site.path(undo, "history"))
    assert site.get(site.path(undo, "history")).all("a", href=site.path(token, "history"))
    assert "Undo: Customer · Shop one" in site.get("/erp-import/imports").text
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(tables.import_).where(tables.import_.c.token == undo).values(owner_id=OTHER.id))
    page = site.get(site.path(token, "history"))
    assert "began to undo this" in page.text
    assert not page.all("a", href=site.path(undo, "history"))


def test_the_history_of_another_is_not_there(site: Site, token: str) -> None:
    site.visitors.signed_in = OTHER
    site.get(site.path(token, "history"), 404)
    site.visitors.signed_in = CHIEF
    site.get(site.path(token, "history"))


def test_it_can_be_read_while_sync_is_on(site: Site, token: str) -> None:
    site.house.sync.on = True
    site.get(site.path(token, "history"))


def test_the_list_is_narrowed(site: Site, token: str) -> None:
    site.house.begin(ActorType.SUPPLIER)

    def titles(query: str) -> list[str]:
        return [one.inside[0].text for one in site.get(f"/erp-import/imports?{query}").all("th", scope="row")]

    assert titles("") == ["Supplier · Shop one", "Customer · Shop one"]
    assert titles("state=done") == titles("q=company+0003") == titles("connection=1&state=done&who=1") == titles("")[1:]
    assert titles("state=nonsense&connection=x") == titles("")
    page = site.get("/erp-import/imports?state=done&q=nothing")
    assert "No import fits" in page.text
    assert page.by_id("erp-q")["value"] == "nothing"
    assert [one["value"] for one in page.by_id("erp-state").inside if "selected" in one] == ["done"]


def test_the_list_says_what_became_of_the_rows(site: Site, token: str) -> None:
    (line,) = [one for one in site.get("/erp-import/imports").all("tr") if "Customer" in one.text]
    assert "New 11, Needs a decision 1" in line.text
