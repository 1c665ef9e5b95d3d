"""Importing: the start of the job, its pause, its stop and its resumption."""

from __future__ import annotations

from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, audit, impact, undo, working
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.rooms import Rooms


def start(
    rooms: Rooms, jobs: Jobs, user: User, token: str, revision: int | None = None, typed: str | None = None
) -> JobView:
    """Import what the preview shows, in the background. Asked twice, it is done once.

    ``revision`` is of the plan that the user has seen. ``typed`` is what the user typed where so much changes that the
    number has to be confirmed; None where nobody can be asked, and who calls answers for it.

    Raises:
        Refused: the plan is another one by now.
        Invalid: the number (key "confirm") is not what was typed.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    _end_interrupted(jobs, token)
    with writing(rooms.engine) as tx:
        imported = access.open_import(tx, rooms, user, token, lock=True)
        if imported.undoes is None:
            access.open_connection(tx, user, imported.connection_id)
        first = imported.state is ImportState.PLANNED
        if imported.state is ImportState.STAGING:
            raise Refused(Sentence("The preview is not there yet. Look at it before you import."))
        if first:
            working.refuse_while_working(rooms, token, working.IMPORT)
            _check_revision(imported, revision)
            if typed is not None:
                impact.check_confirmed(impact.to_confirm(tx, rooms.config, imported.id), typed)
            undo.close_original(tx, rooms, imported)
            import_store.set_state(tx, imported.id, ImportState.IMPORTING, started_at=rooms.now())
            act = Act.IMPORT_STARTED if imported.undoes is None else Act.UNDO_STARTED
            audit.note_import(tx, rooms, user, act, imported)
    running = jobs.latest(token, working.IMPORT)
    return running if running and not first else jobs.start(working.IMPORT, token, user.id)


def cancel(rooms: Rooms, jobs: Jobs, user: User, token: str) -> None:
    """Stop the work on an import after the rows in progress; what is written stays, what is left can be resumed."""
    job = _job(rooms, jobs, user, token)
    if job is not None:
        jobs.cancel(job.id)


def pause(rooms: Rooms, jobs: Jobs, user: User, token: str) -> None:
    """Stop the work on an import for a while, after the rows in progress. It stays the import's work until resumed."""
    job = _job(rooms, jobs, user, token)
    if job is not None:
        jobs.pause(job.id)


def resume(rooms: Rooms, jobs: Jobs, user: User, token: str) -> None:
    """Go on with work that was paused, cancelled or interrupted, or that failed."""
    access.check_sync(rooms)
    job = _job(rooms, jobs, user, token)
    if job is None:
        return
    if job.kind == working.IMPORT and (job.idle or job.state in ("cancelled", "failed")):
        with writing(rooms.engine) as tx:
            audit.note_import(tx, rooms, user, Act.RESUMED, access.open_import(tx, rooms, user, token))
    if job.idle:
        jobs.resume(job.id)
    elif job.state in ("cancelled", "failed"):
        jobs.start(job.kind, token, user.id)


def _end_interrupted(jobs: Jobs, token: str) -> None:
    """A preview that was cut after its last step is there all the same; nobody will end its job any more."""
    job = jobs.latest(token)
    if job is not None and job.state == "interrupted" and job.kind != working.IMPORT:
        jobs.cancel(job.id)


def _check_revision(imported: Import, seen: int | None) -> None:
    if seen is not None and seen != imported.revision:
        raise Refused(Sentence("The preview was changed in another window. Look at what it would do now."))


def _job(rooms: Rooms, jobs: Jobs, user: User, token: str) -> JobView | None:
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        access.open_import(tx, rooms, user, token)
    return jobs.latest(token)
