"""Saved imports: a connection, an actor type, criteria and settings under a name, to be run again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy import delete as sql_delete

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.repeating import Repeat
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import User
from erp_import_plugin.store import codec
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.store.jobs import JobState
from erp_import_plugin.store.leases import run_out
from erp_import_plugin.store.setting_texts import repeat_from_text, settings_from_text, settings_to_text
from erp_import_plugin.store.tables import import_, job, mapping, saved_actor
from erp_import_plugin.store.tables import saved_import as table

NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class What:
    """What a saved import brings over, and how. ``criteria`` is the JSON data of the sets of criteria."""

    connection_id: int
    actor_type: ActorType
    criteria: Any
    settings: ImportSettings


@dataclass(frozen=True, slots=True)
class SavedImport:
    """One saved import. ``watermark`` is the newest last-modified mark that was imported; ``runs`` counts its runs.

    ``noted_from`` is a finished import whose state is still to be noted before the next run.
    """

    id: int
    name: str
    owner_id: str
    owner_name: str
    shared: bool
    what: What
    watermark: str
    noted_from: int | None
    basis: str
    runs: int
    ran_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a saved import: its token and owner, and what it found, which may not be complete."""

    token: str
    owner_id: str
    at: datetime
    repeat: Repeat


@dataclass(frozen=True, slots=True)
class Busy:
    """An import whose work is under way: its token and whose it is."""

    token: str
    owner_id: str
    owner_name: str
    since: datetime


def create(tx: Transaction, name: str, shared: bool, what: What, basis: str, owner: User, at: datetime) -> int:
    """Keep a new one and give its id."""
    values = {"name": name, "shared": shared, "owner_id": owner.id, "owner_name": owner.name, "created_at": at}
    result = tx.execute(insert(table).values(**values, **_columns(what), basis=basis))
    (saved_id,) = result.inserted_primary_key or (0,)
    return saved_id


def replace(tx: Transaction, saved_id: int, shared: bool, what: What) -> None:
    """Have a saved import bring over something else, or otherwise. What is under way of it goes on by itself."""
    mine = (import_.c.saved_import_id == saved_id, import_.c.state != ImportState.DONE.value)
    tx.execute(update(import_).where(*mine).values(saved_import_id=None))
    tx.execute(update(table).where(table.c.id == saved_id).values(shared=shared, **_columns(what)))


def note_from(tx: Transaction, saved_id: int, import_id: int | None) -> None:
    """Have what a finished import brought over noted before the next run; None once it is."""
    tx.execute(update(table).where(table.c.id == saved_id).values(noted_from=import_id))


def rename(tx: Transaction, saved_id: int, name: str, shared: bool) -> None:
    """Another name; shared with everyone or not."""
    tx.execute(update(table).where(table.c.id == saved_id).values(name=name, shared=shared))


def delete(tx: Transaction, saved_id: int) -> None:
    """Forget it; what was imported by it stays."""
    tx.execute(update(import_).where(import_.c.saved_import_id == saved_id).values(saved_import_id=None))
    tx.execute(sql_delete(saved_actor).where(saved_actor.c.saved_import_id == saved_id))
    tx.execute(sql_delete(table).where(table.c.id == saved_id))


def get(tx: Transaction, saved_id: int, *, lock: bool = False) -> SavedImport | None:
    """One by its id; with ``lock`` nobody else changes or runs it until the transaction ends."""
    found = select(table).where(table.c.id == saved_id)
    row = tx.execute(found.with_for_update() if lock else found).one_or_none()
    return _saved(row) if row else None


def named(tx: Transaction, name: str) -> SavedImport | None:
    """One by its name, which only one has."""
    row = tx.execute(select(table).where(table.c.name == name)).one_or_none()
    return _saved(row) if row else None


def listed(tx: Transaction, user_id: str | None, offset: int, limit: int) -> tuple[list[SavedImport], int]:
    """One page of those of one user and the shared ones (None: of everyone), by name, and how many there are."""
    theirs = [] if user_id is None else [or_(table.c.owner_id == user_id, table.c.shared.is_(True))]
    total = tx.scalar(select(func.count()).select_from(table).where(*theirs)) or 0
    order = (func.lower(table.c.name), table.c.id)
    rows = tx.execute(select(table).where(*theirs).order_by(*order).offset(offset).limit(limit))
    return [_saved(row) for row in rows], total


