"""The items of an ERP list, and what each of them is in a CRM list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from erp_import_plugin.engine import normalising
from erp_import_plugin.engine.lists import Lists
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import CrmListItem


class ItemShow(str, Enum):
    """Which of the items a page shows."""

    ALL = "all"
    OPEN = "open"
    MAPPED = "mapped"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One ERP item.

    ``text`` names the CRM item that was chosen for it, ``none`` tells that there is to be no selection; where neither
    is, ``same_name`` names the CRM item that has its name, if one has. ``gone`` items are no longer in the ERP; of
    ``lost`` ones the chosen item is no longer in the CRM. ``double`` is another ERP item with the same CRM item.
    """

    key: str
    label: str
    text: str = ""
    none: bool = False
    same_name: str = ""
    gone: bool = False
    lost: bool = False
    double: str = ""

    def in_(self, show: ItemShow) -> bool:
        """Whether a page that shows only some items shows it."""
        goes = bool(self.text or self.same_name or self.none)
        faulty = self.gone or self.lost or bool(self.double)
        return {ItemShow.ALL: True, ItemShow.OPEN: not goes, ItemShow.MAPPED: goes, ItemShow.FAULTY: faulty}[show]

    def says(self, text: str) -> bool:
        """Whether its label or key holds the text."""
        wanted = text.strip().casefold()
        return wanted in self.label.casefold() or wanted in self.key.casefold()


@dataclass(frozen=True)
class Pairing:
    """Two lists, and what is mapped between them: ERP item → CRM item, None for "no selection"."""

    crm_list: str
    erp_list: str
    crm_items: Sequence[CrmListItem]
    erp_items: Mapping[str, str]
    mapped: Mapping[str, str | None]

    @cached_property
    def names(self) -> dict[str, str]:
        """CRM item → a name that no other item has."""
        times = Counter(normalising.text(item.label) for item in self.crm_items)
        return {
            item.id: item.label if times[normalising.text(item.label)] == 1 else f"{item.label} [{item.id}]"
            for item in self.crm_items
        }

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {normalising.text(name): item for item, name in self.names.items()}

    @cached_property
    def lists(self) -> Lists:
        """The two lists as the planner has them, without anything mapped."""
        items = {self.crm_list: self.crm_items}
        return Lists({}, items, {self.erp_list: self.erp_items}, {}, ImportSettings())

    def item_named(self, name: str) -> str | None:
        """The CRM item with this name, "" where nothing is named, None where there is none."""
        return self._by_name.get(normalising.text(name)) if name else ""

    def with_items(self, chosen: Mapping[str, str | None]) -> Pairing:
        """The same lists after a change; "" is nothing of its own."""
        mapped = {key: item for key, item in {**self.mapped, **chosen}.items() if item != ""}
        return replace(self, mapped=mapped)


def item_lines(pairing: Pairing) -> list[ItemLine]:
    """The items in the ERP's order, then those that are gone from it but mapped."""
    gone = (key for key in pairing.mapped if key not in pairing.erp_items)
    lines = [_line(pairing, key, label) for key, label in pairing.erp_items.items()]
    lines += [_line(pairing, key, key, gone=True) for key in gone]
    holders: dict[str, list[ItemLine]] = {}
    for line in lines:
        name = line.text or line.same_name
        if name and not line.gone:
            holders.setdefault(name, []).append(line)
    others = {
        line.key: some[1].label if line is some[0] else some[0].label
        for some in holders.values()
        if len(some) > 1
        for line in some
    }
    return [replace(line, double=others[line.key]) if line.key in others else line for line in lines]


def _line(pairing: Pairing, key: str, label: str, *, gone: bool = False) -> ItemLine:
    chosen = pairing.mapped.get(key)
    text = pairing.names.get(chosen, "") if chosen else ""
    none = key in pairing.mapped and chosen is None
    same = None if text or none or gone else pairing.lists.same_name(pairing.crm_list, pairing.erp_list, key)
    return ItemLine(key, label, text, none, pairing.names.get(same or "", ""), gone, lost=bool(chosen) and not text)
