"""Dates and times in the reader's format."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import format_date, format_time, get_locale

# Plain "en" is American to Babel, and 4/5/2026 another day to most who read English.
_ENGLISH = "d MMM y"


def day(value: date, length: str = "medium") -> str:
    """A date, of a moment the one in the reader's time zone; ``length`` is "short" or "medium".

    Where English is of no country it is 22 Nov 2026, whatever the length.
    """
    locale = get_locale()
    plain = locale is None or (locale.language == "en" and not locale.territory)
    return str(format_date(value, _ENGLISH if plain else length))


def moment(value: datetime, length: str = "medium", time: str = "short") -> str:
    """A date with time in the reader's format and time zone; ``time`` is "short" or, with seconds, "medium"."""
    return f"{day(value, length)}, {format_time(value, time)}"
