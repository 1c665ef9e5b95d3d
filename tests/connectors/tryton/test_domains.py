"""Restrictions as domains: never less than what was asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors_plugins.tryton import domains
from erp_import_plugin.connector_api import ErpField, Operator, Restriction
from erp_import_plugin.connector_host.filtering import matcher

_SQLITE = sqlite3.connect(":memory:", check_same_thread=False)
_LETTERS = st.text("aAbBsSfFiIlLø Ø_%\\ßﬁÄäéE.'\N{COMBINING ACUTE ACCENT}\N{NO-BREAK SPACE}", max_size=8)
_BLANKS = st.text(" \N{NO-BREAK SPACE}", max_size=3)


_CASES = st.sampled_from([str.upper, str.lower, str.casefold, str.swapcase])


@given(st.tuples(_BLANKS, _LETTERS, _BLANKS), st.slices(8), _CASES, st.sampled_from(sorted(domains.TEXT)))
def test_whatever_the_platform_finds_sqlite_finds(
    parts: tuple[str, str, str], part: slice, case: Callable[[str], str], operator: Operator
) -> None:
    stored, wanted = "".join(parts), case(parts[1][part.start : part.stop])
    restriction = Restriction("NAME", operator, (wanted,))

    if matcher([ErpField("NAME", "Name")], [restriction])({"NAME": stored}):
        assert _likes(stored, domains.text("name")(restriction))


def _likes(stored: str, clause: Any) -> bool:
    if clause[0] == "OR":
        return any(_likes(stored, one) for one in clause[1:])
    _path, operator, pattern = clause
    assert operator == "ilike"
    return bool(_SQLITE.execute("SELECT ? LIKE ?", (stored, pattern)).fetchone()[0])


def test_plain_words_are_asked_as_they_are() -> None:
    contains = Restriction("NAME", Operator.CONTAINS, (" Berge ",))

    assert domains.text("addresses.city")(contains) == ["addresses.city", "ilike", "%berge%"]


def test_a_number_is_found_whatever_its_blanks() -> None:
    clause = domains.number_text("identifiers.code")(Restriction("VATNO", Operator.EQUALS, ("910 62",)))

    assert clause is not None
    assert _likes("NO 9106 2", clause)
    assert not _likes("NO 9206 2", clause)


def test_what_is_too_long_for_a_pattern_is_left_to_the_platform() -> None:
    assert domains.text("name")(Restriction("NAME", Operator.CONTAINS, ("x" * 10_000_000,))) == ["name", "ilike", "%%"]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        (Operator.BEFORE, [["<", 0]]),
        (Operator.AFTER, [[">", 1]]),
        (Operator.BEFORE_OR_EQUAL, [["<=", 1]]),
        (Operator.AFTER_OR_EQUAL, [[">=", 0]]),
        (Operator.EQUALS, [[">=", 0], ["<=", 1]]),
    ],
)
def test_a_date_is_its_whole_day(operator: Operator, expected: list[list[Any]]) -> None:
    day = date(2026, 11, 22)
    ends = [datetime(2026, 11, 22, tzinfo=timezone.utc), datetime(2026, 11, 22, 23, 59, 59, 999_999, timezone.utc)]

    clause = domains.moment("create_date")(Restriction("CREATED", operator, (day,)))

    clauses = [["create_date", sign, ends[end]] for sign, end in expected]
    assert clause == (clauses if len(clauses) > 1 else clauses[0])


def test_a_time_in_another_zone_is_asked_in_utc() -> None:
    oslo = timezone(timedelta(hours=1))
    between = Restriction(
        "CREATED", Operator.BETWEEN, (datetime(2026, 1, 1, 12, tzinfo=oslo), datetime(2026, 1, 2, tzinfo=oslo))
    )

    assert domains.moment("create_date")(between) == [
        ["create_date", ">=", datetime(2026, 1, 1, 11, tzinfo=timezone.utc)],
        ["create_date", "<=", datetime(2026, 1, 1, 23, tzinfo=timezone.utc)],
    ]


def test_the_last_day_of_all_is_left_to_the_platform() -> None:
    assert domains.moment("create_date")(Restriction("CREATED", Operator.EQUALS, (date.max,))) is None


def test_numbers_beyond_any_id_find_nobody_and_break_nothing() -> None:
    huge = Restriction("ID", Operator.GREATER, (10**30,))

    assert domains.number("id")(huge) == ["id", ">", domains.LARGEST_ID]
    assert domains.ids(["7", "x", "9" * 11, "3", "3"]) == [3, 7]
    assert domains.ids([]) == [-1]
