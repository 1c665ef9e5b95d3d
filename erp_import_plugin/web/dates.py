"""Dates and times in the reader's format."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from flask_babel import format_date, format_time, get_locale, get_timezone

from erp_import_plugin.translations import date_format


def day(value: date, length: str = "medium") -> str:
    """A date, of a moment the one in the reader's time zone; ``length`` is "short" or "medium".

    Where English is of no country it is 22 Nov 2026, whatever the length.
    """
    return str(format_date(value, date_format(get_locale(), length)))


def moment(value: datetime, length: str = "medium", time: str = "short") -> str:
    """A date with time in the reader's format and time zone; ``time`` is "short" or, with seconds, "medium"."""
    return f"{day(value, length)}, {format_time(value, time)}"


def day_asked(text: str) -> date | None:
    """The day that a date input has sent; None where it is empty, or no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def begin_of(value: date) -> datetime:
    """The moment at which a day begins where the reader is."""
    in_utc = datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    try:
        return in_utc - (in_utc.astimezone(get_timezone()).utcoffset() or timedelta())
    except OverflowError:  # the first day there is, or the last
        return in_utc
