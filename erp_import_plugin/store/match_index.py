"""Finds entities by normalised keys, in our own table beside the host's, which is brought up to date at each search.

The database compares what each stored key was made of with the host's rows as they are in this transaction, and only
rows that differ are read and normalised again. So what anyone committed a moment ago is found, and nothing is asked
of the host: no trigger, no column of its own. Who only wants to look, and has had the keys made ready, is spared the
comparison of all rows: what is found is then compared by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, literal, or_, select, update

from erp_import_plugin.engine import normalising
from erp_import_plugin.host_api import CrmValue, MatchRule
from erp_import_plugin.store import bulk
from erp_import_plugin.store.crm_map import Channel, Column, EntityTable, ListTable
from erp_import_plugin.store.crm_values import ids_from_text, reader
from erp_import_plugin.store.dialects import Dialect, dialect_of
from erp_import_plugin.store.tables import match_index, match_key

_PAGE = 5000
_SEPARATOR = "\x1f"
_COLUMNS = ("index_id", "row_id", "position", "entity_id", "source", "match_key")


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


def find(tx: Connection, source: Source, keys: Collection[str], region: str) -> dict[str, list[str]]:
    """The ids (as text) of the entities that have one of the keys, by key, lowest row first."""
    index_id, is_empty = _locked(tx, source, region)
    after: Any = None
    while True:
        after = _bring_up_to_date(tx, source, index_id, region, after, is_empty)
        if after is None:
            break
    rows = _kept(tx, source, index_id, keys)
    there = _still_there(tx, source, [row.row_id for row in rows])
    _forget(tx, index_id, [row.row_id for row in rows if row.row_id not in there])
    still = sorted((row for row in rows if row.row_id in there), key=lambda row: there[row.row_id])
    return _by_key((row.match_key, row.entity_id) for row in still)


def find_prepared(tx: Connection, source: Source, keys: Collection[str], region: str) -> dict[str, list[str]] | None:
    """As :func:`find`, by the keys that are there, and without keeping anybody waiting; None where none were made.

    What has got one of the keys since they were made ready is not found; what has lost it is not given.
    """
    mine = and_(*_index(source), match_index.c.state == _state(source, region))
    index_id = tx.execute(select(match_index.c.id).where(mine)).scalar()
    if index_id is None:
        return None
    rows = _kept(tx, source, index_id, keys)
    texts = {row.row_id for row in rows}
    now = {row.row_text: row for row in _read(tx, source, texts)}
    made_of = _sources(tx, index_id, texts)
    real = {
        text: {key for *_, key in _keys(source, index_id, region, row)}
        for text, row in now.items()
        if row.source != made_of.get(text)
    }
    still = [row for row in rows if row.row_id in now and row.match_key in real.get(row.row_id, (row.match_key,))]
    still.sort(key=lambda row: now[row.row_id].row_id)
    return _by_key((row.match_key, str(now[row.row_id].owner)) for row in still)


def prepare(tx: Connection, source: Source, after: Any, region: str) -> Any:
    """Bring a page of keys up to date, after a row; gives its last row, None when there is no more to do.

    So that the keys of a large CRM are not all made in the one transaction that first looks for something.
    """
    index_id, is_empty = _locked(tx, source, region)
    return _bring_up_to_date(tx, source, index_id, region, after, is_empty)


def _kept(tx: Connection, source: Source, index_id: int, keys: Collection[str]) -> Sequence[Row[Any]]:
    """What is kept of some keys, without those that too many rows have."""
    wanted = select(match_key.c.match_key, match_key.c.row_id, match_key.c.entity_id).where(
        match_key.c.index_id == index_id, dialect_of(tx).among(tx, match_key.c.match_key, keys)
    )
    return tx.execute(_without_common(wanted, source.rule.at_most)).all()


def _by_key(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for key, entity_id in rows:
        found[key][entity_id] = None
    return {key: list(ids) for key, ids in found.items()}


def _sources(tx: Connection, index_id: int, row_texts: Collection[str]) -> dict[str, str]:
    """What the kept keys of some rows were made of."""
    statement = select(match_key.c.row_id, match_key.c.source).where(
        match_key.c.index_id == index_id,
        match_key.c.position == 0,
        dialect_of(tx).among(tx, match_key.c.row_id, row_texts),
    )
    return {row.row_id: row.source for row in tx.execute(statement)}


def _without_common(rows: Select[Any], at_most: int | None) -> Select[Any]:
    """The rows without those whose key more rows have."""
    if at_most is None:
        return rows
    counted = rows.add_columns(func.count().over(partition_by=match_key.c.match_key).label("equal")).subquery()
    return select(counted).where(counted.c.equal <= at_most)


def _country(entity: EntityTable, lists: Mapping[str, ListTable]) -> tuple[Any, ListTable] | None:
    field = entity.fields.get(entity.country)
    if isinstance(field, Column) and field.list_name and lists[field.list_name].code is not None:
        return field.column, lists[field.list_name]
    return None


def _locked(tx: Connection, source: Source, region: str) -> tuple[int, bool]:
    """The index of the rule, with keys of this region or empty; nobody else uses it until the transaction ends."""
    # One lock for all: whoever looks for doubles and then creates entities is alone.
    lock = select(match_index.c.id).where(match_index.c.kind == "", match_index.c.rule == "").with_for_update()
    if tx.execute(lock).first() is None:
        add = dialect_of(tx).insert_unless_there(match_index)
        tx.execute(add, {"kind": "", "rule": "", "state": ""})
        tx.execute(lock)
    state = _state(source, region)
    mine = and_(*_index(source))
    row = tx.execute(select(match_index.c.id, match_index.c.state).where(mine)).first()
    if row is None:
        values = {"kind": source.entity.kind.value, "rule": source.rule.name, "state": state}
        return tx.execute(insert(match_index).values(values)).inserted_primary_key[0], True  # type: ignore[index]
    if row.state != state:
        tx.execute(delete(match_key).where(match_key.c.index_id == row.id))
        tx.execute(update(match_index).where(mine).values(state=state))
    return row.id, row.state != state


def _index(source: Source) -> tuple[sa.ColumnElement[bool], ...]:
    return match_index.c.kind == source.entity.kind.value, match_index.c.rule == source.rule.name


def _state(source: Source, region: str) -> str:
    """What all keys of the rule depend on."""
    return f"{normalising.VERSION} {region if source.rule.regional else ''}"


def _bring_up_to_date(tx: Connection, source: Source, index_id: int, region: str, after: Any, is_empty: bool) -> Any:
    """Make the keys of the next page of rows that need it, after a row; gives its last row, None without another page.

    ``is_empty`` says that the index was without any key when the transaction began.
    """
    dialect = dialect_of(tx)
    statement = _changed(dialect, source, None if is_empty else index_id)
    rows = tx.execute(statement if after is None else statement.where(source.row_id > after)).all()
    if not rows:
        return None
    _forget(tx, index_id, [] if is_empty else [row.row_text for row in rows])
    bulk.insert_rows(tx, match_key, _COLUMNS, [key for row in rows for key in _keys(source, index_id, region, row)])
    is_last = len(rows) < _PAGE
    # The database has to know of an index that is new, and of one that has grown by pages.
    if is_empty or not is_last if after is None else is_last:
        dialect.analyse(tx, match_key)
    return None if is_last else rows[-1].row_id


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


def _read(tx: Connection, source: Source, row_texts: Collection[str]) -> Sequence[Row[Any]]:
    """Some rows as they are now."""
    rows, joined = _rows(dialect_of(tx), source)
    ids = ids_from_text(source.row_id, row_texts)
    return tx.execute(rows.select_from(joined).where(dialect_of(tx).among(tx, source.row_id, ids))).all()


def _changed(dialect: Dialect, source: Source, index_id: int | None) -> Select[Any]:
    """A page of the rows whose keys are missing or were made of something else; of all rows without an index."""
    rows, joined = _rows(dialect, source)
    rows = rows.order_by(source.row_id).limit(_PAGE)
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


def _keys(source: Source, index_id: int, region: str, row: Row[Any]) -> Iterator[tuple[Any, ...]]:
    """What is kept of a row, as ``_COLUMNS``: each of its keys; without any, that there is none."""
    values: dict[str, CrmValue] = {}
    for n, (name, field) in enumerate(source.fields.items()):
        cell = row._mapping[f"field_{n}"]
        value = None if cell is None else reader(field)(cell)
        values[name] = (value,) if isinstance(field, Channel) and value is not None else value
    if source.rule.fields == ("id",):
        values["id"] = str(row.row_id)
    keys: tuple[str | None, ...] = source.rule.keys(values, row.code or region) or (None,)
    for position, key in enumerate(keys):
        yield index_id, row.row_text, position, str(row.owner), None if position else row.source, key


def _column(field: Column | Channel) -> Any:
    return field.value if isinstance(field, Channel) else field.column


def _still_there(tx: Connection, source: Source, row_texts: Collection[str]) -> dict[str, Any]:
    """The rows that exist, with their ids in the order of the column."""
    if not row_texts:
        return {}
    dialect = dialect_of(tx)
    ids = ids_from_text(source.row_id, row_texts)
    statement = select(dialect.as_text(source.row_id), source.row_id)
    statement = statement.where(dialect.among(tx, source.row_id, ids), *source.conditions)
    return {row[0]: row[1] for row in tx.execute(statement)}


def _forget(tx: Connection, index_id: int, row_texts: Collection[str]) -> None:
    if row_texts:
        mine = dialect_of(tx).among(tx, match_key.c.row_id, row_texts)
        tx.execute(delete(match_key).where(match_key.c.index_id == index_id, mine))
