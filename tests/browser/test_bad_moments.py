"""What goes wrong between people, clicks and switches: nothing is lost, nothing is done twice, nobody gets in."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from erp_import_plugin.demo.erp_import import CONNECTION
from tests.browser import crm_tables
from tests.browser.conftest import Visit
from tests.browser.serving import Demo
from tests.browser.steps import SOON, Journey
from tests.browser.watching import Visitor

pytestmark = pytest.mark.browser


def planned(visitor: Visitor, demo: Demo, first: int, last: int) -> Journey:
    """At the preview of the suppliers with these numbers, which nobody has imported yet; staged by a command."""
    searched = ("--connection", CONNECTION, "--type", "Supplier", "--where", f"NUMBER2 between {first} {last}")
    settings = ("--company-match", "vat_number", "--company-action", "add")
    command = ("erp-import", "preview", *searched, *settings, "--user", "admin", "--json")
    result = demo.app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 0, result.output
    visitor.open(f"/settings/import/erp-sync/imports/{json.loads(result.stdout)['import']}/preview")
    return Journey(visitor)


def switch_sync(visitor: Visitor, to: str) -> None:
    visitor.page.get_by_role("navigation", name="Navigator").get_by_role("link", name="Quote/Sync").click()
    visitor.page.get_by_role("button", name=f"Switch automatic sync {to}").click()
    expect(visitor.page.get_by_role("status")).not_to_be_empty()


def test_sync_that_is_switched_on_at_the_preview_refuses_the_import_and_loses_nothing(visit: Visit, demo: Demo) -> None:
    visitor = visit("admin")
    visitor.expected.add(409)
    journey = planned(visitor, demo, 300200, 300204)
    page, before = journey.page, crm_tables.read(demo.crm)
    page.get_by_role("checkbox", name=re.compile("^Import ")).first.uncheck()
    journey.go_to_import()
    other = visit("kari")
    switch_sync(other, "on")
    page.get_by_role("button", name="Import 4 actors").click()
    journey.is_at("Automatic sync is on")
    expect(page.get_by_role("main").get_by_text("Nothing is lost")).to_be_visible()
    link = page.get_by_role("link", name="Open Quote/Sync")
    expect(link).to_have_attribute("href", other.page.url.removeprefix(demo.address))
    assert crm_tables.read(demo.crm) == before
    switch_sync(other, "off")
    page.get_by_role("link", name="Try again").click()
    journey.run()
    journey.is_at("4 actors imported")
    assert len(crm_tables.changes(before, crm_tables.read(demo.crm))) == 4


def test_a_double_click_imports_once(visit: Visit, demo: Demo) -> None:
    journey = planned(visit("admin"), demo, 300220, 300222)
    before = crm_tables.read(demo.crm)
    journey.go_to_import()
    journey.main("button", "Import 3 actors").dblclick()
    journey.page.wait_for_url(re.compile("/done"), timeout=SOON)
    written = crm_tables.changes(before, crm_tables.read(demo.crm))
    assert written.keys() == {(kind, id_) for (kind, _), id_ in journey.listed().items()}
    assert len(written) == 3


def test_who_goes_back_after_the_import_cannot_do_it_again(visit: Visit, demo: Demo) -> None:
    journey = planned(visit("admin"), demo, 300240, 300242)
    journey.go_to_import()
    asked = journey.page.url
    journey.run()
    after = crm_tables.read(demo.crm)
    journey.page.go_back()
    expect(journey.page).to_have_url(re.compile("/(done|preview)"))
    journey.page.goto(asked)
    journey.is_at("3 actors imported")
    assert crm_tables.read(demo.crm) == after


def test_the_form_of_an_old_page_does_not_import_again(visit: Visit, demo: Demo) -> None:
    visitor = visit("admin")
    journey = planned(visitor, demo, 300260, 300261)
    journey.go_to_import()
    old = visitor.page.context.new_page()
    old.goto(journey.page.url)
    journey.run()
    after = crm_tables.read(demo.crm)
    old.get_by_role("button", name="Import 2 actors").click()
    expect(old.get_by_role("heading", level=1)).to_have_text("2 actors imported", timeout=SOON)
    assert crm_tables.read(demo.crm) == after


def test_a_row_that_is_unticked_in_the_moment_of_pressing_next_is_left_out(visit: Visit, demo: Demo) -> None:
    journey = planned(visit("admin"), demo, 300280, 300282)
    journey.page.evaluate(
        """() => {
            document.querySelector("#erp-plan [data-tick]").click();
            document.querySelector(".erp-foot .erp-btn--primary").click();
        }"""
    )
    journey.is_at("Import 2 actors?")


def test_the_import_of_somebody_else_is_not_there(visit: Visit, demo: Demo) -> None:
    journey = planned(visit("admin"), demo, 300300, 300300)
    kari = visit("kari")
    kari.expected.add(404)
    for page in ("search", "staging", "settings", "preview", "importing", "done"):
        assert kari.open(f"/settings/import/erp-sync/imports/{journey.token}/{page}") == 404
        expect(kari.page.get_by_role("heading", level=1)).not_to_be_empty()


def test_an_ordinary_user_is_refused_in_words(visit: Visit, demo: Demo) -> None:
    journey = planned(visit("admin"), demo, 300320, 300320)
    una = visit("user")
    una.expected.add(403)
    for path in ("/settings/import/erp-sync/", f"/settings/import/erp-sync/imports/{journey.token}/preview"):
        assert una.open(path) == 403
        expect(una.page.get_by_role("main")).to_contain_text("right")
    una.open("/")
    expect(una.page.get_by_role("navigation", name="Navigator").get_by_role("link", name="Import")).to_have_count(0)


def test_who_is_not_signed_in_signs_in_first_and_comes_back(visit: Visit) -> None:
    visitor = visit(None)
    visitor.open("/settings/import/erp-sync/")
    expect(visitor.page).to_have_url(re.compile("/sign-in"))
    visitor.page.fill("[name=login]", "admin")
    visitor.page.fill("[name=password]", "admin-demo")
    visitor.page.press("[name=password]", "Enter")
    expect(visitor.page).to_have_url(re.compile("/settings/import/erp-sync/$"))
