"""The actors of saved imports as they were last imported, so that the next run tells what is new or changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorRef, ActorType, FieldValue
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import codec
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.identity import ActorPlace, same_type
from erp_import_plugin.store.saved_imports import SavedImport
from erp_import_plugin.store.tables import import_, link, outcome, saved_actor, saved_import, staged

_KEPT = tuple(one.value for one in (Status.UNCHANGED, Status.SKIPPED, Status.UNDECIDED, Status.HELD, Status.FAILED))
_AGAIN = {"fingerprint": "", "last_modified": ""}
_IMPORTED = (Status.NEW.value, Status.CHANGED.value, Status.UNCHANGED.value)


@dataclass(frozen=True, slots=True)
class Known:
    """An actor as it was last imported; without a fingerprint it has to be imported again. ``run`` saw it last."""

    last_modified: str
    fingerprint: str
    run: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A staged actor and whether its import has brought it over."""

    row: int
    place: ActorPlace
    label: str
    last_modified: str
    values: Mapping[str, FieldValue]
    parent: ActorRef | None
    imported: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """An imported actor that the last comparison did not see, and the entity it is linked to."""

    place: ActorPlace
    label: str
    kind: EntityKind
    entity_id: str


def known(tx: Transaction, saved: SavedImport, places: Collection[ActorPlace]) -> dict[ActorPlace, Known]:
    """Those of some actors that were imported before."""
    return {
        ActorPlace(row.actor_type, row.legal_entity, row.erp_key): Known(row.last_modified, row.fingerprint, row.run)
        for where in _at(tx, saved, places)
        for row in tx.execute(select(saved_actor).where(where))
    }


def see(tx: Transaction, saved: SavedImport, places: Collection[ActorPlace], run: int) -> None:
    """Remember that this run has seen these actors; one statement for each of their legal entities."""
    for where in _at(tx, saved, places):
        tx.execute(update(saved_actor).where(where, saved_actor.c.run < run).values(run=run))


def mark(tx: Transaction, saved: SavedImport, marks: Mapping[ActorPlace, str]) -> None:
    """Keep the last-modified marks of actors that have a newer one and are the same all the same."""
    place = (saved_actor.c.legal_entity == bindparam("at"), saved_actor.c.erp_key == bindparam("with_key"))
    statement = update(saved_actor).where(_mine(saved), *place).values(last_modified=bindparam("mark"))
    rows = [{"at": one.legal_entity, "with_key": one.key, "mark": mark} for one, mark in marks.items()]
    if rows:
        tx.execute(statement, rows)


def unseen(tx: Transaction, saved: SavedImport, run: int, after: ActorPlace | None, limit: int) -> list[ActorPlace]:
    """Imported actors, after one, that this run has not seen, by key."""
    rows = select(saved_actor).where(_mine(saved), saved_actor.c.run < run)
    key, entity = saved_actor.c.erp_key, saved_actor.c.legal_entity
    if after is not None:
        rows = rows.where(or_(key > after.key, and_(key == after.key, entity > after.legal_entity)))
    found = tx.execute(rows.order_by(key, entity).limit(limit))
    return [ActorPlace(row.actor_type, row.legal_entity, row.erp_key) for row in found]


def gone(
    tx: Transaction, saved: SavedImport, run: int, offset: int, limit: int, *, one_key: bool = False
) -> tuple[list[Gone], int]:
    """One page of the actors this run has not seen and that are linked, by label, and how many those are."""
    linked = and_(
        same_type(link.c.actor_type, saved_actor.c.actor_type, one_key),
        link.c.connection_id == saved.what.connection_id,
        link.c.legal_entity == saved_actor.c.legal_entity,
        link.c.erp_key == saved_actor.c.erp_key,
    )
    missed = (_mine(saved), saved_actor.c.run < run)
    found = select(saved_actor, link.c.kind, link.c.entity_id).join(link, linked).where(*missed)
    total = tx.scalar(found.with_only_columns(func.count()).order_by(None)) or 0
    rows = tx.execute(found.order_by(saved_actor.c.label, saved_actor.c.erp_key).offset(offset).limit(limit))
    return [
        Gone(ActorPlace(row.actor_type, row.legal_entity, row.erp_key), row.label, EntityKind(row.kind), row.entity_id)
        for row in rows
    ], total


