"""Rows of a plan that bear on each other: doubles, rivals, and those that stand or fall with another."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store.plan import WRITES, line_of
from erp_import_plugin.store.plan_rows import BELONGS, NAMED
from erp_import_plugin.store.tables import plan_key, plan_row

_CLAIMS = (*WRITES, Status.UNCHANGED.value)
_CLAIMED_BEFORE = (ReasonCode.SAME_ENTITY.value, ReasonCode.DOUBLE_IN_IMPORT.value)


def doubles(
    tx: Transaction, import_id: int, kind: EntityKind, after: int, limit: int, among: Collection[int] | None = None
) -> list[PlannedRow]:
    """Rows, after a row id, whose actor has the same key as another of the import: neither linked nor decided.

    A row that was decided to be left out has no keys. ``among`` are the rows to look at, None for all.
    """
    mine = [plan_key.c.import_id == import_id, plan_key.c.kind == kind.value]
    # A row has a key once, so a key that stands twice is of two rows. Grouped once, not looked up row by row: without
    # statistics SQLite would choose to compare each with each.
    shared = select(plan_key.c.double_key).where(*mine)
    if among is not None:
        theirs = select(plan_key.c.double_key).where(*mine, plan_key.c.row_id.in_(list(among)))
        shared = shared.where(plan_key.c.double_key.in_(theirs))
    doubled = shared.group_by(plan_key.c.double_key).having(func.count() > 1).subquery()
    rows = select(plan_key.c.row_id).join(doubled, doubled.c.double_key == plan_key.c.double_key).where(*mine)
    uncertain = and_(plan_row.c.linked.is_(False), plan_row.c.decided.is_(False), plan_row.c.id.in_(rows))
    return _uncertain(tx, import_id, kind, uncertain, after, limit, among)


def rivals(
    tx: Transaction, import_id: int, kind: EntityKind, after: int, limit: int, among: Collection[int] | None = None
) -> list[PlannedRow]:
    """Rows, after a row id, that want the entity another row wants, and that have no better right to it.

    A link is the best right, a decision the next. ``among`` are the rows to look at, None for all.
    """
    other = plan_row.alias("other")
    # A rival that was found already has become undecided, but wanted the entity all the same.
    wants = or_(other.c.status.in_(_CLAIMS), other.c.reason.in_(_CLAIMED_BEFORE))
    has_rival = exists().where(
        other.c.import_id == import_id,
        other.c.entity_id == plan_row.c.entity_id,
        other.c.kind == kind.value,
        other.c.id != plan_row.c.id,
        wants,
        or_(
            other.c.linked.is_(True),
            and_(other.c.decided.is_(True), plan_row.c.linked.is_(False)),
            and_(plan_row.c.decided.is_(False), plan_row.c.linked.is_(False)),
        ),
    )
    return _uncertain(tx, import_id, kind, plan_row.c.entity_id.is_not(None) & has_rival, after, limit, among)


def neighbours(tx: Transaction, import_id: int, kind: EntityKind, rows: Collection[int]) -> set[int]:
    """The rows that share a key, or want the same entity, with some rows of their kind; those are among them."""
    other_key, other_row = plan_key.alias("other_key"), plan_row.alias("other_row")
    by_key = (
        select(other_key.c.row_id)
        .join(plan_key, plan_key.c.double_key == other_key.c.double_key)
        .where(plan_key.c.row_id.in_(list(rows)), plan_key.c.import_id == import_id, plan_key.c.kind == kind.value)
        .where(other_key.c.import_id == import_id, other_key.c.kind == kind.value)
    )
    by_entity = (
        select(other_row.c.id)
        .join(plan_row, plan_row.c.entity_id == other_row.c.entity_id)
        .where(plan_row.c.id.in_(list(rows)), plan_row.c.import_id == import_id, plan_row.c.kind == kind.value)
        .where(other_row.c.import_id == import_id, other_row.c.kind == kind.value)
    )
    return set(tx.execute(by_key.union(by_entity)).scalars())


def dependents(tx: Transaction, import_id: int, companies: Collection[int]) -> set[int]:
    """The rows whose company some rows make, or whose company was looked up by a name that those give one."""
    named = plan_key.alias("named")
    by_row = select(plan_row.c.id).where(plan_row.c.depends_on.in_(list(companies)))
    by_name = (
        select(plan_key.c.row_id)
        .join(named, named.c.double_key == plan_key.c.double_key)
        .where(named.c.row_id.in_(list(companies)), named.c.import_id == import_id, named.c.kind == NAMED)
        .where(plan_key.c.import_id == import_id, plan_key.c.kind == BELONGS)
    )
    return set(tx.execute(by_row.union(by_name)).scalars())


def holders(tx: Transaction, import_id: int, kind: EntityKind, entities: Collection[str]) -> dict[str, PlannedRow]:
    """The rows that are linked to some entities, or were decided to be them, by the entity."""
    rows = tx.execute(
        select(plan_row)
        .where(plan_row.c.import_id == import_id, plan_row.c.kind == kind.value)
        .where(plan_row.c.entity_id.in_(list(entities)), or_(plan_row.c.linked.is_(True), plan_row.c.decided.is_(True)))
    )
    return {row.entity_id: line_of(row).planned for row in rows}


def _uncertain(
    tx: Transaction,
    import_id: int,
    kind: EntityKind,
    where: ColumnElement[bool],
    after: int,
    limit: int,
    among: Collection[int] | None,
) -> list[PlannedRow]:
    chosen = [] if among is None else [plan_row.c.id.in_(list(among))]
    rows = tx.execute(
        select(plan_row)
        .where(plan_row.c.import_id == import_id, plan_row.c.kind == kind.value, plan_row.c.id > after)
        .where(plan_row.c.status.in_(_CLAIMS), where, *chosen)
        .order_by(plan_row.c.id)
        .limit(limit)
    )
    return [line_of(row).planned for row in rows]
