"""``docs/security.md`` names tests that there are, and every kind of guard has one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support import pages

TEXT = pages.text("security.md")
ROOT = pages.DOCS.parent
LINES = [line for line in TEXT.splitlines() if line.startswith("|") and not line.startswith("|---")]
THREATS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if line.count("|") == 5]
SHOWN = sorted({name for row in THREATS for name in re.findall("`(tests/[^`]+)`", row[-1])})


def _tests(file: Path) -> set[str]:
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {one.name for one in found if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


@pytest.mark.parametrize("name", SHOWN)
def test_every_test_that_is_named_is_there(name: str) -> None:
    file, _, test = name.partition("::")
    tests = _tests(ROOT / file)
    assert tests
    assert not test or test in tests


def test_every_threat_names_who_what_against_and_a_test() -> None:
    threats = [row for row in THREATS if row[0] != "who"]
    assert len(threats) > 25
    assert [row for row in threats if not all(row) or not re.fullmatch("`tests/[^`]+`", row[-1])] == []


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)", TEXT))))
def test_the_links_of_the_page_lead_somewhere(link: str) -> None:
    assert (pages.DOCS / link).exists()


@pytest.mark.parametrize("key", sorted(set(re.findall("ERP_IMPORT_[A-Z_]+", TEXT))))
def test_the_keys_on_the_page_are_those_of_the_configuration(key: str) -> None:
    assert f"`{key}`" in pages.text("host.md")
