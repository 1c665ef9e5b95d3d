"""What a database holds, told so that two runs can be compared: without moments, and with names in place of ids.

The ids that the databases give out begin so high (:func:`begin_high`) that no other value is taken for one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, Table, insert, select, text

from erp_import_plugin.store import tables as own
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.store.types import UtcDateTime
from tests.support import hosts, selections

Snapshot = dict[str, list[str]]

_FIRST = 1_000_000
_LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
_LEFT_OUT = frozenset({"id", "token", "subject", "revision"})
"""Columns that tell two equal runs apart: random tokens, and how often a plan was begun."""
_KEPT = (
    own.link, own.staged, own.plan_row, own.plan_key, own.plan_item, own.outcome, own.import_, own.import_selection,
    own.decision, own.erp_list_item,
)  # fmt: skip
_NAMED_BY: Mapping[Table, tuple[str, ...]] = {
    hosts.company: ("name", "number"),
    hosts.person: ("last_name", "number"),
    hosts.item: ("list_name", "name"),
    own.import_: ("undoes",),
    own.staged: ("import_id", "actor_type", "erp_key"),
    selections.selection: ("kind", "name"),
}
"""By which columns a row that others point to is told from all others of its table."""


def begin_high(engine: Engine) -> None:
    """Have the ids of everything that is pointed to begin at :data:`_FIRST`, each table at another number."""
    import_id = _FIRST * (list(_NAMED_BY).index(own.import_) + 1)
    with writing(engine) as tx:
        connection_id = tx.scalar(select(own.connection.c.id).limit(1))
    rows: dict[Table, dict[str, Any]] = {
        own.import_: {
            "token": "earlier", "owner_id": "1", "owner_name": "Admin", "connection_id": connection_id,
            "actor_type": "customer", "state": "staging", "created_at": _LONG_AGO,
        },
        hosts.company: {"name": "Earlier"},
        hosts.item: {"list_name": "interest", "name": "Earlier"},
        own.staged: {
            "import_id": import_id, "state": "missing", "actor_type": "customer", "legal_entity": "", "erp_key": "0",
        },
        selections.selection: {"kind": "company", "name": "Earlier"},
    }  # fmt: skip
    with writing(engine) as tx:
        for table, values in rows.items():
            first = _FIRST * (list(_NAMED_BY).index(table) + 1)
            tx.execute(insert(table).values(id=first, **values))
            if engine.dialect.name == "postgresql":
                tx.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {first})"))


class Names:
    """The names of all rows that were ever there, by their ids: what is gone now is still spoken of."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, tx: Connection) -> None:
        """Learn the names of the rows that are new."""
        for table, columns in _NAMED_BY.items():
            for row in tx.execute(select(table).order_by(table.c.id)):
                if isinstance(row.id, int) and row.id < _FIRST:
                    continue  # it was there before, and has this id in every run
                values = [str(self.of(row._mapping[column])) for column in columns]
                self._known.setdefault(str(row.id), " ".join((table.name, *values)))

    def of(self, value: Any) -> Any:
        """A value with names in place of ids, also within JSON."""
        if isinstance(value, str) and value[:1] in ("[", "{"):
            try:
                return self.of(json.loads(value))
            except ValueError:
                return value
        if isinstance(value, Mapping):
            return {str(self.of(key)): self.of(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.of(one) for one in value]
        return self._known.get(str(value), value)


def snapshot(engine: Engine, names: Names) -> Snapshot:
    """All that the CRM holds, and all that we keep of imports: a sorted text for each row, by table."""
    crm = [table for made in (hosts.metadata, selections.metadata) for table in made.sorted_tables]
    with reading(engine) as tx:
        names.learn(tx)
        return {table.name: sorted(_rows(tx, table, names)) for table in (*crm, *_KEPT)}


def differences(one: Snapshot, other: Snapshot) -> list[str]:
    """The rows that only one of two databases has, for a reader."""
    found = []
    for table, rows in one.items():
        found += [f"only before, {table}: {row}" for row in _less(rows, other[table])]
        found += [f"only after, {table}: {row}" for row in _less(other[table], rows)]
    return found


def _less(some: Iterable[str], others: Iterable[str]) -> list[str]:
    left = list(some)
    for one in others:
        if one in left:
            left.remove(one)
    return left


def _rows(tx: Connection, table: Table, names: Names) -> Iterable[str]:
    kept = [
        column
        for column in table.columns
        if column.name not in _LEFT_OUT and not isinstance(column.type, (DateTime, UtcDateTime))
    ]
    for row in tx.execute(select(*kept)):
        yield json.dumps({key: names.of(value) for key, value in row._mapping.items()}, default=str, sort_keys=True)
