"""The staged actors of an import: first wanted, then fetched in full, or missing in the ERP."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection as Transaction
from sqlalchemy import and_, delete, exists, func, insert, literal, select

from erp_import_plugin.connector_api import Actor, ActorRef, ActorType
from erp_import_plugin.engine.candidates import StagedActor
from erp_import_plugin.store import bulk, codec
from erp_import_plugin.store.identity import ActorPlace, at, same_type
from erp_import_plugin.store.ids import among
from erp_import_plugin.store.job_parts import EVERYTHING, Range, cut
from erp_import_plugin.store.searches import Search
from erp_import_plugin.store.tables import decision, link, plan_key, plan_row, search_result, staged

WANTED, FETCHED, MISSING = "wanted", "fetched", "missing"
LABEL_LENGTH = 200


class FetchedActor(NamedTuple):
    """An actor as it came from the ERP, with the label it is shown by and what was wrong with it."""

    row: int
    actor: Actor
    label: str
    problems: tuple[str, ...] = ()


def want_ticked(tx: Transaction, search: Search, *, one_key: bool = False) -> int:
    """Stage the ticked results of a search that are not staged yet; gives how many."""
    already = exists().where(
        staged.c.import_id == search.import_id,
        same_type(staged.c.actor_type, literal(search.actor_type.value), one_key),
        staged.c.legal_entity == search_result.c.legal_entity,
        staged.c.erp_key == search_result.c.erp_key,
    )
    ticked = (
        select(
            literal(search.import_id),
            literal(WANTED),
            literal(search.actor_type.value),
            search_result.c.legal_entity,
            search_result.c.erp_key,
            search_result.c.parent_type,
            search_result.c.parent_key,
            literal(False),
            literal(""),
            func.substr(search_result.c.erp_key, 1, LABEL_LENGTH),
        )
        .where(search_result.c.search_id == search.id, search_result.c.ticked.is_(True), ~already)
        .order_by(search_result.c.position)
    )
    columns = ["import_id", "state", "actor_type", "legal_entity", "erp_key", "parent_type", "parent_key"]
    columns += ["as_parent", "last_modified", "label"]
    statement = insert(staged).from_select(columns, ticked, include_defaults=False)
    return tx.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def want(tx: Transaction, import_id: int, places: Collection[ActorPlace], *, as_parent: bool = False) -> None:
    """Stage actors, ``as_parent`` because others belong to them; none of them may be staged already."""
    columns = ("import_id", "state", "actor_type", "legal_entity", "erp_key", "as_parent", "label")
    rows = [
        (import_id, WANTED, place.actor_type, place.legal_entity, place.key, as_parent, place.key[:LABEL_LENGTH])
        for place in places
    ]
    bulk.insert_rows(tx, staged, columns, rows)


def wanted(tx: Transaction, import_id: int, after: int, limit: int) -> list[tuple[int, ActorPlace]]:
    """The next actors after a row id that are still to be fetched, by row id."""
    rows = tx.execute(
        select(staged.c.id, staged.c.actor_type, staged.c.legal_entity, staged.c.erp_key)
        .where(staged.c.import_id == import_id, staged.c.state == WANTED, staged.c.id > after)
        .order_by(staged.c.id)
        .limit(limit)
    )
    return [(row, ActorPlace(actor_type, legal_entity, key)) for row, actor_type, legal_entity, key in rows]


def save_fetched(
    tx: Transaction,
    fetched: Sequence[FetchedActor],
    missing: Sequence[int],
    unusable: Sequence[tuple[int, str]] = (),
) -> None:
    """Keep what the ERP gave, which actors it no longer has, and which it gave in a form that cannot be used, and why.

    An unusable actor counts as missing; the reason is its problem.
    """
    bulk.update_rows(tx, staged.c.id, _FETCHED_COLUMNS, [_fetched(one) for one in fetched])
    unusable_rows = [(row, MISSING, codec.dumps([reason])) for row, reason in unusable]
    bulk.update_rows(
        tx, staged.c.id, ("state", "problems"), [*((row, MISSING, None) for row in missing), *unusable_rows]
    )


def counts(tx: Transaction, import_id: int) -> dict[str, int]:
    """How many staged actors are wanted, fetched and missing."""
    rows = tx.execute(
        select(staged.c.state, func.count().label("rows"))
        .where(staged.c.import_id == import_id)
        .group_by(staged.c.state)
    )
    found = {row.state: row.rows for row in rows}
    return {state: found.get(state, 0) for state in (WANTED, FETCHED, MISSING)}


def types(tx: Transaction, import_id: int) -> dict[ActorType, int]:
    """How many actors of each type are staged."""
    rows = tx.execute(
        select(staged.c.actor_type, func.count()).where(staged.c.import_id == import_id).group_by(staged.c.actor_type)
    )
    found = {ActorType(actor_type): count for actor_type, count in rows}
    return {actor_type: found[actor_type] for actor_type in ActorType if actor_type in found}


def remove(tx: Transaction, import_id: int, rows: Collection[int]) -> None:
    """Take actors out of an import, and out of its plan."""
    mine = select(staged.c.id).where(staged.c.import_id == import_id, staged.c.id.in_(list(rows)))
    tx.execute(delete(decision).where(decision.c.id.in_(mine)))
    tx.execute(delete(plan_key).where(plan_key.c.row_id.in_(mine)))
    tx.execute(delete(plan_row).where(plan_row.c.id.in_(mine)))
    tx.execute(delete(staged).where(staged.c.import_id == import_id, staged.c.id.in_(list(rows))))


def parts(tx: Transaction, import_id: int, actor_types: Collection[ActorType], size: int) -> list[Range]:
    """The staged actors of some types, cut into parts of so many."""
    types = [actor_type.value for actor_type in actor_types]
    return cut(tx, staged.c.id, size, staged.c.import_id == import_id, staged.c.actor_type.in_(types))


def chunks(
    tx: Transaction,
    import_id: int,
    actor_types: Collection[ActorType],
    after: int,
    limit: int,
    until: int = EVERYTHING.last,
) -> list[StagedActor]:
    """The next staged actors of some types after a row id, up to another, in the order they were staged."""
    rows = tx.execute(
        select(*_ACTOR)
        .where(
            staged.c.import_id == import_id,
            staged.c.actor_type.in_([actor_type.value for actor_type in actor_types]),
            staged.c.id > after,
            staged.c.id <= until,
        )
        .order_by(staged.c.id)
        .limit(limit)
    )
    return [_actor(row) for row in rows]


def actors(tx: Transaction, import_id: int, rows: Collection[int]) -> list[StagedActor]:
    """Some staged actors, in the order they were staged."""
    mine = (staged.c.import_id == import_id, staged.c.id.in_(list(rows)))
    return [_actor(row) for row in tx.execute(select(*_ACTOR).where(*mine).order_by(staged.c.id))]


def children(tx: Transaction, import_id: int, rows: Collection[int], *, one_key: bool = False) -> set[int]:
    """The staged actors that belong to some others of their import."""
    parent = staged.alias("parent")
    found = select(staged.c.id).join(
        parent,
        and_(
            same_type(parent.c.actor_type, staged.c.parent_type, one_key),
            parent.c.legal_entity == staged.c.legal_entity,
            parent.c.erp_key == staged.c.parent_key,
        ),
    )
    mine = (staged.c.import_id == import_id, parent.c.import_id == import_id, parent.c.id.in_(list(rows)))
    return set(tx.execute(found.where(*mine)).scalars())


def one(tx: Transaction, import_id: int, row_id: int) -> StagedActor | None:
    """One staged actor."""
    row = tx.execute(select(*_ACTOR).where(staged.c.import_id == import_id, staged.c.id == row_id)).one_or_none()
    return _actor(row) if row else None


def rows_of(
    tx: Transaction, import_id: int, places: Collection[ActorPlace], *, one_key: bool = False
) -> dict[ActorPlace, int]:
    """The row ids of those actors that are staged in this import."""
    keys = sorted({place.key for place in places})
    rows = tx.execute(
        select(staged.c.id, staged.c.actor_type, staged.c.legal_entity, staged.c.erp_key).where(
            staged.c.import_id == import_id, staged.c.erp_key.in_(keys)
        )
    )
    found = {ActorPlace(row.actor_type, row.legal_entity, row.erp_key): row.id for row in rows}
    return at(found, set(places), one_key)


def places(tx: Transaction, rows: Collection[int]) -> dict[int, ActorPlace]:
    """What names the actors of some rows."""
    columns = (staged.c.id, staged.c.actor_type, staged.c.legal_entity, staged.c.erp_key)
    found = tx.execute(select(*columns).where(among(tx, staged.c.id, rows))).all()
    return {row: ActorPlace(actor_type, legal_entity, key) for row, actor_type, legal_entity, key in found}


def absent_parents(
    tx: Transaction,
    import_id: int,
    connection_id: int,
    types: Collection[ActorType],
    limit: int,
    *,
    one_key: bool = False,
) -> list[ActorPlace]:
    """Parents, of some types, of staged actors that are neither staged themselves nor linked."""
    parent = staged.alias("parent")
    is_staged = and_(
        parent.c.import_id == import_id,
        same_type(parent.c.actor_type, staged.c.parent_type, one_key),
        parent.c.legal_entity == staged.c.legal_entity,
        parent.c.erp_key == staged.c.parent_key,
    )
    is_linked = and_(
        link.c.connection_id == connection_id,
        same_type(link.c.actor_type, staged.c.parent_type, one_key),
        link.c.legal_entity == staged.c.legal_entity,
        link.c.erp_key == staged.c.parent_key,
    )
    rows = tx.execute(
        select(staged.c.parent_type, staged.c.legal_entity, staged.c.parent_key)
        .where(staged.c.import_id == import_id, staged.c.parent_key.is_not(None))
        .where(staged.c.parent_type.in_([actor_type.value for actor_type in types]))
        .where(~exists().where(is_staged), ~exists().where(is_linked))
        .distinct()
        .limit(limit)
    )
    return [ActorPlace(row.parent_type, row.legal_entity, row.parent_key) for row in rows]


_FETCHED_COLUMNS = ("state", "values", "problems", "last_modified", "label", "parent_type", "parent_key")


def _fetched(one: FetchedActor) -> tuple[Any, ...]:
    """The row id, then what is in the columns above."""
    actor, parent = one.actor, one.actor.parent
    return (
        one.row,
        FETCHED,
        codec.values_to_text(actor.values),
        codec.dumps(one.problems) if one.problems else None,
        actor.last_modified[:255],
        one.label[:LABEL_LENGTH],
        parent.actor_type.value if parent else None,
        parent.key if parent else None,
    )


_TYPES: Mapping[str, ActorType] = {one.value: one for one in ActorType}
_ACTOR = tuple(
    staged.c[name]
    for name in (
        "id", "actor_type", "erp_key", "values", "legal_entity", "parent_type", "parent_key", "label", "state",
        "problems",
    )
)  # fmt: skip


def _actor(row: Sequence[Any]) -> StagedActor:
    """An actor from its columns, in the order above."""
    row_id, actor_type, key, values, legal_entity, parent_type, parent_key, label, state, problems = row
    return StagedActor(
        row_id,
        _TYPES[actor_type],
        key,
        codec.values_from_text(values),
        legal_entity,
        ActorRef(_TYPES[parent_type], parent_key) if parent_key else None,
        label,
        state == MISSING,
        tuple(codec.loads(problems)) if problems else (),
    )
