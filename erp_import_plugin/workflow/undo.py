"""Undo: taking back what an import did to the CRM. It is an import itself, with a preview, a result and an undo."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import NewItem
from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store import undos as undo_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, working
from erp_import_plugin.workflow.rooms import Rooms


class Offer(str, Enum):
    """What can be done about an import: undo it, undo its undo, go on with an undo that is begun, or nothing."""

    UNDO = "undo"
    REDO = "redo"
    GO_ON = "go_on"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Removal:
    """A list item that an undo removes if nothing holds it any more; ``gone``: it has."""

    item: NewItem
    gone: bool


@dataclass(frozen=True, slots=True)
class Undoing:
    """How an import and its undos stand. ``offer`` is about the import ``token``.

    ``undoes`` is the import that this one takes back; ``undone`` the undo that took this one back, and that nobody has
    undone; ``theirs`` are the tokens of those that the user may not see; ``restores``: this one takes back an undo.
    """

    offer: Offer
    token: str
    undoes: Import | None = None
    undone: Import | None = None
    theirs: frozenset[str] = frozenset()
    restores: bool = False
    items: tuple[Removal, ...] = ()


def standing(rooms: Rooms, user: User, token: str) -> Undoing:
    """What can be done about an import of the user's, or of an undo. Raises NotFound."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        back = undo_store.chain(tx, imported)
        offer, last, steps = _offer(tx, rooms, imported)
        owner = access.whose(rooms, user)
        undo = import_store.last_undo(tx, imported.id)
        items = undo_store.removals(tx, imported.id)
        gone = undo_store.removals(tx, imported.id, done=True)
    return Undoing(
        offer=offer if owner in (None, last.owner_id) else Offer.NOTHING,
        token=last.token,
        undoes=back[0] if back else None,
        undone=undo if undo is not None and steps % 2 == 1 else None,
        theirs=frozenset(one.token for one in (*back[:1], undo) if one and owner not in (None, one.owner_id)),
        restores=bool(back) and len(back) % 2 == 0,
        items=tuple(Removal(item, item in gone) for item in items),
    )


def start(rooms: Rooms, jobs: Jobs, user: User, token: str, language: str = "") -> str:
    """Begin the undo of an import, and plan it in the background; gives the undo's token.

    Asked twice, it is the undo that was begun before. ``language`` is the user's; selections are named in it.

    Raises:
        NotFound: there is no such import for this user.
        Refused: the import has written nothing, is at work, or is undone already.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token, lock=True)
        offer, last, _ = _offer(tx, rooms, imported)
        if offer is Offer.GO_ON and not _to_be_planned(tx, rooms, last):
            return last.token
        if offer is not Offer.GO_ON and last.id != imported.id:
            raise Refused(Sentence("This import is undone already. Undo its undo instead."))
        if offer is Offer.NOTHING:
            raise Refused(Sentence("There is nothing to undo: this import is at work, or has written nothing."))
        if offer is Offer.GO_ON:
            begun = last
            import_store.set_state(tx, begun.id, ImportState.STAGING)
        else:
            place = (imported.connection_id, imported.actor_type)
            begun = import_store.create(tx, user, *place, rooms.now(), language, undoes=imported.id)
    jobs.start(working.PLAN, begun.token, user.id)
    return begun.token


def close_original(tx: Transaction, rooms: Rooms, imported: Import) -> None:
    """An import that was stopped half way is over when its undo starts to write: its rows left are held.

    Raises :class:`Refused` while it is at work, or when it has gone on since the undo was planned.
    """
    original = import_store.by_id(tx, imported.undoes, lock=True) if imported.undoes is not None else None
    if original is None:
        return
    if _is_working(rooms, original):
        raise Refused(Sentence("The import is being gone on with. Cancel it first, then undo it."))
    if undo_store.lacks_some(tx, original, imported.id):
        raise Refused(Sentence("The import has gone on since this preview was made. Make the preview again."))
    if original.state is not ImportState.IMPORTING:
        return
    undo_store.close(tx, original.id)
    read = sum(staging_store.counts(tx, original.id).values())
    import_store.save_accounts(tx, original.id, Accounts.of(read, outcome_store.counts(tx, original.id)))
    import_store.set_state(tx, original.id, ImportState.DONE, ended_at=rooms.now())


def _offer(tx: Transaction, rooms: Rooms, imported: Import) -> tuple[Offer, Import, int]:
    """What can be done, about which import, and how many undos that is away from the one asked about."""
    last, steps = imported, 0
    while (undo := import_store.last_undo(tx, last.id)) is not None:
        if undo.state is not ImportState.DONE:
            return Offer.GO_ON, undo, steps
        if not undo_store.did_something(tx, undo):
            break  # everything was left as it is: the import can be undone as if nobody had tried
        last, steps = undo, steps + 1
    started = last.state in (ImportState.IMPORTING, ImportState.DONE)
    if not started or _is_working(rooms, last) or not undo_store.did_something(tx, last):
        return Offer.NOTHING, last, steps
    back = len(undo_store.chain(tx, last))
    return Offer.UNDO if back % 2 == 0 else Offer.REDO, last, steps


def _to_be_planned(tx: Transaction, rooms: Rooms, undo: Import) -> bool:
    """Whether an undo that is begun has no plan, nor anybody who makes one, or its import has gone on since."""
    original = import_store.by_id(tx, undo.undoes) if undo.undoes is not None else None
    if original is None or undo.state not in (ImportState.STAGING, ImportState.PLANNED):
        return False
    job = working.latest(rooms, undo.token)
    return job is None or (job.ended and undo_store.lacks_some(tx, original, undo.id))


def _is_working(rooms: Rooms, imported: Import) -> bool:
    if imported.state is ImportState.DONE:
        return False
    job = working.latest(rooms, imported.token)
    return job is not None and not job.ended
