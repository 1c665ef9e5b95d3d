"""Finds entities by normalised keys, in our own table beside the host's, which is brought up to date at each search.

The database compares what each stored key was made of with the host's rows as they are in this transaction, and only
rows that differ are read and normalised again. So what anyone committed a moment ago is found, and nothing is asked
of the host: no trigger, no column of its own. A worker that has looked before compares only what others may have
changed since (``match_looks``), where the database can tell. Who only wants to look, and has had the keys made ready,
is spared the comparison of all rows: what is found is then compared by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, select, update

from erp_import_plugin.engine import normalising
from erp_import_plugin.store import bulk, match_looks
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.match_rows import COLUMNS, PAGE, Source, changed_rows, keys_of, read_rows
from erp_import_plugin.store.tables import match_index, match_key


def find(tx: Connection, source: Source, keys: Collection[str], region: str) -> dict[str, list[str]]:
    """The ids (as text) of the entities that have one of the keys, by key, lowest row first."""
    index_id, is_empty = _locked(tx, source, region)
    changed = match_looks.changed_since(tx, source, index_id)
    after: Any = None
    while is_empty or changed is None or changed:
        after = _bring_up_to_date(tx, source, index_id, region, after, is_empty, None if is_empty else changed)
        if after is None:
            break
    return _found(tx, source, index_id, keys, region, forgets=True)


def find_prepared(tx: Connection, source: Source, keys: Collection[str], region: str) -> dict[str, list[str]] | None:
    """As :func:`find`, by the keys that are there, and without keeping anybody waiting; None where none were made.

    What has got one of the keys since they were made ready is not found; what has lost it is not given.
    """
    mine = and_(*_index(source), match_index.c.state == _state(source, region))
    index_id = tx.execute(select(match_index.c.id).where(mine)).scalar()
    return None if index_id is None else _found(tx, source, index_id, keys, region, forgets=False)


def prepare(tx: Connection, source: Source, after: Any, region: str) -> Any:
    """Bring a page of keys up to date, after a row; gives its last row, None when there is no more to do.

    So that the keys of a large CRM are not all made in the one transaction that first looks for something.
    """
    index_id, is_empty = _locked(tx, source, region)
    if after is None:
        match_looks.begin(tx, source, index_id)
    after = _bring_up_to_date(tx, source, index_id, region, after, is_empty, None)
    if after is None:
        match_looks.end(tx, index_id)
    return after


def _found(
    tx: Connection, source: Source, index_id: int, keys: Collection[str], region: str, *, forgets: bool
) -> dict[str, list[str]]:
    """The entities that have one of the keys, of those that one is kept of; ``forgets`` the rows that are gone."""
    rows = _kept(tx, source, index_id, keys)
    if not rows:
        return {}
    texts = {row.row_id for row in rows}
    now = {row.row_text: row for row in read_rows(tx, source, texts)}
    if forgets:
        _forget(tx, index_id, texts - now.keys())
    made_of = _sources(tx, index_id, texts)
    real = {
        text: {key for *_, key in keys_of(source, index_id, region, row)}
        for text, row in now.items()
        if row.source != made_of.get(text)
    }
    still = [row for row in rows if row.row_id in now and row.match_key in real.get(row.row_id, (row.match_key,))]
    still.sort(key=lambda row: now[row.row_id].row_id)
    return _by_key((row.match_key, str(now[row.row_id].owner)) for row in still)


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


def _index(source: Source) -> tuple[ColumnElement[bool], ...]:
    return match_index.c.kind == source.entity.kind.value, match_index.c.rule == source.rule.name


def _state(source: Source, region: str) -> str:
    """What all keys of the rule depend on."""
    return f"{normalising.VERSION} {region if source.rule.regional else ''}"


def _bring_up_to_date(
    tx: Connection,
    source: Source,
    index_id: int,
    region: str,
    after: Any,
    is_empty: bool,
    changed: Collection[Any] | None,
) -> Any:
    """Make the keys of the next page of rows that need it, after a row; gives its last row, None without another page.

    ``is_empty`` says that the index was without any key when the transaction began, ``changed`` which rows need to be
    looked at, if not all.
    """
    dialect = dialect_of(tx)
    statement = changed_rows(dialect, source, None if is_empty else index_id)
    if changed is not None:
        statement = statement.where(dialect.among(tx, source.row_id, changed))
    rows = tx.execute(statement if after is None else statement.where(source.row_id > after)).all()
    if not rows:
        return None
    _forget(tx, index_id, [] if is_empty else [row.row_text for row in rows])
    bulk.insert_rows(tx, match_key, COLUMNS, [key for row in rows for key in keys_of(source, index_id, region, row)])
    is_last = len(rows) < PAGE
    # The database has to know of an index that is new, and of one that has grown by pages.
    if is_empty or not is_last if after is None else is_last:
        dialect.analyse(tx, match_key)
    return None if is_last else rows[-1].row_id


def _forget(tx: Connection, index_id: int, row_texts: Collection[str]) -> None:
    if row_texts:
        mine = dialect_of(tx).among(tx, match_key.c.row_id, row_texts)
        tx.execute(delete(match_key).where(match_key.c.index_id == index_id, mine))
