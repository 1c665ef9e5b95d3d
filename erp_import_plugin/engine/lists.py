"""List items: which item of the CRM an ERP item is, and what happens to one the CRM does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from erp_import_plugin.engine import normalising
from erp_import_plugin.engine.changes import NewItem
from erp_import_plugin.engine.settings import ImportSettings, ListPolicy
from erp_import_plugin.host_api import CrmList, CrmListItem


@dataclass(frozen=True, slots=True)
class Ignored:
    """An item that is not imported; ``fallback`` is what an empty field gets instead."""

    fallback: str | None = None


Resolution: TypeAlias = "str | NewItem | Ignored"

ItemMapping: TypeAlias = Mapping[tuple[str, str, str], "str | None"]
"""(CRM list, ERP list, ERP item) → CRM item, None for "no selection"."""


@dataclass
class Lists:
    """The lists of one import. New items are remembered, so that two spellings of one name add one item."""

    crm: Mapping[str, CrmList]
    items: Mapping[str, Sequence[CrmListItem]]
    erp_labels: Mapping[str, Mapping[str, str]]
    mapped: ItemMapping
    settings: ImportSettings
    _by_label: dict[str, dict[str, str]] = field(init=False, default_factory=dict)
    _by_code: dict[str, dict[str, str]] = field(init=False, default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(init=False, default_factory=dict)
    _new: dict[tuple[str, str], NewItem] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, items in self.items.items():
            first_wins = items[::-1]
            self._by_label[name] = {normalising.text(item.label): item.id for item in first_wins}
            self._by_code[name] = {normalising.text(item.code): item.id for item in first_wins if item.code}
            self._codes[name] = {item.id: item.code for item in items}

    def label(self, erp_list: str | None, item: str) -> str:
        """The text of an ERP item; a text field is its own label."""
        return self.erp_labels.get(erp_list or "", {}).get(item, item).strip()

    def code(self, list_name: str, item_id: str) -> str:
        """The ISO code of a CRM item, empty where it has none."""
        return self._codes.get(list_name, {}).get(item_id, "")

    def resolve(self, crm_list: str, erp_list: str | None, item: str) -> Resolution:
        """The CRM item of an ERP item: as mapped, else of the same name or code, else by the list's policy.

        A mapping to an item that is gone is none. An item without a visible name is blank, whatever the policy.
        """
        place = (crm_list, erp_list or "", item)
        mapped = self.mapped.get(place)
        if mapped and self.offers(crm_list, mapped):
            return mapped
        label = self.label(erp_list, item)
        name = normalising.text(label)
        if not name or (place in self.mapped and not mapped):
            return Ignored()
        return self.same_name(crm_list, erp_list, item) or self._by_policy(crm_list, label)

    def same_name(self, crm_list: str, erp_list: str | None, item: str) -> str | None:
        """The CRM item that has the name or code of an ERP item."""
        name = normalising.text(self.label(erp_list, item))
        codes = self._by_code.get(crm_list, {})
        return self._by_label.get(crm_list, {}).get(name) or codes.get(name) or codes.get(normalising.text(item))

    def offers(self, crm_list: str, item_id: str) -> bool:
        """Whether the CRM's list has the item; of a list that was not read it is taken to."""
        return crm_list not in self._codes or item_id in self._codes[crm_list]

    def _by_policy(self, crm_list: str, label: str) -> Resolution:
        policy = self.settings.list_policy(crm_list)
        if policy is ListPolicy.ADD:
            return self._new.setdefault((crm_list, normalising.text(label)), NewItem(crm_list, label))
        default = self.crm[crm_list].default if crm_list in self.crm else None
        if policy is ListPolicy.DEFAULT and default and self.offers(crm_list, default):
            return Ignored(default)
        return Ignored()
