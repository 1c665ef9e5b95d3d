"""The job behind the preview: plans every staged actor, chunk by chunk, companies before persons before projects."""

from __future__ import annotations

from functools import partial

import stamina
from sqlalchemy import Connection as Transaction

from erp_import_plugin import watching
from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.candidates import StagedActor
from erp_import_plugin.engine.mapping import KIND_OF
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.jobs import Edge, JobContext, Work
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.job_parts import Range
from erp_import_plugin.store.transactions import is_passing, reading, writing
from erp_import_plugin.workflow import access, erp, garbage, staging
from erp_import_plugin.workflow.imports import open_unwritten
from erp_import_plugin.workflow.planner import CONFLICTS, ChunkPlanner, undecided
from erp_import_plugin.workflow.preparing import prepare
from erp_import_plugin.workflow.replanning import count
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.undo_job import plan_undo

_NOTES = {
    EntityKind.COMPANY: Sentence("Comparing companies with the CRM"),
    EntityKind.PERSON: Sentence("Comparing contacts with the CRM"),
    EntityKind.PROJECT: Sentence("Comparing projects with the CRM"),
}


def run_plan(rooms: Rooms, context: JobContext) -> None:
    """Plan the import that is the job's subject. Started again it begins anew and keeps what was unticked."""
    user = access.user_by_id(rooms, context.user_id)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, context.subject)
    if imported.undoes is not None:
        plan_undo(rooms, context, imported)
        return
    with reading(rooms.engine) as tx:
        connection = access.open_connection(tx, user, imported.connection_id)
    one_key = erp.one_key(rooms, connection)
    settings = _settings_of(imported)
    staging.run_fetch(rooms, context)  # what an earlier fetch has left must not be taken for empty
    _forget_dead_links(rooms, context, imported)
    if settings.fetch_parents:
        _fetch_parents(rooms, context, imported, one_key)
    _PlanRun(rooms, context, imported, _planner_of(rooms, imported, one_key)).run(user)


def help_plan(rooms: Rooms, context: JobContext, phase: str) -> Work:
    """What plans ranges of the actors of one kind, for a job that another worker leads."""
    user = access.user_by_id(rooms, context.user_id)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, context.subject)
        connection = access.open_connection(tx, user, imported.connection_id)
    planner = _planner_of(rooms, imported, erp.one_key(rooms, connection))
    return partial(_PlanRun(rooms, context, imported, planner).plan_range, EntityKind(phase))


def _planner_of(rooms: Rooms, imported: Import, one_key: bool) -> ChunkPlanner:
    with reading(rooms.engine) as tx:
        mappings = mapping_store.of(tx, imported.connection_id)
        settings = _settings_of(imported)
        return ChunkPlanner(tx, rooms, imported, settings, mappings, one_key=one_key, prepared=True)


def _settings_of(imported: Import) -> ImportSettings:
    if imported.settings is None:
        raise Refused(Sentence("Choose the import settings first."))
    return imported.settings


def _forget_dead_links(rooms: Rooms, context: JobContext, imported: Import) -> None:
    """A link to an entity that is gone is none: neither for the staged actors, nor for those they belong to."""
    after = 0
    while True:
        with writing(rooms.engine) as tx:
            context.hold(tx)
            links = link_store.of_import(tx, imported.connection_id, imported.id, after, rooms.config.chunk)
            for kind in EntityKind:
                some = [link for of_kind, link in links if of_kind is kind]
                there = rooms.host.crm.read(tx, kind, {link.entity_id for link in some}, []) if some else {}
                link_store.forget(tx, [link for link in some if link.entity_id not in there])
        if not links:
            return
        after = links[-1][1].id


def _fetch_parents(rooms: Rooms, context: JobContext, imported: Import, one_key: bool) -> None:
    """Stage the companies that staged persons and projects belong to, and that were never imported."""
    with reading(rooms.engine) as tx:
        mappings = mapping_store.of(tx, imported.connection_id)
    types = [actor_type for actor_type, mapping in mappings.items() if mapping.active]
    while True:
        with writing(rooms.engine) as tx:
            context.hold(tx)
            absent = staging_store.absent_parents(
                tx, imported.id, imported.connection_id, types, rooms.config.chunk, one_key=one_key
            )
            staging_store.want(tx, imported.id, absent, as_parent=True)
        staging.run_fetch(rooms, context)
        if not absent:
            return


