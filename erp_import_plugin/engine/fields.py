"""What becomes of one field of an entity that is there already: the rules of Merge, Replace and the policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from erp_import_plugin.engine import normalising
from erp_import_plugin.engine.changes import FieldChange, KeptField, NewValue
from erp_import_plugin.engine.settings import Action, ChannelPolicy, EmptyValue, ImportSettings
from erp_import_plugin.host_api import CrmField, CrmType, CrmValue, EntityKind

Decision: TypeAlias = "FieldChange | KeptField | None"
"""A change, a difference that is kept, or nothing to do."""


def is_empty(value: NewValue) -> bool:
    """Whether a value says nothing: None, blank text, no items."""
    return value is None or value == () or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, slots=True)
class FieldRules:
    """The import settings as they bear on the fields of one entity.

    ``action`` is Merge or Replace. ``other_phones`` are the normalised phones of all its phone fields, so that a
    number known under another heading is not added twice.
    """

    kind: EntityKind
    action: Action
    settings: ImportSettings
    region: str = ""
    known: dict[CrmType, set[str]] = field(default_factory=dict)

    def decide(self, crm: CrmField, old: CrmValue, new: NewValue, fallback: NewValue = None) -> Decision:
        """What becomes of one field that the ERP gives ``new`` (empty where it has nothing) for."""
        if crm.type in (CrmType.PHONE, CrmType.EMAIL, CrmType.URL):
            return self._channel(crm, old, new)
        if is_empty(new) and is_empty(old) and not is_empty(fallback):
            return FieldChange(crm.key, old, fallback)
        return self._value(crm, old, new)

    def _value(self, crm: CrmField, old: CrmValue, new: NewValue) -> Decision:
        if _same(old, new):
            return None
        if is_empty(new):
            return self._cleared(crm, old)
        if self.action is Action.MERGE and not is_empty(old):
            return KeptField(crm.key, old, new, f"{self.kind.value}.action")
        return FieldChange(crm.key, old, new)

    def _cleared(self, crm: CrmField, old: CrmValue) -> Decision:
        if self.action is not Action.REPLACE or crm.type is CrmType.COMPANY or crm.mandatory:
            return None
        if self.settings.of(self.kind).empty is EmptyValue.KEEP:
            return KeptField(crm.key, old, None, f"{self.kind.value}.empty")
        return FieldChange(crm.key, old, () if crm.many else None)

    def _channel(self, crm: CrmField, old: CrmValue, new: NewValue) -> Decision:
        form = channel_form(crm.type, self.region)
        before, wanted = _many(old), distinct(_many(new), form)
        policy, setting = self._policy(crm.type)
        if policy is ChannelPolicy.REPLACE:
            return self._replaced(crm, before, wanted, form)
        known = self.known.get(crm.type, set()) | {form(text) for text in before}
        added = tuple(text for text in wanted if form(text) not in known)
        if not added:
            return None
        if policy is ChannelPolicy.IGNORE:
            return KeptField(crm.key, before, wanted, setting)
        self.known.setdefault(crm.type, set()).update(form(text) for text in added)
        return FieldChange(crm.key, before, before + added)

    def _replaced(
        self, crm: CrmField, before: tuple[str, ...], wanted: tuple[str, ...], form: Callable[[str], str]
    ) -> Decision:
        if not wanted:
            return self._cleared(crm, before) if before else None
        if {form(text) for text in before} == {form(text) for text in wanted}:
            return None
        spelled = {form(text): text for text in reversed(before)}
        return FieldChange(crm.key, before, tuple(spelled.get(form(text), text) for text in wanted))

    def _policy(self, channel: CrmType) -> tuple[ChannelPolicy, str]:
        if channel is CrmType.PHONE:
            return self.settings.phones, "phones"
        return self.settings.web, "web"


def channel_form(channel: CrmType, region: str) -> Callable[[str], str]:
    """How two values of a channel are compared."""
    if channel is CrmType.PHONE:
        return lambda text: normalising.phone(text, region)
    return normalising.email if channel is CrmType.EMAIL else normalising.url


def distinct(values: tuple[str, ...], form: Callable[[str], str]) -> tuple[str, ...]:
    """The values without those that mean the same as an earlier one."""
    return tuple({form(text): text for text in reversed(values)}[key] for key in dict.fromkeys(map(form, values)))


def _many(value: NewValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()  # type: ignore[return-value]


def _same(old: CrmValue, new: NewValue) -> bool:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return set(old) == set(new)
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new
    return old == new or (is_empty(old) and is_empty(new))
