"""The items of Tryton's lists, by the keys that list fields hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors_plugins.tryton import columns, reading
from connectors_plugins.tryton.server import CATEGORY, RELATION_TYPE, Server
from connectors_plugins.tryton.wire import Row
from erp_import_plugin.connector_api import GiveUp, ListItem


@dataclass(frozen=True)
class _Source:
    model: str
    reads: tuple[str, ...] = ("name",)
    key: Callable[[Row], str | None] = lambda row: str(row["id"])


_SOURCES = {
    columns.COUNTRIES: _Source("country.country", ("name", "code"), reading.country),
    columns.CATEGORIES: _Source(CATEGORY),
    columns.LANGUAGES: _Source("ir.lang", ("name", "code"), lambda row: row["code"]),
    columns.RELATIONS: _Source(RELATION_TYPE),
    columns.STATUSES: _Source("project.work.status"),
}


def items_of(server: Server, list_name: str) -> list[ListItem]:
    """All items, archived ones as well, because records may hold them still.

    Raises:
        GiveUp: no field names this list.
    """
    source = _SOURCES.get(list_name)
    if source is None:
        raise GiveUp(f"There is no list named {list_name}.")
    rows = server.read(source.model, [], source.reads)
    return [ListItem(key, row["name"] or key) for row in rows if (key := source.key(row))]
