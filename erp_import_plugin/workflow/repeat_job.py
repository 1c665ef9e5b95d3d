"""The job behind "Run again": compares the ERP with what was last imported, and stages what is new or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import Restriction
from erp_import_plugin.connector_host import CheckedActor, GuardedSession
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.repeating import Repeat, fingerprint
from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import saved_actors as actor_store
from erp_import_plugin.store import saved_imports as saved_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.saved_actors import Known
from erp_import_plugin.store.saved_imports import SavedImport
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, erp, remembering, settings
from erp_import_plugin.workflow import criteria as asked
from erp_import_plugin.workflow.actor_labels import ActorLabels
from erp_import_plugin.workflow.discovering import read_lists
from erp_import_plugin.workflow.fetch_job import sort
from erp_import_plugin.workflow.gone import GoneSearch
from erp_import_plugin.workflow.imports import open_unwritten
from erp_import_plugin.workflow.mappings import list_names, offered, searchable
from erp_import_plugin.workflow.preview_job import run_plan
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.saved_lines import busy_sentence

_COMPARING = Sentence("Comparing the ERP with what was imported before")
_NOTING = Sentence("Noting what was imported before")
_LISTS = Sentence("Reading the lists of the ERP")


def run_repeat(rooms: Rooms, context: JobContext) -> None:
    """Compare, stage what is new or changed, and plan the import that is the job's subject.

    Started again after it was cut, it leaves alone what was compared before. Where nothing is new or changed the import
    is done with that, and the CRM is left alone.
    """
    user = access.user_by_id(rooms, context.user_id)
    access.check_sync(rooms)
    _note(rooms, context, user)
    task = _begin(rooms, context, user)
    if not task.repeat.complete:
        with erp.session(rooms, task.connection, context.cancel_asked) as session:
            staged = _Comparison(rooms, context, task).run(session)
            if staged:
                context.progress(staged, staged, _LISTS)
                read_lists(rooms, session, task.connection.id, list_names([task.mapping]))
    if _ended(rooms, context, user, task):
        return
    with writing(rooms.engine) as tx:
        context.hold(tx)
        imported = open_unwritten(tx, rooms, user, context.subject)
        chosen = settings.complete(tx, rooms, imported, imported.settings or task.saved.what.settings)
        import_store.save_settings(tx, imported.id, chosen)
    run_plan(rooms, context)


@dataclass(frozen=True, slots=True)
class _Task:
    imported: Import
    saved: SavedImport
    connection: Connection
    mapping: ActorMapping
    repeat: Repeat


def _note(rooms: Rooms, context: JobContext, user: User) -> None:
    """What was imported before it was saved is known from the first run on; before the basis of that is looked at."""
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, context.subject)
        saved = saved_store.get(tx, imported.saved_import_id or 0)
    if saved is not None and saved.noted_from is not None:
        context.progress(0, None, _NOTING)
        remembering.note(rooms, saved, context.hold)


def _begin(rooms: Rooms, context: JobContext, user: User) -> _Task:
    """What is to be compared with what; a run that was cut keeps its number."""
    with writing(rooms.engine) as tx:
        context.hold(tx)
        imported = open_unwritten(tx, rooms, user, context.subject)
        saved = saved_store.get(tx, imported.saved_import_id or 0, lock=True)
        if saved is None:
            raise Refused(Sentence("The saved import was deleted, so it cannot be run again."))
        connection = access.open_connection(tx, user, imported.connection_id)
        mapping = remembering.mapping_of(tx, saved)
        if mapping is None:
            raise Refused(Sentence("This actor type cannot be imported through this connection."))
        others = saved_store.busy(tx, [saved.id], rooms.now(), but=imported.id, begun=True)
        if saved.id in others:
            raise Refused(busy_sentence(saved, others[saved.id]))
        repeat = imported.repeat or _new_run(tx, imported, saved)
        fresh = saved_store.get(tx, saved.id) or saved  # a new run may have taken its watermark away
        return _Task(imported, fresh, connection, mapping, repeat)


def _new_run(tx: Transaction, imported: Import, saved: SavedImport) -> Repeat:
    since, basis = saved_store.last_import(tx, saved.id), remembering.basis_of(tx, saved.what)
    other = saved_store.rebase(tx, saved, basis)
    repeat = Repeat(saved_store.begin_run(tx, saved), since, everything=other and since is not None, basis=basis)
    import_store.save_repeat(tx, imported.id, repeat)
    return repeat


def _ended(rooms: Rooms, context: JobContext, user: User, task: _Task) -> bool:
    """Whether there is nothing to import; then the import is done."""
    with writing(rooms.engine) as tx:
        context.hold(tx)
        imported = open_unwritten(tx, rooms, user, context.subject)
        now = rooms.now()
        saved_store.end_run(tx, task.saved.id, now)
        if any(staging_store.counts(tx, imported.id).values()):
            return False
        remembering.move_on(tx, task.saved, imported, imported.repeat.newest if imported.repeat else "")
        import_store.save_accounts(tx, imported.id, Accounts(0))
        moments = {"planned_at": now, "started_at": now, "ended_at": now}
        import_store.set_state(tx, imported.id, ImportState.DONE, **moments)
    return True


@dataclass(frozen=True, slots=True)
class _Found:
    """What a few actors of the search are. ``marks`` are new marks of actors that are the same all the same."""

    new: Sequence[ActorPlace]
    changed: Sequence[ActorPlace]
    same: Sequence[ActorPlace]
    marks: Mapping[ActorPlace, str]


class _Comparison:
    """One run over the actors that fulfil the criteria."""

    def __init__(self, rooms: Rooms, context: JobContext, task: _Task) -> None:
        self._rooms = rooms
        self._context = context
        self._task = task
        self._type = task.saved.what.actor_type
        self._labels = ActorLabels(task.mapping)
        self._repeat = task.repeat

    def run(self, session: GuardedSession) -> int:
        """Compare everything; how many actors are staged."""
        changed = self._changed(session)
        fields = offered([one.erp.key for one in self._task.mapping.fields], session, self._type)
        for page in session.search(self._sets(), self._type, ()):
            for part in _parts(page.actors, session.limits.get_chunk):
                self._context.check()
                self._compare(session, part, changed, fields)
            self._context.progress(page.read, page.total, _COMPARING)
            if self._repeat.cut:
                break
        gone = GoneSearch(self._rooms, self._context, self._task.saved, self._task.mapping)
        if not self._repeat.cut:
            for outside in gone.run(session, self._repeat.number):
                self._repeat = replace(self._repeat, outside=self._repeat.outside + outside)
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            count = 0 if self._repeat.cut else gone.count(tx, self._repeat.number)
            self._repeat = replace(self._repeat, gone=count, complete=True)
            import_store.save_repeat(tx, self._task.imported.id, self._repeat)
        return self._repeat.new + self._repeat.changed

    def _sets(self) -> list[list[Restriction]]:
        mapping, what = self._task.mapping, self._task.saved.what
        names = {field.list_name for field in searchable(mapping) if field.list_name}
        with reading(self._rooms.engine) as tx:
            labels = mapping_store.erp_lists(tx, what.connection_id, names)
        criteria = asked.from_data(what.criteria)
        return asked.restrictions(criteria, searchable(mapping), self._rooms.now().date(), labels)

    def _changed(self, session: GuardedSession) -> frozenset[tuple[str, str]] | None:
        """What the ERP says has changed since the last import; None where it does not say."""
        if not session.loaded.capabilities.changes or not self._task.saved.watermark:
            return None
        pages = session.changes(self._type, self._task.saved.watermark, ())
        return frozenset((actor.legal_entity, actor.key) for page in pages for actor in page.actors)

    def _compare(
        self,
        session: GuardedSession,
        actors: Sequence[CheckedActor],
        changed: frozenset[tuple[str, str]] | None,
        fields: Sequence[str],
    ) -> None:
        by_place = {ActorPlace(self._type.value, actor.legal_entity, actor.key): actor for actor in actors}
        with reading(self._rooms.engine) as tx:
            known = actor_store.known(tx, self._task.saved, by_place)
            staged = staging_store.rows_of(tx, self._task.imported.id, by_place)
        left = {place: actor for place, actor in by_place.items() if not self._is_done(place, known, staged)}
        same = [p for p, actor in left.items() if p in known and _is_same(known[p], actor, changed)]
        asked_for = [place for place in left if place not in set(same)]
        fetched = session.get(self._type, [place.key for place in asked_for], fields)
        got = {ActorPlace(self._type.value, actor.legal_entity, actor.key): actor for actor in fetched.actors}
        found = self._found(asked_for, known, got, same)
        wanted = [*found.new, *found.changed][: self._room()]
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            staging_store.want(tx, self._task.imported.id, wanted)
            rows = staging_store.rows_of(tx, self._task.imported.id, wanted)
            staging_store.save_fetched(tx, *sort([(rows[p], p) for p in wanted], fetched, self._labels))
            actor_store.see(tx, self._task.saved, [*found.same, *found.changed], self._repeat.number)
            actor_store.mark(tx, self._task.saved, found.marks)
            self._count(found, len(wanted))
            import_store.save_repeat(tx, self._task.imported.id, self._repeat)

    def _is_done(self, place: ActorPlace, known: Mapping[ActorPlace, Known], staged: Mapping[ActorPlace, int]) -> bool:
        return place in staged or (place in known and known[place].run == self._repeat.number)

    def _found(
        self,
        places: Sequence[ActorPlace],
        known: Mapping[ActorPlace, Known],
        got: Mapping[ActorPlace, CheckedActor],
        same: Sequence[ActorPlace],
    ) -> _Found:
        alike = [
            place
            for place in places
            if place in known
            and place in got
            and known[place].fingerprint == fingerprint(self._task.mapping, got[place].values, got[place].parent)
        ]
        others = [place for place in places if place not in set(alike)]
        return _Found(
            new=[place for place in others if place not in known],
            changed=[place for place in others if place in known],
            same=[*same, *alike],
            marks={place: got[place].last_modified for place in alike if got[place].last_modified},
        )

    def _room(self) -> int:
        return max(self._rooms.config.max_actors - self._repeat.new - self._repeat.changed, 0)

    def _count(self, found: _Found, staged: int) -> None:
        new = min(len(found.new), staged)
        before = self._repeat
        self._repeat = replace(
            before,
            new=before.new + new,
            changed=before.changed + staged - new,
            same=before.same + len(found.same),
            newest=max([before.newest, *found.marks.values()]),
            cut=before.cut or staged < len(found.new) + len(found.changed),
        )


def _is_same(known: Known, actor: CheckedActor, changed: frozenset[tuple[str, str]] | None) -> bool:
    """Whether an actor need not be read in full to know that it is as it was imported."""
    other_mark = bool(actor.last_modified) and actor.last_modified != known.last_modified
    if not known.fingerprint or other_mark:
        return False
    return bool(actor.last_modified) if changed is None else (actor.legal_entity, actor.key) not in changed


def _parts(actors: Sequence[CheckedActor], size: int) -> Iterator[Sequence[CheckedActor]]:
    for start in range(0, len(actors), size):
        yield actors[start : start + size]
