"""The job behind the preview of an undo: plans from what a run did and what the CRM holds now, chunk by chunk."""

from __future__ import annotations

from collections.abc import Sequence

import stamina
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.undoing import Done, Undoer
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store import undos as undo_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.transactions import is_passing, reading, writing
from erp_import_plugin.workflow import erp, garbage
from erp_import_plugin.workflow.imports import check_unwritten
from erp_import_plugin.workflow.planner import carry_over
from erp_import_plugin.workflow.replanning import count
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.undo_facts import UndoFacts
from erp_import_plugin.workflow.ways import BACK, FORTH

_NOTES = {
    EntityKind.COMPANY: Sentence("Looking at what companies are now"),
    EntityKind.PERSON: Sentence("Looking at what contacts are now"),
    EntityKind.PROJECT: Sentence("Looking at what projects are now"),
}


def plan_undo(rooms: Rooms, context: JobContext, imported: Import) -> None:
    """Plan an undo. Started again it begins anew and keeps what was unticked."""
    with reading(rooms.engine) as tx:
        back = undo_store.chain(tx, imported)
        one_key = erp.one_key(rooms, connection_store.get(tx, imported.connection_id))
    restores = len(back) % 2 == 0
    facts = UndoFacts(rooms, imported, back[0], one_key=one_key, restores=restores)
    _UndoPlanRun(rooms, context, imported, back[0], facts, restores=restores).run()


class _UndoPlanRun:
    """One run of the undoer over all that an import did."""

    def __init__(
        self,
        rooms: Rooms,
        context: JobContext,
        imported: Import,
        original: Import,
        facts: UndoFacts,
        *,
        restores: bool,
    ) -> None:
        self._rooms = rooms
        self._context = context
        self._import = imported
        self._original = original
        self._facts = facts
        self._restores = restores
        self._done = 0
        self._read = 0

    def run(self) -> None:
        """Plan everything and keep the accounts."""
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            self._begin(tx)
        with reading(self._rooms.engine) as tx:
            company_needed = self._rooms.host.crm.preferences(tx).mandatory_company_on_contact
        for kind in FORTH if self._restores else BACK:
            self._plan_kind(kind, company_needed)
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            self._finish(tx)

    def _begin(self, tx: Transaction) -> None:
        """Stage what the import did, as far as it is not yet, and have nobody take an earlier plan for this one."""
        found = import_store.get(tx, self._import.token, lock=True)
        check_unwritten(found or self._import)
        undo_store.copy_actors(tx, self._original, self._import.id)
        self._read = sum(staging_store.counts(tx, self._import.id).values())
        import_store.set_state(tx, self._import.id, ImportState.STAGING)

    def _plan_kind(self, kind: EntityKind, company_needed: bool) -> None:
        after = 0
        while True:
            self._context.check()
            planned = self._plan_next(kind, company_needed, after)
            if not planned:
                return
            after = planned[-1].row
            self._done += len(planned)
            self._context.progress(self._done, self._read, _NOTES[kind])

    # A deadlock or a locked database passes; the transaction is rolled back, so trying again changes nothing.
    @stamina.retry(on=is_passing, attempts=5, timeout=60)
    def _plan_next(self, kind: EntityKind, company_needed: bool, after: int) -> Sequence[Done]:
        with garbage.not_searched(), writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            place = (self._original.id, self._import.id)
            done = undo_store.rows(tx, *place, kind, after, self._rooms.config.chunk)
            if not done:
                return done
            found = self._facts.of(tx, kind, done)
            undoer = Undoer(found.schema, found.resolved, found.references, company_needed=company_needed)
            rows = [undoer.plan(one, found.now[one.row]) for one in done]
            before = plan_store.previous(tx, [row.row for row in rows])
            plan_store.save(tx, self._import.id, [carry_over(row, before.get(row.row)) for row in rows])
        return done

    def _finish(self, tx: Transaction) -> None:
        if not self._restores:
            undo_store.plan_removals(tx, self._original.id, self._import.id)
        count(tx, self._import.id)
        import_store.revise(tx, self._import.id)
        import_store.set_state(tx, self._import.id, ImportState.PLANNED, planned_at=self._rooms.now())
