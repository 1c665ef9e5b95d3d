"""Relative dates ("last week") made absolute, before a connector or a filter sees them."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum

from erp_import_plugin.connector_api import Operator, Restriction


class Relative(str, Enum):
    """A span of whole days as seen from today. A week begins on Monday (ISO 8601)."""

    TODAY = "today"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    LAST_N_DAYS = "last_n_days"


def absolute(relative: Relative, today: date, n: int | None = None) -> tuple[date, date]:
    """The first and the last day of the span, both belonging to it: the values of a BETWEEN.

    LAST_N_DAYS are the ``n`` days that end today. Raises ValueError if it comes without an ``n`` of at least 1.
    """
    if relative is Relative.TODAY:
        return today, today
    if relative is Relative.LAST_N_DAYS:
        return _last_days(today, n), today
    if relative in (Relative.THIS_WEEK, Relative.LAST_WEEK):
        return _week(today, back=relative is Relative.LAST_WEEK)
    if relative in (Relative.THIS_MONTH, Relative.LAST_MONTH):
        return _month(today, back=relative is Relative.LAST_MONTH)
    year = today.year - (relative is Relative.LAST_YEAR)
    return date(year, 1, 1), date(year, 12, 31)


def relative_restriction(field: str, relative: Relative, today: date, n: int | None = None) -> Restriction:
    """The criterion "field lies in the span"; errors as in :func:`absolute`."""
    return Restriction(field, Operator.BETWEEN, absolute(relative, today, n))


def _last_days(today: date, n: int | None) -> date:
    if n is None or n < 1:
        raise ValueError("the last N days need an N of at least 1")
    return date.fromordinal(max(today.toordinal() - n + 1, 1))


def _week(today: date, *, back: bool) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday() + (7 if back else 0))
    return monday, monday + timedelta(days=6)


def _month(today: date, *, back: bool) -> tuple[date, date]:
    first = today.replace(day=1)
    if back:
        first = (first - timedelta(days=1)).replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)
