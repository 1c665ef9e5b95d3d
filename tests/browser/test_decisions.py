"""Rows that are not certain: decided one by one in the side panel, many at once, and without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from erp_import_plugin.demo import tables
from erp_import_plugin.store.tables import link
from tests.browser.conftest import Visit
from tests.browser.serving import Demo, served

pytestmark = pytest.mark.browser

CONNECTION = "Rows to decide"

ACTORS = [
    ("1", "Fjord Bakery", "Oslo"),  # two of that name are in the CRM
    ("2", "Twin Foods", "Bergen"),  # a double of the next
    ("3", "twin foods", "Bergen"),
    ("4", "Lone Wolf", "Oslo"),  # two of that name are in the CRM
    ("5", "Same Again", "Molde"),  # one of that name is in the CRM, and the next is a double
    ("6", "SAME AGAIN", "Molde"),
    ("7", "Quite Certain", "Oslo"),
]
IN_CRM = [
    ("Fjord Bakery", "Oslo"),
    ("Fjord Bakery", "Stavanger"),
    ("Lone Wolf", ""),
    ("Lone Wolf", ""),
    ("Same Again", ""),
]


NEAR = [  # each one typo away from a record of the CRM, which no rule finds
    ("1", "Quillvane Optcis", "Oslo"),
    ("2", "Zephyrholm Papre", "Bergen"),
    ("3", "Brackenfjord Timbre", "Molde"),
    ("4", "Nothing Like It", "Oslo"),
]
NEAR_IN_CRM = [("Quillvane Optics", ""), ("Zephyrholm Paper", "Hamar"), ("Brackenfjord Timber", "")]


@pytest.fixture
def demo(filled: Path, tmp_path: Path) -> Iterator[Demo]:
    """A demo of its own for every test, with the rows that match."""
    with served(filled, tmp_path / "demo") as running:
        with Session(running.crm) as session:
            there = IN_CRM + NEAR_IN_CRM
            session.add_all([tables.Company(name=name, postal_city=city or None) for name, city in there])
            session.commit()
        yield running


@pytest.fixture
def token(demo: Demo) -> str:
    """An import whose preview has six rows that need a decision, and one that does not."""
    planned = _planned(demo, ACTORS)
    assert planned["accounts"]["undecided"] == 6
    return str(planned["import"])


def test_rows_are_decided_in_the_side_panel_and_the_database_holds_what_was_chosen(
    visit: Visit, demo: Demo, token: str
) -> None:
    visitor = visit("admin")
    page = visitor.page
    oslo = _ids(demo, "Fjord Bakery")[0]
    visitor.open(_path(demo, token, "status=undecided"))
    _open(page, "Fjord Bakery")
    panel = page.locator("#erp-panel")
    expect(panel.get_by_role("button", name="It is Fjord Bakery")).to_have_count(2)
    panel.get_by_role("button", name=f"It is Fjord Bakery (ID {oslo})").click()
    expect(panel.get_by_text(f"it is the record with the ID {oslo}")).to_be_visible()
    expect(page.locator("#erp-plan tbody tr")).to_have_count(5)

    _next(page, "Twin Foods")
    expect(panel.get_by_text("Also in this import")).to_be_visible()
    panel.get_by_role("button", name="Create new").click()
    _next(page, "twin foods")
    panel.get_by_role("button", name="Leave out").click()
    _next(page, "Lone Wolf")
    panel.get_by_role("button", name="Create new").click()
    _next(page, "Same Again")
    panel.get_by_role("button", name="It is Same Again").click()
    _next(page, "SAME AGAIN")
    visitor.expected = {409}
    panel.get_by_role("button", name="It is Same Again").click()
    expect(page.get_by_text("“Same Again” of this import is that record already")).to_be_visible()
    page.get_by_role("button", name="Leave out").click()
    expect(page.get_by_text("No row needs a decision any more")).to_be_visible()

    visitor.open(_path(demo, token, "show=decided"))
    expect(page.locator("#erp-plan tbody tr")).to_have_count(6)
    expect(page.locator("#erp-plan tbody .erp-chip", has_text="Decided")).to_have_count(6)
    before = {name: set(_ids(demo, name)) for name in _names()}
    result = _command(demo, "import", "--token", token)
    assert result["accounts"]["held"] == result["accounts"]["undecided"] == 0
    new = {name: set(_ids(demo, name)) - before[name] for name in _names()}
    assert {name: len(ids) for name, ids in new.items() if ids} == {"Twin Foods": 1, "Lone Wolf": 1, "Quite Certain": 1}
    assert _cities(demo, "Same Again") == ["Molde"]
    assert sorted(_cities(demo, "Fjord Bakery")) == ["Oslo", "Stavanger"]
    links = _linked(demo)
    assert links["1"] == str(oslo)
    assert set(links) == {"1", "2", "4", "5", "7"}


def test_many_rows_are_decided_at_once_and_decided_again(visit: Visit, demo: Demo, token: str) -> None:
    visitor = visit("admin")
    page = visitor.page
    visitor.open(_path(demo, token, "status=undecided"))
    page.get_by_role("checkbox", name="Pick Lone Wolf").check()
    page.get_by_role("checkbox", name="Pick Fjord Bakery").check()
    page.get_by_role("button", name="It is the only candidate").click()
    expect(page.get_by_text("2 rows stay as they are")).to_be_visible()
    page.get_by_role("checkbox", name="Pick all rows of this page").check()
    page.get_by_role("button", name="Create new").click()
    expect(page.get_by_text("6 rows were decided.")).to_be_visible()
    expect(page.get_by_text("No row fits")).to_be_visible()
    page.get_by_role("link", name="Decided 6").click()
    page.get_by_role("checkbox", name="Pick Twin Foods", exact=True).check()
    page.get_by_role("button", name="Decide again").click()
    expect(page.get_by_text("1 row was decided.")).to_be_visible()
    assert _accounts(demo, token)["undecided"] == 1


def test_a_row_is_decided_without_javascript(visit: Visit, demo: Demo, token: str) -> None:
    visitor = visit("admin", java_script_enabled=False)
    page = visitor.page
    stavanger = _ids(demo, "Fjord Bakery")[1]
    visitor.open(_path(demo, token, "status=undecided"))
    page.get_by_role("link", name="Fjord Bakery", exact=True).click()
    page.get_by_role("button", name=f"It is Fjord Bakery (ID {stavanger})").click()
    expect(page.get_by_text(f"it is the record with the ID {stavanger}")).to_be_visible()
    page.get_by_role("link", name="Twin Foods", exact=True).click()
    page.get_by_role("button", name="Leave out").click()
    page.get_by_role("link", name="Back to the preview").click()
    assert _accounts(demo, token)["undecided"] == 3, "the double of a row that is left out is certain"
    _command(demo, "import", "--token", token)
    assert _cities(demo, "Fjord Bakery") == ["Oslo", "Oslo"]


def test_the_second_of_two_admins_sees_what_the_first_decided(visit: Visit, demo: Demo, token: str) -> None:
    first, second = visit("admin"), visit("admin")
    for visitor in (first, second):
        visitor.open(_path(demo, token, "status=undecided"))
        visitor.page.set_viewport_size({"width": 700, "height": 900})
        visitor.page.get_by_role("link", name="Lone Wolf", exact=True).click()
    first.page.get_by_role("button", name="Create new").click()
    expect(first.page.get_by_text("create a new record")).to_be_visible()
    second.page.get_by_role("button", name="Leave out").click()
    overtaken = re.compile("decided this row at .*: create a new record. Look at it before you decide again")
    expect(second.page.get_by_text(overtaken)).to_be_visible()
    assert _accounts(demo, token)["undecided"] == 5


def test_similar_records_are_looked_at_and_decided_each_way(visit: Visit, demo: Demo) -> None:
    planned = _planned(demo, NEAR)
    token = str(planned["import"])
    assert planned["accounts"] == planned["accounts"] | {"new": 4, "undecided": 0}, "a suggestion is only one"
    before = {name: _ids(demo, name) for name, *_ in NEAR_IN_CRM}
    (optics,), (paper,), (timber,) = (before[name] for name, *_ in NEAR_IN_CRM)
    visitor = visit("admin")
    page, panel = visitor.page, visitor.page.locator("#erp-panel")
    visitor.open(_path(demo, token, ""))
    page.get_by_role("link", name="Similar records 3").click()
    expect(page.locator("#erp-plan tbody tr")).to_have_count(3)

    _open(page, "Quillvane Optcis")
    expect(panel.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    expect(panel.get_by_text(re.compile(r"Similar: (7[5-9]|[89]\d) of 100"))).to_have_count(1)
    panel.get_by_role("button", name=f"It is Quillvane Optics (ID {optics})").click()
    expect(panel.get_by_text(f"it is the record with the ID {optics}")).to_be_visible()
    expect(page.locator("#erp-plan tbody tr")).to_have_count(2)
    _close(page)

    _open(page, "Zephyrholm Papre")
    panel.get_by_role("button", name="Create new").click()
    expect(panel.get_by_text("create a new record")).to_be_visible()
    _close(page)

    _open(page, "Brackenfjord Timbre")
    panel.get_by_role("button", name="Leave out").click()
    expect(panel.get_by_text("decided to leave it out")).to_be_visible()
    assert _accounts(demo, token) == _accounts(demo, token) | {"new": 2, "changed": 1, "skipped": 1, "undecided": 0}

    result = _command(demo, "import", "--token", token)
    assert result["accounts"] == result["accounts"] | {"new": 2, "changed": 1, "skipped": 1, "held": 0, "failed": 0}
    assert (_ids(demo, "Quillvane Optcis"), _cities(demo, "Quillvane Optcis")) == ([optics], ["Oslo"])
    (new,) = _ids(demo, "Zephyrholm Papre")
    assert _ids(demo, "Zephyrholm Paper") == [paper]
    assert (_cities(demo, "Zephyrholm Paper"), _cities(demo, "Zephyrholm Papre")) == (["Hamar"], ["Bergen"])
    assert (_ids(demo, "Brackenfjord Timber"), _ids(demo, "Brackenfjord Timbre")) == ([timber], [])
    (certain,) = _ids(demo, "Nothing Like It")
    assert _linked(demo) == {"1": str(optics), "2": str(new), "4": str(certain)}


def _planned(demo: Demo, actors: Sequence[tuple[str, str, str]]) -> Any:
    """What the command line tells of the preview of some actors."""
    file = Path(demo.app.config["ERP_IMPORT_FILES"]) / "decisions.csv"
    file.write_text("KEY;NAME;POSTALCITY\n" + "".join(f"{';'.join(actor)}\n" for actor in actors), encoding="utf-8")
    with demo.app.app_context():
        config = {"file": file.name, "actor_type": "Customer"}
        demo.app.extensions["erp_import"].add_connection("admin", "workbook", CONNECTION, config)
    search, settings = ("--connection", CONNECTION, "--type", "Customer"), ("--company-match", "name")
    return _command(demo, "preview", *search, *settings, "--company-action", "replace")


def _close(page: Page) -> None:
    page.locator("#erp-panel").get_by_role("button", name="Close").click()
    expect(page.locator("#erp-panel")).to_be_hidden()


def _open(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("#erp-panel")).to_be_visible()


def _next(page: Page, name: str) -> None:
    """From a decision to the next row, by the link the focus is on."""
    link = page.locator("#erp-panel [data-next]")
    expect(link).to_have_text(name)
    expect(link).to_be_focused()
    link.press("Enter")
    expect(page.locator("#erp-panel-title")).to_have_text(name)


def _names() -> list[str]:
    return sorted({name for _, name, _ in ACTORS} | {name for name, _ in IN_CRM})


def _path(demo: Demo, token: str, query: str) -> str:
    return f"{demo.app.config['ERP_IMPORT_URL_PREFIX']}/imports/{token}/preview?{query}"


def _ids(demo: Demo, name: str) -> list[int]:
    with demo.crm.connect() as tx:
        mine = select(tables.Company.id).where(tables.Company.name == name)
        return list(tx.scalars(mine.order_by(tables.Company.id)))


def _cities(demo: Demo, name: str) -> list[str]:
    with demo.crm.connect() as tx:
        return list(tx.scalars(select(tables.Company.postal_city).where(tables.Company.name == name)))


def _linked(demo: Demo) -> dict[str, str]:
    with demo.crm.connect() as tx:
        return {row.erp_key: row.entity_id for row in tx.execute(select(link))}


def _accounts(demo: Demo, token: str) -> dict[str, int]:
    accounts: dict[str, int] = next(run for run in _command(demo, "runs")["runs"] if run["import"] == token)["accounts"]
    return accounts


def _command(demo: Demo, *args: str) -> Any:
    result = demo.app.test_cli_runner().invoke(args=["erp-import", *args, "--user", "admin", "--json"])
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)
