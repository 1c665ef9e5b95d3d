"""The journey without JavaScript, in Norwegian: everything is a page, and ticks are saved by a button."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import crm_tables
from tests.browser.conftest import Visit
from tests.browser.reading import ticked_fields
from tests.browser.serving import Demo
from tests.browser.steps import SOON
from tests.browser.watching import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    return visit("admin", java_script_enabled=False, locale="nb-NO")


def test_the_journey_without_javascript_in_norwegian(visitor: Visitor, demo: Demo) -> None:
    page, before = visitor.page, crm_tables.read(demo.crm)
    _search(page)
    for place in (0, 2):
        page.get_by_role("checkbox", name=re.compile("^Hak av ")).nth(place).check()
    page.get_by_role("button", name="Legg til import").click()
    _arrives(page, "Aktører som er lagt til")
    expect(page.locator("h1 + p")).to_contain_text("Ingenting er i CRM ennå")
    _on(page).click()
    _settings(page)
    name = _untick_one(page)
    page.get_by_role("link", name=name).click()
    promised = ticked_fields(page.locator("[data-panel-body] form section"))
    page.get_by_role("link", name="Tilbake til forhåndsvisningen").click()
    _on(page).click()
    page.get_by_role("button", name="Importer 1 aktør").click()
    _arrives(page, "1 aktør importert")
    address = page.get_by_role("main").get_by_role("link", name=name).get_attribute("href") or ""
    written = crm_tables.changes(before, crm_tables.read(demo.crm))
    assert list(written) == [("company", int(address.rsplit("/", 1)[-1]))]
    (fields,) = written.values()
    assert sorted(fields.values()) == sorted(promised.values())


def _search(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Import").click()
    for link in ("ERP Sync", "Ny import"):
        page.get_by_role("main").get_by_role("link", name=link).click()
    page.get_by_label("Aktørtype").select_option(label="Leverandør")
    page.get_by_role("button", name="OK").click()
    _arrives(page, "Søk i ERP")
    line = page.get_by_role("group", name="Kriterium 1", exact=True)
    line.get_by_label("Felt").select_option(label="Poststed (besøksadresse)")
    line.get_by_role("button", name="Vis feltene").click()
    line.get_by_label("Operator").select_option(label="er lik")
    line.get_by_label("Verdi").fill("Stavanger")
    page.get_by_role("main").get_by_role("button", name="Finn").first.click()
    _until(page, page.locator("#erp-results").get_by_text(re.compile("aktører funnet")))
    _until(page, page.locator("#erp-results:not(:has([value=stop]))"))


def _settings(page: Page) -> None:
    _arrives(page, "Konfigurer importinnstillinger")
    page.get_by_role("radio", name="Org.nr.").check()
    page.get_by_role("group", name="Handling ved duplikat").get_by_role("radio", name="Erstatt").check()
    page.get_by_role("main").get_by_role("button", name="Neste").click()
    _until(page, page.locator("#erp-plan"))


def _untick_one(page: Page) -> str:
    """Untick the changed row; gives the name of the other one, which is new."""
    changed = page.get_by_role("row", name=re.compile("Firma endret"))
    changed.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Lagre haker").click()
    expect(page.get_by_text("1 rad blir skrevet")).to_be_visible()
    return page.get_by_role("row", name=re.compile("Firma nytt")).get_by_role("link").first.inner_text()


def _on(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("link", name="Neste")


def _arrives(page: Page, heading: str) -> None:
    _until(page, page.get_by_role("heading", level=1, name=heading))


def _until(page: Page, wanted: Locator) -> None:
    """Load the page anew until it is there, as a reader without scripts does."""
    for _ in range(SOON // 500):
        if wanted.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(wanted).to_have_count(1)
