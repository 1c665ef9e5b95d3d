"""The audit log: who did what, and when. An entry commits with the act it is about, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.host_api import User
from erp_import_plugin.store import codec
from erp_import_plugin.store.tables import audit as table

_NAME_LENGTH = 200


class Act(str, Enum):
    """What is written down."""

    CONNECTION_ADDED = "connection_added"
    CONNECTION_CHANGED = "connection_changed"
    CONNECTION_TESTED = "connection_tested"
    CONNECTION_ACTIVATED = "connection_activated"
    CONNECTION_DEACTIVATED = "connection_deactivated"
    CONNECTION_DELETED = "connection_deleted"
    FIELDS_READ = "fields_read"
    MAPPING_CHANGED = "mapping_changed"
    LIST_MAPPING_CHANGED = "list_mapping_changed"
    DEFAULTS_CHANGED = "defaults_changed"
    IMPORT_STARTED = "import_started"
    UNDO_STARTED = "undo_started"
    RESUMED = "resumed"
    EXPORTED = "exported"
    PRUNED = "pruned"
    KEYS_ROTATED = "keys_rotated"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. ``act`` is an :class:`Act`, or a text that another version has written.

    ``subject`` is the name of the connection it is about. ``params`` are a few words and numbers: never a value of an
    actor or an entity, never a setting.
    """

    id: int
    at: datetime
    user_id: str
    user_name: str
    act: str
    subject: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted: from ``since`` to before ``until``; ``text`` is in the subject or the user's name."""

    act: Act | None = None
    user_id: str | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def note(tx: Transaction, at: datetime, user: User, act: Act, subject: str = "", **params: object) -> None:
    """Write an act down in the transaction that does it."""
    told = {name: str(value) for name, value in params.items()}
    row = {"at": at, "user_id": user.id, "user_name": user.name[:_NAME_LENGTH], "act": act.value}
    tx.execute(insert(table).values(**row, subject=subject, params=codec.dumps(told)))


def page(tx: Transaction, wanted: AuditFilter, offset: int, limit: int) -> tuple[list[Entry], int]:
    """One page of the entries that pass the filter, newest first, and how many do."""
    passing = _passing(wanted)
    rows = tx.execute(select(table).where(*passing).order_by(table.c.id.desc()).offset(offset).limit(limit))
    return [_entry(row) for row in rows], tx.scalar(select(func.count()).select_from(table).where(*passing)) or 0


def following(tx: Transaction, wanted: AuditFilter, before: int | None, limit: int) -> list[Entry]:
    """The newest entries that pass the filter, of those older than the one with the id ``before``."""
    passing = _passing(wanted)
    if before is not None:
        passing.append(table.c.id < before)
    return [_entry(row) for row in tx.execute(select(table).where(*passing).order_by(table.c.id.desc()).limit(limit))]


def people(tx: Transaction) -> list[tuple[str, str]]:
    """Who has done something that is written down: id and the name they had last, by name."""
    last = select(func.max(table.c.id)).group_by(table.c.user_id)
    rows = tx.execute(select(table.c.user_id, table.c.user_name).where(table.c.id.in_(last)))
    return sorted(((row.user_id, row.user_name) for row in rows), key=lambda one: (one[1].casefold(), one[0]))


def remove_before(tx: Transaction, moment: datetime) -> None:
    """Forget what was done before a moment."""
    tx.execute(delete(table).where(table.c.at < moment))


def _passing(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    passing: list[ColumnElement[bool]] = []
    if wanted.act is not None:
        passing.append(table.c.act == wanted.act.value)
    if wanted.user_id is not None:
        passing.append(table.c.user_id == wanted.user_id)
    if wanted.since is not None:
        passing.append(table.c.at >= wanted.since)
    if wanted.until is not None:
        passing.append(table.c.at < wanted.until)
    if wanted.text:
        columns = (table.c.subject, table.c.user_name)
        passing.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return passing


def _entry(row: Row[Any]) -> Entry:
    params = codec.loads(row.params)
    return Entry(row.id, row.at, row.user_id, row.user_name, row.act, row.subject, params)
