"""The steps of the journey, each done by what a person sees: labels, buttons, links."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import Promised, promises
from tests.browser.watching import Visitor

SOON = 20_000
"""Milliseconds for work in the background."""


@dataclass(frozen=True)
class Journey:
    """One import, from the host's navigator to its result."""

    visitor: Visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def token(self) -> str:
        """The name of the import in addresses."""
        found = re.search(r"/imports/([^/]+)/", self.page.url)
        assert found, self.page.url
        return found[1]

    def is_at(self, heading: str | re.Pattern[str]) -> None:
        """The page's one heading."""
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible(timeout=SOON)

    def choose(self, connection: str, actor_type: str) -> None:
        """From the navigator through the dialog to the search."""
        self.page.get_by_role("navigation", name="Navigator").get_by_role("link", name="Import").click()
        self.main("link", "ERP Sync").click()
        self.main("link", "New import").click()
        dialog = self.page.get_by_role("dialog", name="Select ERP connection")
        choice = dialog.get_by_label("ERP connection").locator("option", has_text=connection)
        dialog.get_by_label("ERP connection").select_option(value=choice.get_attribute("value"))
        dialog.get_by_label("Actor type").select_option(label=actor_type)
        dialog.get_by_role("button", name="OK").click()
        self.is_at("Search ERP")

    def find(self, field: str, operator: str, value: str) -> None:
        """One criterion in the first line, and its results."""
        self.fill(self.page.get_by_role("group", name="Criterion 1", exact=True), field, operator, value)
        self.main("button", "Find").first.click()
        self.has_found()

    def fill(self, line: Locator, field: str, operator: str, value: str) -> None:
        """A line of the criteria, whose inputs follow the field and the operator."""
        for label, choice in (("Field", field), ("Operator", operator)):
            with self.page.expect_response(lambda answer: answer.request.method == "POST"):
                line.get_by_label(label).select_option(label=choice)
            self.settled()
        line.get_by_label("Value").fill(value)

    def has_found(self, number: int | None = None) -> None:
        """The search has come to its end, with so many results."""
        found = re.compile(r"actors? found") if number is None else f"{number} actor"
        expect(self.page.locator("#erp-ticked")).to_contain_text(found, timeout=SOON)
        expect(self.main("button", "Stop")).to_have_count(0, timeout=SOON)

    def search_for(self, actor_type: str) -> None:
        """From the added actors back to the search, for another type."""
        self.main("link", "Search for more").click()
        self.is_at("Search ERP")
        self.page.get_by_role("main").get_by_label("Actor type").select_option(label=actor_type)
        self.page.wait_for_url(re.compile(f"type={actor_type}"))

    def settled(self) -> None:
        """What htmx has asked for is on the page."""
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)

    def results(self) -> list[str]:
        """The names of the results on the page."""
        return self.page.locator("#erp-results tbody th").all_inner_texts()

    def tick(self, *names: str) -> None:
        """Tick results, and see them saved."""
        for name in names:
            self.page.get_by_role("checkbox", name=f"Tick {name}", exact=True).check()
        expect(self.page.locator("#erp-ticked")).to_contain_text(f"{len(names)} of ")

    def add(self) -> None:
        """Add what is ticked, and see that nothing is in the CRM yet."""
        self.main("button", "Add to import").click()
        self.is_at("Added actors")
        expect(self.main("button", "Stop")).to_have_count(0, timeout=SOON)

    def settings(self, section: str, match: str, action: str) -> None:
        """How duplicates are found and what happens to them, for one kind of entity."""
        part = self.page.get_by_role("region", name=section)
        self.choice(part, "Duplicate match", match)
        self.choice(part, "Action on a duplicate", action)

    def choice(self, part: Locator | Page, group: str, choice: str) -> None:
        """One of the choices of a group."""
        part.get_by_role("group", name=group).get_by_role("radio", name=choice).check()

    def go_to_settings(self) -> None:
        """On from the added actors."""
        self.main("link", "Next").click()
        self.is_at("Configure import settings")

    def preview(self) -> None:
        """On from the settings; ends when the plan is shown."""
        self.main("button", "Next").click()
        expect(self.page.locator("#erp-counts")).to_be_visible(timeout=SOON)

    def rows(self) -> list[str]:
        """The names of the rows that would be written."""
        return self.page.locator("#erp-plan tbody tr:has([data-tick]) th a").all_inner_texts()

    def promised(self) -> dict[str, list[Promised]]:
        """What each ticked row of the preview promises, by its name; each is read on its own page."""
        ticked = self.page.locator("#erp-plan tbody tr:has([data-tick]:checked) th a")
        links = {link.inner_text(): link.get_attribute("href") or "" for link in ticked.all()}
        assert len(links) == ticked.count()
        address = self.page.url
        found = {}
        for name, link in links.items():
            self.visitor.open(link)
            found[name] = promises(self.page)
        self.page.goto(address)
        return found

    def go_to_import(self) -> None:
        """On from the preview to what the import would touch."""
        self.main("link", "Next").click()
        self.is_at(re.compile(r"Import [\d,]+ actors?\?"))

    def run(self) -> None:
        """Press Import, and wait for the result."""
        self.main("button", re.compile(r"Import [\d,]+ actors?")).click()
        self.page.wait_for_url(re.compile(r"/done"), timeout=SOON)

    def listed(self) -> dict[tuple[str, str], int]:
        """The list of the result that is shown: kind and name of each entity, and its id in the CRM."""
        kinds = {"companies": "company", "contacts": "person", "projects": "project"}
        found = {}
        for link in self.page.locator("tbody th a").all():
            *_, kind, id_ = (link.get_attribute("href") or "").split("/")
            found[kinds[kind], link.inner_text()] = int(id_)
        return found

    def show_list(self, name: str) -> None:
        """Another list of the result."""
        self.page.get_by_role("link", name=re.compile(name)).click()
        expect(self.page.get_by_role("link", name=re.compile(name))).to_have_attribute("aria-current", "page")

    def selection(self, kind: str) -> str:
        """The address of the selection of the list that is shown."""
        link = self.main("link", f"Open the selection: {kind}")
        return link.get_attribute("href") or ""

    def main(self, role: str, name: str | re.Pattern[str]) -> Locator:
        """Something in the main part of the page."""
        return self.page.get_by_role("main").get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
