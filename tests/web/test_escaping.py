"""Whatever a value, a label, a sentence or a name holds, it never becomes an element, an attribute, a link or code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.addresses import TABLE
from tests.support.marked import MARKUP
from tests.support.reading import Page
from tests.web.conftest import Marked

TEMPLATES = Path(__file__).parents[2] / "templates" / "erp_import"
FILES = {"audit_file", "corrections_file", "done_file", "preview_file"}
EVENTS = "events"  # which say no more than that something has changed
ADDRESSES = ("href", "src", "action", "formaction", "poster", "data", "hx-get", "hx-post", "xlink:href")


@pytest.fixture(scope="module")
def everything(marked: Marked) -> dict[str, Page]:
    return marked.pages | {f"part: {name}": page for name, page in marked.parts.items()}


def test_every_address_was_looked_at(marked: Marked) -> None:
    shown = {name for name, entry in TABLE.items() if "GET" in entry.methods}
    assert shown - FILES - {EVENTS} - marked.answered == set()


def test_the_markup_is_on_nearly_every_page(everything: dict[str, Page]) -> None:
    """Otherwise nothing is shown by it."""
    without = {name for name, page in everything.items() if not re.search("onerror(=|&#61;)a", page.html)}
    assert without <= {"a connection without mapping", "not found", "sync is on"}
    assert sum(MARKUP in page.text for page in everything.values() if page.all("html")) > 20


def test_no_value_becomes_an_element(everything: dict[str, Page]) -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    ours = set(re.findall("<([a-z][a-z0-9]*)", templates))
    for name, page in everything.items():
        assert {element.tag for element in page.elements} <= ours - {"img"}, name
        assert all(script["src"].startswith("/erp-import/static/") for script in page.all("script")), name
        assert "<script>" not in page.html, name


def test_no_value_becomes_an_attribute_and_no_page_has_code_or_style_of_its_own(everything: dict[str, Page]) -> None:
    for name, page in everything.items():
        for element in page.elements:
            assert not [key for key in element.attributes if _is_code(key)], (name, element)
        assert not page.all("style"), name


def test_no_value_becomes_an_address(everything: dict[str, Page]) -> None:
    for name, page in everything.items():
        for element in page.elements:
            for key in ADDRESSES:
                assert element[key] == "" or element[key].startswith(("/", "#", "?")), (name, element)
                assert not element[key].startswith("//"), (name, element)


def _is_code(attribute: str) -> bool:
    """Whether an attribute would be run, or is the rest of a value that was cut short."""
    run = ("on", "hx-on", "hx-vals", "hx-vars", "style", "srcdoc")
    return attribute.startswith(run) or not re.fullmatch("[a-z0-9:-]+", attribute)
