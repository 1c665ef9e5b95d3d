"""What becomes of one field of an entity that is there already: the rules of Merge, Replace and the policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from erp_import_plugin.engine import normalising
from erp_import_plugin.engine.changes import FieldChange, FieldProblem, KeptField, NewValue
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.settings import Action, ChannelPolicy, EmptyValue, ImportSettings
from erp_import_plugin.host_api import CHANNELS, CrmField, CrmType, CrmValue, EntityKind

Verdict: TypeAlias = "FieldChange | KeptField | FieldProblem | None"
"""A change, a difference that is kept, one that cannot be written, or nothing to do."""


def is_empty(value: NewValue) -> bool:
    """Whether a value says nothing: None, blank text, no items."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == ()


@dataclass(frozen=True, slots=True)
class FieldRules:
    """The import settings as they bear on the fields of one entity.

    ``action`` is Merge or Replace; ``linked`` tells that it is the one for linked actors. ``known`` holds the
    normalised values of all fields of a channel, so that a number known under another heading is not added twice.
    """

    kind: EntityKind
    action: Action
    settings: ImportSettings
    region: str = ""
    known: dict[CrmType, set[str]] = field(default_factory=dict)
    linked: bool = False

    def decide(self, crm: CrmField, old: CrmValue, new: NewValue, fallback: NewValue = None) -> Verdict:
        """What becomes of one field that the ERP gives ``new`` (empty where it has nothing) for."""
        if is_empty(new) and is_empty(old):
            return self.filled(crm, old, fallback)
        if crm.type in CHANNELS:
            return self._channel(crm, old, new, fallback)
        return self._value(crm, old, new, fallback)

    def filled(self, crm: CrmField, old: CrmValue, fallback: NewValue) -> FieldChange | None:
        """The default of a field that is empty and gets no value from the ERP."""
        new = self._default(crm, fallback)
        return FieldChange(crm.key, old, new) if is_empty(old) and not is_empty(new) else None

    def _default(self, crm: CrmField, fallback: NewValue) -> NewValue:
        if crm.type not in CHANNELS:
            return fallback
        values = distinct(_many(fallback), channel_form(crm.type, self.region))
        return values if self._policy(crm.type)[0] is ChannelPolicy.REPLACE else self._added(crm, values)

    def _value(self, crm: CrmField, old: CrmValue, new: NewValue, fallback: NewValue) -> Verdict:
        if _same(old, new):
            return None
        if is_empty(new):
            return self._cleared(crm, old, fallback)
        if self.action is Action.MERGE and not is_empty(old):
            return KeptField(crm.key, old, new, f"{self.kind.value}.{'linked' if self.linked else 'action'}")
        return FieldChange(crm.key, old, new)

    def _cleared(self, crm: CrmField, old: CrmValue, fallback: NewValue) -> Verdict:
        if self.action is not Action.REPLACE or crm.type is CrmType.COMPANY or _same(old, fallback):
            return None
        if self.settings.of(self.kind).empty is EmptyValue.KEEP:
            return KeptField(crm.key, old, None, f"{self.kind.value}.empty")
        if is_empty(fallback) and crm.mandatory:
            return FieldProblem(crm.key, "", Reason(ReasonCode.NOT_CLEARED))
        empty: CrmValue = () if crm.many else None
        return FieldChange(crm.key, old, empty if is_empty(fallback) else fallback)

    def _channel(self, crm: CrmField, old: CrmValue, new: NewValue, fallback: NewValue) -> Verdict:
        form = channel_form(crm.type, self.region)
        before, wanted = _many(old), distinct(_many(new), form)
        policy, setting = self._policy(crm.type)
        if policy is ChannelPolicy.REPLACE:
            return (
                self._replaced(crm, before, wanted) if wanted else self._cleared(crm, old, self._default(crm, fallback))
            )
        if policy is ChannelPolicy.IGNORE:
            unknown = (
                {form(text) for text in wanted} - self.known.get(crm.type, set()) - {form(text) for text in before}
            )
            return KeptField(crm.key, before, wanted, setting) if unknown else None
        added = self._added(crm, wanted, before)
        return FieldChange(crm.key, before, before + added) if added else None

    def _added(self, crm: CrmField, wanted: tuple[str, ...], before: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The values that the entity has under no heading; from now on it has them."""
        form = channel_form(crm.type, self.region)
        known = self.known.setdefault(crm.type, set())
        known |= {form(text) for text in before}
        added = tuple(text for text in wanted if form(text) not in known)
        known |= {form(text) for text in added}
        return added

    def _replaced(self, crm: CrmField, before: tuple[str, ...], wanted: tuple[str, ...]) -> Verdict:
        form = channel_form(crm.type, self.region)
        spelled = {form(text): text for text in reversed(before)}
        if spelled.keys() == {form(text) for text in wanted}:
            return None
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
    if len(values) < 2:
        return values
    return tuple({form(text): text for text in reversed(values)}[key] for key in dict.fromkeys(map(form, values)))


def _many(value: NewValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()  # type: ignore[return-value]


def _same(old: CrmValue, new: NewValue) -> bool:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return set(old) == set(new)
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new.strip()
    return old == new or (is_empty(old) and is_empty(new))
