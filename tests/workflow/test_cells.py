from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.connector_api import Actor, ActorType, ErpField, FieldType
from erp_import_plugin.store.searches import SORT_LENGTH
from erp_import_plugin.workflow import cells

NUMBERS = st.integers(-(10**20), 10**20) | st.decimals(-(10**15), 10**15, places=4)


@given(st.lists(NUMBERS, min_size=2, max_size=10))
def test_numbers_sort_as_texts_as_they_do_as_numbers(numbers: list[int | Decimal]) -> None:
    assert sorted(numbers) == sorted(numbers, key=cells.sort_text)


@given(st.text() | NUMBERS | st.dates() | st.booleans() | st.none())
def test_what_is_sorted_by_can_be_kept(value: str | int | Decimal | date | bool | None) -> None:
    assert len(cells.sort_text(value)) <= SORT_LENGTH


def test_texts_sort_without_regard_to_case() -> None:
    assert cells.sort_text(" ÅS ") == cells.sort_text("ås")


def test_a_cell_shows_one_line_of_what_is_not_too_long() -> None:
    assert cells.text("a\n  b") == "a b"
    assert cells.text("x" * 10_000_000) == "x" * 299 + "…"
    assert cells.text(None) == ""
    assert cells.text(False) == "no"
    assert cells.text(Decimal("1E+3")) == "1000"
    zone = timezone(timedelta(hours=2))
    assert cells.text(datetime(2026, 1, 2, 1, 30, tzinfo=zone)) == "2026-01-01 23:30+00:00"


def test_list_values_are_shown_by_their_label() -> None:
    one = ErpField("A", "A", FieldType.LIST, list_name="a")
    many = ErpField("B", "B", FieldType.LIST, list_name="a", multiple=True)
    actor = Actor(ActorType.CUSTOMER, "1", {"A": "x", "B": ("x", "gone")})
    shown, _ = cells.row([one, many], actor, {"a": {"x": "Ex"}})
    assert shown == ("Ex", "Ex, gone")
