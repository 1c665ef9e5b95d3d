"""Which of the host's rows may have changed since a worker looked last: so that it need not compare all of them again.

What is told is never too little: where the database cannot prove it, all rows may have changed. It is only known from
one to the next of the transactions of ``transactions.Successive``; what they have written themselves may be left out,
as long as nobody else has written anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, func, select

from erp_import_plugin.store.match_rows import PAGE, Source
from erp_import_plugin.store.transactions import memory_of

_BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class _Look:
    """What the database said of itself when the keys were compared: ``mark`` of what had been written until then."""

    place: Any
    mark: Any


def can_tell(engine: Engine) -> bool:
    """Whether such a database can tell; where it cannot, every search compares all rows."""
    return engine.dialect.name in _WAYS


def changed_since(tx: Connection, source: Source, index_id: int) -> Sequence[Any] | None:
    """The ids of rows that may have changed since the last look, None where any row may have; this is a look, too.

    To be called before the rows are compared, and after whatever keeps others from looking meanwhile.
    """
    before = (memory_of(tx) or {}).get(index_id)
    begin(tx, source, index_id)
    now = end(tx, index_id)
    if now is None or before is None or before.place != now.place:
        return None
    return _WAYS[tx.dialect.name].changed(tx, source, before, now)


def begin(tx: Connection, source: Source, index_id: int) -> None:
    """Begin a look that takes several transactions: whatever is written from now on, it need not have seen."""
    memory, way = memory_of(tx), _WAYS.get(tx.dialect.name)
    if memory is not None:
        translated = tx.get_execution_options().get("schema_translate_map")
        memory[index_id, _BEGUN] = None if way is None or translated else way.look(tx, source)


def end(tx: Connection, index_id: int) -> _Look | None:
    """All rows have been compared since the look began; gives what it is remembered by, None where nothing is."""
    memory = memory_of(tx)
    if memory is None:
        return None
    look: _Look | None = memory.pop((index_id, _BEGUN), None)
    memory[index_id] = look
    return look


class _Ways(Protocol):
    """What one kind of database can tell."""

    def look(self, tx: Connection, source: Source) -> _Look | None:
        """What it says of itself now; None where it cannot tell about these rows."""

    def changed(self, tx: Connection, source: Source, before: _Look, now: _Look, /) -> Sequence[Any] | None:
        """The rows that may have changed between two looks at one place."""


class _Sqlite:
    """A connection's ``data_version`` changes when another one has committed, whatever it has written."""

    def look(self, tx: Connection, source: Source) -> _Look | None:
        if source.row_id.table.schema is not None:  # perhaps of another, attached database
            return None
        return _Look(id(tx.connection.dbapi_connection), tx.exec_driver_sql("PRAGMA data_version").scalar())

    def changed(self, _tx: Connection, _source: Source, before: _Look, now: _Look) -> Sequence[Any] | None:
        return () if before.mark == now.mark else None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Which transactions a look could see: those before ``first``, and those before ``end`` that were not ``open``."""

    own: int
    first: int
    end: int
    open: frozenset[int]


class _PostgreSql:
    """Each row version knows the transaction that wrote it, and every transaction that writes has a number."""

    def look(self, tx: Connection, source: Source) -> _Look | None:
        table = source.row_id.table
        if not isinstance(table, sa.Table) or source.country is not None:  # those keys are made of other tables, too
            return None
        row = tx.exec_driver_sql(
            "SELECT relfilenode, txid_current(), CAST(txid_current_snapshot() AS text) FROM pg_class "
            "WHERE oid = CAST(%s AS regclass) AND relkind = 'r' AND NOT row_security_active(oid)",
            (tx.dialect.identifier_preparer.format_table(table).replace("%%", "%"),),
        ).first()
        if row is None:
            return None
        place, own, snapshot = row
        first, end, others = snapshot.split(":")
        return _Look(place, _Snapshot(own, int(first), int(end), frozenset(map(int, filter(None, others.split(","))))))

    def changed(self, tx: Connection, source: Source, before: _Look, now: _Look) -> Sequence[Any] | None:
        seen, own = before.mark, {before.mark.own, now.mark.own}
        if now.mark.end - seen.end < PAGE and not {*seen.open, *range(seen.end, now.mark.end)} - own:
            return ()
        # Rows of transactions that the last look could not see, and of some that it could.
        table = tx.dialect.identifier_preparer.format_table(source.row_id.table)
        written = func.age(sa.literal_column(f"{table}.xmin"))
        since = func.age(sa.cast(sa.literal(str(seen.first % 2**32)), _Xid()))
        rows = select(source.row_id).where(written <= since).limit(PAGE + 1)
        found = tx.execute(rows).scalars().all()
        return None if len(found) > PAGE else found


class _Xid(sa.types.UserDefinedType[str]):
    """The number of a transaction."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "xid"


_WAYS: Mapping[str, _Ways] = {"sqlite": _Sqlite(), "postgresql": _PostgreSql()}
