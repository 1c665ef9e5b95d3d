"""A saved import in the browser: the second run finds nothing, and after an edit of the workbook exactly that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from erp_import_plugin.demo.erp_import import CONNECTION
from tests.browser import crm_tables
from tests.browser.conftest import Visit
from tests.browser.serving import Demo
from tests.browser.steps import SOON

pytestmark = pytest.mark.browser

WHAT = ("--connection", CONNECTION, "--type", "Supplier", "--where", "STREETCITY = Stavanger")
HOW = ("--company-match", "vat_number", "--company-action", "replace", "--yes")


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_a_saved_import_is_run_again(visit: Visit, demo: Demo, scripted: bool) -> None:
    token = _imported(demo)
    page = visit("admin", java_script_enabled=scripted).page
    name = f"Stavanger {scripted}"
    page.goto(f"{demo.address}{demo.app.config['ERP_IMPORT_URL_PREFIX']}/imports/{token}/done")
    page.get_by_role("link", name="Save this import").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    before = crm_tables.read(demo.crm)
    _run(page, name)
    expect(page.get_by_role("heading", name="Nothing to import")).to_be_visible(timeout=SOON)
    assert crm_tables.read(demo.crm) == before

    company = _rename_one(demo, f"Renamed {scripted} AS")
    page.get_by_role("link", name="Saved imports").click()
    _run(page, name)
    expect(page.get_by_text("0 new, 1 changed")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name=company)).to_be_visible()
    page.get_by_role("link", name="Next").click()
    page.get_by_role("button", name="Import 1 actor").click()
    expect(page.get_by_role("heading", name="1 actor imported")).to_be_visible(timeout=SOON)
    written = crm_tables.changes(before, crm_tables.read(demo.crm))
    (fields,) = (fields for (kind, _id), fields in written.items() if kind == "company")  # contacts show its name
    assert fields.keys() == {"Name"}
    assert fields["Name"][1] == (company,)


def _run(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Run {name}").click()
    expect(page.get_by_role("heading", name=f"Run again: {name}")).to_be_visible()


def _imported(demo: Demo) -> str:
    """The token of an import of some suppliers, done on the command line."""
    args = ["erp-import", "import", *WHAT, *HOW, "--user", "admin", "--json"]
    result = demo.app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 0, result.output
    token: str = json.loads(result.stdout)["import"]
    return token


def _rename_one(demo: Demo, name: str) -> str:
    """Give one of the suppliers another name in the workbook, as somebody in the ERP would."""
    (file,) = Path(demo.app.instance_path).rglob("*.xlsx")
    book = load_workbook(file)
    sheet = book["Suppliers"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    city, last = heads["STREETCITY"], sheet.max_row
    row = next(n for n in range(2, last + 1) if sheet.cell(n, city).value == "Stavanger")
    newest = max(str(sheet.cell(n, heads["LASTMODIFIED"]).value) for n in range(2, last + 1))
    sheet.cell(row, heads["NAME"]).value = name
    sheet.cell(row, heads["LASTMODIFIED"]).value = f"{int(newest[:4]) + 1}{newest[4:]}"
    book.save(file)
    return name
