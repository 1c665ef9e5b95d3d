"""Exports: rows of the plan and of the result one after the other, and the rows that an admin can correct."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType, ErpField
from erp_import_plugin.engine.candidates import StagedActor
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import plan_pages
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.outcomes import ResultRow
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, audit, preview, results
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.preview import Labels
from erp_import_plugin.workflow.rooms import Rooms

CORRECTABLE = (Status.UNDECIDED, Status.HELD, Status.FAILED)
"""What an admin can do something about, by correcting the actor."""


@dataclass(frozen=True, slots=True)
class PlannedActor:
    """A row of the plan and the actor it is of; ``labels`` are the texts of the list items and companies it names."""

    line: PlanLine
    place: ActorPlace
    labels: Labels


@dataclass(frozen=True, slots=True)
class ResultActor:
    """A row of the result and the actor it is of."""

    result: ResultRow
    place: ActorPlace


@dataclass(frozen=True, slots=True)
class Correction:
    """An actor that was not imported, with the values it had, and why."""

    result: ResultRow
    actor: StagedActor


@dataclass(frozen=True, slots=True)
class Corrections:
    """The actors to correct. ``fields`` are those with a value, by actor type; ``lists`` by the list's name."""

    fields: Mapping[ActorType, tuple[ErpField, ...]]
    lists: Mapping[str, Mapping[str, str]]
    rows: Iterator[Correction]


def plan(rooms: Rooms, user: User, token: str, wanted: PlanFilter) -> Iterator[PlannedActor]:
    """The rows of the plan that pass the filter. Raises NotFound, and Refused where there is no plan, at once."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
    if imported.state is ImportState.STAGING:
        raise Refused(Sentence("The preview is not there yet."))
    _note(rooms, "plan", imported, user)
    return _plan(rooms, imported, wanted)


def result(rooms: Rooms, user: User, token: str, statuses: Collection[Status], text: str = "") -> Iterator[ResultActor]:
    """The rows of the result with one of the statuses. Raises NotFound and Refused at once."""
    _note(rooms, "result", _opened(rooms, user, token), user)
    return _result(rooms, user, token, statuses, text)


def corrections(rooms: Rooms, user: User, token: str) -> Corrections:
    """The rows that were held, failed or need a decision, and those that were left out with their company.

    Raises NotFound, and Refused where there is none.
    """
    imported = _opened(rooms, user, token)
    if imported.undoes is not None:
        raise Refused(Sentence("An undo has no values of an ERP that could be corrected."))
    used: dict[ActorType, set[str]] = {}
    for one in _corrections(rooms, user, token):
        used.setdefault(one.actor.actor_type, set()).update(one.actor.values)
    if not used:
        raise Refused(Sentence("There is no row to correct: none was held, failed or needs a decision."))
    _note(rooms, "corrections", imported, user)
    with reading(rooms.engine) as tx:
        fields = {kind: _fields(tx, imported, kind, used[kind]) for kind in ActorType if kind in used}
        names = {field.list_name for some in fields.values() for field in some if field.list_name}
        lists = mapping_store.erp_lists(tx, imported.connection_id, names)
    return Corrections(fields, lists, _corrections(rooms, user, token))


def _opened(rooms: Rooms, user: User, token: str) -> Import:
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        return results.open_started(tx, rooms, user, token)


def _plan(rooms: Rooms, imported: Import, wanted: PlanFilter) -> Iterator[PlannedActor]:
    schema = rooms.host.crm.schema()
    after, size = 0, rooms.config.chunk
    while True:
        with reading(rooms.engine) as tx:
            lines = plan_pages.following(tx, imported.id, wanted, after, size)
            places = staging_store.places(tx, [line.planned.row for line in lines])
            labels = preview.labels_of(tx, rooms.host.crm, schema, [line.planned for line in lines])
        yield from (PlannedActor(line, places[line.planned.row], labels) for line in lines)
        if len(lines) < size:
            return
        after = lines[-1].planned.row


def _result(rooms: Rooms, user: User, token: str, statuses: Collection[Status], text: str) -> Iterator[ResultActor]:
    for rows in results.chunks(rooms, user, token, statuses, text):
        with reading(rooms.engine) as tx:
            places = staging_store.places(tx, [row.row for row in rows])
        yield from (ResultActor(row, places[row.row]) for row in rows)


def _corrections(rooms: Rooms, user: User, token: str) -> Iterator[Correction]:
    for rows in results.chunks(rooms, user, token, (*CORRECTABLE, Status.SKIPPED)):
        wanted = [row for row in rows if row.status in CORRECTABLE or _was_dragged_along(row)]
        with reading(rooms.engine) as tx:
            imported = access.open_import(tx, rooms, user, token)
            found = staging_store.actors(tx, imported.id, [row.row for row in wanted])
        actors = {actor.row: actor for actor in found}
        yield from (Correction(row, actors[row.row]) for row in wanted)


def _was_dragged_along(row: ResultRow) -> bool:
    """Whether a contact or project was only left out because its company was."""
    return row.reason is not None and row.reason.code is ReasonCode.COMPANY_LEFT_OUT


def _fields(tx: Transaction, imported: Import, kind: ActorType, used: Collection[str]) -> tuple[ErpField, ...]:
    """The fields of an actor type that have a value, in the order of the mapping, then those it no longer knows."""
    mapping = mapping_store.of(tx, imported.connection_id).get(kind)
    known = [field.erp for field in mapping.fields if field.erp.key in used] if mapping else []
    others = sorted(set(used) - {field.key for field in known})
    return (*known, *(ErpField(key, key) for key in others))


def _note(rooms: Rooms, what: str, imported: Import, user: User) -> None:
    with writing(rooms.engine) as tx:
        audit.note_import(tx, rooms, user, Act.EXPORTED, imported, what=what)
