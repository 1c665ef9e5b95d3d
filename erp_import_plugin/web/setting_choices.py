"""The import settings as choices: each with what it does, and why it cannot be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from erp_import_plugin.engine.settings import Action, ChannelPolicy, EmptyValue, ListPolicy
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web.setting_texts import (
    ACTIONS,
    CHANNEL_POLICIES,
    EMPTY_VALUES,
    LINKED_ACTIONS,
    LIST_POLICIES,
    NO_COMPANIES,
    RULE_EFFECTS,
    RULES,
)
from erp_import_plugin.workflow.settings import KindForm, ListForm, PersonForm


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice; ``reason`` says why it cannot be chosen and is empty where it can."""

    value: str
    label: str
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KindChoices:
    """The choices of one entity kind, with what is chosen."""

    kind: EntityKind
    staged: int
    match: tuple[Choice, ...]
    match_value: str
    action: tuple[Choice, ...]
    action_value: str
    empty: tuple[Choice, ...]
    empty_value: str
    linked: tuple[Choice, ...]
    linked_value: str


@dataclass(frozen=True, slots=True)
class ListChoices:
    """The choices of one list; ``hint`` says why a default cannot be used."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    value: str
    hint: str


def kind_choices(form: KindForm) -> KindChoices:
    """What can be chosen for one entity kind."""
    chosen = form.settings
    return KindChoices(
        kind=form.kind,
        staged=form.staged,
        match=tuple(_rule(form.kind, rule.name, rule.missing, rule.available) for rule in form.rules),
        match_value=chosen.match or "",
        action=_with_texts(ACTIONS),
        action_value=chosen.action.value,
        empty=_with_texts(EMPTY_VALUES),
        empty_value=chosen.empty.value,
        linked=_with_texts(LINKED_ACTIONS),
        linked_value=chosen.linked.value if chosen.linked else "",
    )


def list_choices(form: ListForm) -> ListChoices:
    """What can be chosen for one list."""
    hint = "" if form.has_default else _("The list has no default.")
    choices = tuple(
        Choice(policy.value, str(label), reason=hint if policy is ListPolicy.DEFAULT else "")
        for policy, label in LIST_POLICIES.items()
    )
    return ListChoices(form.name, say(form.label), choices, form.policy.value, hint)


def channel_choices() -> tuple[Choice, ...]:
    """What can be chosen for phones, and for URLs and e-mails."""
    return _with_texts(CHANNEL_POLICIES)


def no_company_choices(form: PersonForm) -> tuple[Choice, ...]:
    """What can be chosen for contacts without a company."""
    reason = _("The CRM asks for a company on every contact.")
    return tuple(
        Choice(choice.value, str(label), str(text), "" if choice in form.no_company else reason)
        for choice, (label, text) in NO_COMPANIES.items()
    )


def _rule(kind: EntityKind, name: str, missing: tuple[str, ...], available: bool) -> Choice:
    reason = ""
    if not available:
        fields = ", ".join(say(label) for label in missing)
        reason = _("No ERP field is mapped to: %(fields)s.", fields=fields)
    return Choice(name, str(RULES[kind].get(name, name)), str(RULE_EFFECTS.get(name, "")), reason)


def _with_texts(texts: Mapping[Any, tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(key.value if isinstance(key, (Action, EmptyValue, ChannelPolicy)) else key, str(label), str(text))
        for key, (label, text) in texts.items()
    )
