"""The whole journey from the demo's workbook: what the preview shows is what the tables hold, field by field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, expect
from python_calamine import CalamineWorkbook

from erp_import_plugin.demo.workbook import PATH
from tests.browser import crm_tables
from tests.browser.comparing import as_written
from tests.browser.reading import Promised
from tests.browser.serving import Demo
from tests.browser.steps import Journey
from tests.browser.watching import visiting

pytestmark = pytest.mark.browser

CITY = "Bergen"
TICKED = 12


@dataclass
class Travelled:
    """What was seen on the way, and the CRM before and after."""

    before: crm_tables.Crm
    after: crm_tables.Crm = field(default_factory=dict)
    promised: dict[str, list[Promised]] = field(default_factory=dict)
    unticked: Promised | None = None
    unticked_name: str = ""
    new: dict[tuple[str, str], int] = field(default_factory=dict)
    changed: dict[tuple[str, str], int] = field(default_factory=dict)
    selections: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def travelled(browser: Browser, demo: Demo) -> Travelled:
    """The journey, done once; each test looks at a part of what came of it."""
    seen = Travelled(crm_tables.read(demo.crm))
    with visiting(browser, demo) as visitor:
        visitor.sign_in("admin")
        journey = Journey(visitor)
        _search_and_add(journey)
        assert crm_tables.read(demo.crm) == seen.before
        _preview(journey, seen)
        assert crm_tables.read(demo.crm) == seen.before
        _import(journey, seen)
        _look_at_result(journey, seen)
    seen.after = crm_tables.read(demo.crm)
    return seen


def _search_and_add(journey: Journey) -> None:
    journey.choose("Nordlys ERP", "Supplier")
    journey.find("Street city", "equals", CITY)
    assert journey.results() == _suppliers_in_city()
    journey.tick(*journey.results()[:TICKED])
    journey.add()
    expect(journey.page.locator("h1 + p")).to_contain_text("Nothing is in the CRM yet.")
    expect(journey.page.get_by_text(f"{TICKED} actors are in this import")).to_be_visible()


def _suppliers_in_city() -> list[str]:
    """What the workbook itself says."""
    header, *rows = CalamineWorkbook.from_path(str(PATH)).get_sheet_by_name("Suppliers").to_python()
    name, city = header.index("NAME"), header.index("STREETCITY")
    return [str(row[name]).strip() for row in rows if row[city] == CITY]


def _preview(journey: Journey, seen: Travelled) -> None:
    journey.go_to_settings()
    journey.settings("Companies", "VAT number", "Replace")
    journey.preview()
    assert len(journey.rows()) == TICKED
    everything = journey.promised()
    seen.unticked_name = next(name for name, row in everything.items() if row[0].entity is not None)
    (seen.unticked,) = everything.pop(seen.unticked_name)
    seen.promised = everything
    page = journey.page
    page.get_by_role("link", name=seen.unticked_name).click()
    panel = page.get_by_role("complementary", name=seen.unticked_name)
    old, new = next((old, new) for old, new in seen.unticked.fields.values() if old and new)
    expect(panel.locator("del", has_text=old[0])).to_be_visible()
    expect(panel.locator("ins", has_text=new[0])).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name=f"Import {seen.unticked_name}").uncheck()


def _import(journey: Journey, seen: Travelled) -> None:
    journey.go_to_import()
    journey.is_at(f"Import {TICKED - 1} actors?")
    new = sum(row[0].entity is None for row in seen.promised.values())
    changed = TICKED - 1 - new
    expect(journey.main("heading", f"{new} companies are new.")).to_be_visible()
    expect(journey.main("heading", re.compile(rf"^\s*{changed} of [\d,]+ companies change"))).to_be_visible()
    journey.run()


def _look_at_result(journey: Journey, seen: Travelled) -> None:
    journey.is_at(f"{TICKED - 1} actors imported")
    seen.new = journey.listed()
    seen.selections["new"] = journey.selection("Companies")
    journey.show_list("Existing actors updated")
    seen.changed = journey.listed()
    seen.selections["changed"] = journey.selection("Companies")
    journey.show_list("Not imported")
    expect(journey.page.get_by_role("row", name=re.compile(seen.unticked_name))).to_contain_text("unticked")


def test_the_tables_hold_exactly_what_the_preview_showed(travelled: Travelled) -> None:
    written = crm_tables.changes(travelled.before, travelled.after)
    assert written == as_written(travelled.promised, travelled.new)


def test_new_and_changed_are_both_in_it(travelled: Travelled) -> None:
    assert travelled.new
    assert travelled.changed
    assert {name for _, name in (*travelled.new, *travelled.changed)} == travelled.promised.keys()


def test_the_unticked_row_is_as_it_was(travelled: Travelled) -> None:
    assert travelled.unticked is not None
    assert travelled.unticked.entity is not None
    entity = ("company", travelled.unticked.entity)
    assert travelled.after[entity] == travelled.before[entity]
    assert travelled.unticked_name not in {name for _, name in (*travelled.new, *travelled.changed)}


def test_what_was_written_names_who_wrote_it(travelled: Travelled, demo: Demo) -> None:
    writers = crm_tables.writers(demo.crm, "company")
    assert {writers[id_] for id_ in (*travelled.new.values(), *travelled.changed.values())} == {"admin"}


@pytest.mark.parametrize("which", ["new", "changed"])
def test_the_selections_hold_exactly_the_listed(travelled: Travelled, demo: Demo, which: str) -> None:
    listed = travelled.new if which == "new" else travelled.changed
    number = int(travelled.selections[which].rsplit("/", 1)[-1])
    assert crm_tables.members(demo.crm, number) == ("company", set(listed.values()))


def test_deleting_through_the_selection_takes_out_what_was_new(
    travelled: Travelled, demo: Demo, browser: Browser
) -> None:
    with visiting(browser, demo) as visitor:
        visitor.sign_in("admin")
        visitor.open(travelled.selections["new"])
        page = visitor.page
        page.get_by_role("link", name="Delete members from the CRM").click()
        page.get_by_role("main").locator("form").last.get_by_role("button", name=re.compile("Delete")).click()
        expect(page.get_by_role("status")).to_contain_text(re.compile(rf"\b{len(travelled.new)} records are deleted"))
    left = crm_tables.read(demo.crm)
    gone = {("company", id_) for id_ in travelled.new.values()}
    assert travelled.after.keys() - left.keys() == gone
    assert all(left[entity] == travelled.after[entity] for entity in left)
