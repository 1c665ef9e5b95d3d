"""The host's rows that match keys are made of, and the keys of a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, Select, and_, func, literal, or_, select

from erp_import_plugin.host_api import CrmValue, MatchRule
from erp_import_plugin.store.crm_map import Channel, Column, EntityTable, ListTable
from erp_import_plugin.store.crm_values import Convert, ids_from_text, reader
from erp_import_plugin.store.dialects import Dialect, dialect_of
from erp_import_plugin.store.tables import match_key

PAGE = 5000
"""How many rows are read at a time."""

COLUMNS = ("index_id", "row_id", "position", "entity_id", "source", "match_key")
"""Of the table of keys, in the order of what :func:`keys_of` gives."""

_SEPARATOR = "\x1f"
_CELLS = 5  # columns of a row that stand before those the keys are made of


@dataclass(frozen=True)
class Source:
    """Where the keys of a rule come from: rows of the entity's table, or of the table of one of its channels."""

    entity: EntityTable
    rule: MatchRule
    row_id: Any
    owner: Any
    fields: Mapping[str, Column | Channel]
    conditions: Sequence[Any]
    country: tuple[Any, ListTable] | None

    @property
    def is_channel(self) -> bool:
        """Whether each row holds one of many values."""
        return self.row_id is not self.entity.id

    @cached_property
    def readers(self) -> tuple[tuple[str, Convert, bool], ...]:
        """How the cells of a row are read: for each field its name, what reads it, and whether it is one of many."""
        return tuple((name, reader(field), isinstance(field, Channel)) for name, field in self.fields.items())


def source_of(entity: EntityTable, rule: MatchRule, lists: Mapping[str, ListTable]) -> Source:
    """The source of a rule. Raises ValueError for fields that a key cannot be made of, or that the host lacks."""
    fields = {key: entity.fields.get(key) for key in rule.fields if key != "id"}
    if rule.fields == ("id",):
        fields = {"id": Column(entity.id, entity.id_label)}
    country = _country(entity, lists) if rule.regional else None
    if all(isinstance(field, Column) for field in fields.values()):
        return Source(entity, rule, entity.id, entity.id, fields, (), country)  # type: ignore[arg-type]
    if len(fields) == 1 and isinstance(field := next(iter(fields.values())), Channel):
        table: sa.Table = field.value.table
        where = [table.c[name] == value for name, value in field.where.items()]
        (row_id,) = table.primary_key.columns
        return Source(entity, rule, row_id, field.owner, {rule.fields[0]: field}, where, country)
    raise ValueError(f"The rule {rule.name!r} cannot be made of the fields {', '.join(rule.fields)} of this CRM.")


def _country(entity: EntityTable, lists: Mapping[str, ListTable]) -> tuple[Any, ListTable] | None:
    field = entity.fields.get(entity.country)
    if isinstance(field, Column) and field.list_name and lists[field.list_name].code is not None:
        return field.column, lists[field.list_name]
    return None


def _rows(dialect: Dialect, source: Source) -> tuple[Select[Any], Any]:
    """All rows that keys are made of, with what they are made of; and the tables this takes."""
    code, joined = _region(source)
    rows = select(
        source.row_id.label("row_id"),
        dialect.as_text(source.row_id).label("row_text"),
        source.owner.label("owner"),
        _made_of(dialect, source, code).label("source"),
        code.label("code"),
        *(_column(field).label(f"field_{n}") for n, field in enumerate(source.fields.values())),
    )
    return rows.where(*source.conditions, source.owner.is_not(None)), joined


def read_rows(tx: Connection, source: Source, row_texts: Collection[str]) -> Sequence[Row[Any]]:
    """Some rows as they are now."""
    rows, joined = _rows(dialect_of(tx), source)
    ids = ids_from_text(source.row_id, row_texts)
    return tx.execute(rows.select_from(joined).where(dialect_of(tx).among(tx, source.row_id, ids))).all()


def changed_rows(dialect: Dialect, source: Source, index_id: int | None) -> Select[Any]:
    """A page of the rows whose keys are missing or were made of something else; of all rows without an index."""
    rows, joined = _rows(dialect, source)
    rows = rows.order_by(source.row_id).limit(PAGE)
    if index_id is None:
        return rows.select_from(joined)
    row_text, made_of = rows.selected_columns.row_text, rows.selected_columns.source
    kept = and_(match_key.c.index_id == index_id, match_key.c.row_id == row_text, match_key.c.position == 0)
    differs = or_(match_key.c.row_id.is_(None), match_key.c.source != made_of)
    return rows.select_from(joined.outerjoin(match_key, kept)).where(differs)


def _made_of(dialect: Dialect, source: Source, code: Any) -> sa.ColumnElement[str]:
    parts = [_column(field) for field in source.fields.values()]
    parts += [source.owner] if source.is_channel else []
    parts += [code] if source.country else []
    text: Any = literal("")
    for part in parts:
        text = text + func.coalesce(dialect.as_text(part), "") + _SEPARATOR
    return dialect.as_text(text)


def _region(source: Source) -> tuple[Any, Any]:
    """The column with the entity's country code, and the tables it takes."""
    table = source.row_id.table
    if source.country is None:
        return sa.null(), table
    if source.is_channel:
        table = table.join(source.entity.table, source.owner == source.entity.id)
    column, countries = source.country
    return countries.code, table.outerjoin(countries.id.table, column == countries.id)


def keys_of(source: Source, index_id: int, region: str, row: Row[Any]) -> Iterator[tuple[Any, ...]]:
    """What is kept of a row, as ``COLUMNS``: each of its keys; without any, that there is none."""
    values: dict[str, CrmValue] = {}
    for (name, read, is_one_of_many), cell in zip(source.readers, row[_CELLS:], strict=True):
        value = None if cell is None else read(cell)
        values[name] = (value,) if is_one_of_many and value is not None else value
    if source.rule.fields == ("id",):
        values["id"] = str(row.row_id)
    keys: tuple[str | None, ...] = source.rule.keys(values, row.code or region) or (None,)
    for position, key in enumerate(keys):
        yield index_id, row.row_text, position, str(row.owner), None if position else row.source, key


def _column(field: Column | Channel) -> Any:
    return field.value if isinstance(field, Channel) else field.column
