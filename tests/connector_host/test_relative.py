from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.connector_api import Operator, Restriction
from erp_import_plugin.connector_host import Relative, absolute, relative_restriction

TODAY = date(2024, 3, 1)  # a Friday, after a leap day


@pytest.mark.parametrize(
    ("relative", "first", "last"),
    [
        (Relative.TODAY, date(2024, 3, 1), date(2024, 3, 1)),
        (Relative.THIS_WEEK, date(2024, 2, 26), date(2024, 3, 3)),
        (Relative.LAST_WEEK, date(2024, 2, 19), date(2024, 2, 25)),
        (Relative.THIS_MONTH, date(2024, 3, 1), date(2024, 3, 31)),
        (Relative.LAST_MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        (Relative.THIS_YEAR, date(2024, 1, 1), date(2024, 12, 31)),
        (Relative.LAST_YEAR, date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_spans(relative: Relative, first: date, last: date) -> None:
    assert absolute(relative, TODAY) == (first, last)


def test_the_last_days_end_today() -> None:
    assert absolute(Relative.LAST_N_DAYS, TODAY, 1) == (TODAY, TODAY)
    assert absolute(Relative.LAST_N_DAYS, TODAY, 7) == (date(2024, 2, 24), TODAY)
    assert absolute(Relative.LAST_N_DAYS, TODAY, 10**9) == (date.min, TODAY)


@pytest.mark.parametrize("n", [None, 0, -1])
def test_the_last_days_need_a_number(n: int | None) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        absolute(Relative.LAST_N_DAYS, TODAY, n)


def test_a_relative_criterion_becomes_a_between() -> None:
    assert relative_restriction("SINCE", Relative.LAST_MONTH, TODAY) == Restriction(
        "SINCE", Operator.BETWEEN, (date(2024, 2, 1), date(2024, 2, 29))
    )


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_spans_meet_without_gap(today: date) -> None:
    for last, this in [
        (Relative.LAST_WEEK, Relative.THIS_WEEK),
        (Relative.LAST_MONTH, Relative.THIS_MONTH),
        (Relative.LAST_YEAR, Relative.THIS_YEAR),
    ]:
        assert absolute(last, today)[1] + timedelta(days=1) == absolute(this, today)[0]
        assert absolute(this, today)[0] <= today <= absolute(this, today)[1]
