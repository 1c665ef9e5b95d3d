"""The criteria list as it is sent: one line per criterion, its buttons, and the ticks of the results shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from erp_import_plugin.connector_api import FieldType
from erp_import_plugin.web.operators import input_kind
from erp_import_plugin.workflow.criteria import MOST_CRITERIA, Criteria, CriteriaSet, Criterion
from erp_import_plugin.workflow.search import SearchField

_LINE = re.compile(r"c-(\d{1,3})-(\d{1,3})-field")
_PLACE = re.compile(r"(\d{1,3})\.(\d{1,3})")
MOST_LINES = MOST_CRITERIA + 1
"""One too many, so that it is told."""


def line_name(place: tuple[int, int], part: str) -> str:
    """The name of an input of the line at (set, line)."""
    return f"c-{place[0]}-{place[1]}-{part}"


def read_criteria(sent: MultiDict[str, str], fields: Sequence[SearchField]) -> Criteria | None:
    """The criteria as they were filled in; None where the form has no criteria list. Unknown fields are left out."""
    if "criteria" not in sent:
        return None
    known = {field.key: field for field in fields}
    places = sorted((int(found[1]), int(found[2])) for found in map(_LINE.fullmatch, sent) if found)[:MOST_LINES]
    sets: dict[int, list[Criterion]] = {}
    for place in places:
        field = known.get(sent[line_name(place, "field")])
        if field is not None:
            sets.setdefault(place[0], []).append(_criterion(sent, place, field))
    return Criteria(tuple(tuple(lines) for lines in sets.values()) or ((),))


def _criterion(sent: MultiDict[str, str], place: tuple[int, int], field: SearchField) -> Criterion:
    asked = sent.get(line_name(place, "operator"), "")
    operator = asked if asked in field.operators else field.operators[0]
    values = tuple(sent.getlist(line_name(place, "value")))
    before = sent.get(line_name(place, "kind"), "")
    kept = values if _fits(before, input_kind(operator, field.type), field.type) else ()
    return Criterion(field.key, operator, kept, line_name(place, "active") in sent)


def _fits(before: str, now: str, type_: FieldType) -> bool:
    """Whether values of one kind of input mean something in another: a text stays a text, a list item does not."""
    texts = {"one", "between"}
    return before in ("", f"{now}/{type_.value}") or (before.partition("/")[0] in texts and now in texts)


def apply(action: str, target: str, criteria: Criteria, fields: Sequence[SearchField]) -> Criteria:
    """The criteria after a button of the list was pressed; any other button changes nothing."""
    sets = list(criteria.sets)
    if action == "or":
        return Criteria((*sets, (_first_line(fields),)))
    if action == "off":
        return Criteria(tuple(tuple(replace(line, active=False) for line in lines) for lines in sets))
    place = _PLACE.fullmatch(f"{target}.0" if action == "add" else target)
    change = _CHANGES.get(action)
    if place is None or change is None or int(place[1]) >= len(sets):
        return criteria
    sets[int(place[1])] = change(sets[int(place[1])], int(place[2]), fields)
    return Criteria(tuple(lines for lines in sets if lines) or ((),))


def _first_line(fields: Sequence[SearchField]) -> Criterion:
    return Criterion(fields[0].key, fields[0].operators[0])


def _add(lines: CriteriaSet, _at: int, fields: Sequence[SearchField]) -> CriteriaSet:
    return (*lines, _first_line(fields))


def _delete(lines: CriteriaSet, at: int, _fields: Sequence[SearchField]) -> CriteriaSet:
    return lines[:at] + lines[at + 1 :]


def _up(lines: CriteriaSet, at: int, _fields: Sequence[SearchField]) -> CriteriaSet:
    if not 0 < at < len(lines):
        return lines
    return (*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :])


def _down(lines: CriteriaSet, at: int, fields: Sequence[SearchField]) -> CriteriaSet:
    return _up(lines, at + 1, fields)


_CHANGES = {"add": _add, "delete": _delete, "up": _up, "down": _down}
