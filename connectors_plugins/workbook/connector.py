"""The connector: a workbook in the ERP files folder, searched and read like an ERP."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from connectors_plugins.workbook.book import Book
from connectors_plugins.workbook.sheets import ActorSheet
from erp_import_plugin.connector_api import (
    Actor,
    ActorType,
    AdminCanFix,
    Capabilities,
    Choice,
    ConfigField,
    ConfigType,
    ConfigValue,
    Connector,
    ErpField,
    FieldValue,
    GiveUp,
    ListItem,
    Page,
    Platform,
    Query,
    Session,
    Sort,
)

BY_SHEETS = "sheets"
_KEPT_BOOKS = 4


class WorkbookConnector(Connector):
    """Keeps the books last read, so that a file is read again only when it has changed."""

    key: ClassVar[str] = "workbook"
    name: ClassVar[str] = "Workbook"
    description: ClassVar[str] = "An XLSX, ODS or CSV file in the ERP files folder, one sheet per actor type."
    capabilities: ClassVar[Capabilities] = Capabilities(changes=True, sorts=True)

    def __init__(self) -> None:
        self._books: OrderedDict[tuple[Path, ActorType | None], Book] = OrderedDict()
        self._lock = threading.Lock()

    def config_fields(self) -> Sequence[ConfigField]:
        """The file, and the actor type of a file that has no sheets."""
        choices = (Choice(BY_SHEETS, "As the sheets are named"), *(Choice(one.value, one.value) for one in ActorType))
        return (
            ConfigField(
                "file", "File", tooltip="Name of an XLSX, ODS or CSV file in the ERP files folder.", mandatory=True,
                max_length=255,
            ),
            ConfigField(
                "actor_type", "Actor type", ConfigType.LIST, default=BY_SHEETS, choices=choices,
                tooltip="For a CSV file, or a workbook with a single sheet: what its rows are.",
            ),
        )  # fmt: skip

    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        """Raises AdminCanFix for a file that is not there or not readable."""
        try:
            path = platform.file(str(config.get("file") or ""))
        except AdminCanFix as error:
            raise AdminCanFix(error.message, "file") from None
        chosen = str(config.get("actor_type") or BY_SHEETS)
        return WorkbookSession(self._book(path, None if chosen == BY_SHEETS else ActorType(chosen)), platform)

    def _book(self, path: Path, only_type: ActorType | None) -> Book:
        """One thread reads, the others wait for the same book."""
        status = path.stat()
        mark = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        with self._lock:
            book = self._books.pop((path, only_type), None)
            if book is None or book.mark != mark:
                book = Book(path, mark, only_type)
            self._books[(path, only_type)] = book
            while len(self._books) > _KEPT_BOOKS:
                self._books.popitem(last=False)
            return book


class WorkbookSession(Session):
    """One version of the file. A cursor is the place to go on at and the version it counts in."""

    def __init__(self, book: Book, platform: Platform) -> None:
        self._book = book
        self._platform = platform

    def test(self) -> str:
        """How many actors of which types, and what in the file will not come along."""
        counts = [f"{len(sheet.actors):,} of type {kind.value}" for kind, sheet in self._book.sheets.items()]
        return " ".join([f"{self._book.name}: {', '.join(counts)}.", *self._remarks()])

    def actor_types(self) -> Sequence[ActorType]:
        """Those that have a sheet."""
        return tuple(self._book.sheets)

    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        """The columns, known ones first."""
        return self._sheet(actor_type).fields

    def search(self, query: Query, cursor: str | None) -> Page:
        """A page of the whole sheet; the platform filters it."""
        return self._page(_sorted(self._sheet(query.actor_type), query.sort), query.fields, cursor, query.page_size)

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        """The actors with these keys."""
        wanted = set(keys)
        return [_with(actor, fields) for actor in self._sheet(actor_type).actors if actor.key in wanted]

    def list_items(self, list_name: str) -> Sequence[ListItem]:
        """The items of the list's sheet and those only used in cells."""
        items = self._book.list_of(list_name)
        if items is None:
            raise GiveUp(f"{self._book.name} has no list named {list_name}.")
        return items.items()

    def changes(self, actor_type: ActorType, since: str, fields: Sequence[str], cursor: str | None) -> Page:
        """Actors with an equal or later mark in LASTMODIFIED, and those without a mark, which may have changed."""
        actors = self._sheet(actor_type).actors
        changed = [actor for actor in actors if not actor.last_modified or actor.last_modified >= since]
        return self._page(changed, fields, cursor, Query(actor_type).page_size)

    def _sheet(self, actor_type: ActorType) -> ActorSheet:
        sheet = self._book.sheets.get(actor_type)
        if sheet is None:
            raise AdminCanFix(f"{self._book.name} has no sheet for the actor type {actor_type.value}.", "file")
        return sheet

    def _page(self, actors: Sequence[Actor], fields: Sequence[str], cursor: str | None, size: int) -> Page:
        self._platform.check_cancelled()
        start = self._start(cursor)
        end = start + max(size, 1)
        following = f"{end}@{self._book.mark}" if end < len(actors) else None
        return Page(tuple(_with(actor, fields) for actor in actors[start:end]), following, len(actors))

    def _start(self, cursor: str | None) -> int:
        if cursor is None:
            return 0
        place, _, mark = cursor.partition("@")
        if mark != self._book.mark or not place.isdigit():
            raise GiveUp(f"{self._book.name} was changed while it was being read. Search again.")
        return int(place)

    def _remarks(self) -> list[str]:
        remarks = []
        if formulas := self._book.formulas:
            remarks.append(
                f"{len(formulas):,} formulas were saved without their result and count as empty, the first in"
                f" {formulas[0]}; open and save the file in a spreadsheet program."
            )
        for kind, sheet in self._book.sheets.items():
            if keyless := sum(not actor.key for actor in sheet.actors):
                remarks.append(f"{keyless:,} rows of type {kind.value} have no key and cannot be imported.")
            if sheet.nameless_columns:
                remarks.append(
                    f"{sheet.nameless_columns:,} columns of type {kind.value} have no name and are not read."
                )
        return remarks


def _with(actor: Actor, fields: Sequence[str]) -> Actor:
    values = {key: actor.values[key] for key in fields if key in actor.values}
    return Actor(actor.actor_type, actor.key, values, actor.last_modified, actor.parent, actor.legal_entity)


def _sorted(sheet: ActorSheet, sort: Sort | None) -> Sequence[Actor]:
    """Empty values come last in either direction; equal ones keep the order of the rows."""
    if sort is None:
        return sheet.actors
    filled = [actor for actor in sheet.actors if sort.field in actor.values]
    empty = [actor for actor in sheet.actors if sort.field not in actor.values]
    return sorted(filled, key=lambda actor: _rank(actor.values[sort.field]), reverse=sort.descending) + empty


def _rank(value: FieldValue) -> tuple[str, object]:
    """Comparable within one type; a date column may hold texts that are no dates."""
    if isinstance(value, str):
        return "text", value.casefold()
    return type(value).__name__, value
