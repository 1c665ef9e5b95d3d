"""WCAG 2.2 AA, as far as a program can tell: axe finds nothing on any page or dialog, in light and in dark."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from erp_import_plugin.demo.erp_import import CONNECTION
from tests.browser.conftest import Visit
from tests.browser.serving import Demo
from tests.browser.steps import SOON

pytestmark = pytest.mark.browser

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
NO_PAGES = {"static", "search_items", "done_file", "connection_users"}
"""What answers GET with something else than a page."""


@pytest.fixture(scope="module")
def places(demo: Demo) -> dict[str, str]:
    """The address of every page that there is, by what it shows."""
    planned = _command(demo, "preview", "300000", "300019")
    done = _command(demo, "import", "300020", "300025")
    rows = {row["status"]: row["row"] for row in planned["rows"]}
    with demo.app.test_request_context():
        from flask import url_for

        def at(endpoint: str, **values: Any) -> str:
            return url_for(f"erp_import.{endpoint}", **values)

        token = planned["import"]
        return {
            "source": at("source"),
            "connection": at("connection"),
            "imports": at("imports"),
            "search": at("search", token=token),
            "staging": at("staging", token=token),
            "settings": at("settings", token=token),
            "preview": at("preview", token=token),
            "fields": at("fields", token=token),
            **{f"preview_row {status}": at("preview_row", token=token, row=row) for status, row in rows.items()},
            "importing": at("importing", token=token),
            "done": at("done", token=done["import"]),
            "connectors": at("connectors"),
            "connections": at("connections"),
            "connection_new": at("connection_new"),
            "connection_add": at("connection_add", connector="tryton"),
            "connection_edit": at("connection_edit", connection_id=1),
            "connection_edit inactive": at("connection_edit", connection_id=_inactive(demo)),
            "connection_delete": at("connection_delete", connection_id=1),
            "mappings": at("mappings", connection_id=1, actor_type="Supplier"),
            "list_mapping": at("list_mapping", connection_id=1),
            "defaults": at("defaults", connection_id=1, actor_type="Supplier"),
        }


def test_no_page_is_left_out(demo: Demo, places: dict[str, str]) -> None:
    rules = [rule for rule in demo.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    endpoints = {rule.endpoint.removeprefix("erp_import.") for rule in rules if rule.endpoint.startswith("erp_import.")}
    assert endpoints - NO_PAGES == {name.split()[0] for name in places}


@SCHEMES
def test_axe_finds_nothing_on_any_page(visit: Visit, places: dict[str, str], scheme: str) -> None:
    visitor = visit("admin", color_scheme=scheme)
    found = {}
    for name, address in places.items():
        assert visitor.open(address) == 200, name
        visitor.page.wait_for_load_state("networkidle")
        found[name] = _faults(visitor.page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@SCHEMES
def test_axe_finds_nothing_in_dialogs_and_panels(visit: Visit, places: dict[str, str], scheme: str) -> None:
    visitor = visit("admin", color_scheme=scheme)
    page = visitor.page
    opened: dict[str, tuple[str, Callable[[], None]]] = {
        "connection": (places["source"], lambda: page.get_by_role("link", name="New import").click()),
        "connection_new": (places["connections"], lambda: page.get_by_role("link", name="New connection").click()),
        "connection_delete": (places["connections"], lambda: page.get_by_role("link", name="Delete").first.click()),
        "row": (places["preview"], page.locator("#erp-plan [data-panel]").first.click),
        "keys": (places["preview"], lambda: page.keyboard.press("?")),
    }
    found = {}
    for name, (address, open_it) in opened.items():
        visitor.open(address)
        open_it()
        shown = page.get_by_role("complementary") if name == "row" else page.get_by_role("dialog")
        expect(shown.last).to_be_visible(timeout=SOON)
        found[name] = _faults(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


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
    settings = ("--company-match", "vat_number", "--company-action", "replace", "--user", "admin", "--json")
    result = demo.app.test_cli_runner().invoke(args=("erp-import", command, *searched, *settings))
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)
