"""Texts as people type them, as values: both decimal signs, blanks as thousands, ISO and dotted dates."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from decimal import Decimal

from erp_import_plugin.errors import Sentence

_BLANKS = re.compile("[ \u00a0\u202f]")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,18}([.,][0-9]{1,12})?|[.,][0-9]{1,12})")
_DOTTED = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})(.*)", re.DOTALL)
_YES = frozenset({"yes", "y", "true", "1", "on", "ja", "j"})
_NO = frozenset({"no", "n", "false", "0", "off", "nei", "nej", "nein", "nee"})


class NotAValue(ValueError):
    """The text is not what was asked for; ``sentence`` says what to type."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def line(text: str) -> str:
    """A text on one line, that every database and every ERP can keep; blanks around it do not count."""
    if any(char < " " or "\ud800" <= char <= "\udfff" for char in text):
        raise NotAValue(Sentence("The text holds characters that cannot be stored."))
    return text.strip()


def whole(text: str) -> int:
    """A whole number. A decimal sign is refused: it may have been meant for thousands."""
    digits = _BLANKS.sub("", text)
    if not _WHOLE.fullmatch(digits):
        raise NotAValue(Sentence("Enter a whole number, such as 1200."))
    return int(digits)


def decimal(text: str) -> Decimal:
    """A number with either decimal sign."""
    digits = _BLANKS.sub("", text)
    if not _DECIMAL.fullmatch(digits):
        raise NotAValue(Sentence("Enter a number, such as 1200.50 or 1200,50."))
    return Decimal(digits.replace(",", "."))


def day(text: str) -> date:
    """A date."""
    try:
        return date.fromisoformat(_iso(text))
    except ValueError:
        raise NotAValue(Sentence("Enter a date, such as 2026-12-31 or 31.12.2026.")) from None


def day_or_moment(text: str) -> date | datetime:
    """A date, or an aware date and time; a time without zone is UTC."""
    iso = _iso(text)
    if len(iso) <= len("2026-12-31"):
        return day(text)
    try:
        moment = datetime.fromisoformat(iso.replace("Z", "+00:00"))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        aware.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise NotAValue(
            Sentence("Enter a date, such as 2026-12-31, or a date and time, such as 2026-12-31 14:30.")
        ) from None
    return aware


def yes_or_no(text: str) -> bool:
    """Yes or no, in any of our languages."""
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise NotAValue(Sentence("Enter yes or no."))
    return word in _YES


def _iso(text: str) -> str:
    stripped = text.strip()
    dotted = _DOTTED.fullmatch(stripped)
    if dotted is None:
        return stripped
    days, months, years, rest = dotted.groups()
    return f"{years}-{months:0>2}-{days:0>2}{rest}"
