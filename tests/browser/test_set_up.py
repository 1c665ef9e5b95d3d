"""Setting up a connection to a running Tryton from nothing, and importing through it, in Norwegian.

What is pressed is found by what no language changes: names, values and addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import crm_tables
from tests.browser.conftest import Visit
from tests.browser.serving import Demo
from tests.browser.steps import SOON
from tests.support.tryton_facts import facts
from tests.support.tryton_server import TrytonServer, tryton_or_skip

pytestmark = [pytest.mark.browser, pytest.mark.tryton]

CONNECTION = "Fjord Tryton"
ERP_CATEGORY, CRM_CATEGORY = "Supplier", "Partner"
"""The item of Tryton's list that the test maps to another item of the CRM's."""


@pytest.fixture(scope="module")
def tryton() -> Iterator[TrytonServer]:
    with tryton_or_skip() as server:
        yield server


def test_from_nothing_to_an_import(visit: Visit, demo: Demo, tryton: TrytonServer) -> None:
    visitor = visit("admin", locale="nb-NO")
    page, before = visitor.page, crm_tables.read(demo.crm)
    expect(page.locator("html")).to_have_attribute("lang", "nb")

    page.locator("nav a[href*='quote-sync']").click()
    page.locator("main nav a[href$='/sync/connections']").click()
    _begin(page, tryton)
    _press(page, "activate")

    expect(page.locator("#config-password-error")).to_be_visible()
    expect(page.locator("#config-password")).to_have_value("")
    assert "a wrong one" not in page.content()
    page.fill("#config-password", tryton.password)
    _press(page, "test")
    expect(page.locator(".erp-notice--good")).to_be_visible()
    form = page.url

    _map(page)
    _map_lists(page)
    page.goto(form)
    _press(page, "activate")
    line = page.locator("main tr", has_text=CONNECTION)
    expect(line.locator("button[value^='deactivate:']")).to_be_visible()

    name = _new_supplier(before)
    _import(page, name)
    (made,) = (values for entity, values in crm_tables.read(demo.crm).items() if entity not in before)
    assert made["Name"] == (name,)
    assert made["Category"] == (CRM_CATEGORY,)


def _begin(page: Page, tryton: TrytonServer) -> None:
    """Choose the connector, and fill in all but the right password."""
    page.locator("a[href$='/connections/new']").click()
    page.locator("dialog[open] a[href$='/new/tryton']").click()
    page.fill("#name", CONNECTION)
    page.fill("#config-url", tryton.url)
    page.fill("#config-database", tryton.database)
    page.fill("#config-user", tryton.user)
    page.fill("#config-password", "a wrong one")


def _press(page: Page, button: str) -> None:
    """A button of the bar below, and the page that it leads to."""
    page.locator(f".erp-foot button[name='do'][value='{button}']").click()
    page.wait_for_load_state()


def _map(page: Page) -> None:
    """The known fields have mapped themselves; the category is mapped by hand."""
    page.locator("main nav a[href$='/mappings']").click()
    page.locator("main nav a[href$='/mappings/Supplier']").click()
    expect(_field(page, "NAME").locator("select")).to_have_value("name")
    category = _field(page, "CATEGORY")
    category.locator("select").select_option(value="category")
    category.locator("input[name^='import-']").check()
    page.locator(".erp-foot button").last.click()
    expect(category.locator("input[name^='import-']")).to_be_checked()
    expect(category.locator("select")).to_have_value("category")


def _field(page: Page, key: str) -> Locator:
    return page.locator("tr", has=page.locator(f"input[name^='key-'][value='{key}']"))


def _map_lists(page: Page) -> None:
    """An item of Tryton's categories goes to an item of another name; the others are matched by their names."""
    page.locator("main nav a[href$='/lists']").click()
    page.locator("main nav a[href*='crm=category']").click()
    item = page.locator("tr", has_text=re.compile(rf"\b{ERP_CATEGORY}\b")).locator("input[name^='item-']")
    item.fill(CRM_CATEGORY)
    page.locator(".erp-foot button").click()
    page.wait_for_load_state()
    expect(item).to_have_value(CRM_CATEGORY)


def _import(page: Page, name: str) -> None:
    """From the host's navigator to the result, for one supplier."""
    page.locator("nav a[href$='/settings/import/']").click()
    page.locator("main a[href*='erp-sync']").first.click()
    page.locator("main a[href$='/connection']").click()
    dialog = page.locator("dialog[open]")
    option = dialog.locator("select[name='connection'] option", has_text=CONNECTION)
    dialog.locator("select[name='connection']").select_option(value=option.get_attribute("value"))
    dialog.locator("select[name='actor_type'] option[value='Supplier']").wait_for(state="attached")
    dialog.locator("select[name='actor_type']").select_option(value="Supplier")
    dialog.locator("button.erp-btn--primary").click()
    expect(page.locator("[name='c-0-0-field']")).to_have_value("NAME")
    page.fill("input[name='c-0-0-value']", name)
    page.locator("main button.erp-btn[value='find']").first.click()
    page.locator("#erp-results [data-tick]").first.check()
    expect(page.locator("#erp-ticked strong")).to_be_visible()
    page.locator(".erp-foot button[value='add-ticked']").click()
    page.locator(".erp-foot a[href$='/settings']").click(timeout=SOON)
    page.locator("[name='company-match'][value='vat_number']").check()
    page.locator("[name='company-action'][value='merge']").check()
    page.locator(".erp-foot button[value='next']").click()
    page.locator(".erp-foot a[href$='/importing']").click(timeout=SOON)
    page.locator(".erp-foot button").click()
    page.wait_for_url(re.compile(r"/done"), timeout=SOON)


def _new_supplier(crm: crm_tables.Crm) -> str:
    """The name of a supplier in Tryton that the CRM does not have."""
    known = {values["Name"] for (kind, _), values in crm.items() if kind == "company"}
    wanted = (one for one in facts()["companies"] if one["active"] and list(one["categories"]) == [ERP_CATEGORY])
    return next(one["name"] for one in wanted if (one["name"],) not in known and one["name"].isascii())
