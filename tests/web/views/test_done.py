"""Done: the lists, the selections, the files."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timezone

import pytest
from babel.dates import format_date
from openpyxl import load_workbook
from sqlalchemy import insert

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.errors import Sentence
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.translations import Catalogues
from erp_import_plugin.workflow import importing, preview
from erp_import_plugin.workflow import settings as settings_step
from tests.support import hosts
from tests.support.rooms import ADMIN
from tests.support.site import BY_NAME, Site


@pytest.fixture
def token(site: Site) -> str:
    shop = site.house.shop
    shop.add(ActorType.CUSTOMER, "F1", NAME="=cmd|' /C calc'!A0")
    with site.house.rooms.engine.begin() as tx:
        tx.execute(
            insert(hosts.company), [{"name": "Company 0001"}, {"name": "Company 0002"}, {"name": "COMPANY 0002"}]
        )
    return site.imported()


def test_the_lists_hold_what_became_of_each(site: Site, token: str) -> None:
    page = site.get(site.path(token, "done"))
    assert page.one("h1").text == "12 actors imported"
    assert "Company 0003" in page.text
    assert "Company 0001" not in page.text
    assert "Company 0001" in site.get(site.path(token, "done?which=changed")).text
    rest = site.get(site.path(token, "done?which=rest"))
    assert "2 records of the CRM match it" in rest.text
    assert site.get(site.path(token, "done?which=nonsense&q=0003")).text.count("Company 0003") == 1


def test_each_list_leads_to_its_selection(site: Site, token: str) -> None:
    for which in ("new", "changed"):
        page = site.get(site.path(token, f"done?which={which}"))
        (link,) = [one for one in page.all("a") if one["href"].startswith("/selection/")]
        kind, name = site.house.selections.names[link["href"].rpartition("/")[2]]
        assert kind.value == "company"
        assert "Shop one" in name
    assert not [one for one in site.get(site.path(token, "done?which=rest")).all("a") if "/selection/" in one["href"]]


def test_selections_are_named_in_the_language_of_who_began(site: Site) -> None:
    sent = {"csrf_token": site.token(), "connection": "1", "actor_type": "Customer"}
    answer = site.client.post("/erp-import/connection", data=sent, headers={"Accept-Language": "nb"})
    token = answer.headers["Location"].split("/")[-2]
    site.house.stage(token)
    settings_step.save(site.house.rooms, ADMIN, token, BY_NAME)
    preview.start(site.house.rooms, site.house.jobs, ADMIN, token)
    importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    ((_, name),) = site.house.selections.names.values()
    now = datetime.now(timezone.utc)
    assert name.startswith(f"Shop one {format_date(now, 'medium', 'nb')}, ")
    assert name.endswith(Catalogues().say(Sentence("Companies, new"), "nb"))


@pytest.fixture
def stopped(site: Site) -> str:
    """The token of an import that sync, switched on meanwhile, stopped before it came to its one contact."""
    house, calls = site.house, iter(range(100))
    house.shop.add(ActorType.PERSON, "P1", FIRSTNAME="Kari", LASTNAME="Nordmann")
    token = site.staged()
    house.stage(token, ActorType.PERSON)
    settings_step.save(house.rooms, ADMIN, token, BY_NAME)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    house.sync.is_on = lambda: next(calls) > 2  # type: ignore[method-assign]
    importing.start(house.rooms, house.jobs, ADMIN, token)
    del house.sync.is_on  # type: ignore[method-assign]
    return token


def test_an_import_that_was_stopped_shows_what_it_has_done_and_goes_on(site: Site, stopped: str) -> None:
    path = site.path(stopped, "done")
    (link,) = site.get(site.path(stopped, "importing")).all("a", href=path)
    assert link.text == "Show what was imported"
    page = site.get(path)
    assert page.one("h1").text == "12 actors imported"
    assert "Automatic sync is on" in page.text
    assert "1 row was not reached and has not been touched." in page.text
    assert "/selection/1" in [one["href"] for one in page.all("a")]
    assert len(site.house.selections.members["1"]) == 12
    rest = site.get(f"{path}?which=rest").text
    assert "Kari Nordmann" in rest
    assert "The import stopped before it came to this row." in rest
    assert len(rows_of_csv(site, site.path(stopped, "done.csv"))) == 14
    (button,) = [one for one in page.all("button") if one.text == "Import the rest"]
    site.post(site.path(stopped, "importing"), do=button["value"])
    page = site.get(path)
    assert page.one("h1").text == "13 actors imported"
    assert "Import the rest" not in page.text


def test_while_it_is_under_way_the_result_is_its_progress(site: Site, stopped: str) -> None:
    store = JobStore(site.house.rooms.engine)
    store.claim(store.create("import", stopped, ADMIN.id).id, "elsewhere", 600)
    assert site.client.get(site.path(stopped, "done")).headers["Location"] == site.path(stopped, "importing")


def rows_of_csv(site: Site, path: str, language: str = "en") -> list[list[str]]:
    answer = site.client.get(path, headers={"Accept-Language": language})
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter="," if language == "en" else ";"))


def test_the_result_as_csv(site: Site, token: str) -> None:
    head, *rows = rows_of_csv(site, site.path(token, "done.csv"))
    assert head == ["Name", "Kind", "Result", "Reason", "ID in the CRM", "Actor type", "ERP key"]
    assert len(rows) == 13
    assert ["'=cmd|' /C calc'!A0", "Company", "New", ""] in [row[:4] for row in rows]
    assert [row[0] for row in rows_of_csv(site, site.path(token, "done.csv?which=rest"))[1:]] == ["Company 0002"]


def test_spreadsheets_of_the_readers_country_open_the_csv(site: Site, token: str) -> None:
    assert len(rows_of_csv(site, site.path(token, "done.csv"), "nb")[0]) == 7


def test_the_result_as_workbook(site: Site, token: str) -> None:
    with site.client.get(site.path(token, "done.xlsx")) as answer:
        book = load_workbook(io.BytesIO(answer.get_data()))
    cells = [cell for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert "=cmd|' /C calc'!A0" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_a_file_of_an_import_that_is_not_there(site: Site, token: str) -> None:
    for kind in ("csv", "xlsx"):
        site.get(site.path("nothing", f"done.{kind}"), 404)
    site.get(site.path(site.planned(), "done.csv"), 409)
    site.get(site.path(token, "done.pdf"), 404)
