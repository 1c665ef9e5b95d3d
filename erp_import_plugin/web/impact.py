"""The blast radius of an import in sentences, largest things first."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal

from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web.reasons import field_label
from erp_import_plugin.web.texts import KIND_ICONS
from erp_import_plugin.workflow.importing import FieldImpact, Impact, KindImpact


@dataclass(frozen=True, slots=True)
class KindSentences:
    """What happens to one entity kind, and to its fields one by one."""

    icon: str
    new: str
    changed: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ImpactSentences:
    """Everything the import would touch. ``items`` are (list, item, rows that need it)."""

    kinds: tuple[KindSentences, ...]
    phones: str
    items_text: str
    items: tuple[tuple[str, str, int], ...]


def sentences(found: Impact) -> ImpactSentences:
    """The impact in the reader's language."""
    lists = {name: say(one.label) for name, one in found.schema.lists.items()}
    phones, items = found.phones_replaced, found.items
    return ImpactSentences(
        kinds=tuple(_kind(found, kind) for kind in found.kinds),
        phones=ngettext("%(num)s phone number is replaced.", "%(num)s phone numbers are replaced.", phones)
        if phones
        else "",
        items_text=_items(len(items)) if items else "",
        items=tuple((lists.get(item.list_name, item.list_name), item.label, count) for item, count in items.items()),
    )


def _items(count: int) -> str:
    return ngettext("%(num)s list item is added.", "%(num)s list items are added.", count)


def _kind(found: Impact, kind: KindImpact) -> KindSentences:
    return KindSentences(
        icon=KIND_ICONS[kind.kind],
        new=_new(kind) if kind.new else "",
        changed=_changed(kind) if kind.changed else "",
        fields=tuple((field_label(found.schema, kind.kind, one.field), _field(one)) for one in kind.fields),
    )


def _new(kind: KindImpact) -> str:
    if kind.kind is EntityKind.COMPANY:
        return ngettext("%(num)s company is new.", "%(num)s companies are new.", kind.new)
    if kind.kind is EntityKind.PERSON:
        return ngettext("%(num)s contact is new.", "%(num)s contacts are new.", kind.new)
    return ngettext("%(num)s project is new.", "%(num)s projects are new.", kind.new)


def _changed(kind: KindImpact) -> str:
    of = format_decimal(kind.existing)
    if kind.kind is EntityKind.COMPANY:
        return ngettext(
            "%(num)s of %(of)s companies changes.", "%(num)s of %(of)s companies change.", kind.changed, of=of
        )
    if kind.kind is EntityKind.PERSON:
        return ngettext(
            "%(num)s of %(of)s contacts changes.", "%(num)s of %(of)s contacts change.", kind.changed, of=of
        )
    return ngettext("%(num)s of %(of)s projects changes.", "%(num)s of %(of)s projects change.", kind.changed, of=of)


def _field(one: FieldImpact) -> str:
    parts = (
        (one.filled, _("%(count)s filled", count=format_decimal(one.filled))),
        (one.replaced, _("%(count)s replaced", count=format_decimal(one.replaced))),
        (one.added, _("%(count)s added to", count=format_decimal(one.added))),
        (one.cleared, _("%(count)s cleared", count=format_decimal(one.cleared))),
    )
    return ", ".join(text for count, text in parts if count)
