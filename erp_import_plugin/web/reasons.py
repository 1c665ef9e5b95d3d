"""Why a row is not written, or a field kept, in a sentence; and the import setting that caused it, with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.host_api import CrmSchema, CrmType, EntityKind
from erp_import_plugin.translations import gettext, ngettext, say
from erp_import_plugin.translations import lazy_gettext as _
from erp_import_plugin.web.dates import moment
from erp_import_plugin.web.setting_texts import RULES, setting_label
from erp_import_plugin.web.texts import ACTOR_TYPES

SENTENCES: Mapping[ReasonCode, str] = {
    ReasonCode.SKIP_DUPLICATE: _("The CRM has it already (same: %(rule)s), and duplicates are skipped."),
    ReasonCode.SKIP_LINKED: _("It was imported before, and such actors are skipped."),
    ReasonCode.SKIP_CHOSEN: _("It is the record that was chosen for it, and duplicates are skipped."),
    ReasonCode.DECIDED_OUT: _("%(name)s decided to leave it out."),
    ReasonCode.NO_CONTACTS: _("Contacts are not imported."),
    ReasonCode.NO_COMPANY: _("This contact has no company, and such contacts are skipped."),
    ReasonCode.MANDATORY_COMPANY: _("This contact has no company, and the CRM asks for one."),
    ReasonCode.COMPANY_LEFT_OUT: _("Its company is not imported, so it is left out as well."),
    ReasonCode.ERASED: _("It was erased on request and is not created again."),
    ReasonCode.EMPTY: _("The ERP has no value in any field that is imported."),
    ReasonCode.UNTICKED: _("You unticked it."),
    ReasonCode.NO_MAPPING: _("Actors of the type %(type)s are not mapped to anything in the CRM."),
    ReasonCode.EDITED_SINCE: _("Edited since the import: %(fields)s%(edit)s. It stays as it is."),
    ReasonCode.HAS_OTHER_DATA: _("It has other data by now, so it stays: %(attached)s."),
    ReasonCode.GONE_SINCE: _("It is no longer in the CRM. There is nothing to undo."),
    ReasonCode.IMPORTED_AGAIN: _("It has been imported again since, so it is not created a second time."),
    ReasonCode.LEFT_ALONE: _("It was made for a contact who is no longer in the CRM. It stays as it is."),
    ReasonCode.AS_BEFORE: _("It has its values from before the import already."),
    ReasonCode.ONLY_LINKED: _("The import changed nothing here. Only the link between the ERP and the CRM is undone."),
    ReasonCode.SAME: _("The CRM has the same values already."),
    ReasonCode.KEPT: _("The CRM keeps its values where the ERP differs. Fields that differ: %(count)s."),
    ReasonCode.SEVERAL_MATCHES: _("%(count)s records of the CRM match it. It is left out until you decide."),
    ReasonCode.DOUBLE_IN_IMPORT: _("Another actor of this import looks the same. It is left out until you decide."),
    ReasonCode.SAME_ENTITY: _(
        "Another actor of this import matches the same record of the CRM. It is left out until you decide."
    ),
    ReasonCode.SEVERAL_COMPANIES: _("%(count)s companies of the CRM have the name of its company. It is left out."),
    ReasonCode.CHOSEN_GONE: _("The record you chose for it is no longer in the CRM. Decide again."),
    ReasonCode.MISSING_IN_ERP: _("The ERP no longer has it. Search again to see what is there now."),
    ReasonCode.MANDATORY_EMPTY: _("The CRM needs a value that is missing: %(fields)s. Fill it in in the ERP."),
    ReasonCode.REFUSED_BY_CRM: _("The CRM refused it: %(error)s"),
    ReasonCode.CHANGED_SINCE: _("%(field)s was changed from “%(old)s” to “%(now)s” since the preview."),
    ReasonCode.ENTITY_GONE: _("The record was deleted from the CRM since the preview."),
    ReasonCode.ENTITY_APPEARED: _("A record that matches it has come into the CRM since the preview."),
    ReasonCode.NO_LONGER_MATCHES: _("The record was changed since the preview and no longer matches."),
    ReasonCode.COMPANY_NOT_THERE: _("Its company is not in the CRM."),
    ReasonCode.ITEM_GONE: _("A list item it needs is no longer in the CRM: %(item)s."),
    ReasonCode.NOT_REACHED: _("The import stopped before it came to this row."),
    ReasonCode.TOO_LONG: _("The value has %(length)s characters, the CRM takes %(max)s at most."),
    ReasonCode.NOT_A_VALUE: _("The value is not what the CRM takes here: %(type)s."),
    ReasonCode.UNREADABLE: _("The value has characters that cannot be kept."),
    ReasonCode.ITEM_IGNORED: _("The CRM's list has no such item, and your setting for the list ignores it."),
    ReasonCode.DEFAULT_GONE: _("The CRM no longer takes the default of this field, so there is none."),
    ReasonCode.NOT_CLEARED: _("The CRM needs a value here, so it is not cleared."),
}

CRM_TYPES: Mapping[CrmType, str] = {
    CrmType.TEXT: _("text"),
    CrmType.INTEGER: _("a whole number"),
    CrmType.DECIMAL: _("a number"),
    CrmType.DATE: _("a date"),
    CrmType.DATETIME: _("a date with a time"),
    CrmType.BOOLEAN: _("yes or no"),
    CrmType.LIST: _("a list item"),
    CrmType.COMPANY: _("a company"),
    CrmType.PHONE: _("a phone number"),
    CrmType.EMAIL: _("an e-mail address"),
    CrmType.URL: _("a web address"),
}


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A reason in words; ``setting`` and ``setting_url`` are empty where no import setting is behind it."""

    text: str
    setting: str = ""
    setting_url: str = ""


