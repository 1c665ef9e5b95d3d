from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import erp_import_plugin.demo as demo
from erp_import_plugin.demo.settings import template_folder

PACKAGE = Path(demo.__file__).parent
TRANSLATIONS = PACKAGE / "translations"
LANGUAGES = pytest.mark.parametrize("language", ["nb", "da", "sv", "de", "nl"])
KEYWORDS = {"gettext": None, "_l": None, "ngettext": (1, 2)}


def texts() -> set[str]:
    """Every text the demo host's code and pages ask a translation for; of a plural its singular."""
    found: set[str] = set()
    for folder, methods in (
        (PACKAGE, [("**.py", "python")]),
        (template_folder() / "demo", [("**.html", "jinja2")]),
    ):
        for _file, _line, message, _comments, _context in extract_from_dir(folder, methods, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue(language: str) -> Catalog:
    with open(TRANSLATIONS / language / "LC_MESSAGES" / "messages.po", "rb") as file:
        return read_po(file, locale=language)


@LANGUAGES
def test_every_text_is_there(language: str) -> None:
    found = catalogue(language)
    there = {message.id if isinstance(message.id, str) else message.id[0] for message in found if message.id}
    assert len(there) > 200
    assert there == texts()
    assert [message.id for message in found if message.id and not (message.string and all(message.string))] == []


@LANGUAGES
def test_no_translation_breaks_a_placeholder(language: str) -> None:
    assert [(message.id, errors) for message, errors in catalogue(language).check()] == []


@LANGUAGES
def test_the_compiled_catalogue_is_that_of_the_source(language: str) -> None:
    with open(TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo", "rb") as file:
        compiled = read_mo(file)
    assert pairs(compiled) == pairs(catalogue(language))


def pairs(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(message.id): forms(message.string) for message in catalog if message.id}


def forms(text: str | Sequence[str]) -> tuple[str, ...]:
    """Singular and plural, or the one form there is."""
    return (text,) if isinstance(text, str) else tuple(text)
