"""The import settings in words: what each is called, what can be chosen, and what that does."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.engine.settings import NO_CONTACTS, Action, ChannelPolicy, EmptyValue, ListPolicy, NoCompany
from erp_import_plugin.host_api import CrmSchema, EntityKind
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import lazy_gettext as _l
from erp_import_plugin.translations import say
from erp_import_plugin.web.texts import KINDS_PLURAL

RULES: Mapping[EntityKind, Mapping[str, str]] = {
    EntityKind.COMPANY: {
        "name": _l("Name"),
        "name_department": _l("Name and department"),
        "number": _l("Number"),
        "code": _l("Code"),
        "vat_number": _l("VAT number"),
        "id": _l("ID"),
    },
    EntityKind.PERSON: {
        "name": _l("Name (first and last)"),
        "email": _l("E-mail address"),
        "mobile": _l("Mobile phone"),
        "number": _l("Number"),
        "id": _l("ID"),
        NO_CONTACTS: _l("None"),
    },
    EntityKind.PROJECT: {"name": _l("Name"), "number": _l("Number"), "id": _l("ID")},
}

RULE_EFFECTS: Mapping[str, str] = {
    "name": _l("Capitals, blanks and the spelling of letters do not count."),
    "name_department": _l("Both must be the same."),
    "vat_number": _l("Country letters, blanks, dots and endings such as MVA do not count."),
    "mobile": _l("The way it is written does not count; the country is taken from the actor."),
    "email": _l("One equal address is enough."),
    "id": _l("The ERP holds the ID of the record in the CRM."),
    NO_CONTACTS: _l("Contacts are not imported."),
}

ACTIONS: Mapping[Action, tuple[str, str]] = {
    Action.ADD: (_l("Add always"), _l("A new record is made even when there is one already. This makes doubles.")),
    Action.MERGE: (_l("Merge – update empty fields"), _l("What the CRM has stays. Only empty fields are filled.")),  # noqa: RUF001
    Action.REPLACE: (_l("Replace – overwrite existing"), _l("What the ERP has replaces what the CRM has.")),  # noqa: RUF001
    Action.SKIP: (_l("Skip – do not import"), _l("The record in the CRM stays as it is.")),  # noqa: RUF001
}

LINKED_ACTIONS: Mapping[str, tuple[str, str]] = {
    "": (_l("As above"), _l("Add always counts as Merge here, so that an actor never becomes two records.")),
    Action.MERGE.value: ACTIONS[Action.MERGE],
    Action.REPLACE.value: ACTIONS[Action.REPLACE],
    Action.SKIP.value: ACTIONS[Action.SKIP],
}

EMPTY_VALUES: Mapping[EmptyValue, tuple[str, str]] = {
    EmptyValue.KEEP: (_l("Keep what the CRM has"), _l("An empty field of the ERP changes nothing.")),
    EmptyValue.CLEAR: (_l("Clear it"), _l("What the CRM has in that field is removed.")),
}

NO_COMPANIES: Mapping[NoCompany, tuple[str, str]] = {
    NoCompany.CREATE: (_l("Create a company"), _l("It gets the contact's name, with this contact as its only one.")),
    NoCompany.SKIP: (_l("Skip – do not import"), _l("Contacts without a company are left out.")),  # noqa: RUF001
    NoCompany.WITHOUT: (_l("Import without a company"), _l("The contact stands on its own.")),
}

LIST_POLICIES: Mapping[ListPolicy, str] = {
    ListPolicy.ADD: _l("Add new item"),
    ListPolicy.DEFAULT: _l("Ignore, use default"),
    ListPolicy.BLANK: _l("Ignore, leave blank"),
}

CHANNEL_POLICIES: Mapping[ChannelPolicy, tuple[str, str]] = {
    ChannelPolicy.ADD: (_l("Add new, keep existing"), _l("What is equal is not added twice.")),
    ChannelPolicy.REPLACE: (_l("Replace existing"), _l("Only what the ERP has is left.")),
    ChannelPolicy.IGNORE: (_l("Ignore, keep existing"), _l("Only new records get them.")),
}

_PARTS: Mapping[str, str] = {
    "match": _l("Duplicate match"),
    "action": _l("Action on a duplicate"),
    "empty": _l("Empty values in the ERP"),
    "linked": _l("Actors imported before"),
}

_SINGLE: Mapping[str, str] = {
    "no_company": _l("Contacts without a company"),
    "fetch_parents": _l("Companies of contacts"),
    "phones": _l("Phone numbers"),
    "web": _l("URLs and e-mail addresses"),
    "legal_basis": _l("Legal basis"),
    "consent_source": _l("Consent source"),
}


def setting_label(setting: str, schema: CrmSchema) -> str:
    """What a setting is called: "company.action", "phones", "lists.country" …"""
    if setting in _SINGLE:
        return str(_SINGLE[setting])
    of, _dot, part = setting.partition(".")
    if of == "lists":
        found = schema.lists.get(part)
        return _("List %(name)s", name=say(found.label) if found else part)
    kinds = {kind.value: label for kind, label in KINDS_PLURAL.items()}
    return f"{kinds.get(of, of)} › {_PARTS.get(part, part)}"  # noqa: RUF001
