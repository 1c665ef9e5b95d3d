"""Defaults as pages show them: what each CRM field is filled in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from erp_import_plugin.host_api import CrmField, CrmListItem, CrmType
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web.field_texts import crm_label

_TEXTS = frozenset({CrmType.TEXT, CrmType.PHONE, CrmType.EMAIL, CrmType.URL})
_INPUTS = {CrmType.LIST: "list", CrmType.BOOLEAN: "boolean", CrmType.DATE: "date"}


@dataclass(frozen=True, slots=True)
class Input:
    """One field to fill in, under a name. ``input`` is "text", "list", "boolean" or "date"."""

    name: str
    label: str
    input: str
    several: bool
    max_length: int | None
    items: Sequence[CrmListItem]
    texts: tuple[str, ...]
    hint: str
    error: str


def default_input(
    name: str, crm: CrmField, texts: tuple[str, ...], items: Sequence[CrmListItem], *, hint: str = "", error: str = ""
) -> Input:
    """How the default of a CRM field is filled in: picked from its items, else one input for each value."""
    return Input(
        name=name,
        label=crm_label(crm),
        input=_INPUTS.get(crm.type, "text"),
        several=crm.many and crm.type is CrmType.LIST,
        max_length=crm.max_length if crm.type in _TEXTS else None,
        items=items,
        texts=texts,
        hint=hint,
        error=say(error),
    )


def lost_text() -> str:
    """What is said where the default of a field cannot be taken any more."""
    return _("The default that was chosen is no longer in the CRM. There is none until you choose another one.")
