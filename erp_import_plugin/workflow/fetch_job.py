"""The job behind "Add to import": what is wanted is fetched in full, chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from erp_import_plugin.connector_api import ActorType, FieldValue
from erp_import_plugin.connector_host import CheckedActor, Fetched, GuardedSession
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import Sentence
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.staging import FetchedActor
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, cells, erp
from erp_import_plugin.workflow.discovering import mark_gone, read_lists
from erp_import_plugin.workflow.mappings import list_names, offered, shown
from erp_import_plugin.workflow.rooms import Rooms


def run_fetch(rooms: Rooms, context: JobContext) -> None:
    """Fetch every actor that the import, the job's subject, still wants; then read the ERP's lists once more.

    Each chunk commits by itself, so that the work goes on where it was cut. Without anything wanted the ERP is left
    alone.
    """
    user = access.user_by_id(rooms, context.user_id)
    access.check_sync(rooms)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, context.subject)
        connection = access.open_connection(tx, user, imported.connection_id)
        mappings = mapping_store.of(tx, connection.id)
        if not staging_store.wanted(tx, imported.id, 1):
            return
    with erp.session(rooms, connection, context.cancel_asked) as session:
        used = _FetchRun(rooms, context, imported, mappings).run(session)
        context.progress(*used.progress, Sentence("Reading the lists of the ERP"))
        read_lists(rooms, session, connection.id, list_names(mappings[one] for one in used.types if one in mappings))
        context.progress(*used.progress)


class _FetchRun:
    """What one run of the job has fetched; ``types`` are the actor types among it."""

    def __init__(
        self, rooms: Rooms, context: JobContext, imported: Import, mappings: Mapping[ActorType, ActorMapping]
    ) -> None:
        self.types: set[ActorType] = set()
        self._rooms = rooms
        self._context = context
        self._import = imported
        self._mappings = dict(mappings)
        self.progress = self._counts()

    def run(self, session: GuardedSession) -> _FetchRun:
        """Fetch until nothing is wanted, also of what is added meanwhile."""
        while True:
            self._context.check()
            self._context.progress(*self.progress)
            with reading(self._rooms.engine) as tx:
                wanted = staging_store.wanted(tx, self._import.id, session.limits.get_chunk)
            if not wanted:
                return self
            self._fetch(session, wanted)
            self.progress = self._counts()

    def _fetch(self, session: GuardedSession, wanted: Sequence[tuple[int, ActorPlace]]) -> None:
        actor_type = ActorType(wanted[0][1].actor_type)
        fields = self._offered(session, actor_type)
        mapping = self._mappings.get(actor_type)
        fetched = session.get(actor_type, [place.key for _, place in wanted], fields)
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            staging_store.save_fetched(tx, *sort(wanted, fetched, mapping))
        self.types.add(actor_type)

    def _offered(self, session: GuardedSession, actor_type: ActorType) -> tuple[str, ...]:
        """The mapped fields that the ERP still has. The others are not empty: nothing is known of them."""
        mapping = self._mappings.get(actor_type)
        if mapping is None:
            return ()
        wanted = [one.erp.key for one in mapping.fields if not one.gone]
        there = offered(wanted, session, actor_type)
        if len(there) < len(wanted):
            gone = frozenset(wanted) - frozenset(there)
            self._mappings[actor_type] = mark_gone(self._rooms, self._import.connection_id, actor_type, gone)
        return there

    def _counts(self) -> tuple[int, int]:
        """How many actors are done with, of how many."""
        with reading(self._rooms.engine) as tx:
            counts = staging_store.counts(tx, self._import.id)
        total = sum(counts.values())
        return total - counts[staging_store.WANTED], total


def sort(
    wanted: Sequence[tuple[int, ActorPlace]], given: Fetched, mapping: ActorMapping | None
) -> tuple[list[FetchedActor], list[int], list[tuple[int, str]]]:
    """What came of some staged rows, the rows whose actors are missing, and those that cannot be used, with why."""
    actors = {ActorPlace(one.actor_type.value, one.legal_entity, one.key): one for one in given.actors}
    found = [_fetched(row, actors[place], mapping) for row, place in wanted if place in actors]
    absent = {row: place for row, place in wanted if place not in actors}
    reasons = {one.key: one.reason for one in given.rejected if one.key is not None}
    unusable = [(row, str(reasons[place.key])) for row, place in absent.items() if place.key in reasons]
    return found, [row for row, place in absent.items() if place.key not in reasons], unusable


def _fetched(row: int, actor: CheckedActor, mapping: ActorMapping | None) -> FetchedActor:
    return FetchedActor(row, actor, label(actor, mapping), tuple(str(problem) for problem in actor.problems))


def label(actor: CheckedActor, mapping: ActorMapping | None) -> str:
    """What an actor is shown by: its name, its first and last name, its first shown field, else its key."""
    by_target: dict[str, FieldValue] = {}
    for one in mapping.fields if mapping else ():
        by_target.setdefault(one.crm_field or one.erp.key, actor.values.get(one.erp.key))
    name = cells.text(by_target.get("name"))
    full = " ".join(part for key in ("first_name", "last_name") if (part := cells.text(by_target.get(key))))
    others = (cells.text(actor.values.get(field.key)) for field in (shown(mapping) if mapping else ()))
    return name or full or next(filter(None, others), actor.key)
