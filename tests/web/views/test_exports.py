"""Lists as files, and the workbook of rows to correct, which goes all the way round."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, insert, select

from connectors_plugins import workbook
from erp_import_plugin.connector_api import ActorRef, ActorType
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings, ListPolicy
from erp_import_plugin.workflow import audit, connections, importing, imports, preview, results, search, staging
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.audit import Act, AuditFilter
from erp_import_plugin.workflow.criteria import Criteria
from tests.support import hosts
from tests.support.rooms import ADMIN, OTHER
from tests.support.site import BY_NAME, Site, build_site
from tests.web.views.test_done import rows_of_csv

Rows = list[list[Any]]


def book_of(site: Site, path: str) -> dict[str, Rows]:
    """The sheets of a workbook that is answered."""
    with site.client.get(path) as answer:
        assert answer.status_code == 200, answer.get_data()[-500:]
        book = load_workbook(io.BytesIO(answer.get_data()))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


@pytest.fixture
def token(site: Site) -> str:
    """An import of twelve companies, of which one is a double in the CRM."""
    with site.house.rooms.engine.begin() as tx:
        doubles = [{"name": "Company 0002"}, {"name": "COMPANY 0002"}, {"name": "Company 0001", "number": 7}]
        tx.execute(insert(hosts.company), doubles)
    return site.imported()


def test_the_result_by_status_and_text(site: Site, token: str) -> None:
    path = site.path(token, "done.csv")
    assert [row[0] for row in rows_of_csv(site, f"{path}?status=undecided")[1:]] == ["Company 0002"]
    assert [row[0] for row in rows_of_csv(site, f"{path}?q=0003")[1:]] == ["Company 0003"]
    assert len(rows_of_csv(site, f"{path}?status=new&q=000")[1:]) == 7
    head, *rows = rows_of_csv(site, f"{path}?which=rest")
    assert head[-2:] == ["Actor type", "ERP key"]
    assert [row[-2:] for row in rows] == [["Customer", "C0002"]]


def test_the_headers_are_in_the_readers_language(site: Site, token: str) -> None:
    assert rows_of_csv(site, site.path(token, "done.csv"), "nb")[0][:2] == ["Navn", "Type"]


def test_the_preview_with_every_change(site: Site) -> None:
    with site.house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Company 0001", "number": 7, "category_id": 1}])
    token = site.planned(BY_NAME)
    path = site.path(token, "preview.csv")
    head, *rows = rows_of_csv(site, f"{path}?status=changed")
    assert head[:5] == ["Name", "Kind", "What it does", "Ticked", "Changes"]
    ((name, kind, does, ticked, changes, _, entity, actor_type, key),) = rows
    assert (name, kind, does, ticked, entity) == ("Company 0001", "Company", "Company changed", "yes", "1")
    assert (actor_type, key) == ("Customer", "C0001")
    assert "Number: “7” → “1”" in changes
    assert "Country: “Norway”" in changes
    assert len(rows_of_csv(site, path)) == 13
    sheets = book_of(site, site.path(token, "preview.xlsx?q=0012"))
    assert [row[0] for row in next(iter(sheets.values()))] == ["Name", "Company 0012"]


def test_files_of_others_and_of_what_is_not_there(site: Site, token: str) -> None:
    site.get(site.path(site.staged(), "preview.csv"), 409)
    site.get(site.path(site.planned(), "corrections.xlsx"), 409)
    site.visitors.signed_in = OTHER
    for name in ("done.csv", "preview.csv", "preview.xlsx", "corrections.xlsx"):
        site.get(site.path(token, name), 404)


def test_with_nothing_to_correct_it_is_said_and_not_offered(site: Site) -> None:
    token = site.imported()
    assert "There is no row to correct" in site.get(site.path(token, "corrections.xlsx"), 409).text
    assert "Rows to correct" not in site.get(site.path(token, "done?which=rest")).text


def test_who_exported_what_is_in_the_log(site: Site, token: str) -> None:
    rows_of_csv(site, site.path(token, "done.csv"))
    book_of(site, site.path(token, "corrections.xlsx"))
    found = audit.page(site.house.rooms, ADMIN, AuditFilter(Act.EXPORTED)).entries.rows
    assert [(one.user_id, one.params["what"], one.params["import"]) for one in found] == [
        (ADMIN.id, "corrections", token),
        (ADMIN.id, "result", token),
    ]
    assert "Company" not in str(found)


def test_the_values_keep_their_types(site: Site, token: str) -> None:
    assert site.get(site.path(token, "done?which=rest")).all("a", href=site.path(token, "corrections.xlsx"))
    sheets = book_of(site, site.path(token, "corrections.xlsx"))
    head, row = sheets["Customer"]
    assert head[:6] == ["KEY", "# Result", "# Reason", "PARENT", "PARENTTYPE", "LEGALENTITY"]
    values = dict(zip(head, row, strict=True))
    assert (values["KEY"], values["NAME"], values["NUMBER2"]) == ("C0002", "Company 0002", 2)
    assert values["# Result"] == "Needs a decision"
    assert "2 records of the CRM match it" in values["# Reason"]
    assert (values["CATEGORY"], values["COUNTRY"]) == ("Former", "Sweden")
    assert sheets["List CATEGORY"] == [["key", "label"], ["A", "Best"], ["B", "Good"], ["C", "Former"]]


@pytest.fixture
def with_workbooks(engine: Engine, tmp_path: Path) -> Site:
    """Pages whose admins can import workbooks of a folder as well."""
    files = tmp_path / "files"
    files.mkdir()
    site = build_site(engine, files=str(files))
    object.__setattr__(site.house.rooms, "registry", Registry.from_plugins([site.house.shop, workbook]))
    return site


CAREFUL = ImportSettings(
    company=DuplicateSettings("name", Action.MERGE),
    person=DuplicateSettings("name", Action.MERGE),
    lists={"category": ListPolicy.ADD, "country": ListPolicy.ADD},
)


def _import(site: Site, connection: int, *types: ActorType) -> str:
    house = site.house
    token = imports.begin(house.rooms, ADMIN, connection, types[0]).token
    for actor_type in types:
        search.start(house.rooms, house.jobs, ADMIN, token, actor_type, Criteria())
        search.tick(house.rooms, ADMIN, token, True)
        staging.add(house.rooms, house.jobs, ADMIN, token)
    settings_step.save(house.rooms, ADMIN, token, CAREFUL)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    return token


def _became(site: Site, token: str) -> dict[str, tuple[str, str]]:
    rows = results.rows(site.house.rooms, ADMIN, token, None)
    return {row.label: (row.status.value, row.reason.code.value if row.reason else "") for row in rows}


def test_what_failed_is_corrected_in_a_spreadsheet_and_imported(with_workbooks: Site, tmp_path: Path) -> None:
    site, shop = with_workbooks, with_workbooks.house.shop
    shop.actors.clear()
    shop.add(ActorType.CUSTOMER, "1", NAME="Fine", NUMBER2=1)
    shop.add(
        ActorType.CUSTOMER, "0042", NAME="=1+1", NUMBER2=42, CATEGORY="B", COUNTRY="SE", VATNO="007", EMAIL="a@b.se"
    )
    shop.add(ActorType.CUSTOMER, "2", NUMBER2=2, SINCE=date(2024, 2, 29), BLOCKED=True)
    shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "2"), FIRSTNAME="Kari", LASTNAME="Nordmann ø")
    with site.house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "=1+1"}, {"name": "=1+1"}])
    token = _import(site, 1, ActorType.CUSTOMER, ActorType.PERSON)
    became = _became(site, token)
    assert became["Fine"][0] == "new"
    assert became["=1+1"] == ("undecided", "several_matches")
    assert became["Kari Nordmann ø"] == ("skipped", "company_left_out")

    with site.client.get(site.path(token, "corrections.xlsx")) as answer:
        book = load_workbook(io.BytesIO(answer.get_data()))
    sheet = book["Customer"]
    head = [cell.value for cell in sheet[1]]
    assert [sheet.cell(row, 1).value for row in (2, 3)] == ["0042", "2"]
    assert sheet.cell(3, head.index("NUMBER2") + 1).value == 2
    sheet.cell(2, head.index("NAME") + 1).value = "Two and two"
    sheet.cell(3, head.index("NAME") + 1).value = "Now it has a name"
    book.save(tmp_path / "files" / "corrected.xlsx")

    connection = connections.add(site.house.rooms, ADMIN, "workbook", "Corrected", {"file": "corrected.xlsx"})
    again = _import(site, connection, ActorType.CUSTOMER, ActorType.PERSON)
    assert _became(site, again) == dict.fromkeys(["Two and two", "Now it has a name", "Kari Nordmann ø"], ("new", ""))
    c, item = hosts.company.c, hosts.item.c
    found = select(c.vat_number, item.name).join(hosts.item, item.id == c.category_id)
    with site.house.rooms.engine.connect() as tx:
        made = tx.execute(found.where(c.name == "Two and two")).one()
        employer = tx.scalar(select(c.name).join(hosts.person, hosts.person.c.company_id == c.id))
    assert tuple(made) == ("007", "Good")
    assert employer == "Now it has a name"


def test_a_moment_keeps_its_moment() -> None:
    from erp_import_plugin.web.exports import Book

    book = Book()
    book.add("One", [datetime(2026, 1, 2, 3, 4, 5), date(1850, 1, 1), True, 10**20])
    with book.file() as file:
        (row,) = load_workbook(file)["One"].iter_rows(values_only=True)
    assert row == (datetime(2026, 1, 2, 3, 4, 5), "1850-01-01", True, "1" + "0" * 20)
