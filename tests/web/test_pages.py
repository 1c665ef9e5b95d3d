"""What holds for every page: one heading, labelled inputs, buttons that say what they do, icons that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import erp_import_plugin.web
from tests.support.reading import Element, Page

STATIC = Path(erp_import_plugin.web.__file__).parent / "static"
TEMPLATES = Path(__file__).parents[2] / "templates" / "erp_import"


def test_every_page_has_one_heading_and_a_title(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        (heading,) = page.all("h1")
        assert heading.text.strip(), name
        assert re.search(r"<title>[^<]+</title>", page.html), name
        assert len(page.all("main")) == 1, name


def test_ids_are_there_once(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        ids = [element["id"] for element in page.elements if element["id"]]
        assert len(ids) == len(set(ids)), (name, [one for one in ids if ids.count(one) > 1])


def test_every_input_is_labelled(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        labelled = {label["for"] for label in page.all("label")}
        for element in page.elements:
            if element.tag in ("input", "select", "textarea") and element["type"] != "hidden":
                named = element["aria-label"] or element["id"] in labelled
                assert named or _inside_label(page, element), (name, element)


def _inside_label(page: Page, wanted: Element) -> bool:
    return any(wanted in label.inside and label.text.strip() for label in page.all("label"))


def test_every_button_says_what_it_does(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for element in page.elements:
            if element.tag in ("a", "button") and element["aria-hidden"] != "true":
                assert element.text.strip(), (name, element)


def test_links_to_a_part_of_the_page_have_their_part(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        ids = {element["id"] for element in page.elements}
        for link in page.all("a"):
            if link["href"].startswith("#"):
                assert link["href"][1:] in ids, (name, link)


def test_the_icons_named_are_there_and_no_others() -> None:
    there = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    sources = [*TEMPLATES.glob("*.html"), *STATIC.parent.rglob("*.py")]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = {name for name in there if f"'{name}'" in texts or f'"{name}"' in texts}
    assert named == there
    asked = {name for page in _uses(texts) for name in page}
    assert asked <= there


def _uses(texts: str) -> Iterator[list[str]]:
    yield re.findall(r"icon\('([a-z0-9-]+)'", texts)
    yield re.findall(r'Mark\("[a-z]+", "([a-z0-9-]+)"', texts)


def test_ticks_of_a_page_have_different_names_for_different_rows(pages: dict[str, Page]) -> None:
    boxes = pages["preview"].all("input", name="tick")
    assert len(boxes) == len({box["value"] for box in boxes}) > 5
