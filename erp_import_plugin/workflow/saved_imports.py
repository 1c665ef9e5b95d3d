"""Saved imports: kept under a name, listed, renamed, deleted, and run again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection as Transaction
from sqlalchemy.exc import IntegrityError

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.errors import NotFound, Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import saved_actors as actor_store
from erp_import_plugin.store import saved_imports as saved_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.saved_actors import Gone
from erp_import_plugin.store.saved_imports import SavedImport, What
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, erp, limits, remembering, working
from erp_import_plugin.workflow.asked import Asked, asked_of
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.limits import Asking
from erp_import_plugin.workflow.paging import Paged, paged
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.saved_lines import SavedLine, busy_sentence, lines, may_change


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One saved import and what it searches for."""

    line: SavedLine
    asked: Asked


@dataclass(frozen=True, slots=True)
class SaveForm:
    """What would be saved of an import. ``before`` is the saved import that it belongs to, if that is the user's."""

    imported: Import
    connection_name: str
    asked: Asked
    settings: ImportSettings
    before: SavedImport | None


@dataclass(frozen=True, slots=True)
class RepeatPage:
    """A run of a saved import: how far it is, and one page of the actors the ERP no longer has."""

    imported: Import
    saved: SavedImport | None
    connection_name: str
    job: JobView | None
    gone: Paged[Gone]


def listed(rooms: Rooms, user: User, page: int = 1) -> Paged[SavedLine]:
    """One page of the user's own saved imports and the shared ones, by name; everyone's for those who manage all."""
    access.check_user(rooms, user)
    whose = None if rooms.host.access.may_manage_all(user) else user.id
    with reading(rooms.engine) as tx:
        found = paged(partial(saved_store.listed, tx, whose), page, rooms.config.page_size)
        return Paged(tuple(lines(tx, rooms, user, found.rows)), found.total, found.page, found.pages)


def get(rooms: Rooms, user: User, saved_id: int) -> SavedPage:
    """One saved import. Raises NotFound."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        saved = _open(tx, rooms, user, saved_id)
        (line,) = lines(tx, rooms, user, [saved])
        return SavedPage(line, _asked(tx, saved.what))


def find(rooms: Rooms, user: User, name: str) -> SavedImport:
    """The saved import with exactly this name, else in other capitals, else with this id. Raises NotFound."""
    access.check_user(rooms, user)
    wanted = name.strip()
    fitting = [one for one in _all(rooms, user) if wanted.casefold() in (one.name.casefold(), str(one.id))]
    if not fitting:
        raise NotFound(Sentence("There is no saved import “%(name)s”.", name=name))
    return min(fitting, key=lambda one: (one.name != wanted, one.name.casefold() != wanted.casefold()))


def form(rooms: Rooms, user: User, token: str) -> SaveForm:
    """What saving an import would keep. Raises NotFound, and Refused before it has settings."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        what = _what(tx, imported)
        connection = connection_store.get(tx, imported.connection_id)
        before = saved_store.get(tx, imported.saved_import_id) if imported.saved_import_id else None
        own = before if before and may_change(rooms, user, before) else None
        return SaveForm(imported, connection.name if connection else "", _asked(tx, what), what.settings, own)


def save(rooms: Rooms, user: User, token: str, name: str, *, shared: bool = False, replace: bool = False) -> int:
    """Keep an import's connection, actor type, criteria and settings under a name; gives the id.

    What it has imported counts as known: the first run shows what is new or changed since. With ``replace`` one of the
    user's of that name is kept as this one.

    Raises:
        Invalid: by "name".
        NotFound, Refused: there is no such import, or it has no settings yet.
    """
    access.check_user(rooms, user)
    chosen = _name(name)
    try:
        with writing(rooms.engine) as tx:
            imported = access.open_import(tx, rooms, user, token, lock=True)
            return _save(tx, rooms, user, imported, chosen, shared=shared, replace=replace)
    except IntegrityError:
        raise _taken() from None


def rename(rooms: Rooms, user: User, saved_id: int, name: str, *, shared: bool) -> None:
    """Another name, shared with everyone or not. Raises Invalid by "name", NotFound, Refused."""
    access.check_user(rooms, user)
    chosen = _name(name)
    try:
        with writing(rooms.engine) as tx:
            saved = _open_own(tx, rooms, user, saved_id)
            other = saved_store.named(tx, chosen)
            if other is not None and other.id != saved.id:
                raise _taken()
            saved_store.rename(tx, saved.id, chosen, shared)
    except IntegrityError:
        raise _taken() from None


def delete(rooms: Rooms, user: User, saved_id: int) -> str:
    """Forget a saved import, and give its name; what was imported by it stays. Raises NotFound, Refused."""
    access.check_user(rooms, user)
    with writing(rooms.engine) as tx:
        saved = _open_own(tx, rooms, user, saved_id)
        _refuse_busy(tx, rooms, saved)
        saved_store.delete(tx, saved.id)
        return saved.name


