from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.connector_api import ErpField, FieldType
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.values import check_value

UTC = timezone.utc
LIMITS = Limits(max_text_length=1_000)


def checked(field_type: FieldType, value: object, *, multiple: bool = False) -> tuple[Any, str]:
    result, problem = check_value(ErpField("F", "F", field_type, multiple=multiple), value, LIMITS)
    return result, str(problem or "")


@pytest.mark.parametrize(
    ("field_type", "value", "expected"),
    [
        (FieldType.TEXT, "abc", "abc"),
        (FieldType.TEXT, "  kept as it is \n", "  kept as it is \n"),
        (FieldType.TEXT, "שלום مرحبا e\u0301", "שלום مرحبا e\u0301"),
        (FieldType.TEXT, 42, "42"),
        (FieldType.TEXT, 42.0, "42"),
        (FieldType.TEXT, Decimal("1.50"), "1.50"),
        (FieldType.TEXT, date(2024, 1, 2), "2024-01-02"),
        (FieldType.INTEGER, 5, 5),
        (FieldType.INTEGER, " 5 ", 5),
        (FieldType.INTEGER, "-5", -5),
        (FieldType.INTEGER, 5.0, 5),
        (FieldType.INTEGER, Decimal("5.0"), 5),
        (FieldType.INTEGER, "", None),
        (FieldType.DECIMAL, 1.1, Decimal("1.1")),
        (FieldType.DECIMAL, 3, Decimal(3)),
        (FieldType.DECIMAL, "1234.5", Decimal("1234.5")),
        (FieldType.DECIMAL, "1234,5", Decimal("1234.5")),
        (FieldType.DECIMAL, "1.234,56", Decimal("1234.56")),
        (FieldType.DECIMAL, "1,234,567.89", Decimal("1234567.89")),
        (FieldType.DECIMAL, "1\u00a0234,5", Decimal("1234.5")),
        (FieldType.DECIMAL, "0,125", Decimal("0.125")),
        (FieldType.DATE, date(1, 1, 1), date(1, 1, 1)),
        (FieldType.DATE, "2024-02-29", date(2024, 2, 29)),
        (FieldType.DATE, datetime(2024, 2, 29), date(2024, 2, 29)),
        (FieldType.DATE, "2024-02-29T00:00:00", date(2024, 2, 29)),
        (FieldType.DATETIME, "2024-02-29T12:30:00Z", datetime(2024, 2, 29, 12, 30, tzinfo=UTC)),
        (FieldType.DATETIME, "2024-02-29 12:30:00.5+02:00", datetime(2024, 2, 29, 10, 30, 0, 500_000, tzinfo=UTC)),
        (FieldType.DATETIME, date(2024, 2, 29), datetime(2024, 2, 29, tzinfo=UTC)),
        (FieldType.BOOLEAN, True, True),
        (FieldType.BOOLEAN, 0, False),
        (FieldType.BOOLEAN, "True", True),
        (FieldType.LIST, "A", "A"),
        (FieldType.LIST, 7, "7"),
        (FieldType.LIST, ["A"], "A"),
        (FieldType.LIST, " ", None),
    ],
)
def test_harmless_differences_are_taken_over(field_type: FieldType, value: object, expected: object) -> None:
    result, problem = checked(field_type, value)
    assert result == expected
    assert type(result) is type(expected)
    assert problem == ""


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        (FieldType.TEXT, b"bytes"),
        (FieldType.TEXT, True),
        (FieldType.TEXT, 1.5),
        (FieldType.TEXT, ["a"]),
        (FieldType.TEXT, "x" * 1_001),
        (FieldType.INTEGER, "5.5"),
        (FieldType.INTEGER, "five"),
        (FieldType.INTEGER, True),
        (FieldType.INTEGER, float("nan")),
        (FieldType.INTEGER, "9" * 5_000),
        (FieldType.DECIMAL, "1,234"),
        (FieldType.DECIMAL, "1.234.567"),
        (FieldType.DECIMAL, "NaN"),
        (FieldType.DECIMAL, float("inf")),
        (FieldType.DECIMAL, "1e999999"),
        (FieldType.DATE, "2024-02-30"),
        (FieldType.DATE, "30.01.2024"),
        (FieldType.DATE, datetime(2024, 2, 29, 1)),
        (FieldType.DATE, 20240229),
        (FieldType.DATETIME, "2024-02-29T12:30:00"),
        (FieldType.DATETIME, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))),
        (FieldType.DATETIME, 1709164800),
        (FieldType.BOOLEAN, 2),
        (FieldType.BOOLEAN, "perhaps"),
        (FieldType.LIST, ("A", "B")),
        (FieldType.LIST, {"key": "A"}),
        (FieldType.LIST, "x" * 256),
        (FieldType.LIST, "A\x00"),
    ],
)
def test_what_does_not_fit_is_empty_and_named(field_type: FieldType, value: object) -> None:
    result, problem = checked(field_type, value)
    assert result is None
    assert problem.startswith("F: ")
    assert problem.endswith("left out.")
    assert len(problem) < 200


def test_what_cannot_be_stored_is_replaced_visibly_and_named() -> None:
    assert checked(FieldType.TEXT, "a\x00b\ud800c\x1b\td") == (
        "a\ufffdb\ufffdc\ufffd\td",
        "F: 3 characters that cannot be stored were replaced by “\ufffd”.",
    )


def test_a_time_without_zone_is_taken_as_utc_and_named() -> None:
    result, problem = checked(FieldType.DATETIME, datetime(2024, 1, 1, 12))
    assert result == datetime(2024, 1, 1, 12, tzinfo=UTC)
    assert "no time zone" in problem


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["B", "A", "B"], ("B", "A")), ({"B", "A"}, ("A", "B")), ("A", ("A",)), ([], ()), (("A", ""), ("A",))],
)
def test_multiple_lists(value: object, expected: tuple[str, ...]) -> None:
    assert checked(FieldType.LIST, value, multiple=True) == (expected, "")


def test_a_value_that_cannot_even_be_shown() -> None:
    class Unspeakable:
        def __repr__(self) -> str:
            raise RuntimeError

    assert checked(FieldType.TEXT, Unspeakable()) == (
        None,
        "F: the value “Unspeakable” is no text and was left out.",
    )


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(allow_nan=True), st.text(), st.binary(),
    st.dates(), st.datetimes(), st.lists(st.text() | st.integers()), st.sets(st.text()),
    st.characters(categories=["Cs"]),
)  # fmt: skip
PROMISED = {
    FieldType.TEXT: str, FieldType.INTEGER: int, FieldType.DECIMAL: Decimal, FieldType.DATE: date,
    FieldType.DATETIME: datetime, FieldType.BOOLEAN: bool, FieldType.LIST: str,
}  # fmt: skip


@given(st.sampled_from(list(FieldType)), ANYTHING, st.booleans())
def test_anything_becomes_the_promised_type_or_a_problem(field_type: FieldType, value: object, multiple: bool) -> None:
    multiple = multiple and field_type is FieldType.LIST
    result, problem = check_value(ErpField("F", "F", field_type, multiple=multiple), value, LIMITS)
    if result is None:
        blank = value is None or (isinstance(value, str) and not value.strip()) or value in ([], set(), ())
        assert problem or blank or (isinstance(value, (list, set)) and not str(next(iter(value))).strip())
    else:
        assert type(result) is (tuple if multiple else PROMISED[field_type])
    if isinstance(result, str):
        result.encode("utf-8")
        assert "\x00" not in result
