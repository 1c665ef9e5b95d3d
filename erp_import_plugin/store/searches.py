"""Searches and their results, kept page by page so that they can be sorted, paged and ticked without the ERP."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update
from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorRef, ActorType
from erp_import_plugin.store import bulk, codec
from erp_import_plugin.store.tables import SORTABLE, link, search_result
from erp_import_plugin.store.tables import search as table

SORT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Search:
    """One search of an import. ``criteria`` is JSON data; ``columns`` the keys of the fields shown."""

    id: int
    token: str
    import_id: int
    actor_type: ActorType
    criteria: Any
    columns: tuple[str, ...]
    read: int
    total: int | None


@dataclass(frozen=True, slots=True)
class NewResult:
    """An actor that was found: its cells as texts in the order of the columns, and what they sort by."""

    legal_entity: str
    key: str
    parent: ActorRef | None
    cells: tuple[str, ...]
    sort: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A kept result. ``entity_id`` is the entity it is linked to, if it was imported before."""

    position: int
    key: str
    cells: tuple[str, ...]
    ticked: bool
    entity_id: str | None


def create(
    tx: Transaction, import_id: int, actor_type: ActorType, criteria: Any, columns: Sequence[str], at: datetime
) -> Search:
    """Begin a search; earlier searches of the import go, with their results."""
    earlier = select(table.c.id).where(table.c.import_id == import_id)
    tx.execute(delete(search_result).where(search_result.c.search_id.in_(earlier)))
    tx.execute(delete(table).where(table.c.import_id == import_id))
    token = secrets.token_urlsafe(16)
    tx.execute(
        insert(table).values(
            token=token,
            import_id=import_id,
            actor_type=actor_type.value,
            criteria=codec.dumps(criteria),
            columns=codec.dumps(list(columns)),
            created_at=at,
        )
    )
    return _search(tx.execute(select(table).where(table.c.token == token)).one())


def get(tx: Transaction, token: str) -> Search | None:
    """The search with this public id."""
    row = tx.execute(select(table).where(table.c.token == token)).one_or_none()
    return _search(row) if row else None


def of_import(tx: Transaction, import_id: int) -> Search | None:
    """The search of an import."""
    row = tx.execute(select(table).where(table.c.import_id == import_id)).first()
    return _search(row) if row else None


def add_results(tx: Transaction, search: Search, first: int, results: Sequence[NewResult], read: int) -> None:
    """Keep one page of results at positions from ``first`` on, and how many actors were read for it in all."""
    bulk.insert_rows(
        tx, search_result, _RESULT_COLUMNS, [_row(search.id, first + n, new) for n, new in enumerate(results)]
    )
    tx.execute(update(table).where(table.c.id == search.id).values(read=read))


def restart(tx: Transaction, search_id: int) -> None:
    """Forget the results of a search that was cut."""
    tx.execute(delete(search_result).where(search_result.c.search_id == search_id))
    tx.execute(update(table).where(table.c.id == search_id).values(read=0, total=None))


def set_total(tx: Transaction, search_id: int, total: int | None) -> None:
    """Keep how many actors the ERP says there are."""
    tx.execute(update(table).where(table.c.id == search_id).values(total=total))


def counts(tx: Transaction, search_id: int) -> tuple[int, int]:
    """How many results there are, and how many are ticked."""
    mine = search_result.c.search_id == search_id
    found = tx.scalar(select(func.count()).where(mine)) or 0
    ticked = tx.scalar(select(func.count()).where(mine, search_result.c.ticked.is_(True))) or 0
    return found, ticked


def page(
    tx: Transaction,
    search: Search,
    connection_id: int,
    *,
    sort: int | None,
    descending: bool,
    offset: int,
    limit: int,
    total: int,
) -> list[Result]:
    """One page of ``total`` results, by the column ``sort`` (its place among the columns) or as the ERP gave them."""
    limit = min(limit, total - offset)
    if limit <= 0:
        return []
    order = _order(sort, descending=descending)
    nearer, skipped = order, offset
    if offset > total // 2:  # the last pages are as near to the end as the first ones to the beginning
        nearer, skipped = _order(sort, descending=descending, backwards=True), total - offset - limit
    same_actor = and_(
        link.c.connection_id == connection_id,
        link.c.actor_type == search.actor_type.value,
        link.c.legal_entity == search_result.c.legal_entity,
        link.c.erp_key == search_result.c.erp_key,
    )
    mine = search_result.c.search_id == search.id
    # The positions first: what is skipped, or sorted, is not read whole.
    shown = select(search_result.c.position).where(mine).order_by(*nearer).offset(skipped).limit(limit).subquery()
    rows = tx.execute(
        select(search_result, link.c.entity_id)
        .join(shown, shown.c.position == search_result.c.position)
        .join(link, same_actor, isouter=True)
        .where(mine)
        .order_by(*order)
    )
    return [Result(row.position, row.erp_key, tuple(codec.loads(row.cells)), row.ticked, row.entity_id) for row in rows]


def _order(sort: int | None, *, descending: bool, backwards: bool = False) -> list[ColumnElement[Any]]:
    position = search_result.c.position
    order: list[ColumnElement[Any]] = [position.desc() if backwards else position.asc()]
    if sort is not None and sort < SORTABLE:
        column = search_result.c[f"sort_{sort}"]
        order.insert(0, column.desc() if descending is not backwards else column.asc())
    return order


def tick(tx: Transaction, search_id: int, ticked: bool, positions: Collection[int] | None = None) -> None:
    """Tick or untick some results, or all of them."""
    chosen = [search_result.c.search_id == search_id]
    if positions is not None:
        chosen.append(search_result.c.position.in_(list(positions)))
    tx.execute(update(search_result).where(*chosen).values(ticked=ticked))


_RESULT_COLUMNS = (
    *("search_id", "position", "legal_entity", "erp_key", "parent_type", "parent_key", "ticked", "cells"),
    *(f"sort_{n}" for n in range(SORTABLE)),
)


def _row(search_id: int, position: int, new: NewResult) -> tuple[Any, ...]:
    """What is in the columns above."""
    sort = [text[:SORT_LENGTH] for text in new.sort[:SORTABLE]]
    return (
        search_id,
        position,
        new.legal_entity,
        new.key,
        new.parent.actor_type.value if new.parent else None,
        new.parent.key if new.parent else None,
        False,
        codec.dumps(list(new.cells)),
        *sort,
        *[None] * (SORTABLE - len(sort)),
    )


def _search(row: Row[Any]) -> Search:
    return Search(
        id=row.id,
        token=row.token,
        import_id=row.import_id,
        actor_type=ActorType(row.actor_type),
        criteria=codec.loads(row.criteria),
        columns=tuple(codec.loads(row.columns)),
        read=row.read,
        total=row.total,
    )
