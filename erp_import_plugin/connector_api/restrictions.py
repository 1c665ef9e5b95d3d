"""Restrictions: one search criterion each, and the operators they may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

RestrictionValue: TypeAlias = "str | int | Decimal | bool | date | datetime"


class Operator(str, Enum):
    """What a criterion asks.

    Text is compared without regard to case, after Unicode NFKC and trimming. An empty value (None, blank text) fulfils
    only the negated operators. BETWEEN includes both ends. A date compared with a date/time field means the whole day.
    """

    EQUALS = "equals"
    BEGINS = "begins"
    CONTAINS = "contains"
    ENDS = "ends"
    NOT_EQUALS = "not_equals"
    NOT_BEGINS = "not_begins"
    NOT_CONTAINS = "not_contains"
    NOT_ENDS = "not_ends"
    LESS = "less"
    GREATER = "greater"
    LESS_OR_EQUAL = "less_or_equal"
    GREATER_OR_EQUAL = "greater_or_equal"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    BEFORE_OR_EQUAL = "before_or_equal"
    AFTER_OR_EQUAL = "after_or_equal"
    ONE_OF = "one_of"
    NOT_ONE_OF = "not_one_of"


TEXT_OPERATORS = (
    Operator.EQUALS,
    Operator.BEGINS,
    Operator.CONTAINS,
    Operator.ENDS,
    Operator.NOT_EQUALS,
    Operator.NOT_BEGINS,
    Operator.NOT_CONTAINS,
    Operator.NOT_ENDS,
    Operator.BETWEEN,
)
NUMBER_OPERATORS = (
    Operator.EQUALS,
    Operator.NOT_EQUALS,
    Operator.LESS,
    Operator.GREATER,
    Operator.LESS_OR_EQUAL,
    Operator.GREATER_OR_EQUAL,
    Operator.BETWEEN,
)
DATE_OPERATORS = (
    Operator.EQUALS,
    Operator.BEFORE,
    Operator.AFTER,
    Operator.BEFORE_OR_EQUAL,
    Operator.AFTER_OR_EQUAL,
    Operator.BETWEEN,
)
BOOLEAN_OPERATORS = (Operator.EQUALS,)
LIST_OPERATORS = (Operator.ONE_OF, Operator.NOT_ONE_OF)


@dataclass(frozen=True, slots=True)
class Restriction:
    """One criterion: a field, an operator, and as many values as the operator takes.

    BETWEEN takes two values, ONE_OF and NOT_ONE_OF one or more (item keys), all others one. Values have the Python
    type of the field. Relative dates ("last week") are made absolute before a connector sees them.
    """

    field: str
    operator: Operator
    values: tuple[RestrictionValue, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """The wanted order; only asked of a connector whose capabilities say it sorts."""

    field: str
    descending: bool = False
