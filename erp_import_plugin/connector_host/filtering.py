"""Our own filter: every operator for every field, whatever the ERP can do itself.

The semantics are those of ``connector_api.restrictions``. A date/time is compared with a date by its own calendar day,
in the zone the connector gave; date/times without zone count as UTC.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, TypeAlias

from erp_import_plugin.connector_api import (
    BOOLEAN_OPERATORS,
    DATE_OPERATORS,
    LIST_OPERATORS,
    NUMBER_OPERATORS,
    TEXT_OPERATORS,
    ErpField,
    FieldType,
    FieldValue,
    Operator,
    Restriction,
    RestrictionValue,
)

Values: TypeAlias = Mapping[str, FieldValue]
Test: TypeAlias = Callable[[Any], bool]

_OPERATORS: dict[FieldType, tuple[Operator, ...]] = {
    FieldType.TEXT: TEXT_OPERATORS,
    FieldType.INTEGER: NUMBER_OPERATORS,
    FieldType.DECIMAL: NUMBER_OPERATORS,
    FieldType.DATE: DATE_OPERATORS,
    FieldType.DATETIME: DATE_OPERATORS,
    FieldType.BOOLEAN: BOOLEAN_OPERATORS,
    FieldType.LIST: LIST_OPERATORS,
}
_NEGATED = {
    Operator.NOT_EQUALS: Operator.EQUALS,
    Operator.NOT_BEGINS: Operator.BEGINS,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.NOT_ENDS: Operator.ENDS,
    Operator.NOT_ONE_OF: Operator.ONE_OF,
}
_TESTS: dict[Operator, Callable[[tuple[Any, ...]], Test]] = {
    Operator.EQUALS: lambda wanted: lambda value: bool(value == wanted[0]),
    Operator.BEGINS: lambda wanted: lambda value: bool(value.startswith(wanted[0])),
    Operator.CONTAINS: lambda wanted: lambda value: wanted[0] in value,
    Operator.ENDS: lambda wanted: lambda value: bool(value.endswith(wanted[0])),
    Operator.LESS: lambda wanted: lambda value: bool(value < wanted[0]),
    Operator.GREATER: lambda wanted: lambda value: bool(value > wanted[0]),
    Operator.LESS_OR_EQUAL: lambda wanted: lambda value: bool(value <= wanted[0]),
    Operator.GREATER_OR_EQUAL: lambda wanted: lambda value: bool(value >= wanted[0]),
    Operator.BETWEEN: lambda wanted: lambda value: bool(wanted[0] <= value <= wanted[1]),
    Operator.BEFORE: lambda wanted: lambda value: bool(value < wanted[0]),
    Operator.AFTER: lambda wanted: lambda value: bool(value > wanted[0]),
    Operator.BEFORE_OR_EQUAL: lambda wanted: lambda value: bool(value <= wanted[0]),
    Operator.AFTER_OR_EQUAL: lambda wanted: lambda value: bool(value >= wanted[0]),
}


def operators_for(field_type: FieldType) -> tuple[Operator, ...]:
    """The operators offered for a field of this type, in the order of the screen."""
    return _OPERATORS[field_type]


def fold(text: str) -> str:
    """A text as it is compared: Unicode NFKC, trimmed, without regard to case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def check_restriction(field: ErpField, restriction: Restriction) -> None:
    """Raise ValueError if the operator, the number of values or a value's type does not suit the field."""
    if restriction.operator not in operators_for(field.type):
        raise ValueError(f"{restriction.operator.value} is no operator of a {field.type.value} field")
    count = len(restriction.values)
    several = restriction.operator in LIST_OPERATORS
    if count < 1 or (not several and count != (2 if restriction.operator is Operator.BETWEEN else 1)):
        raise ValueError(f"{restriction.operator.value} does not take {count} values")
    if not all(_suits(field.type, value) for value in restriction.values):
        raise ValueError(f"a value of the criterion on {field.key} is not a {field.type.value}")


def matcher(fields: Iterable[ErpField], restrictions: Iterable[Restriction]) -> Callable[[Values], bool]:
    """A function that says whether an actor's values fulfil every restriction.

    Raises KeyError for a restriction on a field that is not among ``fields``, ValueError for one that does not suit.
    """
    by_key = {field.key: field for field in fields}
    tests = [(restriction.field, _test(by_key[restriction.field], restriction)) for restriction in restrictions]

    def fulfils(values: Values) -> bool:
        return all(test(values.get(key)) for key, test in tests)

    return fulfils


def _test(field: ErpField, restriction: Restriction) -> Test:
    check_restriction(field, restriction)
    positive = _NEGATED.get(restriction.operator)
    bare = _bare_test(field, positive or restriction.operator, restriction.values)
    if positive is not None:
        return lambda value: is_empty(value) or not bare(value)
    return lambda value: not is_empty(value) and bare(value)


def is_empty(value: FieldValue) -> bool:
    """Whether a value counts as none: None, blank text, no list item."""
    return value is None or value == () or (isinstance(value, str) and not value.strip())


def _bare_test(field: ErpField, operator: Operator, values: tuple[RestrictionValue, ...]) -> Test:
    if field.type is FieldType.LIST:
        return _list_test(frozenset(str(value) for value in values))
    if field.type is FieldType.TEXT:
        test = _TESTS[operator](tuple(fold(str(value)) for value in values))
        return lambda value: test(fold(str(value)))
    if field.type in (FieldType.DATE, FieldType.DATETIME):
        return _date_test(field.type, operator, values)
    return _TESTS[operator](values)


def _list_test(wanted: frozenset[str]) -> Test:
    return lambda value: not wanted.isdisjoint(value if isinstance(value, tuple) else (value,))


def _date_test(field_type: FieldType, operator: Operator, values: tuple[RestrictionValue, ...]) -> Test:
    """Each end is compared in its own measure: by day if it is a date, by instant if it is a date/time."""
    if operator is Operator.BETWEEN:
        first = _date_test(field_type, Operator.AFTER_OR_EQUAL, values[:1])
        last = _date_test(field_type, Operator.BEFORE_OR_EQUAL, values[1:])
        return lambda value: first(value) and last(value)
    measure = _instant if field_type is FieldType.DATETIME and isinstance(values[0], datetime) else _day
    test = _TESTS[operator]((measure(values[0]),))
    return lambda value: test(measure(value))


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _instant(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


_PYTHON_TYPES: dict[FieldType, tuple[type, ...]] = {
    FieldType.TEXT: (str,),
    FieldType.INTEGER: (int, Decimal),
    FieldType.DECIMAL: (int, Decimal),
    FieldType.DATE: (date,),
    FieldType.DATETIME: (date,),
    FieldType.BOOLEAN: (bool,),
    FieldType.LIST: (str,),
}


def _suits(field_type: FieldType, value: RestrictionValue) -> bool:
    right = isinstance(value, _PYTHON_TYPES[field_type])
    return right and (field_type is FieldType.BOOLEAN or not isinstance(value, bool))
