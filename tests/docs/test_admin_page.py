"""``docs/admin.md`` speaks in the words of the screens: every setting, choice, status and reason, and real pictures."""

from __future__ import annotations

import inspect
import re
from itertools import chain

import pytest

from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import CrmSchema, EntityKind
from erp_import_plugin.web import setting_texts as texts
from erp_import_plugin.web.operators import WORDS
from erp_import_plugin.web.reasons import SENTENCES
from erp_import_plugin.web.texts import ACTOR_TYPES, ICONS, NO_UPDATE, STATUSES
from tests.support import pages, screenshots

TEXT = pages.text("admin.md")
FLAT = re.sub(r"\s+", " ", TEXT)
TEMPLATES = pages.DOCS.parent / "templates" / "erp_import"

CHOICES = {
    "Duplicate match": list(chain.from_iterable(labels.values() for labels in texts.RULES.values())),
    "Action on a duplicate": [label for label, _ in texts.ACTIONS.values()],
    "Empty values in the ERP": [label for label, _ in texts.EMPTY_VALUES.values()],
    "Actors imported before": [label for label, _ in texts.LINKED_ACTIONS.values()],
    "Contacts without a company": [label for label, _ in texts.NO_COMPANIES.values()],
    "Lists": list(texts.LIST_POLICIES.values()),
    "Phone numbers": [label for label, _ in texts.CHANNEL_POLICIES.values()],
    "URLs and e-mail addresses": [label for label, _ in texts.CHANNEL_POLICIES.values()],
}


def _settings() -> list[str]:
    """The names of all import settings, as a reason names them."""
    kind = EntityKind.PERSON.value
    of_kind = [f"{kind}.{part}" for part in inspect.signature(type(ImportSettings().person)).parameters]
    # Lists have a section for all of them; what is left out is chosen in the preview.
    others = {*map(_value, EntityKind), "lists", "left_out"}
    single = [one for one in inspect.signature(ImportSettings).parameters if one not in others]
    schema = CrmSchema({})
    return [texts.setting_label(one, schema).split(" › ")[-1] for one in (*of_kind, *single)]  # noqa: RUF001


def _value(kind: EntityKind) -> str:
    return kind.value


def _section(title: str) -> str:
    found = re.search(rf"^### {re.escape(title)}\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no section “{title}”"
    return re.sub(r"\s+", " ", found[1])


def _shown(sentence: str) -> str:
    return re.sub(r"%\(\w+\)s", "…", sentence)


@pytest.mark.parametrize("setting", [*_settings(), "Lists"])
def test_every_import_setting_has_a_section(setting: str) -> None:
    assert _section(setting)


@pytest.mark.parametrize(("setting", "choice"), [(name, str(one)) for name, some in CHOICES.items() for one in some])
def test_every_choice_of_a_setting_is_told_in_its_section(setting: str, choice: str) -> None:
    assert f"*{choice}*" in _section(setting)


def test_every_setting_with_choices_is_checked_above() -> None:
    offered = {name for name, value in vars(texts).items() if name.isupper() and not name.startswith("_")}
    assert offered == {
        "ACTIONS", "CHANNEL_POLICIES", "EMPTY_VALUES", "KINDS_PLURAL", "LINKED_ACTIONS", "LIST_POLICIES",
        "NO_COMPANIES", "NO_CONTACTS", "RULES", "RULE_EFFECTS",
    }  # fmt: skip


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_is_on_the_page_in_its_words(code: ReasonCode) -> None:
    rows = re.findall(r"^\| (?:[\w ]*) ?\| (.+) \|$", TEXT, re.MULTILINE) + re.findall(
        r"^\| (.+) \| .+ \|$", TEXT, re.MULTILINE
    )
    assert _shown(str(SENTENCES[code])) in rows


@pytest.mark.parametrize("label", [mark.label for mark in STATUSES.values()])
def test_every_status_is_explained(label: str) -> None:
    assert re.search(rf"^\| \*{label}\* \| .+ \| .+ \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("label", [mark.label for mark in (*ICONS.values(), NO_UPDATE)] + list(ACTOR_TYPES.values()))
def test_marks_of_the_preview_and_actor_types_are_named(label: str) -> None:
    assert f"*{label}*" in FLAT


@pytest.mark.parametrize("operator", list(WORDS.values()))
def test_every_comparison_of_the_search_is_named(operator: str) -> None:
    assert re.search(rf"\b{operator}\b", _section("Search ERP"))


def test_what_the_page_calls_by_name_is_on_the_screens() -> None:
    """Words in italics are words of the screens; a button that is renamed makes the page wrong."""
    screens = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES.glob("*.html"))
    sources = "".join(
        file.read_text(encoding="utf-8") for file in (pages.DOCS.parent / "erp_import_plugin" / "web").rglob("*.py")
    )
    said = set(re.findall(r"(?<!\*)\*([^*\n|]+)\*(?!\*)", TEXT)) - NOT_OF_OUR_SCREENS
    assert len(said) > 60
    for words in sorted(said):
        assert words.rstrip(".") in screens + sources, words


NOT_OF_OUR_SCREENS = {
    "actor", "record", "and", "Quote/Sync > Sync", "needs a decision", "Import", "Import 380 actors",
    "Merge", "Replace", "Ignore",  # short for the choices of these names
}  # fmt: skip


def test_every_picture_is_one_that_make_screenshots_takes() -> None:
    taken = set(re.findall(r'"(\w+)": f?"|"(\w+)\.png"', inspect.getsource(screenshots)))
    names = {name for pair in taken for name in pair if name}
    shown = re.findall(r"!\[.+?\]\(images/(\w+)\.png\)", TEXT)
    assert len(shown) == TEXT.count("![")
    assert set(shown) <= names
    assert {"source", "search", "settings", "preview", "done"} <= set(shown)


def test_the_links_of_the_page_lead_somewhere() -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\((?!https?:)([^)]+)\)", TEXT):
        page, _, anchor = target.partition("#")
        assert not page or (pages.DOCS / page).is_file(), target
        titles = re.findall(r"^#+ (.*)$", pages.text(page) if page else TEXT, re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in titles}
