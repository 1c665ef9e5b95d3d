"""The job that imports: applies the stored plan chunk by chunk, each with its links and outcomes in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import stamina
from sqlalchemy import Connection as Transaction
from sqlalchemy.exc import DBAPIError

from erp_import_plugin import watching
from erp_import_plugin.engine.applying import Outcome
from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.errors import ErpImportError
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.jobs import Cancelled, JobContext, LeaseLost
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import outcomes as outcome_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.match_looks import can_tell
from erp_import_plugin.store.transactions import Successive, is_passing, reading, writing
from erp_import_plugin.store.troubles import trouble_of
from erp_import_plugin.watching import Event
from erp_import_plugin.workflow import access, garbage
from erp_import_plugin.workflow.preparing import prepare
from erp_import_plugin.workflow.remembering import remember
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.ways import Way, way_of
from erp_import_plugin.workflow.writing import rule_of

_PASS_ON = (ErpImportError, Cancelled, LeaseLost)
"""What stops the work, as opposed to what one row is to blame for; so does a database that is away."""

_WHERE_ALL_IS_COMPARED = 4
"""How many chunks are written in one transaction where each compares the whole CRM with its match keys."""


def run_import(rooms: Rooms, context: JobContext) -> None:
    """Apply the plan of the import that is the job's subject. Started again it goes on with the rows left."""
    user = access.user_by_id(rooms, context.user_id)
    access.check_sync(rooms)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, context.subject)
        way = way_of(tx, rooms, imported, user)
    if imported.state is ImportState.IMPORTING:
        _ImportRun(rooms, context, imported, user, way).run()


class _ImportRun:
    """One run over the rows of an import that have no outcome yet."""

    def __init__(self, rooms: Rooms, context: JobContext, imported: Import, user: User, way: Way) -> None:
        self._rooms = rooms
        self._context = context
        self._import = imported
        self._user = user
        self._way = way
        self._transactions = Successive(rooms.engine)
        self._size = rooms.config.chunk * (1 if can_tell(rooms.engine) else _WHERE_ALL_IS_COMPARED)
        self._done = 0
        self._read = 0

    def run(self) -> None:
        """Write everything that is left, fill the selections, also when it is stopped, and close the accounts."""
        try:
            self._import_all()
        except (Cancelled, ErpImportError):
            self._fill_selections()
            raise
        finally:
            self._transactions.close()
        self._fill_selections()
        remember(self._rooms, self._import, self._context.hold)
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            self._close(tx)

    def _import_all(self) -> None:
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            outcome_store.settle(tx, self._import.id)
            self._done = sum(outcome_store.counts(tx, self._import.id).values())
            self._read = sum(staging_store.counts(tx, self._import.id).values())
        for kind in self._way.kinds:
            self._import_kind(kind)
        with writing(self._rooms.engine, locking=True) as tx:
            self._context.hold(tx)
            self._way.finish(tx)

    def _import_kind(self, kind: EntityKind) -> None:
        after = 0  # what is done need not be looked through for every chunk
        while True:
            self._context.check()
            access.check_sync(self._rooms)
            access.user_by_id(self._rooms, self._context.user_id)
            with reading(self._rooms.engine) as tx:
                self._way.check(tx)
                rows = plan_store.pending(tx, self._import.id, kind, after, self._size)
            self._context.progress(self._done, self._read, self._way.notes[kind])
            if not rows:
                return
            if not after:
                self._prepare(kind)
            with garbage.not_searched(), watching.chunk(kind.value) as watched:
                self._apply(kind, rows)
                watched.did(rows[0].row, rows[-1].row, len(rows))
            self._done += len(rows)
            after = rows[-1].row

    def _prepare(self, kind: EntityKind) -> None:
        """Have what others have changed since the preview looked at before a chunk has to wait for it."""
        rule = rule_of(self._import, kind)
        if rule is not None:
            prepare(self._rooms.host.crm, self._context, kind, rule, self._transactions.writing)

    def _apply(self, kind: EntityKind, rows: Sequence[PlannedRow]) -> None:
        """Write a chunk; where the CRM refuses it, halve it until the row to blame is alone."""
        try:
            self._write(kind, rows)
        except _PASS_ON:
            raise
        except Exception as error:
            if trouble_of(error):
                raise
            if len(rows) > 1:
                middle = len(rows) // 2
                self._apply(kind, rows[:middle])
                self._apply(kind, rows[middle:])
            else:
                self._refused(kind, rows[0], error)

    def _write(self, kind: EntityKind, rows: Sequence[PlannedRow]) -> None:
        # A deadlock or a locked database passes; the transaction is rolled back, so trying again doubles nothing.
        for attempt in stamina.retry_context(on=is_passing, attempts=5, timeout=60):
            with attempt, self._transactions.writing(locking=True) as tx:
                self._context.hold(tx)
                outcomes = self._way.write(tx, kind, rows)
                outcome_store.save(tx, self._import.id, kind, outcomes)
        _tell_written(kind, outcomes)

    def _refused(self, kind: EntityKind, row: PlannedRow, error: Exception) -> None:
        watching.tell(Event.ROW_REFUSED, row=row.row, error=type(error).__name__)
        failed = [Outcome(row.row, Status.FAILED, Reason(ReasonCode.REFUSED_BY_CRM, {"error": _words(error)}))]
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            outcome_store.save(tx, self._import.id, kind, failed)
        _tell_written(kind, failed)

    def _fill_selections(self) -> None:
        for kind in EntityKind:
            for status in (Status.NEW, Status.CHANGED):
                self._fill_selection(kind, status)

    def _fill_selection(self, kind: EntityKind, status: Status) -> None:
        """Put all new, or all changed, entities of one kind into a selection; again is harmless."""
        after = 0
        while True:
            with writing(self._rooms.engine) as tx:
                self._context.hold(tx)
                page = outcome_store.written(tx, self._import.id, kind, status, after, self._rooms.config.chunk)
                if not page:
                    return
                selection = self._selection(tx, kind, status)
                self._rooms.host.selections.add(tx, selection, [entity_id for _, entity_id in page])
            after = page[-1][0]

    def _selection(self, tx: Transaction, kind: EntityKind, status: Status) -> str:
        made = import_store.selections(tx, self._import.id).get((kind, status.value))
        if made:
            return made
        connection = connection_store.get(tx, self._import.connection_id)
        tongue, language = self._rooms.tongue, self._import.language
        when = tongue.moment(self._import.started_at or self._rooms.now(), language)
        source = f"{connection.name} {when}" if connection else when
        name = f"{source}: {tongue.say(self._way.selections[kind, status], language)}"
        selection = self._rooms.host.selections.create(tx, kind, name, self._user)
        import_store.save_selection(tx, self._import.id, kind, status.value, selection)
        return selection

    def _close(self, tx: Transaction) -> None:
        read = sum(staging_store.counts(tx, self._import.id).values())
        accounts = Accounts.of(read, outcome_store.counts(tx, self._import.id))
        import_store.save_accounts(tx, self._import.id, accounts)
        import_store.set_state(tx, self._import.id, ImportState.DONE, ended_at=self._rooms.now())


def _tell_written(kind: EntityKind, outcomes: Sequence[Outcome]) -> None:
    for status, rows in Counter(one.status for one in outcomes).items():
        watching.written(kind.value, status.value, rows)


def _words(error: Exception) -> str:
    """The database's own words without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0][:300] if lines else type(cause).__name__
