"""A demo of its own for every module, and people who visit it in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import Demo, fill, served
from tests.browser.watching import Visitor, visiting
from tests.support.balancing import unbalanced

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "filled"
    folder.mkdir()
    fill(folder)
    return folder


@pytest.fixture(scope="module")
def demo(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with served(filled, tmp_path_factory.mktemp("served") / "demo") as running:
        yield running


@pytest.fixture(autouse=True)
def the_demos_accounts_balance(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with a demo: each import in it tells of every actor that it has read, once."""
    crm = request.getfixturevalue("demo").crm if "demo" in request.fixturenames else None
    yield
    assert crm is None or unbalanced(crm) == []


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Visit]:
    """Let somebody come: ``visit("admin")``, or ``visit(None)`` for who has not signed in.

    Further arguments are those of a browser's context.
    """
    with ExitStack() as stay:

        def come(login: str | None, **context: Any) -> Visitor:
            visitor = stay.enter_context(visiting(browser, demo, **context))
            if login:
                visitor.sign_in(login)
            return visitor

        yield come
