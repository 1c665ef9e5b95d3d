"""What holds for every page: values are escaped, no inline code, one heading, labelled inputs, icons that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert

import erp_import_plugin.web
from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.settings import ListPolicy
from erp_import_plugin.workflow import importing, preview
from erp_import_plugin.workflow import settings as settings_step
from tests.support import hosts
from tests.support.reading import Element, Page
from tests.support.rooms import ADMIN
from tests.support.site import BY_NAME, Site, build_site

MARKUP = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"
STATIC = Path(erp_import_plugin.web.__file__).parent / "static"
TEMPLATES = Path(__file__).parents[2] / "templates" / "erp_import"
LISTS = replace(BY_NAME, lists={"category": ListPolicy.ADD})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Page]]:
    """Every page with markup in every value, by name."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('pages')}/test.sqlite")
    yield dict(_walk(build_site(engine)))
    engine.dispose()


def _walk(site: Site) -> Iterator[tuple[str, Page]]:
    _stage_markup(site)
    yield "source", site.get("/erp-import/")
    yield "connection", site.get("/erp-import/connection")
    token = site.staged()
    one = site.path(token)
    site.post(one + "search", do="add:0", criteria="1", **{"c-0-0-field": "NAME", "c-0-0-value": MARKUP})
    for page in ("search", "search?sort=0&desc=1", "staging", f"staging?q={MARKUP}", "settings"):
        yield page, site.get(one + page)
    yield "settings with errors", _page(site.post(one + "settings", 422, **{"company-match": ""}))
    settings_step.save(site.house.rooms, ADMIN, token, LISTS)
    preview.start(site.house.rooms, site.house.jobs, ADMIN, token)
    plan = site.get(one + "preview")
    yield "preview", plan
    yield "preview, nothing found", site.get(one + f"preview?q={MARKUP}&status=held")
    for link in plan.all("a", data_panel=""):
        if "preview/" in link["href"]:
            yield f"row {link.text}", site.get(link["href"])
    yield "importing", site.get(one + "importing")
    importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    for which in ("new", "changed", "rest"):
        yield f"done {which}", site.get(one + f"done?which={which}")
    yield from _saved(site, one)
    yield "imports", site.get("/erp-import/imports")
    yield "not found", site.get(site.path("nothing") + "search", 404)
    site.house.sync.on = True
    yield "sync is on", site.get(one + "search", 409)


def _saved(site: Site, one: str) -> Iterator[tuple[str, Page]]:
    """The pages of saved imports and presets, and a run that finds something new and something gone."""
    yield "save", site.get(one + "save")
    yield "save with errors", _page(site.post(one + "save", 422, name=" "))
    site.post(one + "save", name=MARKUP)
    shop = site.house.shop
    shop.moment = 2
    shop.remove(ActorType.CUSTOMER, "K2")
    shop.add(ActorType.CUSTOMER, "K3", NAME=f"New {MARKUP}")
    yield "saved", site.get("/erp-import/saved")
    run = site.post("/erp-import/saved", do="run:1")
    assert isinstance(run, str)
    yield "repeat", site.get(run)
    yield "preview of a run", site.get(run.removesuffix("repeat") + "preview")
    settings = run.removesuffix("repeat") + "settings"
    site.post(settings, 200, do="preset-save", preset_name=MARKUP, **{"company-match": "name"})
    yield "settings with presets", site.get(settings)
    yield "settings with a preset", _page(site.post(settings, 200, do="preset-apply", preset="1"))
    yield "presets", site.get("/erp-import/presets")
    yield "saved import", site.get("/erp-import/saved/1")


def _stage_markup(site: Site) -> None:
    shop = site.house.shop
    shop.lists["categories"] = {"A": MARKUP, "B": f"B {MARKUP}"}
    shop.actors.clear()
    text = {"NAME": MARKUP, "VATNO": MARKUP, "POSTALCITY": MARKUP, "EMAIL": MARKUP, "PHONE": MARKUP}
    shop.add(ActorType.CUSTOMER, f"K{MARKUP}", **text, CATEGORY="A")
    shop.add(ActorType.CUSTOMER, "K2", NAME="Company in the CRM", VATNO=MARKUP, EMAIL=MARKUP, CATEGORY="B")
    shop.add_companies(6)
    shop.fields = {
        actor_type: tuple(replace(field, label=f"{field.label} {MARKUP}", tooltip=MARKUP) for field in fields)
        for actor_type, fields in shop.fields.items()
    }
    site.house.connect(f"Shop {MARKUP}")
    with site.house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.company).values(name="Company in the CRM", vat_number="NO1", note=MARKUP))


def _page(answer: Page | str) -> Page:
    assert isinstance(answer, Page)
    return answer


def test_every_address_was_looked_at(pages: dict[str, Page]) -> None:
    assert {"source", "connection", "imports", "search", "staging", "settings", "preview", "importing"} <= set(pages)
    assert any(name.startswith("row ") and "img" in name for name in pages)
    assert sum(MARKUP in page.text for page in pages.values()) > 10


def test_no_value_becomes_markup(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert not page.all("img"), name
        assert "<script>" not in page.html, name
        assert not any("alert(1)" in attribute for element in page.elements for attribute in element.attributes), name


def test_no_page_has_code_or_style_of_its_own(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for element in page.elements:
            assert "style" not in element, (name, element)
            assert element.tag != "style", name
            assert not any(key.startswith(("on", "hx-on", "hx-vals", "hx-vars")) for key in element.attributes), name
        assert all(script["src"] for script in page.all("script")), name


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
