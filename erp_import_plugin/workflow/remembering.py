"""What a saved import remembers of the actors that were brought over, so that its next run leaves them alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.repeating import basis, fingerprint
from erp_import_plugin.store import history as history_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import saved_actors as actor_store
from erp_import_plugin.store import saved_imports as saved_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.saved_imports import SavedImport, What
from erp_import_plugin.store.setting_texts import settings_to_text
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow.rooms import Rooms

Hold = Callable[[Transaction], None]
"""Called in every transaction; raises where the work has been taken over by another worker."""


def note(rooms: Rooms, saved: SavedImport, hold: Hold) -> None:
    """Keep the state of the finished import that a saved import was saved from, if that is still to be done."""
    if saved.noted_from is None:
        return
    with reading(rooms.engine) as tx:
        imported = import_store.by_id(tx, saved.noted_from)
        undos = history_store.undos(tx, saved.noted_from)
    if imported is not None:
        remember(rooms, imported, hold)
    with writing(rooms.engine) as tx:
        hold(tx)
        for undo in undos:
            actor_store.import_again(tx, undo.id)
        saved_store.note_from(tx, saved.id, None)


def remember(rooms: Rooms, imported: Import, hold: Hold) -> None:
    """Keep the state in which an import has brought its actors over, if it belongs to a saved import.

    Rows that were held, failed, left undecided or unticked are as if they had never been compared, and so is what an
    undo takes back, and all rows of a run on another basis than now. Chunk by chunk; doing it again changes nothing.
    """
    if imported.undoes is not None:
        with writing(rooms.engine) as tx:
            hold(tx)
            actor_store.import_again(tx, imported.id)
        return
    with reading(rooms.engine) as tx:
        saved = saved_store.get(tx, imported.saved_import_id) if imported.saved_import_id else None
        mapping = mapping_of(tx, saved) if saved else None
    if saved is None or mapping is None:
        return
    current = imported.repeat is None or imported.repeat.basis == saved.basis
    newest = imported.repeat.newest if imported.repeat else ""
    after = 0
    while True:
        with writing(rooms.engine) as tx:
            hold(tx)
            saved_store.get(tx, saved.id, lock=True)  # nobody else notes the same
            found = actor_store.settled(tx, imported.id, saved.what.actor_type, after, rooms.config.chunk)
            rows = [replace(one, imported=one.imported and current) for one in found]
            signed = [(one, fingerprint(mapping, one.values, one.parent)) for one in rows]
            actor_store.record(tx, saved, signed)
            if not rows:
                if current:
                    move_on(tx, saved, imported, newest)
                return
        newest = max([newest, *(one.last_modified for one in rows if one.imported)])
        after = rows[-1].row


def move_on(tx: Transaction, saved: SavedImport, imported: Import, newest: str) -> None:
    """Have the next run ask for changes since ``newest``, unless a run left some of what there was uncompared."""
    repeat = imported.repeat
    if repeat is None or (repeat.complete and not repeat.cut):
        saved_store.move_on(tx, saved.id, newest)


def mapping_of(tx: Transaction, saved: SavedImport) -> ActorMapping | None:
    """The mapping of what a saved import brings over; None where its actor type is not imported any more."""
    mapping = mapping_store.of(tx, saved.what.connection_id).get(saved.what.actor_type)
    return mapping if mapping and mapping.active else None


def basis_of(tx: Transaction, what: What) -> str:
    """The digest of all that decides what becomes of an actor; empty where its type is not mapped."""
    mapping = mapping_store.of(tx, what.connection_id).get(what.actor_type)
    items = mapping_store.list_items(tx, what.connection_id)
    return basis(mapping, items, settings_to_text(what.settings)) if mapping else ""
