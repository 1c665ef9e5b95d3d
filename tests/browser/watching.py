"""A visitor of the demo whose browser must have nothing to complain about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.serving import Demo

_STATUS = re.compile(r"the server responded with a status of (\d{3})")


@dataclass
class Visitor:
    """One person in a browser of their own. ``expected`` are the statuses that a refusal in this test answers with."""

    page: Page
    address: str
    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go to an address of the demo; gives the status it answers with."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        return answer.status

    def sign_in(self, login: str) -> None:
        """Sign in with the demo's password."""
        self.open("/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", f"{login}-demo")
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def heard(self, message: ConsoleMessage) -> None:
        """What stands in the console; errors and warnings are complaints, refusals of the content policy too."""
        status = _STATUS.search(message.text)
        if message.type in ("error", "warning") and not (status and int(status[1]) in self.expected):
            self.complaints.append(f"{message.type} on {self.page.url}: {message.text}")


@contextmanager
def visiting(browser: Browser, demo: Demo, **context: Any) -> Iterator[Visitor]:
    """A visitor who has not signed in yet; fails at the end if the browser complained about a page."""
    opened = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 860}, **context})
    opened.set_default_timeout(15_000)
    page = opened.new_page()
    visitor = Visitor(page, demo.address)
    page.on("console", visitor.heard)
    page.on("pageerror", lambda error: visitor.complaints.append(f"error on {page.url}: {error}"))
    try:
        yield visitor
    finally:
        opened.close()
    assert not visitor.complaints, "\n".join(visitor.complaints)
