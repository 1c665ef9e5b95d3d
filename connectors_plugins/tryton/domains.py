"""Restrictions as Tryton's domains.

Tryton compares text by ``ilike``, whose reach depends on the database behind it: SQLite knows upper and lower case of
ASCII letters only, and the escape sign is not the same in every series. So whatever might be stored in another way
becomes a wildcard. The answer then holds more than was asked for, which the platform sorts out, and never less.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, TypeAlias

from connectors_plugins.tryton.wire import Domain
from erp_import_plugin.connector_api import Operator, Restriction, RestrictionValue

Push: TypeAlias = "Callable[[Restriction], Domain | None]"
"""A restriction as one clause; None if Tryton cannot be asked."""

TEXT = frozenset({Operator.EQUALS, Operator.BEGINS, Operator.CONTAINS, Operator.ENDS})
_COMPARED = frozenset({Operator.EQUALS, Operator.BETWEEN})
NUMBER = _COMPARED | {Operator.LESS, Operator.GREATER, Operator.LESS_OR_EQUAL, Operator.GREATER_OR_EQUAL}
DATE = _COMPARED | {Operator.BEFORE, Operator.AFTER, Operator.BEFORE_OR_EQUAL, Operator.AFTER_OR_EQUAL}
SINCE = _COMPARED | {Operator.AFTER, Operator.AFTER_OR_EQUAL}
LIST = frozenset({Operator.ONE_OF})

LARGEST_ID = 2**31 - 1
_LONGEST_PATTERN = 200  # databases limit patterns; what is longer is left to the platform
# Besides all that is not plain ASCII, pairs of letters that may be stored as one (ß, ﬁ).
_LOOSE = re.compile(r"[^!-~]+|ss|f[fil]")
_SPECIAL = re.compile(r"[%_\\]")
_BLANKS = ("", "_", "__", "___")
"""A stored text may have blanks around it, which do not count when it is compared."""


def text(path: str) -> Push:
    """For a text field, also behind a relation ("addresses.city")."""
    return lambda restriction: _any_like(path, restriction)


def part_of(path: str) -> Push:
    """For a text that is somewhere in the field at ``path``."""
    return lambda restriction: [path, "ilike", f"%{_pattern(_folded(restriction))}%"]


def number_text(path: str) -> Push:
    """For numbers that are stored with blanks and compared without."""
    return lambda restriction: [path, "ilike", f"%{'%'.join(map(_pattern, _folded(restriction)))}%"]


def mechanism(kind: str) -> Push:
    """For the values of one kind of contact mechanism."""
    return lambda restriction: [
        "contact_mechanisms",
        "where",
        [["type", "=", kind], _any_like("value", restriction)],
    ]


def number(path: str) -> Push:
    """For a whole number, no larger than Tryton's ids."""

    def push(restriction: Restriction) -> Domain:
        values = [max(min(int(value), LARGEST_ID), -1) for value in restriction.values if isinstance(value, int)]
        return _compared(path, restriction.operator, values[0], values[-1])

    return push


def moment(path: str) -> Push:
    """For a date/time; a date stands for its whole day in UTC."""

    def push(restriction: Restriction) -> Domain | None:
        spans = _spans(restriction.values)
        return _compared(path, restriction.operator, spans[0][0], spans[-1][1]) if spans else None

    return push


def since(clause: Callable[[datetime], Domain]) -> Push:
    """For a date/time of which Tryton can only be asked whether it is not before another."""

    def push(restriction: Restriction) -> Domain | None:
        spans = _spans(restriction.values)
        return clause(spans[0][0]) if spans else None

    return push


def one_of(path: str) -> Push:
    """For list items whose keys are Tryton's ids."""
    return lambda restriction: [path, "in", ids(map(str, restriction.values))]


def country(path: str) -> Push:
    """For countries, whose keys are their codes, or ids where they have none."""

    def push(restriction: Restriction) -> Domain:
        keys = [str(value) for value in restriction.values]
        return ["OR", [f"{path}.code", "in", keys], [path, "in", ids(keys)]]

    return push


def changed_since(moment: datetime, children: Iterable[str]) -> Domain:
    """Records made or changed at or after a moment, themselves or one of these children, archived ones as well."""
    dates = [[name, ">=", moment] for name in ("create_date", "write_date")]
    return ["OR", *dates, *([name, "where", ["OR", *dates]] for name in children)]


def ids(keys: Iterable[str]) -> list[int]:
    """The ids among ERP keys; one that no record has if there are none."""
    found = {int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 12}
    return sorted(one for one in found if one <= LARGEST_ID) or [-1]


def _any_like(path: str, restriction: Restriction) -> Domain:
    pattern = _pattern(_folded(restriction))
    clauses = [[path, "ilike", like] for like in _placed(restriction.operator, pattern)]
    return clauses[0] if len(clauses) == 1 else ["OR", *clauses]


def _placed(operator: Operator, pattern: str) -> list[str]:
    if operator in (Operator.EQUALS, Operator.BEGINS):
        return [f"{blanks}{pattern}%" for blanks in _BLANKS]
    if operator is Operator.ENDS:
        return [f"%{pattern}{blanks}" for blanks in _BLANKS]
    return [f"%{pattern}%"]


def _folded(restriction: Restriction) -> str:
    value = unicodedata.normalize("NFKC", str(restriction.values[0])).strip().casefold()
    return value if len(value) <= _LONGEST_PATTERN else ""


def _pattern(folded: str) -> str:
    return _LOOSE.sub("%", _SPECIAL.sub("_", folded))


def _compared(path: str, operator: Operator, low: Any, high: Any) -> Domain:
    if operator in (Operator.LESS, Operator.BEFORE):
        return [path, "<", low]
    if operator in (Operator.GREATER, Operator.AFTER):
        return [path, ">", high]
    if operator in (Operator.LESS_OR_EQUAL, Operator.BEFORE_OR_EQUAL):
        return [path, "<=", high]
    if operator in (Operator.GREATER_OR_EQUAL, Operator.AFTER_OR_EQUAL):
        return [path, ">=", low]
    return [[path, ">=", low], [path, "<=", high]]


def _spans(values: Sequence[RestrictionValue]) -> list[tuple[datetime, datetime]]:
    """First and last moment of each value; nothing if the calendar ends before that."""
    try:
        return [_span(value) for value in values if isinstance(value, date)]
    except OverflowError:
        return []


def _span(value: date) -> tuple[datetime, datetime]:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc), aware.astimezone(timezone.utc)
    start = datetime.combine(value, time(), timezone.utc)
    return start, start + timedelta(days=1) - timedelta(microseconds=1)
