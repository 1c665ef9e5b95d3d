"""What a search asks, as the admin typed it, and as restrictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeAlias

from erp_import_plugin.connector_api import ErpField, FieldType, Operator, Restriction, RestrictionValue
from erp_import_plugin.connector_host import Relative, relative_restriction
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import Sentence
from erp_import_plugin.workflow import typed
from erp_import_plugin.workflow.criterion import (
    MOST_CRITERIA,
    RELATIVE,
    Criteria,
    CriteriaSet,
    Criterion,
    asks,
    operators_of,
    pushed_operators,
    values_of,
)
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.mappings import searchable, shown
from erp_import_plugin.workflow.where import parse_where

__all__ = [
    "MOST_CRITERIA",
    "Criteria",
    "CriteriaSet",
    "Criterion",
    "asks",
    "default_criteria",
    "from_data",
    "operators_of",
    "parse_where",
    "pushed_operators",
    "restrictions",
    "to_data",
    "values_of",
]

_DEFAULT_LINES = 3
_MOST_DAYS = 100_000


ListLabels: TypeAlias = Mapping[str, Mapping[str, str]]
"""The labels of ERP lists by list name and item key."""


def to_data(criteria: Criteria) -> Any:
    """The criteria as JSON data."""
    return [[[one.field, one.operator, list(one.values), one.active] for one in lines] for lines in criteria.sets]


def from_data(data: Any) -> Criteria:
    """The criteria again; one empty set for None."""
    if not data:
        return Criteria()
    return Criteria(
        tuple(tuple(Criterion(key, how, tuple(values), active) for key, how, values, active in lines) for lines in data)
    )


def default_criteria(mapping: ActorMapping) -> Criteria:
    """A line for each of the first few fields shown in search, to be filled in."""
    keys = {field.key for field in shown(mapping)}
    fields = searchable(mapping)
    first = ([field for field in fields if field.key in keys] or list(fields))[:_DEFAULT_LINES]
    return Criteria((tuple(Criterion(field.key, _first_operator(field)) for field in first),))


def restrictions(
    criteria: Criteria, fields: Sequence[ErpField], today: date, lists: ListLabels | None = None
) -> list[list[Restriction]]:
    """The sets of restrictions to search by; none at all asks for every actor.

    A list item may be given by its key or, where its list is among ``lists``, by its label.

    Raises:
        Invalid: by "set.line", both counted from 0.
    """
    by_key = {field.key: field for field in fields}
    reader = _Reader(by_key, today, lists or {})
    errors: dict[str, str] = {}
    sets: list[list[Restriction]] = []
    for number, lines in enumerate(criteria.sets):
        read = [reader.read(line, f"{number}.{place}", errors) for place, line in enumerate(lines) if asks(line)]
        sets.append([one for one in read if one is not None])
    errors |= _too_many(criteria)
    if errors:
        raise Invalid(errors)
    return [one for one in sets if one]


def _too_many(criteria: Criteria) -> dict[str, str]:
    """What to say at the first line that is one too many: with some left out, other actors would be found."""
    lines = (
        (number, place) for number, some in enumerate(criteria.sets) for place, one in enumerate(some) if asks(one)
    )
    beyond = next(islice(lines, MOST_CRITERIA, None), None)
    if beyond is None:
        return {}
    sentence = Sentence(
        "A search takes %(most)s criteria at most. Delete or deactivate this one and those after it.",
        most=MOST_CRITERIA,
    )
    return {f"{beyond[0]}.{beyond[1]}": sentence}


def _first_operator(field: ErpField) -> str:
    return Operator.CONTAINS.value if field.type is FieldType.TEXT else operators_of(field)[0]


@dataclass(frozen=True, slots=True)
class _Reader:
    fields: Mapping[str, ErpField]
    today: date
    lists: ListLabels

    def read(self, line: Criterion, place: str, errors: dict[str, str]) -> Restriction | None:
        """The restriction of one line, or an entry in ``errors``."""
        try:
            return self._restriction(line)
        except typed.NotAValue as error:
            errors[place] = error.sentence
            return None

    def _restriction(self, line: Criterion) -> Restriction:
        field = self.fields.get(line.field)
        if field is None:
            raise typed.NotAValue(
                Sentence("This actor type has no field “%(field)s” to search by.", field=line.field[:60])
            )
        if line.operator not in operators_of(field):
            raise typed.NotAValue(Sentence("Choose an operator that fits “%(field)s”.", field=field.label))
        texts = [text for text in line.values if text.strip()]
        if line.operator in RELATIVE:
            return relative_restriction(field.key, Relative(line.operator), self.today, _days(line.operator, texts))
        _check_count(line.operator, texts)
        return Restriction(field.key, Operator(line.operator), tuple(self._value(field, text) for text in texts))

    def _value(self, field: ErpField, text: str) -> RestrictionValue:
        return self._item(field, text) if field.type is FieldType.LIST else _TYPED[field.type](text)

    def _item(self, field: ErpField, text: str) -> str:
        items = self.lists.get(field.list_name or "") or {}
        if text in items or not items:
            return text
        wanted = text.strip().casefold()
        found = next((key for key, label in items.items() if label.casefold() == wanted or key == text.strip()), None)
        if found is None:
            raise typed.NotAValue(
                Sentence("“%(item)s” is not in the ERP's list of “%(field)s”.", item=text[:60], field=field.label)
            )
        return found


def _days(operator: str, texts: Sequence[str]) -> int | None:
    if operator != Relative.LAST_N_DAYS.value:
        return None
    days = typed.whole(texts[0])
    if not 1 <= days <= _MOST_DAYS:
        raise typed.NotAValue(Sentence("Enter a number of days from 1 to %(most)s.", most=_MOST_DAYS))
    return days


def _check_count(operator: str, texts: Sequence[str]) -> None:
    count = values_of(operator)
    if count == 2 and len(texts) != 2:
        raise typed.NotAValue(Sentence("Enter both values."))
    if count == 1 and len(texts) != 1:
        raise typed.NotAValue(Sentence("Enter one value."))


_TYPED: Mapping[FieldType, Callable[[str], RestrictionValue]] = {
    FieldType.TEXT: str,
    FieldType.INTEGER: typed.whole,
    FieldType.DECIMAL: typed.decimal,
    FieldType.DATE: typed.day,
    FieldType.DATETIME: typed.day_or_moment,
    FieldType.BOOLEAN: typed.yes_or_no,
}