def run(rooms: Rooms, jobs: Jobs, user: User, saved_id: int, language: str = "") -> str:
    """Compare with the ERP in the background, in an import of its own; gives the import's token.

    Raises:
        NotFound: there is none for this user.
        Refused: it cannot be run, and why; or it is being run at this moment.
        TooOften: too many searches were begun.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    with writing(rooms.engine) as tx:
        saved = _open(tx, rooms, user, saved_id, lock=True)
        (line,) = lines(tx, rooms, user, [saved])
        if line.problem:
            raise Refused(line.problem)
        if line.busy:
            raise Refused(busy_sentence(saved, line.busy))
        what = saved.what
        limits.count(tx, rooms, user, what.connection_id, Asking.SEARCH)
        begun = import_store.create(tx, user, what.connection_id, what.actor_type, rooms.now(), language)
        import_store.belongs_to(tx, begun.id, saved.id)
        import_store.save_settings(tx, begun.id, what.settings)
        import_store.save_criteria(tx, begun.id, {"type": what.actor_type.value, "sets": what.criteria})
        waiting = working.queue(tx, rooms, working.REPEAT, begun.token, user.id)
    jobs.ensure(waiting)
    return begun.token


def page(rooms: Rooms, jobs: Jobs, user: User, token: str, number: int = 1) -> RepeatPage:
    """How far a run is and, once it has compared everything, what is gone. Raises NotFound."""
    access.check_user(rooms, user)
    job = jobs.latest(token, working.REPEAT)  # before the import: a job that has ended has left what it found
    with reading(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token)
        if job is None and imported.repeat is None:
            raise NotFound(Sentence("This import does not repeat a saved import."))
        saved = saved_store.get(tx, imported.saved_import_id) if imported.saved_import_id else None
        connection = connection_store.get(tx, imported.connection_id)
        one_key = erp.one_key(rooms, connection)

        def read(offset: int, limit: int) -> tuple[list[Gone], int]:
            if saved is None or imported.repeat is None or not imported.repeat.complete:
                return [], 0
            return actor_store.gone(tx, saved, imported.repeat.number, offset, limit, one_key=one_key)

        found = paged(read, number, rooms.config.page_size)
    return RepeatPage(imported, saved, connection.name if connection else "", jobs.latest(token) or job, found)


def _all(rooms: Rooms, user: User) -> Iterator[SavedImport]:
    page, pages = 1, 1
    while page <= pages:
        found = listed(rooms, user, page)
        yield from (line.saved for line in found.rows)
        page, pages = page + 1, found.pages


def _save(
    tx: Transaction, rooms: Rooms, user: User, imported: Import, name: str, *, shared: bool, replace: bool
) -> int:
    what = _what(tx, imported)
    other = saved_store.named(tx, name)
    if other is not None and (not replace or not may_change(rooms, user, other)):
        raise _taken(own=may_change(rooms, user, other))
    basis = remembering.basis_of(tx, what)
    if other is None:
        saved_id = saved_store.create(tx, name, shared, what, basis, user, rooms.now())
    else:
        _refuse_busy(tx, rooms, other, but=imported.id)
        if (other.what.connection_id, other.what.actor_type) != (what.connection_id, what.actor_type):
            actor_store.forget_all(tx, other)
        saved_store.replace(tx, other.id, shared, what)
        saved_store.rebase(tx, other, basis)
        saved_id = other.id
    import_store.belongs_to(tx, imported.id, saved_id)
    saved_store.note_from(tx, saved_id, imported.id if imported.state is ImportState.DONE else None)
    return saved_id


def _what(tx: Transaction, imported: Import) -> What:
    """What an import brings over: by its last search, and by its settings."""
    kept = import_store.criteria(tx, imported.id)
    if imported.settings is None:
        raise Refused(Sentence("Choose the import settings first; they are saved with it."))
    actor_type = ActorType(kept["type"]) if kept else imported.actor_type
    return What(imported.connection_id, actor_type, kept["sets"] if kept else [], imported.settings)


def _asked(tx: Transaction, what: What) -> Asked:
    return asked_of(tx, what.connection_id, what.actor_type, what.criteria)


def _refuse_busy(tx: Transaction, rooms: Rooms, saved: SavedImport, but: int | None = None) -> None:
    busy = saved_store.busy(tx, [saved.id], rooms.now(), but).get(saved.id)
    if busy is not None:
        raise Refused(busy_sentence(saved, busy))


def _open(tx: Transaction, rooms: Rooms, user: User, saved_id: int, *, lock: bool = False) -> SavedImport:
    found = saved_store.get(tx, saved_id, lock=lock)
    if found is None or not (found.shared or may_change(rooms, user, found)):
        raise NotFound(Sentence("There is no such saved import."))
    return found


def _open_own(tx: Transaction, rooms: Rooms, user: User, saved_id: int) -> SavedImport:
    found = _open(tx, rooms, user, saved_id, lock=True)
    if not may_change(rooms, user, found):
        raise Refused(Sentence("Only %(owner)s can change this saved import.", owner=found.owner_name))
    return found


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Invalid({"name": Sentence("Enter a name.")})
    if len(name) > saved_store.NAME_LENGTH:
        raise Invalid({"name": Sentence("Enter at most %(most)s characters.", most=saved_store.NAME_LENGTH)})
    return name


def _taken(*, own: bool = False) -> Invalid:
    if own:
        return Invalid({"name": Sentence("You have one of this name already. Replace it, or choose another name.")})
    return Invalid({"name": Sentence("This name is taken. Choose another one.")})
