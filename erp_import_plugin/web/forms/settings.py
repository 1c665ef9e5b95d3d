"""The import settings as they are sent. A choice that was not offered leaves the setting as it was."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from erp_import_plugin.engine.settings import (
    Action,
    ChannelPolicy,
    DuplicateSettings,
    EmptyValue,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.web.forms.defaults import read_texts
from erp_import_plugin.web.reasons import anchor
from erp_import_plugin.workflow.settings_form import AskedDefault, SettingsForm

E = TypeVar("E", bound=Enum)


def read_settings(sent: MultiDict[str, str], form: SettingsForm) -> ImportSettings:
    """The settings that were chosen; whether they can be taken is for the workflow to say."""
    before = form.settings
    kinds = {kind.kind: _duplicates(sent, kind.kind, kind.settings) for kind in form.kinds}
    lists = {one.name: _choice(ListPolicy, sent.get(f"lists-{one.name}"), one.policy) for one in form.lists}
    settings = replace(
        before,
        company=kinds.get(EntityKind.COMPANY, before.company),
        person=kinds.get(EntityKind.PERSON, before.person),
        project=kinds.get(EntityKind.PROJECT, before.project),
        lists={**before.lists, **lists},
        phones=_choice(ChannelPolicy, sent.get("phones"), before.phones),
        web=_choice(ChannelPolicy, sent.get("web"), before.web),
        suggest=sent.get("suggest") == "yes",
        defaults={one.key: read_texts(sent, default_name(one)) for one in form.asked},
    )
    return settings if form.persons is None else _for_contacts(sent, settings)


def default_name(asked: AskedDefault) -> str:
    """The name of the input of a default that is asked for."""
    return anchor(f"defaults.{asked.key}")


def _for_contacts(sent: MultiDict[str, str], before: ImportSettings) -> ImportSettings:
    return replace(
        before,
        no_company=_choice(NoCompany, sent.get("no_company"), before.no_company),
        fetch_parents=sent.get("fetch_parents") == "yes",
        legal_basis=sent.get("legal_basis") or None,
        consent_source=sent.get("consent_source") or None,
    )


def _duplicates(sent: MultiDict[str, str], kind: EntityKind, before: DuplicateSettings) -> DuplicateSettings:
    linked = sent.get(f"{kind.value}-linked")
    return DuplicateSettings(
        match=sent.get(f"{kind.value}-match") or before.match,
        action=_choice(Action, sent.get(f"{kind.value}-action"), before.action),
        empty=_choice(EmptyValue, sent.get(f"{kind.value}-empty"), before.empty),
        linked=None if linked == "" else _optional(Action, linked, before.linked),
    )


def _choice(of: type[E], text: str | None, otherwise: E) -> E:
    return next((member for member in of if member.value == text), otherwise)


def _optional(of: type[E], text: str | None, otherwise: E | None) -> E | None:
    return next((member for member in of if member.value == text), otherwise)
