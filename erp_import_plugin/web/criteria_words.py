"""The criteria of a search in words."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.connector_api import ErpField, FieldType, Operator
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.operators import operator_label
from erp_import_plugin.workflow.asked import Asked
from erp_import_plugin.workflow.criteria import Criterion, asks


def words(asked: Asked) -> list[list[str]]:
    """The sets of criteria that asked for something, each a list of sentences; none where every actor was wanted."""
    sets = [[_words(asked, line) for line in lines if asks(line)] for lines in asked.criteria.sets]
    return [one for one in sets if one]


def _words(asked: Asked, line: Criterion) -> str:
    field = asked.fields.get(line.field)
    items = asked.lists.get(field.list_name or "", {}) if field else {}
    values = [_value(field, items, value) for value in line.values if value.strip()]
    joined = _("%(first)s and %(last)s", first=values[0], last=values[1]) if _is_between(line, values) else ""
    label = erp_label(field.label) if field else line.field
    operator = operator_label(line.operator, field.type if field else FieldType.TEXT)
    return " ".join(filter(None, (label, operator, joined or ", ".join(values))))


def _is_between(line: Criterion, values: list[str]) -> bool:
    return line.operator == Operator.BETWEEN.value and len(values) == 2


def _value(field: ErpField | None, items: Mapping[str, str], value: str) -> str:
    if field is not None and field.type is FieldType.TEXT:
        return f"“{value}”"
    return items.get(value, value)
