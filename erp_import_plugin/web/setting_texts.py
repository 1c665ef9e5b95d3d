"""The import settings in words: what each is called, what can be chosen, and what that does."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.engine.settings import NO_CONTACTS, Action, ChannelPolicy, EmptyValue, ListPolicy, NoCompany
from erp_import_plugin.host_api import CrmSchema, EntityKind
from erp_import_plugin.translations import gettext, say
from erp_import_plugin.translations import lazy_gettext as _
from erp_import_plugin.web.texts import KINDS_PLURAL

RULES: Mapping[EntityKind, Mapping[str, str]] = {
    EntityKind.COMPANY: {
        "name": _("Name"),
        "name_department": _("Name and department"),
        "number": _("Number"),
        "code": _("Code"),
        "vat_number": _("VAT number"),
        "id": _("ID"),
    },
    EntityKind.PERSON: {
        "name": _("Name (first and last)"),
        "email": _("E-mail address"),
        "mobile": _("Mobile phone"),
        "number": _("Number"),
        "id": _("ID"),
        NO_CONTACTS: _("None"),
    },
    EntityKind.PROJECT: {"name": _("Name"), "number": _("Number"), "id": _("ID")},
}

RULE_EFFECTS: Mapping[str, str] = {
    "name": _("Capitals, blanks and the spelling of letters do not count."),
    "name_department": _("Both must be the same."),
    "vat_number": _("Country letters, blanks, dots and endings such as MVA do not count."),
    "mobile": _("The way it is written does not count; the country is taken from the actor."),
    "email": _("One equal address is enough."),
    "id": _("The ERP holds the ID of the record in the CRM."),
    NO_CONTACTS: _("Contacts are not imported."),
}

ACTIONS: Mapping[Action, tuple[str, str]] = {
    Action.ADD: (_("Add always"), _("A new record is made even when there is one already. This makes doubles.")),
    Action.MERGE: (_("Merge – update empty fields"), _("What the CRM has stays. Only empty fields are filled.")),  # noqa: RUF001
    Action.REPLACE: (_("Replace – overwrite existing"), _("What the ERP has replaces what the CRM has.")),  # noqa: RUF001
    Action.SKIP: (_("Skip – do not import"), _("The record in the CRM stays as it is.")),  # noqa: RUF001
}

LINKED_ACTIONS: Mapping[str, tuple[str, str]] = {
    "": (_("As above"), _("Add always counts as Merge here, so that an actor never becomes two records.")),
    Action.MERGE.value: ACTIONS[Action.MERGE],
    Action.REPLACE.value: ACTIONS[Action.REPLACE],
    Action.SKIP.value: ACTIONS[Action.SKIP],
}

EMPTY_VALUES: Mapping[EmptyValue, tuple[str, str]] = {
    EmptyValue.KEEP: (_("Keep what the CRM has"), _("An empty field of the ERP changes nothing.")),
    EmptyValue.CLEAR: (_("Clear it"), _("What the CRM has in that field is removed.")),
}

NO_COMPANIES: Mapping[NoCompany, tuple[str, str]] = {
    NoCompany.CREATE: (_("Create a company"), _("It gets the contact's name, with this contact as its only one.")),
    NoCompany.SKIP: (_("Skip – do not import"), _("Contacts without a company are left out.")),  # noqa: RUF001
    NoCompany.WITHOUT: (_("Import without a company"), _("The contact stands on its own.")),
}

LIST_POLICIES: Mapping[ListPolicy, str] = {
    ListPolicy.ADD: _("Add new item"),
    ListPolicy.DEFAULT: _("Ignore, use default"),
    ListPolicy.BLANK: _("Ignore, leave blank"),
}

CHANNEL_POLICIES: Mapping[ChannelPolicy, tuple[str, str]] = {
    ChannelPolicy.ADD: (_("Add new, keep existing"), _("What is equal is not added twice.")),
    ChannelPolicy.REPLACE: (_("Replace existing"), _("Only what the ERP has is left.")),
    ChannelPolicy.IGNORE: (_("Ignore, keep existing"), _("Only new records get them.")),
}

_PARTS: Mapping[str, str] = {
    "match": _("Duplicate match"),
    "action": _("Action on a duplicate"),
    "empty": _("Empty values in the ERP"),
    "linked": _("Actors imported before"),
}

_SINGLE: Mapping[str, str] = {
    "no_company": _("Contacts without a company"),
    "fetch_parents": _("Companies of contacts"),
    "phones": _("Phone numbers"),
    "web": _("URLs and e-mail addresses"),
    "legal_basis": _("Legal basis"),
    "consent_source": _("Consent source"),
    "defaults": _("Defaults"),
    "suggest": _("Similar records"),
    "preset": _("Presets"),
    "preset_name": _("Name of the preset"),
}


def setting_label(setting: str, schema: CrmSchema) -> str:
    """What a setting is called: "company.action", "phones", "lists.country" …"""
    if setting in _SINGLE:
        return str(_SINGLE[setting])
    of, _dot, part = setting.partition(".")
    if of == "defaults":
        kind, _dot, key = part.partition(".")
        fields = {one.value: entity.fields for one, entity in schema.entities.items()}.get(kind, {})
        return gettext("Default of %(field)s", field=say(fields[key].label) if key in fields else part)
    if of == "lists":
        found = schema.lists.get(part)
        return gettext("List %(name)s", name=say(found.label) if found else part)
    kinds = {kind.value: label for kind, label in KINDS_PLURAL.items()}
    return f"{kinds.get(of, of)} › {_PARTS.get(part, part)}"  # noqa: RUF001
