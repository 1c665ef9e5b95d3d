"""The fields a connector declares for an actor type → fields the rest can trust; the others named."""

from __future__ import annotations

from dataclasses import replace

from erp_import_plugin.connector_api import ErpField, FieldType
from erp_import_plugin.connector_host.checking import bounded, is_key
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.filtering import operators_for
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.errors import Sentence

_LONGEST_TOOLTIP = 1_000


def check_fields(given: object, limits: Limits) -> tuple[tuple[ErpField, ...], tuple[Sentence, ...]]:
    """The usable fields, one per key, and a sentence per field left out.

    Raises NonsenseError if it is no sequence, or one too long.
    """
    fields: dict[str, ErpField] = {}
    complaints: list[Sentence] = []
    for number, field in enumerate(bounded(given, limits.max_fields, Sentence("fields")), 1):
        if not isinstance(field, ErpField) or not is_key(field.key, limits):
            complaints.append(Sentence("Field %(number)s has no usable key and was left out.", number=number))
        elif complaint := _complaint(field, limits):
            complaints.append(complaint)
        elif field.key in fields:
            complaints.append(
                Sentence("The field “%(key)s” comes twice; the first is used.", key=excerpt(field.key, 60))
            )
        else:
            fields[field.key] = _tidied(field)
    return tuple(fields.values()), tuple(complaints)


def _complaint(field: ErpField, limits: Limits) -> Sentence | None:
    key = excerpt(field.key, 60)
    try:
        field_type = FieldType(field.type)
    except ValueError:
        shown = excerpt(str(field.type), 40)
        return Sentence("The field “%(key)s” has the unknown type “%(type)s” and was left out.", key=key, type=shown)
    if field_type is FieldType.LIST and not (
        is_key(field.list_name, limits) and len(str(field.list_name)) <= limits.max_name_length
    ):
        return Sentence("The list field “%(key)s” does not say which list, and was left out.", key=key)
    return None


def _tidied(field: ErpField) -> ErpField:
    """Only what is shown or counted on is repaired; a pushed operator that is none of the type is not pushed."""
    field_type = FieldType(field.type)
    label = excerpt(field.label, 255) if isinstance(field.label, str) else ""
    offered = operators_for(field_type)
    pushed = field.operators if isinstance(field.operators, (frozenset, set, tuple, list)) else ()
    length = field.max_length
    return replace(
        field,
        type=field_type,
        label=label or field.key,
        tooltip=excerpt(field.tooltip, _LONGEST_TOOLTIP) if isinstance(field.tooltip, str) else "",
        list_name=field.list_name if field_type is FieldType.LIST else None,
        multiple=bool(field.multiple) and field_type is FieldType.LIST,
        max_length=length if isinstance(length, int) and length > 0 else None,
        mandatory=bool(field.mandatory),
        read_only=bool(field.read_only),
        searchable=bool(field.searchable),
        operators=frozenset(operator for operator in offered if operator in pushed),
        rank=field.rank if isinstance(field.rank, int) else 100,
    )
