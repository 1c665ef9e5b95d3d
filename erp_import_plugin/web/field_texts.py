"""Fields in words: the type of an ERP field, and why a CRM field cannot take its values."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.connector_api import ErpField, FieldType
from erp_import_plugin.engine.mapping import Unfit, unfit
from erp_import_plugin.host_api import CrmField, CrmType
from erp_import_plugin.translations import gettext, say
from erp_import_plugin.translations import lazy_gettext as _

ERP_TYPES: Mapping[FieldType, str] = {
    FieldType.TEXT: _("Text"),
    FieldType.INTEGER: _("Whole number"),
    FieldType.DECIMAL: _("Decimal number"),
    FieldType.DATE: _("Date"),
    FieldType.DATETIME: _("Date and time"),
    FieldType.BOOLEAN: _("Yes or no"),
    FieldType.LIST: _("List"),
}

_TAKES: Mapping[CrmType, str] = {
    CrmType.TEXT: _("takes text"),
    CrmType.INTEGER: _("takes whole numbers"),
    CrmType.DECIMAL: _("takes decimal numbers"),
    CrmType.DATE: _("takes dates"),
    CrmType.DATETIME: _("takes dates with a time"),
    CrmType.BOOLEAN: _("takes yes or no"),
    CrmType.LIST: _("takes items of a list"),
    CrmType.COMPANY: _("takes a company"),
    CrmType.PHONE: _("takes phone numbers"),
    CrmType.EMAIL: _("takes e-mail addresses"),
    CrmType.URL: _("takes web addresses"),
}


def why_not(erp: ErpField, crm: CrmField) -> str:
    """Why the CRM field cannot take the values of the ERP field, as words for brackets; empty where it can."""
    reason = unfit(erp, crm)
    if reason is None:
        return ""
    if reason is Unfit.READ_ONLY:
        return gettext("the CRM fills it itself")
    if reason is Unfit.SEVERAL:
        return gettext("takes one value, not several")
    return str(_TAKES[crm.type])


def crm_label(crm: CrmField) -> str:
    """The label of a CRM field in the reader's language."""
    return say(crm.label)
