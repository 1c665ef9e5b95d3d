"""Undo in a browser: import, have somebody edit a record, undo with preview, look at the result, undo the undo."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, text

from tests.browser import crm_tables
from tests.browser.serving import Demo
from tests.browser.steps import SOON, Journey
from tests.browser.test_journey_workbook import CITY
from tests.browser.watching import visiting

pytestmark = pytest.mark.browser


def _at(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1, name=re.compile(heading))).to_be_visible(timeout=SOON)


def _confirm(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("main").get_by_role("button", name=re.compile(button)).click()
    page.wait_for_url(re.compile(r"/done"), timeout=SOON)


def _count(page: Page, label: str) -> int:
    row = page.locator(".erp-count", has_text=label)
    return int(row.locator(".erp-count__number").first.inner_text().replace(",", "")) if row.count() else 0


def _without_ids(crm: crm_tables.Crm) -> list[tuple[str, str]]:
    """The records without their ids, which are others when a record is made again."""
    return sorted((kind, str(sorted(values.items()))) for (kind, _), values in crm.items())


def _edit(engine: Engine, company: int) -> None:
    with engine.begin() as tx:
        stamped = "updated_by = 'kari', updated_at = '2026-11-22 12:00:00'"
        edited = text(f"UPDATE company SET code = 'MINE', {stamped} WHERE id = :id")
        assert tx.execute(edited, {"id": company}).rowcount == 1


def test_import_edit_undo_and_undo_the_undo(browser: Browser, demo: Demo) -> None:
    before = crm_tables.read(demo.crm)
    with visiting(browser, demo) as visitor:
        visitor.sign_in("admin")
        journey, page = Journey(visitor), visitor.page
        journey.choose("Nordlys ERP", "Supplier")
        journey.find("Street city", "equals", CITY)
        journey.tick(*journey.results()[:12])
        journey.add()
        journey.go_to_settings()
        journey.settings("Companies", "VAT number", "Replace")
        journey.preview()
        journey.go_to_import()
        journey.run()
        imported = crm_tables.read(demo.crm)
        new = _count(page, "New")
        changed = _count(page, "Changed")
        assert min(new, changed) > 1
        (edited, *_) = journey.listed().values()
        _edit(demo.crm, edited)

        page.get_by_role("button", name="Undo this import").click()
        _at(page, "Preview of the undo")
        expect(page.locator("#erp-counts")).to_be_visible(timeout=SOON)
        assert (_count(page, "Removed"), _count(page, "Changed"), _count(page, "Skipped")) == (new - 1, changed, 1)
        edited_crm = crm_tables.read(demo.crm)
        assert edited_crm.keys() == imported.keys()
        row = page.locator("#erp-plan tr", has_text="Edited since the import")
        expect(row).to_contain_text("Code")
        _confirm(page, r"Undo \d+ rows")
        undone = crm_tables.read(demo.crm)
        assert undone == before | {("company", edited): edited_crm["company", edited]}
        assert _count(page, "Removed") == new - 1
        journey.show_list("Left as they are")
        expect(page.locator("tbody tr")).to_contain_text("Edited since the import: Code (last by Kari Nordmann on")

        page.get_by_role("button", name="Undo the undo").click()
        _at(page, "Preview of undoing the undo")
        expect(page.locator("#erp-counts")).to_be_visible(timeout=SOON)
        _confirm(page, r"Undo the undo of \d+ rows")
        assert _without_ids(crm_tables.read(demo.crm)) == _without_ids(edited_crm)
        expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
