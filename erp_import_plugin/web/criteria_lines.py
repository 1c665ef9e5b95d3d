"""The criteria list as its page shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import FieldType
from erp_import_plugin.translations import say
from erp_import_plugin.web.operators import input_kind, operator_label
from erp_import_plugin.workflow.criteria import Criterion
from erp_import_plugin.workflow.search import SearchField, SearchForm

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Item:
    """A list item to pick."""

    key: str
    label: str
    picked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion. ``place`` is "set.line", ``name`` what its inputs begin with; ``kind`` is of ``input_kind``."""

    place: str
    name: str
    active: bool
    field: str
    operators: tuple[tuple[str, str], ...]
    operator: str
    kind: str
    kept_kind: str
    input_type: str
    values: tuple[str, ...]
    items: tuple[Item, ...]
    list_name: str
    long: bool
    error: str

    @property
    def picked(self) -> str:
        """The labels of the items that are picked."""
        return ", ".join(item.label for item in self.items if item.picked)


def lines(form: SearchForm, errors: Mapping[str, str]) -> list[list[Line]]:
    """The sets of lines, with the error of each line by its place."""
    fields = {field.key: field for field in form.fields}
    return [
        [_line((s, n), line, fields[line.field], form, errors) for n, line in enumerate(of_set) if line.field in fields]
        for s, of_set in enumerate(form.criteria.sets)
    ]


def _line(
    place: tuple[int, int], line: Criterion, field: SearchField, form: SearchForm, errors: Mapping[str, str]
) -> Line:
    at = f"{place[0]}.{place[1]}"
    kind = input_kind(line.operator, field.type)
    wanted = 2 if kind == "between" else 1
    return Line(
        place=at,
        name=f"c-{place[0]}-{place[1]}",
        active=line.active,
        field=line.field,
        operators=tuple((operator, operator_label(operator, field.type)) for operator in field.operators),
        operator=line.operator,
        kind=kind,
        kept_kind=f"{kind}/{field.type.value}",
        input_type=_input_type(kind, field.type, line.values),
        values=(*line.values, "", "")[:wanted] if kind != "list" else line.values,
        items=_items(line, field, form) if kind == "list" else (),
        list_name=field.list_name or "",
        long=field.list_name in form.long_lists,
        error=say(errors.get(at, "")),
    )


def _input_type(kind: str, type_: FieldType, values: tuple[str, ...]) -> str:
    """A browser's date input loses what is no ISO date, so such a text is shown in a text input."""
    dates = type_ in (FieldType.DATE, FieldType.DATETIME) and kind in ("one", "between")
    return "date" if dates and all(not value or _ISO_DATE.fullmatch(value) for value in values) else "text"


def _items(line: Criterion, field: SearchField, form: SearchForm) -> tuple[Item, ...]:
    known = dict(form.list_items.get(field.list_name or "", {}))
    labels = known | {value: value for value in line.values if value and value not in known}
    return tuple(Item(key, label, key in line.values) for key, label in labels.items())
