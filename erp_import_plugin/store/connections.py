"""Connections, and who may use them. A deleted connection stays, hidden, with its links."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, delete, insert, select, update

from erp_import_plugin.connector_api import ConfigValue
from erp_import_plugin.host_api import User
from erp_import_plugin.store import codec
from erp_import_plugin.store.tables import connection as table
from erp_import_plugin.store.tables import connection_scope as scope_table
from erp_import_plugin.store.tables import erp_list_item, list_mapping, mapping


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """The last test of a connection."""

    at: datetime
    ok: bool
    message: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A connector plus its settings. ``secrets`` is encrypted text; ``config`` holds everything else."""

    id: int
    connector: str
    name: str
    config: Mapping[str, ConfigValue]
    secrets: str = field(repr=False, default="")
    description: str = ""
    active: bool = False
    everyone: bool = True
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    test: ConnectionTest | None = None
    deleted: bool = False

    def usable_by(self, user: User) -> bool:
        """Whether it is active and its scope holds the user."""
        in_scope = self.everyone or user.id in self.users or not self.groups.isdisjoint(user.groups)
        return self.active and not self.deleted and in_scope


def add(tx: Transaction, new: Connection, by: User, at: datetime) -> int:
    """Keep a new connection and give its id; ``new.id`` is ignored."""
    result = tx.execute(
        insert(table).values(
            connector=new.connector,
            name=new.name,
            description=new.description,
            config=codec.values_to_text(new.config),
            secrets=new.secrets,
            active=new.active,
            everyone=new.everyone,
            created_by=by.id,
            created_at=at,
        )
    )
    (connection_id,) = result.inserted_primary_key or (0,)
    _set_scope(tx, connection_id, new)
    return connection_id


def get(tx: Transaction, connection_id: int) -> Connection | None:
    """One connection, a deleted one too."""
    return next(iter(_read(tx, table.c.id == connection_id)), None)


def listed(tx: Transaction) -> list[Connection]:
    """All connections that are not deleted, by name."""
    return _read(tx, table.c.deleted_at.is_(None))


def named(tx: Transaction, ids: Collection[int]) -> list[Connection]:
    """Some connections, deleted ones too, by name."""
    return _read(tx, table.c.id.in_(list(ids)))


def record_test(tx: Transaction, connection_id: int, test: ConnectionTest) -> None:
    """Remember how the last test went."""
    values = {"tested_at": test.at, "test_ok": test.ok, "test_message": test.message}
    tx.execute(update(table).where(table.c.id == connection_id).values(values))


def set_active(tx: Transaction, connection_id: int, active: bool) -> None:
    """Activate or deactivate."""
    tx.execute(update(table).where(table.c.id == connection_id).values(active=active))


def remove_unused(tx: Transaction, connection_id: int) -> None:
    """Remove a connection that was just added and never imported from, with its mappings."""
    for owned in (scope_table, mapping, list_mapping, erp_list_item):
        tx.execute(delete(owned).where(owned.c.connection_id == connection_id))
    tx.execute(delete(table).where(table.c.id == connection_id))


def _set_scope(tx: Transaction, connection_id: int, scoped: Connection) -> None:
    tx.execute(delete(scope_table).where(scope_table.c.connection_id == connection_id))
    rows = [{"subject": "user", "subject_id": user} for user in sorted(scoped.users)]
    rows += [{"subject": "group", "subject_id": group} for group in sorted(scoped.groups)]
    if rows:
        tx.execute(insert(scope_table), [{"connection_id": connection_id, **row} for row in rows])


def _read(tx: Transaction, where: Any) -> list[Connection]:
    rows = tx.execute(select(table).where(where).order_by(table.c.name, table.c.id)).all()
    scopes = tx.execute(select(scope_table).where(scope_table.c.connection_id.in_([row.id for row in rows]))).all()
    return [_connection(row, [scope for scope in scopes if scope.connection_id == row.id]) for row in rows]


def _connection(row: Row[Any], scopes: list[Row[Any]]) -> Connection:
    test = ConnectionTest(row.tested_at, bool(row.test_ok), row.test_message or "") if row.tested_at else None
    return Connection(
        id=row.id,
        connector=row.connector,
        name=row.name,
        config=codec.values_from_text(row.config),
        secrets=row.secrets,
        description=row.description,
        active=row.active,
        everyone=row.everyone,
        users=frozenset(scope.subject_id for scope in scopes if scope.subject == "user"),
        groups=frozenset(scope.subject_id for scope in scopes if scope.subject == "group"),
        test=test,
        deleted=row.deleted_at is not None,
    )
