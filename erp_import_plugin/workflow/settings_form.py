"""The import settings as a page shows them: what can be chosen, and what is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from erp_import_plugin.engine.settings import ChannelPolicy, DuplicateSettings, ImportSettings, ListPolicy, NoCompany
from erp_import_plugin.host_api import CrmField, CrmListItem, EntityKind
from erp_import_plugin.store.imports import Import


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """A duplicate rule; ``missing`` are the labels of the CRM fields that no ERP field is mapped to."""

    name: str
    label: str
    available: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindForm:
    """One entity kind: how many staged actors become it, its rules, and what is chosen.

    ``staged`` is 0 for companies that are only fetched because a contact or project belongs to them.
    """

    kind: EntityKind
    label: str
    staged: int
    rules: tuple[RuleChoice, ...]
    settings: DuplicateSettings


@dataclass(frozen=True, slots=True)
class ListForm:
    """A CRM list that mapped fields use."""

    name: str
    label: str
    has_default: bool
    policy: ListPolicy


@dataclass(frozen=True, slots=True)
class PersonForm:
    """What only contacts need: the choices there are. Without a list in the CRM its items are empty."""

    no_company: tuple[NoCompany, ...]
    mandatory_company: bool
    fetch_parents: bool
    legal_bases: tuple[CrmListItem, ...]
    consent_sources: tuple[CrmListItem, ...]


@dataclass(frozen=True, slots=True)
class AskedDefault:
    """A default that is asked for; ``key`` is "company.category".

    ``texts`` are filled in. ``lost``: the CRM no longer takes the default that was chosen. ``needed``: the CRM needs a
    value, and the ERP gives none.
    """

    key: str
    kind: EntityKind
    crm: CrmField
    items: Sequence[CrmListItem]
    texts: tuple[str, ...]
    lost: bool
    needed: bool


@dataclass(frozen=True, slots=True)
class AppliedPreset:
    """The preset a page was filled in from; ``misfits`` are settings of it that do not fit here, with why, by key."""

    id: int
    name: str
    misfits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """The settings page. ``phones`` and ``web`` are None where no such field is mapped; ``persons`` is, without any.

    ``applied`` is the preset it was filled in from, if it was.
    """

    import_: Import
    connection_name: str
    kinds: tuple[KindForm, ...]
    lists: tuple[ListForm, ...]
    phones: ChannelPolicy | None
    web: ChannelPolicy | None
    persons: PersonForm | None
    asked: tuple[AskedDefault, ...]
    settings: ImportSettings
    applied: AppliedPreset | None = None
