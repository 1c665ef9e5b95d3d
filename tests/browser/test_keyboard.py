"""The journey without a mouse: Tab, arrows, Space, Enter and Escape reach and do everything."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import crm_tables
from tests.browser.conftest import Visit
from tests.browser.serving import Demo
from tests.browser.steps import SOON, Journey

pytestmark = pytest.mark.browser

MOST_TABS = 120


def test_the_journey_by_keyboard(visit: Visit, demo: Demo) -> None:
    journey = Journey(visit("admin"))
    page, before = journey.page, crm_tables.read(demo.crm)
    _choose(page)
    _search(page)
    _tick_and_add(journey)
    _settings(journey)
    unticked = _untick(page)
    _enter(page, journey.main("link", "Next"))
    journey.is_at("Import 2 actors?")
    _enter(page, journey.main("button", "Import 2 actors"))
    page.wait_for_url(re.compile("/done"), timeout=SOON)
    journey.is_at("2 actors imported")
    written = crm_tables.changes(before, crm_tables.read(demo.crm))
    assert len(written) == 2
    assert unticked not in {fields.get("Name", ((), ("",)))[1][0] for fields in written.values()}


def _choose(page: Page) -> None:
    _enter(page, page.get_by_role("navigation", name="Navigator").get_by_role("link", name="Import"))
    page.wait_for_url(re.compile("/import/$"))
    _enter(page, page.get_by_role("main").get_by_role("link", name="ERP Sync"))
    page.wait_for_url(re.compile("/erp-sync/$"))
    begin = page.get_by_role("main").get_by_role("link", name="New import")
    _enter(page, begin)
    dialog = page.get_by_role("dialog", name="Select ERP connection")
    expect(dialog.get_by_label("ERP connection")).to_be_focused()
    page.keyboard.press("Escape")
    expect(begin).to_be_focused()
    page.keyboard.press("Enter")
    _to(page, dialog.get_by_label("Actor type"))
    page.keyboard.type("Supp")
    _enter(page, dialog.get_by_role("button", name="OK"))
    expect(page.get_by_role("heading", level=1, name="Search ERP")).to_be_visible()


def _search(page: Page) -> None:
    line = page.get_by_role("group", name="Criterion 3", exact=True)
    _to(page, line.get_by_label("Value"))
    page.keyboard.type("30040")
    page.keyboard.press("Enter")
    expect(page.locator("#erp-ticked")).to_contain_text("10 actors found", timeout=SOON)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=SOON)


def _tick_and_add(journey: Journey) -> None:
    page = journey.page
    _to(page, page.get_by_role("checkbox", name=re.compile("^Tick ")).nth(1))
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(page.locator("#erp-ticked")).to_contain_text("3 of 10 ticked")
    _enter(page, journey.main("button", "Add to import"))
    journey.is_at("Added actors")
    expect(page.get_by_text("3 actors are in this import")).to_be_visible(timeout=SOON)
    _enter(page, journey.main("link", "Next"))


def _settings(journey: Journey) -> None:
    page = journey.page
    journey.is_at("Configure import settings")
    match = page.get_by_role("group", name="Duplicate match").get_by_role("radio")
    _to(page, match.first)
    page.keyboard.press("Space")
    expect(match.first).to_be_checked()
    _to(page, page.get_by_role("group", name="Action on a duplicate").get_by_role("radio", name="Merge"))
    page.keyboard.press("ArrowDown")
    _enter(page, journey.main("button", "Next"))
    expect(page.locator("#erp-counts")).to_be_visible(timeout=SOON)


def _untick(page: Page) -> str:
    """Open a row, close it again, untick it; gives its name."""
    box = page.get_by_role("checkbox", name=re.compile("^Import ")).first
    name = (box.get_attribute("aria-label") or "").removeprefix("Import ")
    _to(page, box)
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name=name)
    expect(panel).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    _to(page, box, backwards=True)
    page.keyboard.press("Space")
    expect(page.locator("#erp-amount")).to_contain_text("2 rows will be written")
    return name


def _enter(page: Page, wanted: Locator) -> None:
    _to(page, wanted)
    page.keyboard.press("Enter")


def _to(page: Page, wanted: Locator, backwards: bool = False) -> None:
    """Go there by Tab."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")
