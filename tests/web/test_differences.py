"""Differences: by words, by characters where nothing can be seen, and what is put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.web.differences import ADDED, REMOVED, SAME, UNSEEN, parts

LONG = "The delivery goes to the warehouse behind the harbour, from Monday to Friday"


def test_short_texts_are_shown_one_after_the_other() -> None:
    assert parts("Main street 456", "Broadway 123") == ()


@pytest.mark.parametrize(("old", "new"), [("", LONG), (LONG, ""), (LONG, LONG)])
def test_nothing_to_compare(old: str, new: str) -> None:
    assert parts(old, new) == ()


def test_long_texts_are_compared_by_words() -> None:
    found = parts(LONG, LONG.replace("Friday", "Thursday"))
    assert [part for part in found if part[0] != SAME] == [(REMOVED, "Friday"), (ADDED, "Thursday")]


def test_long_texts_with_nothing_in_common_are_shown_whole() -> None:
    assert parts("a" * 80, "b" * 80) == ()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("ACME Inc.", "ACME  Inc.", "␣"),
        ("ACME Inc.", "ACME\N{NO-BREAK SPACE}Inc.", "U+00A0 NO-BREAK SPACE"),
        ("ACME", "\N{CYRILLIC CAPITAL LETTER A}CME", "U+0410 CYRILLIC CAPITAL LETTER A"),
        ("ACME", "AC\N{ZERO WIDTH SPACE}ME", "U+200B ZERO WIDTH SPACE"),
        ("O'Neill", "O\N{RIGHT SINGLE QUOTATION MARK}Neill", "U+2019 RIGHT SINGLE QUOTATION MARK"),
    ],
)
def test_what_cannot_be_seen_is_named(old: str, new: str, named: str) -> None:
    assert (UNSEEN, named) in parts(old, new)


@given(st.text(alphabet="ab c\N{NO-BREAK SPACE}\n,.", max_size=120), st.text(alphabet="ab c\n,.", max_size=120))
def test_the_parts_are_the_two_texts(old: str, new: str) -> None:
    found = parts(old, new)
    if not found or any(kind == UNSEEN for kind, _ in found):
        return
    assert "".join(text for kind, text in found if kind != ADDED) == old
    assert "".join(text for kind, text in found if kind != REMOVED) == new


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_makes_it_fail(old: str, new: str) -> None:
    for kind, text in parts(old, new):
        assert kind in (SAME, ADDED, REMOVED, UNSEEN)
        assert text
