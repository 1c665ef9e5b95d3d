"""A whole workbook: which sheet is what, and every sheet read when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connectors_plugins.workbook.files import Table, read_file
from connectors_plugins.workbook.formulas import formulas_without_result
from connectors_plugins.workbook.known import actor_type_of
from connectors_plugins.workbook.lists import ItemList, list_name_of, read_list
from connectors_plugins.workbook.sheets import ActorSheet, SheetReader
from connectors_plugins.workbook.trouble import trouble
from erp_import_plugin.connector_api import ActorType

_COMPANY_TYPES = (ActorType.CUSTOMER, ActorType.SUPPLIER, ActorType.PARTNER)


class Book:
    """The content of one version of a file; ``mark`` changes with the version.

    ``only_type`` is the actor type of a file without sheet names, or with a single sheet of any name.
    """

    def __init__(self, path: Path, mark: str, only_type: ActorType | None) -> None:
        self.name = path.name
        self.mark = mark
        tables = read_file(path)
        self._lists = {name: read_list(table) for table in tables if (name := list_name_of(table))}
        others = [table for table in tables if not list_name_of(table)]
        self._readers = {
            kind: SheetReader(table, kind, self._lists) for kind, table in _by_type(path, others, only_type).items()
        }
        keys = {kind: self._readers[kind].keys() for kind in _COMPANY_TYPES if kind in self._readers}

        def parent_type(key: str) -> ActorType:
            return next((kind for kind in keys if key in keys[kind]), ActorType.CUSTOMER)

        self.sheets: dict[ActorType, ActorSheet] = {
            kind: reader.read(parent_type) for kind, reader in self._readers.items()
        }
        del self._readers
        self.formulas = formulas_without_result(path)

    def list_of(self, name: str) -> ItemList | None:
        """The list with this name, from its sheet or from the values used."""
        return self._lists.get(name)


def _by_type(path: Path, tables: Sequence[Table], only_type: ActorType | None) -> dict[ActorType, Table]:
    found: dict[ActorType, Table] = {}
    for table in tables:
        kind = actor_type_of(table.name) if table.name else only_type
        if kind is not None and kind in found:
            raise trouble(
                f"{path.name}: the sheets {found[kind].name} and {table.name} both hold the type {kind.value}."
            )
        if kind is not None:
            found[kind] = table
    if not found and only_type is not None and len(tables) == 1:
        found[only_type] = tables[0]
    if not found:
        raise trouble(_no_actors(path, tables))
    return found


def _no_actors(path: Path, tables: Sequence[Table]) -> str:
    if tables and tables[0].name is None:
        return f"{path.name} does not say of which actor type it is. Choose the actor type."
    names = ", ".join(kind.value for kind in ActorType)
    return f"{path.name} has no sheet of actors. Name a sheet after what it holds: {names}."
