"""A sheet of actors: its header, the fields its columns are, and its rows as actors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors_plugins.workbook.columns import as_text, converter, infer_type, is_blank
from connectors_plugins.workbook.files import Cell, Table
from connectors_plugins.workbook.known import (
    KEY_COLUMNS,
    KNOWN_FIELDS,
    LAST_MODIFIED,
    LEGAL_ENTITY,
    PARENT,
    PARENT_TYPE,
    SPECIAL_COLUMNS,
    actor_type_of,
    column_key,
)
from connectors_plugins.workbook.lists import ItemList
from connectors_plugins.workbook.trouble import trouble
from erp_import_plugin.connector_api import Actor, ActorRef, ActorType, ErpField, FieldType, FieldValue

_RANK_STEP = 10
_UNKNOWN_RANK = 1_000
REMARK = "#"
"""What the header of a column begins with that is for people only."""


@dataclass(frozen=True, slots=True)
class ActorSheet:
    """The actors of one type, in the order of their rows."""

    actor_type: ActorType
    fields: tuple[ErpField, ...]
    actors: tuple[Actor, ...]
    nameless_columns: int = 0


@dataclass(frozen=True, slots=True)
class _Column:
    """A column by its field key; ``label`` is what the header says."""

    key: str
    label: str
    cells: Sequence[Cell]


class SheetReader:
    """Reads one sheet of actors. Raises AdminCanFix for whatever someone has to change in it."""

    def __init__(self, table: Table, actor_type: ActorType, lists: dict[str, ItemList]) -> None:
        self._title = f"Sheet {table.name}" if table.name else "The file"
        self._actor_type = actor_type
        self._lists = lists
        first = next((number for number, row in enumerate(table.rows) if not all(map(is_blank, row))), None)
        if first is None:
            raise trouble(f"{self._title} is empty. The first row must name the columns, one of them KEY.")
        numbered = [(number, row) for number, row in enumerate(table.rows[first + 1 :], first + 2)]
        self._rows = [(number, row) for number, row in numbered if not all(map(is_blank, row))]
        self._columns = self._named_columns(table.rows[first])
        self._nameless = self._count_nameless(table.rows[first])
        self._key = self._key_column()

    def read(self, parent_type: Callable[[str], ActorType]) -> ActorSheet:
        """The sheet. ``parent_type`` says of which type a parent is whose row does not tell."""
        columns = {key: column for key, column in self._columns.items() if key not in SPECIAL_COLUMNS}
        fields = {key: self._field(column) for key, column in columns.items()}
        values = {key: self._values(column, fields[key]) for key, column in columns.items()}
        actors = tuple(
            self._actor(
                at, {key: made for key, column in values.items() if (made := column[at]) is not None}, parent_type
            )
            for at in range(len(self._rows))
        )
        self._refuse_doubles(actors)
        ranked = sorted(fields.values(), key=lambda field: field.rank)
        return ActorSheet(self._actor_type, tuple(ranked), actors, self._nameless)

    def keys(self) -> frozenset[str]:
        """The keys of all rows."""
        return frozenset(map(as_text, self._key.cells))

    def _named_columns(self, header: Sequence[Cell]) -> dict[str, _Column]:
        columns: dict[str, _Column] = {}
        for at, cell in enumerate(header):
            label = " ".join(as_text(cell).split())
            if not label or label.startswith(REMARK):
                continue
            key = column_key(label)
            if key in columns:
                both = f"“{columns[key].label}” and “{label}”"
                raise trouble(f"{self._title}: the columns {both} are the same field, {key}. Rename or remove one.")
            columns[key] = _Column(key, label, [row[at] if at < len(row) else "" for _, row in self._rows])
        return columns

    def _count_nameless(self, header: Sequence[Cell]) -> int:
        width = max((len(row) for _, row in self._rows), default=0)
        nameless = [at for at in range(width) if at >= len(header) or is_blank(header[at])]
        return sum(any(at < len(row) and not is_blank(row[at]) for _, row in self._rows) for at in nameless)

    def _key_column(self) -> _Column:
        for key in KEY_COLUMNS:
            if key in self._columns:
                return self._columns[key]
        raise trouble(
            f"{self._title} has no key column. The first row must name the columns; one of them must be"
            f" {', '.join(KEY_COLUMNS[:-1])} or {KEY_COLUMNS[-1]}."
        )

    def _field(self, column: _Column) -> ErpField:
        known = KNOWN_FIELDS.get(column.key)
        rank = list(KNOWN_FIELDS).index(column.key) * _RANK_STEP if known else _UNKNOWN_RANK
        if known is not None:
            return ErpField(
                column.key, known.label, known.type, list_name=known.list_name, multiple=known.multiple, rank=rank
            )
        if column.key in self._lists:
            return ErpField(column.key, column.label, FieldType.LIST, list_name=column.key, rank=rank)
        return ErpField(column.key, column.label, infer_type(column.label, column.cells), rank=rank)

    def _values(self, column: _Column, field: ErpField) -> list[FieldValue]:
        if field.type is FieldType.LIST and field.list_name is not None:
            items = self._lists.setdefault(field.list_name, ItemList())
            texts = (None if is_blank(cell) else as_text(cell) for cell in column.cells)
            return [items.value(text, multiple=field.multiple) for text in texts]
        convert = converter(field.type)
        return [convert(cell) for cell in column.cells]

    def _actor(self, at: int, values: Mapping[str, FieldValue], parent_type: Callable[[str], ActorType]) -> Actor:
        return Actor(
            self._actor_type,
            as_text(self._key.cells[at]),
            values,
            last_modified=self._mark(at),
            parent=self._parent(at, parent_type),
            legal_entity=self._special(LEGAL_ENTITY, at),
        )

    def _special(self, key: str, at: int) -> str:
        return as_text(self._columns[key].cells[at]) if key in self._columns else ""

    def _mark(self, at: int) -> str:
        text = self._special(LAST_MODIFIED, at)
        return text.zfill(20) if text.isdigit() else text  # so that 9 comes before 10, as text

    def _parent(self, at: int, parent_type: Callable[[str], ActorType]) -> ActorRef | None:
        key, type_name = self._special(PARENT, at), self._special(PARENT_TYPE, at)
        if not key:
            return None
        kind = actor_type_of(type_name) if type_name else parent_type(key)
        if kind is None:
            types = ", ".join(one.value for one in ActorType)
            number = self._rows[at][0]
            raise trouble(f"{self._title}, row {number}: “{type_name}” is no type of a parent. Use one of {types}.")
        return ActorRef(kind, key)

    def _refuse_doubles(self, actors: Sequence[Actor]) -> None:
        rows: dict[tuple[str, str], int] = {}
        for actor, (number, _) in zip(actors, self._rows, strict=True):
            place = (actor.legal_entity, actor.key)
            if actor.key and place in rows:
                raise trouble(
                    f"{self._title}: the key {actor.key} is in row {rows[place]} and again in row {number}."
                    " Give each actor a key of its own."
                )
            rows[place] = number
