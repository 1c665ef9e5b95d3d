"""The job behind "Add to import": what is wanted is fetched in full, chunk by chunk."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from time import monotonic

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.connector_host import Fetched, GuardedSession, Lanes
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import Sentence
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.staging import FetchedActor
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, erp
from erp_import_plugin.workflow.actor_labels import ActorLabels
from erp_import_plugin.workflow.discovering import mark_gone, read_lists
from erp_import_plugin.workflow.mappings import list_names, offered
from erp_import_plugin.workflow.rooms import Rooms

_WINDOW = 10  # chunks whose rows are looked up at once
_COUNT_AGAIN = 5.0  # seconds: counting looks at every row of the import


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
        if not staging_store.wanted(tx, imported.id, 0, 1):
            return
    with erp.session(rooms, connection, context.cancel_asked) as session:
        run = _FetchRun(rooms, context, imported, mappings, session.limits.get_chunk)
        with erp.lanes(rooms, connection, session, context.cancel_asked) as lanes:
            run.fetch(lanes)
        context.progress(*run.progress, Sentence("Reading the lists of the ERP"))
        read_lists(rooms, session, connection.id, list_names(mappings[one] for one in run.types if one in mappings))
        context.progress(*run.progress)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Staged rows of one actor type and legal entity, with the fields that are to be fetched."""

    actor_type: ActorType
    rows: Sequence[tuple[int, ActorPlace]]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came for a chunk; ``fields`` are those that the ERP still offers."""

    chunk: _Chunk
    fields: tuple[str, ...]
    fetched: Fetched


class _FetchRun:
    """What one run of the job has fetched; ``types`` are the actor types among it."""

    def __init__(
        self, rooms: Rooms, context: JobContext, imported: Import, mappings: Mapping[ActorType, ActorMapping], size: int
    ) -> None:
        self.types: set[ActorType] = set()
        self._rooms = rooms
        self._context = context
        self._import = imported
        self._mappings = dict(mappings)
        self._labels = {actor_type: ActorLabels(mapping) for actor_type, mapping in mappings.items()}
        self._size = size
        self._chunks: deque[_Chunk] = deque()
        self._last_row = 0
        self._count()

    @property
    def progress(self) -> tuple[int, int]:
        """How many actors are done with, of how many."""
        return self._done, self._total

    def fetch(self, lanes: Lanes[_Answer]) -> None:
        """Fetch until nothing is wanted, also of what is added meanwhile."""
        while True:
            self._context.check()
            self._context.progress(*self.progress)
            while lanes.free and (chunk := self._next(lanes)):
                lanes.begin(partial(_get, chunk))
            if not lanes.busy:
                return
            for answer in lanes.ended():
                self._keep(answer)

    def _next(self, lanes: Lanes[_Answer]) -> _Chunk | None:
        """The next chunk; None where the rest of what is wanted is under way."""
        if not self._chunks:
            self._look_up()
        if not self._chunks and self._last_row and not lanes.busy:
            self._last_row = 0  # rows that were added meanwhile may have got a lower id
            self._look_up()
        return self._chunks.popleft() if self._chunks else None

    def _look_up(self) -> None:
        with reading(self._rooms.engine) as tx:
            rows = staging_store.wanted(tx, self._import.id, self._last_row, self._size * _WINDOW)
        if monotonic() - self._counted_at > _COUNT_AGAIN:
            self._count()
        if not rows:
            return
        self._last_row = rows[-1][0]
        alike = sorted(rows, key=_sort)
        for (actor_type, _), some in groupby(alike, key=_sort):
            self._chunks.extend(self._parts(ActorType(actor_type), list(some)))

    def _parts(self, actor_type: ActorType, rows: Sequence[tuple[int, ActorPlace]]) -> list[_Chunk]:
        mapping = self._mappings.get(actor_type)
        fields = tuple(one.erp.key for one in mapping.fields if not one.gone) if mapping else ()
        starts = range(0, len(rows), self._size)
        return [_Chunk(actor_type, rows[start : start + self._size], fields) for start in starts]

    def _keep(self, answer: _Answer) -> None:
        chunk = answer.chunk
        self._note_gone(chunk, answer.fields)
        with writing(self._rooms.engine) as tx:
            self._context.hold(tx)
            staging_store.save_fetched(tx, *sort(chunk.rows, answer.fetched, self._labels.get(chunk.actor_type)))
        self.types.add(chunk.actor_type)
        self._done += len(chunk.rows)

    def _note_gone(self, chunk: _Chunk, there: Sequence[str]) -> None:
        """Remember which fields the ERP no longer has, so that they do not pass for empty ones."""
        gone = frozenset(chunk.fields) - frozenset(there)
        known = {one.erp.key for one in self._mappings[chunk.actor_type].fields if one.gone} if gone else set()
        if gone - known:
            changed = mark_gone(self._rooms, self._import.connection_id, chunk.actor_type, gone)
            self._mappings[chunk.actor_type] = changed
            self._labels[chunk.actor_type] = ActorLabels(changed)

    def _count(self) -> None:
        with reading(self._rooms.engine) as tx:
            counts = staging_store.counts(tx, self._import.id)
        self._total = sum(counts.values())
        self._done = self._total - counts[staging_store.WANTED]
        self._counted_at = monotonic()


def _sort(wanted: tuple[int, ActorPlace]) -> tuple[str, str]:
    return wanted[1].actor_type, wanted[1].legal_entity


def _get(chunk: _Chunk, session: GuardedSession) -> _Answer:
    there = offered(chunk.fields, session, chunk.actor_type)
    keys = [place.key for _, place in chunk.rows]
    return _Answer(chunk, there, session.get(chunk.actor_type, keys, there))


def sort(
    wanted: Sequence[tuple[int, ActorPlace]], given: Fetched, labels: ActorLabels | None
) -> tuple[list[FetchedActor], list[int], list[tuple[int, str]]]:
    """What came of some staged rows, the rows whose actors are missing, and those that cannot be used, with why."""
    actors = {(one.legal_entity, one.key): one for one in given.actors}
    reasons = {one.key: str(one.reason) for one in given.rejected if one.key is not None}
    label = (labels or ActorLabels(None)).of
    found: list[FetchedActor] = []
    missing: list[int] = []
    unusable: list[tuple[int, str]] = []
    for row, place in wanted:
        actor = actors.get((place.legal_entity, place.key))
        if actor is not None:
            found.append(FetchedActor(row, actor, label(actor), tuple(map(str, actor.problems))))
        elif place.key in reasons:
            unusable.append((row, reasons[place.key]))
        else:
            missing.append(row)
    return found, missing, unusable
