"""WCAG 2.2 AA, as far as a program can tell: axe finds nothing on any page or dialog, in light and in dark."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import url_for
from playwright.sync_api import Page, expect
from sqlalchemy import select

from erp_import_plugin.demo import tables
from erp_import_plugin.demo.erp_import import CONNECTION
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.workflow import access, presets, saved_imports
from tests.browser.conftest import Visit
from tests.browser.serving import Demo
from tests.browser.steps import SOON

pytestmark = pytest.mark.browser

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
ADMIN = ("--user", "admin", "--json")
SETTINGS = ImportSettings(company=DuplicateSettings("vat_number", Action.MERGE))
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
NO_PAGES = {"static", "events", "search_items", "connection_users"}
NO_PAGES |= {"audit_file", "corrections_file", "done_file", "preview_file"}
"""What answers GET with something else than a page."""


@pytest.fixture(scope="module")
def places(demo: Demo) -> dict[str, str]:
    """The address of every page that there is, by what it shows."""
    planned, done = _command(demo, "preview", "300000", "300019"), _command(demo, "import", "300020", "300025")
    doubtful = _doubtful(demo)
    installed = demo.app.extensions["erp_import"]
    with demo.app.app_context():
        user = access.user_by_id(installed.rooms, "admin")
        saved = saved_imports.save(installed.rooms, user, done["import"], "Every night")
        presets.save(installed.rooms, user, planned["import"], SETTINGS, "Careful")
    undone = _run(demo, "undo", done["import"], *ADMIN)["import"]
    again = _run(demo, "run", "Every night", *ADMIN)["import"]
    with demo.app.test_request_context():

        def at(endpoint: str, **values: Any) -> str:
            return url_for(f"erp_import.{endpoint}", **values)

        def rows(of: Any) -> dict[str, str]:
            found = {row["status"]: row["row"] for row in of["rows"]}
            return {f"preview_row {s}": at("preview_row", token=of["import"], row=row) for s, row in found.items()}

        token, one = planned["import"], {"connection_id": 1}
        steps = ("search", "staging", "settings", "preview", "fields", "importing", "save_import", "history")
        return {
            **{page: at(page) for page in ("source", "connection", "imports", "saved", "presets")},
            **{page: at(page, token=token) for page in steps},
            **rows(planned),
            **rows(doubtful),
            "preview undecided": at("preview", token=doubtful["import"]),
            "preview undo": at("preview", token=undone),
            "importing undo": at("importing", token=undone),
            "done": at("done", token=done["import"]),
            "history done": at("history", token=done["import"]),
            "saved_import": at("saved_import", saved_id=saved),
            "repeat": at("repeat", token=again),
            **{page: at(page) for page in ("audit", "connectors", "connections", "connection_new")},
            "connection_add": at("connection_add", connector="tryton"),
            **{page: at(page, **one) for page in ("connection_edit", "connection_delete", "mappings")},
            "mappings Person": at("mappings", actor_type="Person", **one),
            **{page: at(page, **one) for page in ("list_mapping", "defaults")},
        }


def test_no_page_is_left_out(demo: Demo, places: dict[str, str]) -> None:
    rules = [rule for rule in demo.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    endpoints = {rule.endpoint.removeprefix("erp_import.") for rule in rules if rule.endpoint.startswith("erp_import.")}
    assert endpoints - NO_PAGES == {name.split()[0] for name in places}


@SCHEMES
def test_axe_finds_nothing_on_any_page(visit: Visit, places: dict[str, str], scheme: str) -> None:
    visitor = visit("admin", color_scheme=scheme)
    found = []
    for name, address in places.items():
        assert visitor.open(address) == 200, name
        visitor.page.wait_for_load_state("networkidle")
        found += [f"{name}: {fault}" for fault in _faults(visitor.page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [320, 3840])
def test_no_page_scrolls_sideways(visit: Visit, places: dict[str, str], width: int) -> None:
    visitor = visit("admin", viewport={"width": width, "height": 800}, locale="de-DE")
    wide = {}
    for name, address in places.items():
        visitor.open(address)
        extent = visitor.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if extent[0] > extent[1]:
            wide[name] = extent
    assert wide == {}


@SCHEMES
def test_axe_finds_nothing_in_dialogs_and_panels(visit: Visit, places: dict[str, str], scheme: str) -> None:
    visitor = visit("admin", color_scheme=scheme)
    page = visitor.page
    opened: dict[str, tuple[str, Callable[[], None]]] = {
        "connection": (places["source"], lambda: page.get_by_role("link", name="New import").click()),
        "connection_new": (places["connections"], lambda: page.get_by_role("link", name="New connection").click()),
        "connection_delete": (places["connections"], page.get_by_role("link", name="Delete").first.click),
        "row": (places["preview"], page.locator("#erp-plan [data-panel]").first.click),
        "keys": (places["preview"], lambda: page.keyboard.press("?")),
        "decision": (places["preview undecided"], page.get_by_role("link", name="Twin Foods", exact=True).click),
    }
    found = []
    for name, (address, open_it) in opened.items():
        visitor.open(address)
        open_it()
        shown = page.get_by_role("complementary") if name in ("row", "decision") else page.get_by_role("dialog")
        expect(shown.last).to_be_visible(timeout=SOON)
        found += [f"{name}: {fault}" for fault in _faults(page)]
    assert not found, "\n".join(found)


def _faults(page: Page) -> list[str]:
    answer = Axe().run(page, options=RULES).response
    return [
        f"{fault['id']}: {node['target']} {node['html'][:200]} {node.get('failureSummary', '')}"
        for fault in answer["violations"]
        for node in fault["nodes"]
    ]


def _inactive(demo: Demo) -> int:
    """A connection whose test has failed, at one of its fields."""
    options = ("Workbook of nobody", "--set", "file=nothing.xlsx", "--inactive", "--user", "admin", "--json")
    result = demo.app.test_cli_runner().invoke(args=("erp-import", "connections", "add", "workbook", *options))
    assert result.exit_code == 0, result.output
    return int(json.loads(result.stdout)["id"])


def _command(demo: Demo, command: str, first: str, last: str) -> Any:
    """The suppliers with these numbers, up to the preview or to the end."""
    searched = ("--connection", CONNECTION, "--type", "Supplier", "--where", f"NUMBER2 between {first} {last}")
    return _run(demo, command, *searched, "--company-match", "vat_number", "--company-action", "replace", *ADMIN)


def _doubtful(demo: Demo) -> Any:
    """A preview with two rows that are one actor, and one that is much like a company of the CRM."""
    with demo.crm.connect() as connection:
        name = connection.scalar(select(tables.Company.name).order_by(tables.Company.id).limit(1))
    file = Path(demo.app.config["ERP_IMPORT_FILES"]) / "doubtful.csv"
    file.write_text(f"KEY;NAME\n1;Twin Foods\n2;twin foods\n3;{name}t\n", encoding="utf-8")
    with demo.app.app_context():
        config = {"file": file.name, "actor_type": "Customer"}
        demo.app.extensions["erp_import"].add_connection("admin", "workbook", "Doubtful", config)
    searched = ("--connection", "Doubtful", "--type", "Customer", "--company-match", "name")
    return _run(demo, "preview", *searched, "--company-action", "merge", *ADMIN)


def _run(demo: Demo, *command: str) -> Any:
    result = demo.app.test_cli_runner().invoke(args=("erp-import", *command))
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)
