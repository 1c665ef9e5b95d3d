"""The ways rows are written to the CRM: an import from the ERP, or an undo of one, which goes backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.applying import Outcome
from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.results import Status
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import undos as undo_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.workflow import access, erp
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.undo_writing import UndoWriter
from erp_import_plugin.workflow.writing import ChunkWriter

FORTH = tuple(EntityKind)
"""Companies first: contacts and projects belong to them."""
BACK = tuple(reversed(FORTH))

_IMPORTING = {
    EntityKind.COMPANY: Sentence("Importing companies"),
    EntityKind.PERSON: Sentence("Importing contacts"),
    EntityKind.PROJECT: Sentence("Importing projects"),
}
_UNDOING = {
    EntityKind.COMPANY: Sentence("Undoing: companies"),
    EntityKind.PERSON: Sentence("Undoing: contacts"),
    EntityKind.PROJECT: Sentence("Undoing: projects"),
}

_IMPORTED = {
    (EntityKind.COMPANY, Status.NEW): Sentence("Companies, new"),
    (EntityKind.COMPANY, Status.CHANGED): Sentence("Companies, updated"),
    (EntityKind.PERSON, Status.NEW): Sentence("Contacts, new"),
    (EntityKind.PERSON, Status.CHANGED): Sentence("Contacts, updated"),
    (EntityKind.PROJECT, Status.NEW): Sentence("Projects, new"),
    (EntityKind.PROJECT, Status.CHANGED): Sentence("Projects, updated"),
}
_UNDONE = {
    (EntityKind.COMPANY, Status.NEW): Sentence("Companies, made again by an undo"),
    (EntityKind.COMPANY, Status.CHANGED): Sentence("Companies, put back by an undo"),
    (EntityKind.PERSON, Status.NEW): Sentence("Contacts, made again by an undo"),
    (EntityKind.PERSON, Status.CHANGED): Sentence("Contacts, put back by an undo"),
    (EntityKind.PROJECT, Status.NEW): Sentence("Projects, made again by an undo"),
    (EntityKind.PROJECT, Status.CHANGED): Sentence("Projects, put back by an undo"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """How an import writes. ``check`` asks whether the user still may, ``finish`` does what is left after the rows.

    ``selections`` are the names of the selections it makes, by entity kind and status.
    """

    kinds: tuple[EntityKind, ...]
    notes: Mapping[EntityKind, Sentence]
    selections: Mapping[tuple[EntityKind, Status], Sentence]
    write: Callable[[Transaction, EntityKind, Sequence[PlannedRow]], list[Outcome]]
    check: Callable[[Transaction], object]
    finish: Callable[[Transaction], None]


def way_of(tx: Transaction, rooms: Rooms, imported: Import, user: User) -> Way:
    """How this import writes."""
    one_key = erp.one_key(rooms, connection_store.get(tx, imported.connection_id))
    back = undo_store.chain(tx, imported)
    if not back:
        return Way(
            kinds=FORTH,
            notes=_IMPORTING,
            selections=_IMPORTED,
            write=ChunkWriter(rooms, imported, user, one_key=one_key).write,
            check=partial(access.open_connection, user=user, connection_id=imported.connection_id),
            finish=partial(_link_unchanged, rooms=rooms, imported=imported),
        )
    restores = len(back) % 2 == 0
    finish = partial(_link_unchanged, rooms=rooms, imported=imported)
    return Way(
        kinds=FORTH if restores else BACK,
        notes=_UNDOING,
        selections=_UNDONE,
        write=UndoWriter(rooms, imported, back[0], user, one_key=one_key, restores=restores).write,
        check=_anyone,
        finish=finish if restores else partial(_tidy, rooms=rooms, imported=imported, original=back[0]),
    )


def _anyone(_tx: Transaction) -> None:
    """A connection that is switched off or deleted keeps nobody from undoing what came through it."""


def _link_unchanged(tx: Transaction, *, rooms: Rooms, imported: Import) -> None:
    link_store.save_unchanged(tx, imported.connection_id, imported.id, rooms.now())


def _tidy(tx: Transaction, *, rooms: Rooms, imported: Import, original: Import) -> None:
    """Forget the links of actors that the import only linked, and remove the list items it added that nothing holds."""
    link_store.forget_unchanged(tx, imported.connection_id, original.id, imported.id)
    items: dict[str, list[str]] = {}
    for item, (_, key) in undo_store.removals(tx, imported.id, done=False).items():
        items.setdefault(item.list_name, []).append(key)
    for list_name, ids in items.items():
        undo_store.removed(tx, imported.id, list_name, rooms.host.crm.remove_list_items(tx, list_name, ids))
