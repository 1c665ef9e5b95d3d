"""Taking old imports out of the history. What they did to the CRM stays, and so do the links to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.store import history as history_store
from erp_import_plugin.store import pruning as pruning_store
from erp_import_plugin.store import rates
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, audit, imports
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.imports import ImportLine
from erp_import_plugin.workflow.rooms import Rooms


def old(rooms: Rooms, jobs: Jobs, user: User, before: datetime, *, unfinished: bool = False) -> tuple[ImportLine, ...]:
    """The user's imports that ended before a moment, oldest first; everyone's for those who manage all.

    With ``unfinished`` also those that were left before they ended. An import stays as long as an undo of it does:
    taken apart, neither could be understood or taken back.
    """
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        ids = pruning_store.old(tx, access.whose(rooms, user), before, unfinished=unfinished)
        return imports.lines(tx, jobs, history_store.some(tx, ids))


def prune(
    rooms: Rooms,
    user: User,
    before: datetime,
    *,
    unfinished: bool = False,
    removed: Callable[[int, int], None] = lambda *_: None,
) -> None:
    """Remove them, some rows in a transaction; ``removed`` is told how many imports of how many are gone.

    What the audit log has longer than it is to be kept goes as well. Cut short, none of them is found any more, and the
    next time removes the rest.
    """
    access.check_user(rooms, user)
    with writing(rooms.engine) as tx:
        hidden_now = pruning_store.hide_old(tx, access.whose(rooms, user), before, unfinished=unfinished)
        audit.forget_old(tx, rooms)
        rates.forget_empty(tx, rooms.now())
        audit.note(tx, rooms, user, Act.PRUNED, imports=hidden_now, before=before.date())
    with reading(rooms.engine) as tx:
        hidden = pruning_store.hidden(tx)
    for done, import_id in enumerate(hidden, 1):
        _remove(rooms, import_id)
        removed(done, len(hidden))


def _remove(rooms: Rooms, import_id: int) -> None:
    more = True
    while more:
        with writing(rooms.engine) as tx:
            more = pruning_store.remove_some(tx, import_id, rooms.config.chunk)
    with writing(rooms.engine) as tx:
        pruning_store.remove(tx, import_id)
