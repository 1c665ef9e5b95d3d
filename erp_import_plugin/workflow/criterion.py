"""One line of the criteria list, and what its operators take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from erp_import_plugin.connector_api import LIST_OPERATORS, ErpField, FieldType, Operator
from erp_import_plugin.connector_host import Relative, operators_for

MOST_CRITERIA = 100
"""Of one search, all sets together: every ERP has a longest question."""

_DATES = (FieldType.DATE, FieldType.DATETIME)
RELATIVE = frozenset(one.value for one in Relative)
_SEVERAL = frozenset(one.value for one in LIST_OPERATORS)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line. ``operator`` is the value of an Operator or of a Relative, ``values`` are texts."""

    field: str
    operator: str
    values: tuple[str, ...] = ()
    active: bool = True


CriteriaSet: TypeAlias = tuple[Criterion, ...]
"""Criteria that must all be fulfilled."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Sets of criteria of which one must be fulfilled. A set without a line that asks something does not count."""

    sets: tuple[CriteriaSet, ...] = ((),)


def operators_of(field: ErpField) -> tuple[str, ...]:
    """The operators offered for a field, in the order of the screen; after those of a date the relative ones."""
    own = tuple(one.value for one in operators_for(field.type))
    return (*own, *(one.value for one in Relative)) if field.type in _DATES else own


def pushed_operators(field: ErpField) -> frozenset[str]:
    """Those of the offered operators that the ERP does itself; a relative date is asked for as a span."""
    pushed = frozenset(one.value for one in field.operators) & frozenset(operators_of(field))
    return pushed | RELATIVE if field.type in _DATES and Operator.BETWEEN in field.operators else pushed


def values_of(operator: str) -> int | None:
    """How many values an operator takes; None for any number."""
    if operator in _SEVERAL:
        return None
    if operator == Operator.BETWEEN.value:
        return 2
    return 0 if operator in RELATIVE - {Relative.LAST_N_DAYS.value} else 1


def asks(criterion: Criterion) -> bool:
    """Whether the line counts: it is active, and filled in where there is something to fill in."""
    return criterion.active and (values_of(criterion.operator) == 0 or any(map(str.strip, criterion.values)))