class _PlanRun:
    """One run of the planner over one import."""

    def __init__(self, rooms: Rooms, context: JobContext, imported: Import, planner: ChunkPlanner) -> None:
        self._rooms = rooms
        self._context = context
        self._import = imported
        self._planner = planner
        self._done = 0
        self._read = 0

    def run(self, user: User) -> None:
        """Plan everything and keep the accounts."""
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            self._read = sum(staging_store.counts(tx, self._import.id).values())
            open_unwritten(tx, self._rooms, user, self._import.token)
            import_store.set_state(tx, self._import.id, ImportState.STAGING)
        for kind in EntityKind:
            self._plan_kind(kind)
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            self._finish(tx)

    def _plan_kind(self, kind: EntityKind) -> None:
        with reading(self._rooms.engine) as tx:
            is_there = bool(staging_store.chunks(tx, self._import.id, _types(kind), 0, 1))
        if is_there:
            self._prepare(kind)
        self._done += self._context.side_by_side(
            kind.value,
            partial(self._ranges, kind),
            partial(self.plan_range, kind),
            lambda rows: self._context.progress(self._done + rows, self._read, _NOTES[kind]),
        )
        self._settle(kind)

    def _ranges(self, kind: EntityKind) -> list[Range]:
        with reading(self._rooms.engine) as tx:
            return staging_store.parts(tx, self._import.id, _types(kind), self._rooms.config.chunk)

    def plan_range(self, kind: EntityKind, some: Range, edge: Edge) -> None:
        """Plan the actors of one kind in a range. What a chunk decides does not depend on the others of its kind."""
        after = some.first - 1
        while after < some.last:
            with garbage.not_searched(), watching.chunk(kind.value) as watched:
                actors = self._plan_next(kind, after, some.last)
                if actors:
                    watched.did(actors[0].row, actors[-1].row, len(actors))
            if not actors:
                return
            watching.planned(kind.value, len(actors))
            after = actors[-1].row
            edge(len(actors))

    def _prepare(self, kind: EntityKind) -> None:
        for of_kind, rule in self._planner.lookups(kind):
            self._context.check()
            self._context.progress(self._done, None, _NOTES[kind])
            prepare(self._rooms.host.crm, self._context, of_kind, rule, partial(writing, self._rooms.engine))

    # A deadlock or a locked database passes; the transaction is rolled back, so trying again changes nothing.
    @stamina.retry(on=is_passing, attempts=5, timeout=60)
    def _plan_next(self, kind: EntityKind, after: int, until: int) -> list[StagedActor]:
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            actors = staging_store.chunks(tx, self._import.id, _types(kind), after, self._rooms.config.chunk, until)
            self._planner.plan(tx, kind, actors)
        return actors

    def _settle(self, kind: EntityKind) -> None:
        with writing(self._rooms.engine) as tx:
            plan_store.analyse(tx)
        for find, code in CONFLICTS:
            after = 0
            while True:
                with writing(self._rooms.engine) as tx:
                    self._context.hold(tx)
                    rows = find(tx, self._import.id, kind, after, self._rooms.config.chunk)
                    plan_store.replace(tx, self._import.id, [undecided(row, code) for row in rows])
                if not rows:
                    break
                after = rows[-1].row

    def _finish(self, tx: Transaction) -> None:
        planned = plan_store.count(tx, self._import.id)
        if planned != sum(staging_store.counts(tx, self._import.id).values()):
            raise Refused(Sentence("Actors were added while the preview was made. Make the preview again."))
        count(tx, self._import.id)
        import_store.revise(tx, self._import.id)
        import_store.set_state(tx, self._import.id, ImportState.PLANNED, planned_at=self._rooms.now())


def _types(kind: EntityKind) -> list[ActorType]:
    return [actor_type for actor_type in ActorType if KIND_OF[actor_type] is kind]
