"""The audit log, for who may set up: who set up, tested, imported, undid, exported, pruned, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection as Transaction

from erp_import_plugin.host_api import User
from erp_import_plugin.store import audit as audit_store
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store.audit import Act, AuditFilter, Entry
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access
from erp_import_plugin.workflow.paging import Paged, paged
from erp_import_plugin.workflow.rooms import Rooms

__all__ = ["Act", "AuditFilter", "AuditPage", "Entry", "export", "forget_old", "note", "note_import", "page"]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of entries, newest first, and the people the log can be narrowed to: id and name."""

    entries: Paged[Entry]
    people: tuple[tuple[str, str], ...]


def note(tx: Transaction, rooms: Rooms, user: User, act: Act, subject: str = "", **params: object) -> None:
    """Write down what the user does, in the transaction that does it; see ``store.audit.Entry``."""
    audit_store.note(tx, rooms.now(), user, act, subject, **params)


def note_import(tx: Transaction, rooms: Rooms, user: User, act: Act, imported: Import, **params: object) -> None:
    """Write down what the user does with an import."""
    connection = connection_store.get(tx, imported.connection_id)
    about = {"import": imported.token, "actor_type": imported.actor_type.value}
    note(tx, rooms, user, act, connection.name if connection else "", **about, **params)


def page(rooms: Rooms, user: User, wanted: AuditFilter, number: int = 1) -> AuditPage:
    """One page of the log."""
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        found = paged(partial(audit_store.page, tx, wanted), number, rooms.config.page_size)
        return AuditPage(found, tuple(audit_store.people(tx)))


def export(rooms: Rooms, user: User, wanted: AuditFilter) -> Iterator[Entry]:
    """All entries that pass the filter, newest first; that they are taken out is an entry itself."""
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        note(tx, rooms, user, Act.EXPORTED, what="audit")
    return _all(rooms, wanted)


def forget_old(tx: Transaction, rooms: Rooms) -> None:
    """Forget what is older than the log is to be kept."""
    if rooms.config.audit_days is not None:
        audit_store.remove_before(tx, rooms.now() - timedelta(days=rooms.config.audit_days))


def _all(rooms: Rooms, wanted: AuditFilter) -> Iterator[Entry]:
    before: int | None = None
    while True:
        with reading(rooms.engine) as tx:
            found = audit_store.following(tx, wanted, before, rooms.config.chunk)
        yield from found
        if len(found) < rooms.config.chunk:
            return
        before = found[-1].id