def last_runs(tx: Transaction, ids: Collection[int]) -> dict[int, LastRun]:
    """The last run of each of some saved imports that was run."""
    ran = (import_.c.saved_import_id.in_(list(ids)), import_.c.repeat.is_not(None))
    newest = select(func.max(import_.c.id)).where(*ran).group_by(import_.c.saved_import_id)
    rows = tx.execute(select(import_).where(import_.c.id.in_(newest)))
    return {
        row.saved_import_id: LastRun(row.token, row.owner_id, row.created_at, repeat_from_text(row.repeat))
        for row in rows
    }


def mapped(tx: Transaction, connections: Collection[int]) -> frozenset[tuple[int, ActorType]]:
    """The actor types that are imported through some connections."""
    active = (mapping.c.connection_id.in_(list(connections)), mapping.c.active.is_(True))
    rows = tx.execute(select(mapping.c.connection_id, mapping.c.actor_type).where(*active))
    return frozenset((row.connection_id, ActorType(row.actor_type)) for row in rows)


def last_import(tx: Transaction, saved_id: int) -> datetime | None:
    """When it last imported; None before the first time."""
    done = (import_.c.saved_import_id == saved_id, import_.c.state == ImportState.DONE.value)
    moment: datetime | None = tx.scalar(select(func.max(import_.c.ended_at)).where(*done))
    return moment


def busy(
    tx: Transaction, ids: Collection[int], now: datetime, but: int | None = None, *, begun: bool = False
) -> dict[int, Busy]:
    """An import, another than ``but``, of each of some that is worked on; what was interrupted does not count.

    With ``begun`` only those count whose comparison has begun.
    """
    interrupted = (job.c.state == JobState.RUNNING.value) & run_out(job.c.lease_until, now)
    found = (
        select(import_, job.c.created_at.label("at"))
        .join(job, job.c.active_subject == import_.c.token)
        .where(import_.c.saved_import_id.in_(list(ids)), import_.c.id != (but or 0), ~interrupted)
        .order_by(import_.c.id.desc())
    )
    rows = tx.execute(found.where(import_.c.repeat.is_not(None)) if begun else found)
    return {row.saved_import_id: Busy(row.token, row.owner_id, row.owner_name, row.at) for row in rows}


def rebase(tx: Transaction, saved: SavedImport, basis: str) -> bool:
    """On another basis than before no actor is the same any more; gives whether it is another."""
    if basis == saved.basis:
        return False
    mine = saved_actor.c.saved_import_id == saved.id
    tx.execute(update(saved_actor).where(mine).values(fingerprint="", last_modified=""))
    tx.execute(update(table).where(table.c.id == saved.id).values(basis=basis, watermark=""))
    return True


def begin_run(tx: Transaction, saved: SavedImport) -> int:
    """The number of a new run."""
    tx.execute(update(table).where(table.c.id == saved.id).values(runs=saved.runs + 1))
    return saved.runs + 1


def end_run(tx: Transaction, saved_id: int, at: datetime) -> None:
    """Remember when it was last compared with the ERP."""
    tx.execute(update(table).where(table.c.id == saved_id).values(ran_at=at))


def move_on(tx: Transaction, saved_id: int, mark: str) -> None:
    """Have the next run ask for what has changed since this mark, if it is a newer one."""
    before = tx.scalar(select(table.c.watermark).where(table.c.id == saved_id))
    if before is not None and mark > before:
        tx.execute(update(table).where(table.c.id == saved_id).values(watermark=mark))


def _columns(what: What) -> dict[str, Any]:
    return {
        "connection_id": what.connection_id,
        "actor_type": what.actor_type.value,
        "criteria": codec.dumps(what.criteria),
        "settings": settings_to_text(what.settings),
    }


def _saved(row: Row[Any]) -> SavedImport:
    return SavedImport(
        id=row.id,
        name=row.name,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        shared=bool(row.shared),
        what=What(
            row.connection_id,
            ActorType(row.actor_type),
            codec.loads(row.criteria),
            settings_from_text(row.settings),
        ),
        watermark=row.watermark,
        noted_from=row.noted_from,
        basis=row.basis,
        runs=row.runs,
        ran_at=row.ran_at,
    )
