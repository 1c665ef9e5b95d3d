"""The import settings: what an admin chooses before the preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from erp_import_plugin.host_api import CrmValue, EntityKind

NO_CONTACTS = "none"
"""The duplicate match of contacts that leaves all contacts out."""


class Action(str, Enum):
    """What happens to an entity that is there already."""

    ADD = "add"
    MERGE = "merge"
    REPLACE = "replace"
    SKIP = "skip"


class EmptyValue(str, Enum):
    """What Replace does with a CRM value when the ERP's is empty."""

    KEEP = "keep"
    CLEAR = "clear"


class ListPolicy(str, Enum):
    """What happens to an ERP list item that the CRM's list does not have."""

    ADD = "add"
    DEFAULT = "default"
    BLANK = "blank"


class ChannelPolicy(str, Enum):
    """What happens to the phones, or to the URLs and e-mails, of an entity that is there already."""

    ADD = "add"
    REPLACE = "replace"
    IGNORE = "ignore"


class NoCompany(str, Enum):
    """What happens to a new contact without a company."""

    CREATE = "create"
    SKIP = "skip"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True)
class DuplicateSettings:
    """How one entity kind is recognised, and what happens then.

    ``match`` is the name of a duplicate rule; None is not chosen yet. ``linked`` is the action for actors imported
    before; None follows ``action``, and is Merge where that is to add always.
    """

    match: str | None = None
    action: Action = Action.MERGE
    empty: EmptyValue = EmptyValue.KEEP
    linked: Action | None = None

    def action_for(self, *, linked: bool = False, chosen: bool = False) -> Action:
        """The action for an actor that is linked, that an admin chose the entity of, or neither.

        Neither a linked actor nor one with a chosen entity is added again.
        """
        if not linked and not chosen:
            return self.action
        action = (self.linked if linked else None) or self.action
        return Action.MERGE if action is Action.ADD else action


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """Everything an admin can choose for one import; the defaults lose nothing and add no list items.

    ``left_out`` and ``defaults`` name fields as "company.phone": those the import does not touch, and the values of
    those whose default is asked for at import. With ``suggest`` new actors are compared with entities much like them.
    """

    company: DuplicateSettings = DuplicateSettings()
    person: DuplicateSettings = DuplicateSettings()
    project: DuplicateSettings = DuplicateSettings()
    no_company: NoCompany = NoCompany.SKIP
    fetch_parents: bool = True
    legal_basis: str | None = None
    consent_source: str | None = None
    lists: Mapping[str, ListPolicy] = field(default_factory=dict)
    phones: ChannelPolicy = ChannelPolicy.ADD
    web: ChannelPolicy = ChannelPolicy.ADD
    left_out: frozenset[str] = frozenset()
    defaults: Mapping[str, CrmValue] = field(default_factory=dict)
    suggest: bool = True

    def of(self, kind: EntityKind) -> DuplicateSettings:
        """The duplicate settings of one entity kind."""
        return {EntityKind.COMPANY: self.company, EntityKind.PERSON: self.person, EntityKind.PROJECT: self.project}[
            kind
        ]

    def list_policy(self, list_name: str) -> ListPolicy:
        """The policy of one CRM list."""
        return self.lists.get(list_name, ListPolicy.DEFAULT)
