"""The list of connectors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from erp_import_plugin.connector_host import BrokenConnector, Registry
from erp_import_plugin.errors import Sentence
from tests.support.site import Site

PATH = "/erp-import/sync/connectors"


def offer(site: Site, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> None:
    extension = site.client.application.extensions["erp_import"]
    monkeypatch.setattr(extension, "rooms", replace(extension.rooms, registry=registry))


def test_each_connector_is_listed_with_where_it_comes_from(site: Site) -> None:
    page = site.get(PATH)
    row = next(row for row in page.all("tr") if "Shop" in row.text)
    assert "Ready" in row.text
    assert page.one("a", href="/erp-import/sync/connections/new/shop")


def test_a_broken_one_is_listed_with_the_reason_and_what_to_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = site.house.rooms.registry.loaded
    broken = BrokenConnector(
        "acme", "acme-connector", "1.2", Sentence("It could not be loaded: %(error)s.", error="<b>")
    )
    offer(site, monkeypatch, Registry([*loaded, broken]))
    row = next(row for row in site.get(PATH).all("tr") if "acme" in row.text)
    for said in ("Cannot be used", "It could not be loaded: <b>.", "acme-connector", "1.2", "send this sentence"):
        assert said in row.text


def test_without_any_the_page_says_what_to_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(site, monkeypatch, Registry([]))
    assert "No connector is installed" in site.get(PATH).text


def test_our_tabs_stand_beside_the_hosts_own(site: Site) -> None:
    tabs = next(nav for nav in site.get(PATH).all("nav") if "erp-tabs" in nav["class"])
    assert [(tab["href"], "aria-current" in tab) for tab in tabs.inside if tab.tag == "a"] == [
        ("/sync", False),
        ("/erp-import/sync/connections", False),
        (PATH, True),
        ("/erp-import/sync/audit", False),
    ]