def forget(tx: Transaction, saved: SavedImport, places: Collection[ActorPlace]) -> None:
    """Forget some actors: if a run sees them again they are new."""
    for where in _at(tx, saved, places):
        tx.execute(delete(saved_actor).where(where))


def forget_all(tx: Transaction, saved: SavedImport) -> None:
    """Forget all that was imported."""
    tx.execute(delete(saved_actor).where(saved_actor.c.saved_import_id == saved.id))


def settled(tx: Transaction, import_id: int, actor_type: ActorType, after: int, limit: int) -> list[Settled]:
    """The searched actors of an import, after a row id, each with whether it was brought over."""
    rows = tx.execute(
        select(staged, outcome.c.status)
        .join(outcome, outcome.c.id == staged.c.id, isouter=True)
        .where(staged.c.import_id == import_id, staged.c.id > after)
        .where(staged.c.actor_type == actor_type.value, staged.c.as_parent.is_(False))
        .order_by(staged.c.id)
        .limit(limit)
    )
    return [
        Settled(
            row=row.id,
            place=ActorPlace(row.actor_type, row.legal_entity, row.erp_key),
            label=row.label,
            last_modified=row.last_modified,
            values=codec.values_from_text(row._mapping["values"]),
            parent=ActorRef(ActorType(row.parent_type), row.parent_key) if row.parent_key else None,
            imported=row.status in _IMPORTED,
        )
        for row in rows
    ]


def record(tx: Transaction, saved: SavedImport, rows: Sequence[tuple[Settled, str]]) -> None:
    """Remember actors of an import with their fingerprints, in place of what was known of them.

    An actor that was not brought over has to be imported again if it is known, and stays new if it is not. One that was
    counts as seen by the last run: that cannot tell that it is gone.
    """
    for where in _at(tx, saved, [one.place for one, _ in rows if not one.imported]):
        tx.execute(update(saved_actor).where(where).values(_AGAIN))
    forget(tx, saved, [one.place for one, _ in rows if one.imported])
    new = [_row(saved, one, sign) for one, sign in rows if one.imported]
    if new:
        tx.execute(insert(saved_actor), new)


def import_again(tx: Transaction, import_id: int) -> None:
    """Have the actors whose rows an import has written imported again, in every saved import of its connection."""
    written = exists().where(outcome.c.id == staged.c.id, outcome.c.status.not_in(_KEPT))
    own = select(import_.c.connection_id).where(import_.c.id == import_id).scalar_subquery()
    of_connection = select(saved_import.c.id).where(saved_import.c.connection_id == own)
    here = exists().where(
        staged.c.import_id == import_id,
        staged.c.actor_type == saved_actor.c.actor_type,
        staged.c.legal_entity == saved_actor.c.legal_entity,
        staged.c.erp_key == saved_actor.c.erp_key,
        written,
    )
    theirs = update(saved_actor).where(saved_actor.c.saved_import_id.in_(of_connection), here)
    tx.execute(theirs.values(_AGAIN))


def _mine(saved: SavedImport) -> ColumnElement[bool]:
    return and_(saved_actor.c.saved_import_id == saved.id, saved_actor.c.actor_type == saved.what.actor_type.value)


def _at(tx: Transaction, saved: SavedImport, places: Collection[ActorPlace]) -> Iterator[ColumnElement[bool]]:
    """Some actors, legal entity by legal entity."""
    keys: dict[str, list[str]] = {}
    for place in places:
        keys.setdefault(place.legal_entity, []).append(place.key)
    for entity, some in keys.items():
        among = dialect_of(tx).among(tx, saved_actor.c.erp_key, sorted(some))
        yield and_(_mine(saved), saved_actor.c.legal_entity == entity, among)


def _row(saved: SavedImport, one: Settled, sign: str) -> dict[str, Any]:
    return {
        "saved_import_id": saved.id,
        "actor_type": one.place.actor_type,
        "legal_entity": one.place.legal_entity,
        "erp_key": one.place.key,
        "label": one.label,
        "last_modified": one.last_modified,
        "fingerprint": sign,
        "run": saved.runs,
    }
