"""The blast radius of an import in sentences, largest things first."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal, format_percent

from erp_import_plugin.host_api import CrmType, EntityKind
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext, say
from erp_import_plugin.web.plan_lines import Share
from erp_import_plugin.web.reasons import field_label
from erp_import_plugin.web.texts import KIND_ICONS
from erp_import_plugin.workflow.impact import ChannelImpact, FieldImpact, Impact, KindImpact


@dataclass(frozen=True, slots=True)
class KindSentences:
    """What happens to one entity kind, and to its fields one by one; ``shares`` is the part of the CRM it touches."""

    icon: str
    new: str
    changed: str
    removed: str
    shares: tuple[Share, ...]
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ImpactSentences:
    """Everything the import would touch. ``items`` are (list, item, rows that need it)."""

    kinds: tuple[KindSentences, ...]
    channels: tuple[str, ...]
    items_text: str
    items: tuple[tuple[str, str, int], ...]


def sentences(found: Impact) -> ImpactSentences:
    """The impact in the reader's language."""
    lists = {name: say(one.label) for name, one in found.schema.lists.items()}
    items = found.items
    return ImpactSentences(
        kinds=tuple(_kind(found, kind) for kind in found.kinds),
        channels=tuple(sentence for one in found.channels for sentence in _channel(one)),
        items_text=ngettext("%(num)s list item is added.", "%(num)s list items are added.", len(items))
        if items
        else "",
        items=tuple((lists.get(item.list_name, item.list_name), item.label, count) for item, count in items.items()),
    )


def _kind(found: Impact, kind: KindImpact) -> KindSentences:
    return KindSentences(
        icon=KIND_ICONS[kind.kind],
        new=_new(kind) if kind.new else "",
        changed=_changed(kind) if kind.changed else "",
        removed=_removed(kind) if kind.removed else "",
        shares=_shares(kind),
        fields=tuple((field_label(found.schema, kind.kind, one.field), _field(one)) for one in kind.fields),
    )


def _new(kind: KindImpact) -> str:
    if kind.kind is EntityKind.COMPANY:
        return ngettext("%(num)s company is new.", "%(num)s companies are new.", kind.new)
    if kind.kind is EntityKind.PERSON:
        return ngettext("%(num)s contact is new.", "%(num)s contacts are new.", kind.new)
    return ngettext("%(num)s project is new.", "%(num)s projects are new.", kind.new)


def _changed(kind: KindImpact) -> str:
    of, share = format_decimal(kind.existing), _percent(kind.changed, kind.existing)
    if kind.kind is EntityKind.COMPANY:
        return ngettext(
            "%(num)s of %(of)s companies changes (%(share)s).",
            "%(num)s of %(of)s companies change (%(share)s).",
            kind.changed,
            of=of,
            share=share,
        )
    if kind.kind is EntityKind.PERSON:
        return ngettext(
            "%(num)s of %(of)s contacts changes (%(share)s).",
            "%(num)s of %(of)s contacts change (%(share)s).",
            kind.changed,
            of=of,
            share=share,
        )
    return ngettext(
        "%(num)s of %(of)s projects changes (%(share)s).",
        "%(num)s of %(of)s projects change (%(share)s).",
        kind.changed,
        of=of,
        share=share,
    )


def _removed(kind: KindImpact) -> str:
    of, share = format_decimal(kind.existing), _percent(kind.removed, kind.existing)
    if kind.kind is EntityKind.COMPANY:
        return ngettext(
            "%(num)s of %(of)s companies is removed (%(share)s).",
            "%(num)s of %(of)s companies are removed (%(share)s).",
            kind.removed,
            of=of,
            share=share,
        )
    if kind.kind is EntityKind.PERSON:
        return ngettext(
            "%(num)s of %(of)s contacts is removed (%(share)s).",
            "%(num)s of %(of)s contacts are removed (%(share)s).",
            kind.removed,
            of=of,
            share=share,
        )
    return ngettext(
        "%(num)s of %(of)s projects is removed (%(share)s).",
        "%(num)s of %(of)s projects are removed (%(share)s).",
        kind.removed,
        of=of,
        share=share,
    )


def _percent(part: int, whole: int) -> str:
    """Rounded down, so that 100 % is said of everything only."""
    if part * 100 < whole:
        return _("less than %(share)s", share=format_percent(0.01))
    return str(format_percent(min(part * 100 // max(whole, 1), 100) / 100))


def _shares(kind: KindImpact) -> tuple[Share, ...]:
    whole = max(kind.existing, 1)
    changed, removed = (max(1000 * n // whole, 2) if n else 0 for n in (kind.changed, kind.removed))
    parts = (Share("changed", 0, changed), Share("failed", changed, removed))
    return tuple(one for one in parts if one.width)


def _channel(one: ChannelImpact) -> list[str]:
    found = []
    if one.replaced:
        found.append(_replaced(one.type, one.replaced))
    if one.removed:
        found.append(_gone(one.type, one.removed))
    return found


def _replaced(type_: CrmType, count: int) -> str:
    if type_ is CrmType.PHONE:
        return ngettext("%(num)s phone number is replaced.", "%(num)s phone numbers are replaced.", count)
    if type_ is CrmType.EMAIL:
        return ngettext("%(num)s e-mail address is replaced.", "%(num)s e-mail addresses are replaced.", count)
    return ngettext("%(num)s web address is replaced.", "%(num)s web addresses are replaced.", count)


def _gone(type_: CrmType, count: int) -> str:
    if type_ is CrmType.PHONE:
        return ngettext("%(num)s phone number is removed.", "%(num)s phone numbers are removed.", count)
    if type_ is CrmType.EMAIL:
        return ngettext("%(num)s e-mail address is removed.", "%(num)s e-mail addresses are removed.", count)
    return ngettext("%(num)s web address is removed.", "%(num)s web addresses are removed.", count)


def _field(one: FieldImpact) -> str:
    parts = (
        (one.replaced, _("%(count)s replaced", count=format_decimal(one.replaced))),
        (one.cleared, _("%(count)s cleared", count=format_decimal(one.cleared))),
        (one.filled, _("%(count)s filled", count=format_decimal(one.filled))),
        (one.added, _("%(count)s added to", count=format_decimal(one.added))),
    )
    return ", ".join(text for count, text in parts if count)
