"""The operators of the criteria list in words."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.connector_api import FieldType, Operator
from erp_import_plugin.connector_host import Relative
from erp_import_plugin.translations import lazy_gettext as _

WORDS: Mapping[str, str] = {
    Operator.EQUALS.value: _("equals"),
    Operator.BEGINS.value: _("begins with"),
    Operator.CONTAINS.value: _("contains"),
    Operator.ENDS.value: _("ends with"),
    Operator.NOT_EQUALS.value: _("does not equal"),
    Operator.NOT_BEGINS.value: _("does not begin with"),
    Operator.NOT_CONTAINS.value: _("does not contain"),
    Operator.NOT_ENDS.value: _("does not end with"),
    Operator.BETWEEN.value: _("between"),
    Operator.BEFORE.value: _("before"),
    Operator.AFTER.value: _("after"),
    Operator.BEFORE_OR_EQUAL.value: _("before or equal"),
    Operator.AFTER_OR_EQUAL.value: _("after or equal"),
    Operator.ONE_OF.value: _("is one of"),
    Operator.NOT_ONE_OF.value: _("is not one of"),
    Relative.TODAY.value: _("today"),
    Relative.THIS_WEEK.value: _("this week"),
    Relative.LAST_WEEK.value: _("last week"),
    Relative.THIS_MONTH.value: _("this month"),
    Relative.LAST_MONTH.value: _("last month"),
    Relative.THIS_YEAR.value: _("this year"),
    Relative.LAST_YEAR.value: _("last year"),
    Relative.LAST_N_DAYS.value: _("last N days"),
}

SIGNS: Mapping[str, str] = {
    Operator.EQUALS.value: "=",
    Operator.NOT_EQUALS.value: "<>",
    Operator.LESS.value: "<",
    Operator.GREATER.value: ">",
    Operator.LESS_OR_EQUAL.value: "<=",
    Operator.GREATER_OR_EQUAL.value: ">=",
}

_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})
_WITHOUT_VALUE = frozenset(relative.value for relative in Relative) - {Relative.LAST_N_DAYS.value}


def operator_label(operator: str, type_: FieldType) -> str:
    """An operator as it is called for fields of a type: numbers have signs."""
    if type_ in _NUMBERS and operator in SIGNS:
        return SIGNS[operator]
    return str(WORDS.get(operator) or SIGNS.get(operator, operator))


def input_kind(operator: str, type_: FieldType) -> str:
    """What the value is filled in with: "none", "days", "list", "boolean", "between" or "one"."""
    if operator in _WITHOUT_VALUE:
        return "none"
    if operator == Relative.LAST_N_DAYS.value:
        return "days"
    if type_ is FieldType.LIST:
        return "list"
    if type_ is FieldType.BOOLEAN:
        return "boolean"
    return "between" if operator == Operator.BETWEEN.value else "one"
