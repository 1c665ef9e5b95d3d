"""Saved imports as a list shows them: whose they are, what is in their way, and what the last run found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import saved_imports as saved_store
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.saved_imports import Busy, LastRun, SavedImport, What
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class SavedLine:
    """A saved import in the list.

    ``problem`` says why it cannot be run, and is empty where it can. ``own``: the user may rename and delete it.
    ``busy`` is an import of it that someone works on at this moment.
    """

    saved: SavedImport
    connection_name: str
    problem: str
    own: bool
    last: LastRun | None
    busy: Busy | None


def lines(tx: Transaction, rooms: Rooms, user: User, found: Sequence[SavedImport]) -> list[SavedLine]:
    """What a list shows of them, in as many statements for many as for one."""
    ids, connection_ids = [one.id for one in found], {one.what.connection_id for one in found}
    connections = {one.id: one for one in connection_store.named(tx, connection_ids)}
    mapped = saved_store.mapped(tx, connection_ids)
    last, busy = saved_store.last_runs(tx, ids), saved_store.busy(tx, ids, rooms.now())
    return [
        SavedLine(
            saved=one,
            connection_name=connections[one.what.connection_id].name,
            problem=_problem(rooms, user, one.what, connections[one.what.connection_id], mapped),
            own=may_change(rooms, user, one),
            last=last.get(one.id),
            busy=busy.get(one.id),
        )
        for one in found
    ]


def may_change(rooms: Rooms, user: User, saved: SavedImport) -> bool:
    """Whether a saved import is the user's, or they manage everyone's."""
    return saved.owner_id == user.id or rooms.host.access.may_manage_all(user)


def busy_sentence(saved: SavedImport, busy: Busy) -> Sentence:
    """Why a saved import cannot be run just now."""
    return Sentence(
        "%(who)s is at work with “%(name)s” already. Wait until that has ended, or cancel it.",
        name=saved.name,
        who=busy.owner_name,
    )


def _problem(
    rooms: Rooms, user: User, what: What, connection: Connection, mapped: Collection[tuple[int, ActorType]]
) -> str:
    """Why a saved import cannot be run, empty where it can."""
    if connection.deleted:
        return Sentence("Its ERP connection was deleted. Save an import through another connection instead.")
    if rooms.registry.get(connection.connector) is None:
        return Sentence(
            "The connector “%(key)s” of its ERP connection is not installed, or cannot be loaded.",
            key=connection.connector,
        )
    if not connection.active:
        return Sentence("Its ERP connection “%(name)s” is not active.", name=connection.name)
    if not connection.usable_by(user):
        return Sentence("Its ERP connection “%(name)s” is not meant for you.", name=connection.name)
    if (connection.id, what.actor_type) not in mapped:
        return Sentence("Its actor type is no longer imported through “%(name)s”.", name=connection.name)
    return ""
