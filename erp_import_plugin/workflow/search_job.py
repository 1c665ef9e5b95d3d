"""The job behind a search: pages from the ERP, kept as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ErpField, Restriction
from erp_import_plugin.connector_host import GuardedSession, SearchPage
from erp_import_plugin.errors import Sentence
from erp_import_plugin.jobs import Cancelled, JobContext
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import searches as search_store
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.searches import NewResult, Search
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import access, cells, erp
from erp_import_plugin.workflow import criteria as asked
from erp_import_plugin.workflow.mappings import offered, searchable
from erp_import_plugin.workflow.rooms import Rooms


def run_search(rooms: Rooms, context: JobContext) -> None:
    """Do the search whose token is the job's subject. What was found stays when it is stopped or the ERP fails.

    Started again after it was cut, it begins anew: the ERP may have changed.
    """
    user = access.user_by_id(rooms, context.user_id)
    with writing(rooms.engine) as tx:
        search = search_store.get(tx, context.subject)
        imported = import_store.by_id(tx, search.import_id) if search else None
        if search is None or imported is None:
            raise Cancelled()  # a newer search took its place
        access.open_import(tx, rooms, user, imported.token)
        connection = access.open_connection(tx, user, imported.connection_id)
        search_store.restart(tx, search.id)
        task = _task(tx, rooms, search, connection)
    with erp.session(rooms, connection, context.cancel_asked) as session:
        _SearchRun(rooms, context, search, task).run(session)


@dataclass(frozen=True, slots=True)
class _Task:
    fields: Mapping[str, ErpField]
    sets: Sequence[Sequence[Restriction]]
    labels: Mapping[str, Mapping[str, str]]


def _task(tx: Transaction, rooms: Rooms, search: Search, connection: Connection) -> _Task:
    mapping = mapping_store.of(tx, connection.id)[search.actor_type]
    fields = {one.erp.key: one.erp for one in mapping.fields}
    labels = mapping_store.erp_lists(tx, connection.id, {one.list_name for one in fields.values() if one.list_name})
    criteria = asked.from_data(search.criteria["sets"])
    sets = asked.restrictions(criteria, searchable(mapping), rooms.now().date(), labels)
    return _Task(fields, sets, labels)


class _SearchRun:
    def __init__(self, rooms: Rooms, context: JobContext, search: Search, task: _Task) -> None:
        self._rooms = rooms
        self._context = context
        self._search = search
        self._task = task
        self._columns = [task.fields.get(key, ErpField(key, key)) for key in search.columns]
        self._found = 0
        self._unusable = 0
        self._note = ""

    def run(self, session: GuardedSession) -> None:
        """Keep page after page."""
        columns = offered(self._search.columns, session, self._search.actor_type)
        page = None
        try:
            for page in session.search(self._task.sets, self._search.actor_type, columns):
                self._context.check()
                self._keep(page)
                if self._found >= self._rooms.config.max_actors:
                    return
        except ValueError as error:
            raise erp.ErpFailed(
                Sentence("The ERP's fields have changed since they were mapped. Have them read again, then search.")
            ) from error
        if page is not None:
            self._compare(page)

    def _compare(self, last: SearchPage) -> None:
        """Say so where the ERP gave fewer actors than it counts: pages that change meanwhile may lose some."""
        came = last.read + self._unusable
        if last.total is not None and came < last.total and not self._note:
            self._note = Sentence(
                "The ERP counts %(total)s actors and gave %(came)s of them. Search again if some are missing.",
                total=last.total,
                came=came,
            )
            self._context.progress(last.read, last.total, self._note)

    def _keep(self, page: SearchPage) -> None:
        room = self._rooms.config.max_actors - self._found
        results = [
            NewResult(actor.legal_entity, actor.key, actor.parent, *cells.row(self._columns, actor, self._task.labels))
            for actor in page.actors[:room]
        ]
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            if search_store.get(tx, self._search.token) is None:
                raise Cancelled()
            search_store.add_results(tx, self._search, self._found, results, page.read)
            search_store.set_total(tx, self._search.id, page.total)
        self._found += len(results)
        self._report(page, full=len(results) == room)

    def _report(self, page: SearchPage, *, full: bool) -> None:
        self._unusable += len(page.rejected)
        if full:
            self._note = Sentence(
                "The search stopped at %(most)s actors, the most there may be. Narrow it down.", most=self._found
            )
        elif page.rejected and not self._note:
            self._note = Sentence(
                "The ERP gave actors that cannot be used and are left out. The first: %(reason)s",
                reason=page.rejected[0].reason,
            )
        self._context.progress(page.read, page.total, self._note)
