"""Every operator of every type against a naive reading of the contract."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.connector_api import ErpField, FieldType, Operator, Restriction
from erp_import_plugin.connector_host.filtering import check_restriction, matcher, operators_for

UTC = timezone.utc
OSLO = timezone(timedelta(hours=2))


def matches(field_type: FieldType, operator: Operator, value: Any, *wanted: Any, multiple: bool = False) -> bool:
    field = ErpField("F", "F", field_type, list_name="L", multiple=multiple)
    return matcher([field], [Restriction("F", operator, wanted)])({"F": value})


def text(operator: Operator, value: Any, *wanted: str) -> bool:
    return matches(FieldType.TEXT, operator, value, *wanted)


def naive(operator: Operator, value: Any, wanted: tuple[Any, ...]) -> bool:
    """The contract word by word, on values already comparable; text folded."""
    negated = operator.value.startswith("not_")
    if value is None or value == "" or value == ():
        return negated
    plain = operator.value.removeprefix("not_")
    first = wanted[0]
    answer = {
        "equals": lambda: value == first,
        "begins": lambda: value[: len(first)] == first,
        "contains": lambda: value.find(first) >= 0,
        "ends": lambda: value[len(value) - len(first) :] == first if len(first) <= len(value) else False,
        "less": lambda: value < first,
        "before": lambda: value < first,
        "greater": lambda: value > first,
        "after": lambda: value > first,
        "less_or_equal": lambda: not value > first,
        "before_or_equal": lambda: not value > first,
        "greater_or_equal": lambda: not value < first,
        "after_or_equal": lambda: not value < first,
        "between": lambda: not value < first and not value > wanted[1],
        "one_of": lambda: any(one in wanted for one in (value if isinstance(value, tuple) else (value,))),
    }[plain]()
    return answer != negated


def folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().casefold()


SAMPLES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: st.text(alphabet="aAbßSﬁfi øØ\u00a0\u0301", max_size=4),
    FieldType.INTEGER: st.integers(-3, 3),
    FieldType.DECIMAL: st.decimals(-2, 2, places=1),
    FieldType.DATE: st.dates(date(2024, 2, 27), date(2024, 3, 2)),
    FieldType.DATETIME: st.datetimes(datetime(2024, 2, 28), datetime(2024, 3, 1), timezones=st.just(UTC)),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.LIST: st.sampled_from("ABCa"),
}


@given(st.data())
def test_operators_mean_what_the_contract_says(data: st.DataObject) -> None:
    field_type = data.draw(st.sampled_from(list(FieldType)))
    operator = data.draw(st.sampled_from(operators_for(field_type)))
    sample = SAMPLES[field_type]
    value = data.draw(st.none() | sample)
    several = operator in (Operator.ONE_OF, Operator.NOT_ONE_OF)
    size = data.draw(st.integers(1, 3)) if several else 1 + (operator is Operator.BETWEEN)
    wanted = tuple(data.draw(st.lists(sample, min_size=size, max_size=size)))
    multiple = field_type is FieldType.LIST and data.draw(st.booleans())
    if multiple:
        value = tuple(data.draw(st.lists(sample, max_size=3)))
    expected_value, expected_wanted = value, wanted
    if field_type is FieldType.TEXT:
        expected_value = None if value is None else folded(value)
        expected_wanted = tuple(map(folded, wanted))
    assert matches(field_type, operator, value, *wanted, multiple=multiple) == naive(
        operator, expected_value, expected_wanted
    )


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "expected"),
    [
        (Operator.EQUALS, " STRASSE ", "straße", True),
        (Operator.EQUALS, "\uff21\uff22\uff23", "abc", True),
        (Operator.BEGINS, "Ørsted", "ør", True),
        (Operator.CONTAINS, "Müller", "mu\u0308", True),
        (Operator.ENDS, "Acme AS", "as", True),
        (Operator.NOT_CONTAINS, None, "x", True),
        (Operator.NOT_EQUALS, "  ", "x", True),
        (Operator.CONTAINS, None, "x", False),
        (Operator.EQUALS, None, "", False),
        (Operator.BEGINS, "", "", False),
    ],
)
def test_text(operator: Operator, value: str | None, wanted: str, expected: bool) -> None:
    assert text(operator, value, wanted) is expected


def test_between_includes_both_ends() -> None:
    for value, expected in [(0, False), (1, True), (2, True), (3, True), (4, False)]:
        assert matches(FieldType.INTEGER, Operator.BETWEEN, value, 1, 3) is expected
    assert matches(FieldType.DECIMAL, Operator.BETWEEN, Decimal("1.50"), Decimal("1.5"), Decimal(2))


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        (Operator.EQUALS, True),
        (Operator.BEFORE, False),
        (Operator.AFTER, False),
        (Operator.BEFORE_OR_EQUAL, True),
        (Operator.AFTER_OR_EQUAL, True),
    ],
)
def test_a_date_compared_with_a_datetime_is_the_whole_day(operator: Operator, expected: bool) -> None:
    for clock in ((0, 0), (12, 30), (23, 59)):
        moment = datetime(2024, 5, 17, *clock, tzinfo=OSLO)
        assert matches(FieldType.DATETIME, operator, moment, date(2024, 5, 17)) is expected


def test_a_between_may_mix_days_and_moments() -> None:
    moment = datetime(2024, 5, 17, 12, tzinfo=UTC)
    assert matches(
        FieldType.DATETIME, Operator.BETWEEN, moment, datetime(2024, 5, 17, 11, tzinfo=UTC), date(2024, 5, 17)
    )
    assert not matches(
        FieldType.DATETIME, Operator.BETWEEN, moment, date(2024, 5, 1), datetime(2024, 5, 17, 11, tzinfo=UTC)
    )


def test_moments_are_compared_across_zones() -> None:
    assert matches(
        FieldType.DATETIME, Operator.EQUALS, datetime(2024, 5, 17, 2, tzinfo=OSLO), datetime(2024, 5, 17, tzinfo=UTC)
    )


def test_a_multiple_list_matches_by_any_item() -> None:
    assert matches(FieldType.LIST, Operator.ONE_OF, ("A", "B"), "B", "C", multiple=True)
    assert not matches(FieldType.LIST, Operator.NOT_ONE_OF, ("A", "B"), "B", "C", multiple=True)
    assert matches(FieldType.LIST, Operator.NOT_ONE_OF, (), "B", multiple=True)


def test_every_restriction_must_hold() -> None:
    fields = [ErpField("A", "A"), ErpField("B", "B", FieldType.INTEGER)]
    both = matcher(fields, [Restriction("A", Operator.EQUALS, ("x",)), Restriction("B", Operator.LESS, (5,))])
    assert both({"A": "X", "B": 4})
    assert not both({"A": "X", "B": 5})
    assert not both({"A": "y", "B": 4})
    assert not both({})
    assert matcher(fields, [])({})


@pytest.mark.parametrize(
    ("field_type", "operator", "values"),
    [
        (FieldType.TEXT, Operator.LESS, ("a",)),
        (FieldType.TEXT, Operator.BETWEEN, ("a",)),
        (FieldType.TEXT, Operator.EQUALS, ()),
        (FieldType.TEXT, Operator.EQUALS, (1,)),
        (FieldType.INTEGER, Operator.EQUALS, ("1",)),
        (FieldType.INTEGER, Operator.EQUALS, (True,)),
        (FieldType.BOOLEAN, Operator.EQUALS, (1,)),
        (FieldType.DATE, Operator.EQUALS, ("2024-01-01",)),
        (FieldType.LIST, Operator.ONE_OF, ()),
    ],
)
def test_unsuitable_restrictions_are_refused(
    field_type: FieldType, operator: Operator, values: tuple[Any, ...]
) -> None:
    with pytest.raises(ValueError, match=r"operator|take|is not a"):
        check_restriction(ErpField("F", "F", field_type), Restriction("F", operator, values))