def reason_text(reason: Reason, kind: EntityKind, schema: CrmSchema, token: str) -> ReasonText:
    """The reason in the reader's language, with fields, rules and types by their labels."""
    text = sentence(reason, kind, schema)
    if not reason.setting:
        return ReasonText(text)
    url = url_for(".settings", token=token, _anchor=anchor(reason.setting))
    return ReasonText(text, setting_label(reason.setting, schema), url)


def sentence(reason: Reason, kind: EntityKind, schema: CrmSchema) -> str:
    """The reason's sentence alone; it needs no request."""
    return str(SENTENCES[reason.code]) % defaultdict(lambda: "–", _params(reason, kind, schema))  # noqa: RUF001


def anchor(setting: str) -> str:
    """The id of a setting on the settings page."""
    return setting.removeprefix("person.") if setting == "person.no_company" else setting.replace(".", "-")


def _params(reason: Reason, kind: EntityKind, schema: CrmSchema) -> dict[str, str]:
    about = EntityKind(reason.params.get("kind", kind.value))
    params = dict(reason.params)
    if "field" in params:
        params["field"] = field_label(schema, about, params["field"])
        params.setdefault("item", params["field"])
    if "fields" in params:
        params["fields"] = ", ".join(field_label(schema, about, key) for key in _keys(params["fields"]))
    if reason.code is ReasonCode.EDITED_SINCE:
        params["edit"] = _edit(reason.params)
    if reason.code is ReasonCode.HAS_OTHER_DATA:
        params["attached"] = _attached(reason.params)
    if "rule" in params:
        params["rule"] = str(RULES[about].get(params["rule"], params["rule"]))
    if "type" in params:
        params["type"] = _type_label(params["type"])
    return params


def _edit(params: Mapping[str, str]) -> str:
    """By whom and when something was edited last, as far as the CRM knows."""
    by, at = params.get("by", ""), params.get("at", "")
    when = moment(datetime.fromisoformat(at)) if at else ""
    if by and when:
        return gettext(" (last by %(name)s on %(when)s)", name=by, when=when)
    if by:
        return gettext(" (last by %(name)s)", name=by)
    return gettext(" (last on %(when)s)", when=when) if when else ""


def _attached(params: Mapping[str, str]) -> str:
    """What hangs on an entity: so many contacts and projects, and the rest as the CRM calls it."""
    counts = {kind: int(params[kind.value]) for kind in EntityKind if kind.value in params}
    named = {
        EntityKind.COMPANY: lambda count: ngettext("%(num)s company", "%(num)s companies", count),
        EntityKind.PERSON: lambda count: ngettext("%(num)s contact", "%(num)s contacts", count),
        EntityKind.PROJECT: lambda count: ngettext("%(num)s project", "%(num)s projects", count),
    }
    parts = [named[kind](count) for kind, count in counts.items()]
    return ", ".join([*parts, *filter(None, [params.get("rest", "")])])


def _keys(fields: str) -> list[str]:
    return [key.strip() for key in fields.split(",")]


def _type_label(name: str) -> str:
    if name in {actor_type.value for actor_type in ActorType}:
        return str(ACTOR_TYPES[ActorType(name)])
    return str(CRM_TYPES[CrmType(name)])


def field_label(schema: CrmSchema, kind: EntityKind, key: str) -> str:
    """The label of a CRM field; its key where the CRM no longer has it."""
    entity = schema.entities.get(kind)
    field = entity.fields.get(key) if entity else None
    return say(field.label) if field else key
