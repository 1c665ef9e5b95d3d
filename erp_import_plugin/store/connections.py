"""Connections, and who may use them. A deleted connection stays, hidden, with its links."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from erp_import_plugin.connector_api import ConfigValue
from erp_import_plugin.host_api import User
from erp_import_plugin.store import codec
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.store.tables import connection as table
from erp_import_plugin.store.tables import connection_scope as scope_table
from erp_import_plugin.store.tables import erp_list_item, import_, link, list_mapping, mapping


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """The last test of a connection. ``field`` is the key of the config field that made it fail, where that is known.

    ``outdated``: the settings have changed since, so that it says nothing about them.
    """

    at: datetime
    ok: bool
    message: str
    field: str = ""
    outdated: bool = False


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

    def same_settings(self, other: Connection) -> bool:
        """Whether both mean the same ERP: what is known of the one by a test is true of the other."""
        return (self.connector, self.config, self.secrets) == (other.connector, other.config, other.secrets)

    @property
    def version(self) -> str:
        """A digest of everything that an admin may change; another one means that somebody has."""
        parts = (
            self.name, self.description, codec.dumps(dict(self.config)), self.secrets, self.active, self.everyone,
            sorted(self.users), sorted(self.groups),
        )  # fmt: skip
        return hashlib.sha256(codec.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Use:
    """What hangs on a connection: links to entities, and imports that are not done."""

    links: int
    imports: int


def add(tx: Transaction, new: Connection, by: User, at: datetime) -> int:
    """Keep a new connection and give its id; ``new.id`` is ignored. A taken name is an IntegrityError."""
    result = tx.execute(insert(table).values(**_columns(new), created_by=by.id, created_at=at))
    (connection_id,) = result.inserted_primary_key or (0,)
    _set_scope(tx, connection_id, new)
    return connection_id


def change(tx: Transaction, changed: Connection, *, outdated: bool) -> None:
    """Keep what an admin has changed; the last test is ``outdated`` where the settings are others now.

    A taken name is an IntegrityError.
    """
    values = _columns(changed) | ({"test_ok": None, "test_field": None} if outdated else {})
    tx.execute(update(table).where(table.c.id == changed.id).values(values))
    _set_scope(tx, changed.id, changed)


def get(tx: Transaction, connection_id: int, *, lock: bool = False) -> Connection | None:
    """One connection, a deleted one too; with ``lock`` it stays as it is until the transaction ends."""
    return next(iter(_read(tx, table.c.id == connection_id, lock=lock)), None)


def listed(tx: Transaction) -> list[Connection]:
    """All connections that are not deleted, by name."""
    return _read(tx, table.c.deleted_at.is_(None))


def named(tx: Transaction, ids: Collection[int]) -> list[Connection]:
    """Some connections, deleted ones too, by name."""
    return _read(tx, table.c.id.in_(list(ids)))


def holder_of(tx: Transaction, name: str) -> int | None:
    """The connection that has this name in any case, by its id; a deleted one has none."""
    return tx.scalar(select(table.c.id).where(table.c.name_key == _name_key(name)))


def record_test(tx: Transaction, connection_id: int, test: ConnectionTest) -> None:
    """Remember how the last test went."""
    values = {
        "tested_at": test.at,
        "test_ok": test.ok,
        "test_message": codec.said_to_text(test.message),
        "test_field": test.field or None,
    }
    tx.execute(update(table).where(table.c.id == connection_id).values(values))


def set_active(tx: Transaction, connection_id: int, active: bool) -> None:
    """Activate or deactivate."""
    tx.execute(update(table).where(table.c.id == connection_id).values(active=active))


def mark_deleted(tx: Transaction, connection_id: int, at: datetime) -> None:
    """Hide a connection; it stays with its links, and its name is free."""
    tx.execute(update(table).where(table.c.id == connection_id).values(active=False, deleted_at=at, name_key=None))


def remove_unused(tx: Transaction, connection_id: int) -> None:
    """Remove a connection that was just added and never imported from, with its mappings."""
    for owned in (scope_table, mapping, list_mapping, erp_list_item):
        tx.execute(delete(owned).where(owned.c.connection_id == connection_id))
    tx.execute(delete(table).where(table.c.id == connection_id))


def use(tx: Transaction, connection_id: int) -> Use:
    """What hangs on a connection."""
    links = select(func.count()).where(link.c.connection_id == connection_id)
    imports = select(func.count()).where(
        import_.c.connection_id == connection_id, import_.c.state != ImportState.DONE.value
    )
    return Use(tx.scalar(links) or 0, tx.scalar(imports) or 0)


def with_secrets(tx: Transaction, *, lock: bool) -> list[Connection]:
    """All connections with secrets, deleted ones too, by name; with ``lock`` they stay as they are."""
    return _read(tx, table.c.secrets != "", lock=lock)


def set_secrets(tx: Transaction, secrets: Mapping[int, str]) -> None:
    """Put other encrypted texts in place, by the connections' ids."""
    if secrets:
        rows = [{"of": connection_id, "locked": locked} for connection_id, locked in secrets.items()]
        tx.execute(update(table).where(table.c.id == bindparam("of")).values(secrets=bindparam("locked")), rows)


def _columns(connection: Connection) -> dict[str, Any]:
    return {
        "connector": connection.connector,
        "name": connection.name,
        "name_key": _name_key(connection.name),
        "description": connection.description,
        "config": codec.dumps(dict(connection.config)),
        "secrets": connection.secrets,
        "active": connection.active,
        "everyone": connection.everyone,
    }


def _name_key(name: str) -> str:
    return hashlib.sha256(name.casefold().encode()).hexdigest()


def _set_scope(tx: Transaction, connection_id: int, scoped: Connection) -> None:
    tx.execute(delete(scope_table).where(scope_table.c.connection_id == connection_id))
    rows = [{"subject": "user", "subject_id": user} for user in sorted(scoped.users)]
    rows += [{"subject": "group", "subject_id": group} for group in sorted(scoped.groups)]
    if rows:
        tx.execute(insert(scope_table), [{"connection_id": connection_id, **row} for row in rows])


def _read(tx: Transaction, where: Any, *, lock: bool = False) -> list[Connection]:
    wanted = select(table).where(where).order_by(table.c.name, table.c.id)
    rows = tx.execute(wanted.with_for_update() if lock else wanted).all()
    scopes = tx.execute(select(scope_table).where(scope_table.c.connection_id.in_([row.id for row in rows]))).all()
    return [_connection(row, [scope for scope in scopes if scope.connection_id == row.id]) for row in rows]


def _connection(row: Row[Any], scopes: list[Row[Any]]) -> Connection:
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
        test=_test(row),
        deleted=row.deleted_at is not None,
    )


def _test(row: Row[Any]) -> ConnectionTest | None:
    if row.tested_at is None:
        return None
    message = codec.said_from_text(row.test_message)
    return ConnectionTest(row.tested_at, bool(row.test_ok), message, row.test_field or "", row.test_ok is None)
