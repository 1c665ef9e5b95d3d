"""The lists of a workbook: sheets named "List CATEGORY", and whatever the cells hold beyond them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from connectors_plugins.workbook.columns import as_text, is_blank
from connectors_plugins.workbook.files import Cell, Table
from connectors_plugins.workbook.known import column_key, plain
from connectors_plugins.workbook.trouble import trouble
from erp_import_plugin.connector_api import FieldValue, ListItem

_SHEET = re.compile(r"list[\s:_-]+(.+)", re.IGNORECASE)
_KEY_HEADERS = ("key", "code")
_LABEL_HEADERS = ("label", "name", "text")
SEPARATOR = ";"


def list_name_of(table: Table) -> str | None:
    """The list a sheet holds; None if it holds none."""
    found = _SHEET.fullmatch((table.name or "").strip())
    return column_key(found[1].strip()) if found else None


class ItemList:
    """One list: its items in the sheet's order, then the values that were used without being listed."""

    def __init__(self, items: Iterable[ListItem] = ()) -> None:
        self._items: dict[str, ListItem] = {}
        self._by_text: dict[str, str] = {}
        for item in items:
            self._add(item)

    def key_for(self, text: str) -> str:
        """The key of the item with this key or label; a text that is neither becomes an item of its own."""
        if text in self._items:
            return text
        known = self._by_text.get(text.casefold())
        if known is None:
            self._add(ListItem(text, text))
        return known or text

    def value(self, text: str | None, *, multiple: bool) -> FieldValue:
        """The value of a list field for a cell's text; several items are separated by semicolons."""
        if text is None:
            return None
        if not multiple:
            return self.key_for(text)
        parts = (part.strip() for part in text.split(SEPARATOR))
        return tuple(dict.fromkeys(self.key_for(part) for part in parts if part))

    def items(self) -> tuple[ListItem, ...]:
        """All items."""
        return tuple(self._items.values())

    def _add(self, item: ListItem) -> None:
        self._items[item.key] = item
        self._by_text.setdefault(item.key.casefold(), item.key)
        self._by_text.setdefault(item.label.casefold(), item.key)


def read_list(table: Table) -> ItemList:
    """The items of a list sheet. Raises AdminCanFix if it has no header, or one key twice."""
    rows = [row for row in table.rows if not all(map(is_blank, row))]
    header = [plain(as_text(cell)) for cell in rows[0]] if rows else []
    key_at = _place(header, _KEY_HEADERS)
    label_at = _place(header, _LABEL_HEADERS)
    if key_at is None:
        key_at = label_at
    if key_at is None:
        raise trouble(f"Sheet {table.name}: the first row must name the columns, “key” and “label”.")
    items = [_item(row, key_at, label_at) for row in rows[1:] if not is_blank(row[key_at])]
    if len({item.key for item in items}) < len(items):
        keys = [item.key for item in items]
        double = next(key for key in keys if keys.count(key) > 1)
        raise trouble(f"Sheet {table.name}: the key {double} is there twice. Give each item a key of its own.")
    return ItemList(items)


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((at for at, name in enumerate(header) if name in names), None)


def _item(row: Sequence[Cell], key_at: int, label_at: int | None) -> ListItem:
    key = as_text(row[key_at])
    label = as_text(row[label_at]) if label_at is not None else ""
    return ListItem(key, label or key)
