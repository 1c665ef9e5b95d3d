"""Values of the CRM and of the ERP as texts in the reader's language and format."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import babel.numbers
from flask_babel import format_decimal, get_locale

from erp_import_plugin.connector_api import ErpField
from erp_import_plugin.engine.changes import NewItem, NewValue, RowCompany
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.host_api import CrmField, CrmType
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web.dates import day, moment
from erp_import_plugin.workflow.preview import Labels

MOST_SHOWN = 5000
"""Characters of one value on a page."""


def crm_texts(field: CrmField | None, value: NewValue, labels: Labels) -> tuple[str, ...]:
    """The values of a CRM field, one text each; none where it is empty."""
    if is_empty(value):
        return ()
    values = value if isinstance(value, tuple) else (value,)
    return tuple(_crm_text(field, one, labels) for one in values)


def _crm_text(field: CrmField | None, value: object, labels: Labels) -> str:
    if isinstance(value, NewItem):
        return _("%(item)s (new in the list)", item=value.label)
    if isinstance(value, RowCompany):
        return _("the company of this import")
    if field is not None and field.type is CrmType.LIST:
        return say(labels.get((field.list_name or "", str(value)), str(value)))
    if field is not None and field.type is CrmType.COMPANY:
        return labels.get(("company", str(value)), str(value))
    return plain_text(value)


def erp_text(field: ErpField | None, value: object, lists: Mapping[str, Mapping[str, str]]) -> str:
    """The value of an ERP field, list items by their labels."""
    items = lists.get(field.list_name or "", {}) if field else {}
    values = value if isinstance(value, tuple) else (value,)
    return ", ".join(items.get(str(one), plain_text(one)) for one in values if not is_empty(one))


def plain_text(value: object) -> str:
    """A value in the reader's format, shortened where it would flood the page."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return moment(value, time="medium")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return _decimal(value) if value.is_finite() else str(value)
    return shortened(str(value))


def _decimal(value: Decimal) -> str:
    # Flask-Babel's own function rounds to three places.
    return babel.numbers.format_decimal(value, locale=get_locale() or "en", decimal_quantization=False)


def shortened(text: str) -> str:
    """The text, or its beginning and how much is left out."""
    if len(text) <= MOST_SHOWN:
        return text
    left = format_decimal(len(text) - MOST_SHOWN)
    return _("%(beginning)s … and %(left)s more characters", beginning=text[:MOST_SHOWN], left=left)
