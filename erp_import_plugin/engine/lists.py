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
    _ids: dict[str, dict[str, str]] = field(init=False, default_factory=dict)
    _new: dict[tuple[str, str], NewItem] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, items in self.items.items():
            by_code = {normalising.text(item.code): item.id for item in items if item.code}
            self._ids[name] = by_code | {normalising.text(item.label): item.id for item in items}

    def label(self, erp_list: str | None, item: str) -> str:
        """The text of an ERP item; a text field is its own label."""
        return self.erp_labels.get(erp_list or "", {}).get(item, item)

    def code(self, list_name: str, item_id: str) -> str:
        """The ISO code of a CRM item, empty where it has none."""
        return next((item.code for item in self.items.get(list_name, ()) if item.id == item_id), "")

    def resolve(self, crm_list: str, erp_list: str | None, item: str) -> Resolution:
        """The CRM item of an ERP item: as mapped, else of the same name or code, else by the list's policy."""
        place = (crm_list, erp_list or "", item)
        if place in self.mapped:
            return self.mapped[place] or Ignored()
        known = self._ids.get(crm_list, {})
        label = self.label(erp_list, item)
        found = known.get(normalising.text(label)) or known.get(normalising.text(item))
        return found or self._by_policy(crm_list, label)

    def _by_policy(self, crm_list: str, label: str) -> Resolution:
        policy = self.settings.list_policy(crm_list)
        if policy is ListPolicy.ADD:
            return self._new.setdefault((crm_list, normalising.text(label)), NewItem(crm_list, label))
        if policy is ListPolicy.DEFAULT:
            return Ignored(self.crm[crm_list].default)
        return Ignored()
