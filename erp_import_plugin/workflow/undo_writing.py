"""Writing one chunk of an undo: what was created goes, what was changed or removed is as it was before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.applying import Outcome
from erp_import_plugin.engine.changes import EntityChange, PlannedRow
from erp_import_plugin.engine.reasons import Reason
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.undoing import blocked, writable
from erp_import_plugin.host_api import Attached, Entity, EntityKind, User
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.writing import ChunkWriter


@dataclass
class _Removals:
    """What the rows of a chunk remove, by row: their own entities, and the companies of their contacts."""

    own: dict[int, EntityChange] = field(default_factory=dict)
    companies: dict[int, EntityChange] = field(default_factory=dict)
    blocked: dict[int, Reason] = field(default_factory=dict)


class UndoWriter:
    """Writes chunks of one undo in transactions that are given; the number of statements does not depend on rows.

    An undo that takes an import back forgets the links that the import made; one that takes an undo back (``restores``)
    links again.
    """

    def __init__(
        self, rooms: Rooms, imported: Import, original: Import, user: User, *, one_key: bool, restores: bool
    ) -> None:
        self._rooms = rooms
        self._crm = rooms.host.crm
        self._import = imported
        self._original = original
        self._user = user
        self._restores = restores
        self._chunks = ChunkWriter(rooms, imported, user, one_key=one_key, links=restores)

    def write(self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow]) -> list[Outcome]:
        """Take back the rows of one kind and say what became of each."""
        removals = self._removals(tx, kind, rows)
        held = [Outcome(row, Status.HELD, reason) for row, reason in removals.blocked.items()]
        standing = [row for row in rows if row.row not in removals.blocked]
        given_back = [row for row in standing if row.row not in removals.own]
        outcomes = self._chunks.write(tx, kind, given_back) if given_back else []
        written = {one.row for one in outcomes if one.status.writes} | removals.own.keys()
        companies = {row: _id(change) for row, change in removals.companies.items() if row in written}
        gone = {row: _id(change) for row, change in removals.own.items()}
        self._delete(tx, kind, list(gone.values()))
        self._delete(tx, EntityKind.COMPANY, list(companies.values()))
        removed = [Outcome(row, Status.REMOVED, None, entity) for row, entity in gone.items()]
        outcomes = [replace(one, company_id=companies.get(one.row, one.company_id)) for one in outcomes + removed]
        self._tidy(tx, kind, outcomes)
        return held + outcomes

    def _removals(self, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow]) -> _Removals:
        """What the rows remove, with the reason of those that cannot any more."""
        found = _Removals()
        for row in rows:
            for change in row.written():
                if change.removes:
                    (found.own if change.kind is kind else found.companies)[row.row] = change
        own = self._standing(tx, kind, found.own)
        companies = self._standing(tx, EntityKind.COMPANY, found.companies)
        for row in rows:
            reason = None
            if row.row in found.own:
                reason = blocked(found.own[row.row], *own[row.row])
            if reason is None and row.row in found.companies:
                company, attached = companies[row.row]
                reason = blocked(found.companies[row.row], company, without(attached, {(kind, _entity(row))}))
            if reason:
                found.blocked[row.row] = reason
                found.own.pop(row.row, None)
                found.companies.pop(row.row, None)
        return found

    def _standing(
        self, tx: Transaction, kind: EntityKind, changes: Mapping[int, EntityChange]
    ) -> dict[int, tuple[Entity | None, Sequence[Attached]]]:
        """The entities to remove as they are now, and what hangs on them."""
        ids = [_id(change) for change in changes.values()]
        entities = self._crm.read(tx, kind, ids, writable(self._crm.schema(), kind)) if ids else {}
        attached = self._crm.attached(tx, kind, ids) if ids else {}
        return {row: (entities.get(_id(one)), attached.get(_id(one), ())) for row, one in changes.items()}

    def _delete(self, tx: Transaction, kind: EntityKind, ids: list[str]) -> None:
        if ids:
            self._crm.delete(tx, kind, ids, self._user)
            link_store.forget_removed(tx, kind, ids)

    def _tidy(self, tx: Transaction, kind: EntityKind, outcomes: Sequence[Outcome]) -> None:
        """Take what is undone out of the selections of the import, and forget the links that it made."""
        changed = [one.entity_id for one in outcomes if one.status is Status.CHANGED and one.entity_id]
        removed = [one.entity_id for one in outcomes if one.status is Status.REMOVED and one.entity_id]
        companies = [] if self._restores else [one.company_id for one in outcomes if one.company_id]
        if changed and not self._restores:
            link_store.forget_made(tx, self._original.id, kind, changed)
        selections = import_store.selections(tx, self._original.id)
        members = (
            ((kind, Status.CHANGED.value), changed),
            ((kind, Status.NEW.value), removed),
            ((EntityKind.COMPANY, Status.NEW.value), companies),
        )
        for place, ids in members:
            if ids and place in selections:
                self._rooms.host.selections.remove(tx, selections[place], ids)


def without(attached: Sequence[Attached], gone: Collection[tuple[EntityKind, str]]) -> list[Attached]:
    """What hangs on an entity but for some entities."""
    left = []
    for one in attached:
        if one.kind is None:
            left.append(one)
            continue
        ids = tuple(key for key in one.ids if (one.kind, key) not in gone)
        if ids:
            left.append(replace(one, count=len(ids), ids=ids))
    return left


def _id(change: EntityChange) -> str:
    return change.entity_id or ""


def _entity(row: PlannedRow) -> str:
    return row.match.entity or ""
