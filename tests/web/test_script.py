"""The script and htmx in a real browser: ticks, ranges, keys, dialogs, the side panel, lists that follow others."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from erp_import_plugin.store.tables import staged
from erp_import_plugin.workflow import preview
from erp_import_plugin.workflow.preview import PlanFilter
from tests.support.rooms import ADMIN
from tests.support.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`))"
    )
    page.on("console", lambda line: errors.append(line.text) if line.text.startswith("policy:") else None)
    yield page
    context.close()
    assert errors == []


def to_write(site: Site, token: str) -> int:
    return preview.page(site.house.rooms, site.house.jobs, ADMIN, token, PlanFilter()).to_write


def test_a_tick_is_saved_at_once_and_the_counts_follow(site: Site, address: str, page: Page) -> None:
    token = site.planned()
    page.goto(address + site.path(token, "preview"))
    page.locator("[data-tick]").first.uncheck()
    expect(page.locator("#erp-amount")).to_contain_text("11 rows will be written")
    expect(page.locator("#erp-say")).to_contain_text("11 rows will be written")
    assert to_write(site, token) == 11
    page.locator("[data-tick-all]").click()
    expect(page.locator("#erp-amount")).to_contain_text("12 rows will be written")
    page.locator("[data-tick-all]").click()
    expect(page.locator("#erp-amount")).to_contain_text("2 rows will be written")


def test_shift_ticks_a_range_with_the_mouse_and_with_space(site: Site, address: str, page: Page) -> None:
    token = site.planned()
    page.goto(address + site.path(token, "preview"))
    boxes = page.locator("[data-tick]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("#erp-amount")).to_contain_text("8 rows will be written")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(page.locator("#erp-amount")).to_contain_text("12 rows will be written")


def test_a_tick_that_cannot_be_saved_is_taken_back_and_told(site: Site, address: str, page: Page) -> None:
    token = site.planned()
    page.goto(address + site.path(token, "preview"))
    page.route("**/preview", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("[data-tick]").first.click()
    expect(page.locator("#erp-lost")).to_be_visible()
    expect(page.locator("[data-tick]").first).to_be_checked()
    assert to_write(site, token) == 12


def test_a_row_opens_beside_the_list_with_its_own_address(site: Site, address: str, page: Page) -> None:
    token = site.planned()
    path = address + site.path(token, "preview")
    page.goto(path)
    link = page.locator("[data-panel]").nth(2)
    link.click()
    panel = page.locator("#erp-panel")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("Company 0003")
    assert page.url == path + "/" + (link.get_attribute("href") or "").rpartition("/")[2]
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    assert page.url == path


def test_a_row_whose_fields_are_all_unticked_is_unticked_in_the_list(site: Site, address: str, page: Page) -> None:
    site.imported()
    site.house.shop.change(ActorType.CUSTOMER, "C0001", VATNO="NO999")
    token = site.planned()
    page.goto(address + site.path(token, "preview?status=changed"))
    page.locator("[data-panel]").first.click()
    expect(page.locator("#erp-panel")).to_be_focused()
    for box in page.locator("#erp-panel [data-tick]").all():
        box.uncheck()
    expect(page.locator("#erp-plan [data-tick]").first).not_to_be_checked()
    expect(page.locator("#erp-amount")).to_contain_text("0 rows will be written")


def test_the_dialog_takes_the_focus_and_gives_it_back(site: Site, address: str, page: Page) -> None:
    page.goto(f"{address}/erp-import/")
    page.locator(".erp-tile__link").click()
    dialog = page.locator("#erp-dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("#erp-connection")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".erp-tile__link")).to_be_focused()


def test_the_second_list_of_the_dialog_follows_the_first(site: Site, address: str, page: Page) -> None:
    fields = site.house.shop.fields
    site.house.shop.fields = {actor_type: fields[actor_type] for actor_type in list(fields)[2:3]}
    second = site.house.connect("Shop two")
    page.goto(f"{address}/erp-import/")
    page.locator(".erp-tile__link").click()
    page.locator("#erp-connection").select_option(str(second))
    expect(page.locator("#erp-actor_type option")).to_have_text(["Person"])
    page.locator("#erp-dialog button", has_text="OK").click()
    expect(page.locator("h1")).to_have_text("Search ERP")


def test_the_inputs_follow_the_field(site: Site, address: str, page: Page) -> None:
    page.goto(address + site.path(site.house.begin(), "search"))
    page.locator("#c-0-1-value").fill("42")
    page.locator("#c-0-0-field").select_option("COUNTRY")
    picker = page.locator("details.erp-picker")
    picker.locator("summary").click()
    picker.locator("[data-filter]").fill("swe")
    expect(picker.locator(".erp-tick:visible")).to_have_text(["Sweden"])
    picker.locator(".erp-tick:visible input").check()
    expect(picker.locator("summary")).to_have_text("Sweden")
    page.keyboard.press("Escape")
    expect(picker.locator(".erp-picker__box")).to_be_hidden()
    expect(page.locator("#c-0-1-value")).to_have_value("42")
    page.locator("#c-0-1-value").fill("")
    page.locator(".erp-criteria__find button").click()
    expect(page.locator("#erp-ticked")).to_contain_text("6 actors found")


def test_sorting_keeps_the_ticks_and_the_address(site: Site, address: str, page: Page) -> None:
    token = site.house.begin()
    site.house.search(token)
    page.goto(address + site.path(token, "search"))
    page.locator("[data-tick]").nth(3).check()
    expect(page.locator("#erp-ticked")).to_contain_text("1 of 12 ticked")
    page.locator("#erp-sort-0").click()
    page.wait_for_url("**/search?sort=0*")
    page.locator("#erp-sort-0").click()
    expect(page.locator("tbody th").first).to_have_text("Company 0012")
    page.locator("#erp-page-next").click()
    expect(page.locator("tbody th")).to_have_count(2)
    expect(page.locator("#erp-ticked")).to_contain_text("1 of 12 ticked")


def test_a_tick_in_results_that_were_replaced_is_refused_and_the_new_ones_are_shown(
    site: Site, address: str, page: Page
) -> None:
    token = site.house.begin()
    site.house.search(token)
    page.goto(address + site.path(token, "search"))
    site.house.shop.add(ActorType.CUSTOMER, "A", NAME="Another one")
    site.house.search(token)
    page.locator("[data-tick]").nth(3).check()
    expect(page.locator("body")).to_contain_text("This search was replaced by a newer one.")
    expect(page.locator("#erp-ticked")).to_contain_text("13 actors found")


def test_ticks_and_what_is_typed_stay_while_the_actors_are_read(
    site: Site, address: str, page: Page, fetching: str
) -> None:
    page.goto(address + site.path(fetching, "staging"))
    page.locator("[data-tick]").first.check()
    page.locator("[data-search]").fill("Comp")
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(staged).values(state="fetched", label="Read by now"))
    expect(page.locator("tbody tr").first).to_contain_text("Read by now")
    expect(page.locator("tbody tr td:last-child")).to_have_text(["Read"] * 10)
    expect(page.locator("[data-tick]").first).to_be_checked()
    expect(page.locator("[data-search]")).to_have_value("Comp")
    expect(page.locator("[data-search]")).to_be_focused()


def test_keys(site: Site, address: str, page: Page) -> None:
    page.goto(address + site.path(site.planned(), "preview"))
    page.keyboard.press("/")
    expect(page.locator("#erp-q")).to_be_focused()
    page.keyboard.type("0011?")
    expect(page.locator("#erp-keys")).to_be_hidden()
    page.locator("#erp-q").fill("0011")
    expect(page.locator("[data-panel]")).to_have_count(1)
    page.locator("[data-tick]").focus()
    page.keyboard.press("?")
    expect(page.locator("#erp-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#erp-keys")).to_be_hidden()
    page.locator("[data-tick]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#erp-panel")).to_contain_text("Company 0011")


def test_the_footer_bar_stays_in_view_and_the_page_does_not_scroll_sideways(
    site: Site, address: str, page: Page
) -> None:
    token = site.planned()
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for name in ("search", "staging", "settings", "preview", "importing"):
            page.goto(address + site.path(token, name))
            expect(page.locator(".erp-foot")).to_be_in_viewport(ratio=0.9)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def test_a_page_is_told_of_progress_and_asks_only_then(page: Page, address: str, site: Site, fetching: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    told = f"{address}/erp-import/imports/{fetching}/events"
    page.goto(f"{address}/erp-import/imports/{fetching}/staging")
    page.wait_for_timeout(2500)
    assert told in asked
    asked.clear()
    page.wait_for_timeout(3000)
    assert asked == []
    store = JobStore(site.house.rooms.engine)
    job = store.latest(fetching)
    assert job
    store.beat(job.id, "elsewhere", 600, Progress(7, 12))
    expect(page.locator(".erp-progress")).to_contain_text("7 of 12 rows")
    store.finish(job.id, "elsewhere", JobState.DONE, Progress(12, 12))
    expect(page.locator(".erp-progress")).to_have_count(0)


def test_a_page_that_is_not_told_asks_by_itself(page: Page, address: str, site: Site, fetching: str) -> None:
    page.route("**/events", lambda route: route.fulfill(status=204))
    page.goto(f"{address}/erp-import/imports/{fetching}/staging")
    store = JobStore(site.house.rooms.engine)
    job = store.latest(fetching)
    assert job
    store.beat(job.id, "elsewhere", 600, Progress(7, 12))
    expect(page.locator(".erp-progress")).to_contain_text("7 of 12 rows")
