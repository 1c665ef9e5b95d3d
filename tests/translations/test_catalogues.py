"""Every text is in every catalogue, translated, and the compiled catalogues say the same."""

from __future__ import annotations

import re
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from erp_import_plugin import translations

ROOT = Path(__file__).parents[2]
FOLDER = Path(translations.__file__).parent
LANGUAGES = sorted(path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The texts as they stand in the code and the pages now."""
    pot = tmp_path_factory.mktemp("texts") / "source.pot"
    keywords = ["-k", "lazy_gettext", "-k", "Sentence"]
    command = [sys.executable, "-W", "ignore", "-m", "babel.messages.frontend", "-q", "extract", *keywords]
    mapping = ["-F", str(FOLDER / "babel.cfg"), "--ignore-dirs", ".* build dist", "-o", str(pot), "."]
    subprocess.run(command + mapping, cwd=ROOT, check=True)
    with pot.open("rb") as file:
        return read_po(file)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "erp_import.po").open("rb") as file:
        return read_po(file, locale=language)


def _texts(catalogue: Catalog) -> dict[Any, Message]:
    return {message.id: message for message in catalogue if message.id}


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str) or text is None else list(text)


def test_six_languages_are_there() -> None:
    assert set(translations.shipped()) == {"en", *LANGUAGES} == {"en", "nb", "da", "sv", "de", "nl"}


def test_every_text_is_in_the_catalogue_and_no_other(source: Catalog, catalogue: Catalog) -> None:
    """Otherwise: make translations."""
    wanted, there = set(_texts(source)), set(_texts(catalogue))
    assert (wanted - there, there - wanted) == (set(), set())
    assert not catalogue.obsolete


def test_every_text_is_translated_in_every_form(catalogue: Catalog) -> None:
    empty = [text for text, message in _texts(catalogue).items() if not all(_forms(message.string))]
    short = [
        text for text, message in _texts(catalogue).items() if message.pluralizable and len(_forms(message.string)) < 2
    ]
    assert (empty, short) == ([], [])


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []


def test_texts_are_filled_with_texts(source: Catalog) -> None:
    """Numbers come in the reader's format, so they are texts by then: %(name)s, never %(name)d."""
    found = {place for text in _texts(source) for form in _forms(text) for place in PLACEHOLDER.findall(form)}
    assert {place for place in found if not place.endswith(("s", "%"))} == set()


def test_translations_fill_in_what_the_text_fills_in(catalogue: Catalog) -> None:
    wrong = [
        (message.id, form)
        for message in _texts(catalogue).values()
        for form in filter(None, _forms(message.string))
        if not _fills_in_the_same(message, set(PLACEHOLDER.findall(form)))
    ]
    assert wrong == []


def _fills_in_the_same(message: Message, places: set[str]) -> bool:
    wanted = {place for form in _forms(message.id) for place in PLACEHOLDER.findall(form)}
    # A form for one may do without its number, as the English one may.
    return places <= wanted if message.pluralizable else places == wanted


def test_what_is_compiled_is_what_was_translated(language: str, catalogue: Catalog) -> None:
    """Otherwise: make translations."""
    with (FOLDER / language / "LC_MESSAGES" / "erp_import.mo").open("rb") as file:
        # Babel reads several forms as a list here, as a tuple from the other file.
        compiled = {tuple(_forms(message.id)): _forms(message.string) for message in read_mo(file) if message.id}
    texts = {tuple(_forms(text)): _forms(message.string) for text, message in _texts(catalogue).items()}
    translated = {text: forms for text, forms in texts.items() if any(forms)}
    assert compiled == translated


def test_the_plural_rule_is_the_languages_own(language: str, catalogue: Catalog) -> None:
    with (FOLDER / language / "LC_MESSAGES" / "erp_import.mo").open("rb") as file:
        plural = GNUTranslations(file).plural  # type: ignore[attr-defined]
    assert {number: plural(number) for number in (0, 1, 2, 5)} == {0: 1, 1: 0, 2: 1, 5: 1}
    assert catalogue.num_plurals == 2


def test_templates_of_macros_are_imported_with_the_context_that_knows_our_texts() -> None:
    without = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "templates" / "erp_import").rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"{%-?\s*(import|from)\b(?!.*\bwith context\b)", line)
    ]
    assert without == []
