"""Links: the lasting ties from (connection, actor type, legal entity, ERP key) to an entity."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, insert, literal, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import bulk
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.identity import ActorPlace, at
from erp_import_plugin.store.tables import link, outcome, plan_row, staged


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its own id and the entity's."""

    id: int
    entity_id: str


def linked(
    tx: Transaction, connection_id: int, places: Collection[ActorPlace], *, one_key: bool = False
) -> dict[ActorPlace, Link]:
    """The links of some actors; actors never imported are left out. For ``one_key`` see ``Capabilities``."""
    wanted = set(places)
    keys = dialect_of(tx).among(tx, link.c.erp_key, sorted({place.key for place in wanted}))
    rows = tx.execute(select(*_PLACE, link.c.id, link.c.entity_id).where(link.c.connection_id == connection_id, keys))
    found = {ActorPlace(*place): Link(link_id, entity_id) for *place, link_id, entity_id in rows.all()}
    return at(found, wanted, one_key)


def of_import(
    tx: Transaction, connection_id: int, import_id: int, after: int, limit: int
) -> list[tuple[EntityKind, Link]]:
    """The links, after one's id, of the actors that are staged in an import and of those they belong to."""
    own, child = staged.alias("own"), staged.alias("child")
    is_staged = exists().where(
        own.c.import_id == import_id,
        own.c.actor_type == link.c.actor_type,
        own.c.legal_entity == link.c.legal_entity,
        own.c.erp_key == link.c.erp_key,
    )
    is_parent = exists().where(
        child.c.import_id == import_id,
        child.c.parent_type == link.c.actor_type,
        child.c.legal_entity == link.c.legal_entity,
        child.c.parent_key == link.c.erp_key,
    )
    rows = tx.execute(
        select(link)
        .where(link.c.connection_id == connection_id, link.c.id > after, is_staged | is_parent)
        .order_by(link.c.id)
        .limit(limit)
    )
    return [(EntityKind(row.kind), Link(row.id, row.entity_id)) for row in rows]


def forget(tx: Transaction, links: Collection[Link]) -> None:
    """Remove links whose entities are gone."""
    if links:
        tx.execute(delete(link).where(dialect_of(tx).among(tx, link.c.id, [one.id for one in links])))


def save(
    tx: Transaction,
    connection_id: int,
    import_id: int,
    rows: Collection[tuple[ActorPlace, EntityKind, str]],
    at: datetime,
) -> None:
    """Link actors to entities. An actor that was linked meanwhile makes the database refuse, and the caller with it."""
    data = [
        (connection_id, import_id, place.actor_type, place.legal_entity, place.key, kind.value, entity_id, at)
        for place, kind, entity_id in rows
    ]
    bulk.insert_rows(tx, link, _COLUMNS, data)


def save_unchanged(tx: Transaction, connection_id: int, import_id: int, at: datetime) -> None:
    """Link the actors whose entity was found and needs no change, so that a later rename does not lose them."""
    for table in (staged, outcome, link):  # what was written just now is unknown to the database's planner
        dialect_of(tx).analyse(tx, table)
    tx.execute(insert(link).from_select(_COLUMNS, _unchanged(connection_id, import_id, at)))


def forget_made(tx: Transaction, import_id: int, kind: EntityKind, entities: Collection[str]) -> None:
    """Remove the links that an import made to these entities."""
    to_them = (link.c.kind == kind.value, dialect_of(tx).among(tx, link.c.entity_id, entities))
    tx.execute(delete(link).where(link.c.import_id == import_id, *to_them))


def forget_removed(tx: Transaction, kind: EntityKind, entities: Collection[str]) -> None:
    """Remove all links to entities that are no longer there."""
    tx.execute(delete(link).where(link.c.kind == kind.value, dialect_of(tx).among(tx, link.c.entity_id, entities)))


def forget_unchanged(tx: Transaction, connection_id: int, import_id: int, undo_id: int) -> None:
    """Remove the links an import made of actors that its undo leaves as they are: nothing was written, or is left."""
    unchanged = (
        select(link.c.id)
        .join(staged, _same_actor(connection_id))
        .join(outcome, outcome.c.id == staged.c.id)
        .where(staged.c.import_id == undo_id, outcome.c.status == Status.UNCHANGED.value)
        .where(link.c.import_id == import_id)
        .subquery()
    )
    tx.execute(delete(link).where(link.c.id.in_(select(unchanged.c.id))))


_PLACE = (link.c.actor_type, link.c.legal_entity, link.c.erp_key)
_COLUMNS = ("connection_id", "import_id", "actor_type", "legal_entity", "erp_key", "kind", "entity_id", "created_at")


def _same_actor(connection_id: int) -> ColumnElement[bool]:
    return and_(
        link.c.connection_id == connection_id,
        link.c.actor_type == staged.c.actor_type,
        link.c.legal_entity == staged.c.legal_entity,
        link.c.erp_key == staged.c.erp_key,
    )


def _unchanged(connection_id: int, import_id: int, at: datetime) -> Select[tuple[object, ...]]:
    return (
        select(
            literal(connection_id),
            literal(import_id),
            staged.c.actor_type,
            staged.c.legal_entity,
            staged.c.erp_key,
            outcome.c.kind,
            outcome.c.entity_id,
            literal(at, link.c.created_at.type),
        )
        .join(outcome, outcome.c.id == staged.c.id)
        .join(plan_row, plan_row.c.id == staged.c.id)
        .where(
            staged.c.import_id == import_id,
            outcome.c.status == Status.UNCHANGED.value,
            outcome.c.entity_id.is_not(None),
            plan_row.c.linked.is_(False),
            ~exists().where(_same_actor(connection_id)),
        )
    )
