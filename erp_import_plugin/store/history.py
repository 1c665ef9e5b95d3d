"""The history: which imports there have been, found by state, connection, person or text, and what was done to each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.tables import connection, decision, saved_import, staged
from erp_import_plugin.store.tables import import_ as table

_MOST = 100  # undos of one import


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which imports a page shows; ``text`` is in the connection's, the owner's or an actor's name."""

    state: ImportState | None = None
    connection_id: int | None = None
    owner_id: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """How many rows a person decided, and when last."""

    name: str
    rows: int
    last: datetime


def page(
    tx: Transaction, owner_id: str | None, wanted: HistoryFilter, offset: int, limit: int
) -> tuple[list[Import], int]:
    """One page of the imports of one owner (None: of everyone) that pass the filter, newest first, and how many do."""
    return import_store.listed(tx, owner_id, offset, limit, _passing(wanted))


def some(tx: Transaction, ids: Collection[int]) -> list[Import]:
    """Some imports, in the order they were begun."""
    found, _ = import_store.listed(tx, None, 0, len(ids), [dialect_of(tx).among(tx, table.c.id, ids)])
    return found[::-1]


def owners(tx: Transaction) -> list[tuple[str, str]]:
    """Who has begun an import that is kept: id and the name they had last, by name."""
    last = select(func.max(table.c.id)).group_by(table.c.owner_id)
    rows = tx.execute(select(table.c.owner_id, table.c.owner_name).where(table.c.id.in_(last)))
    return sorted(((row.owner_id, row.owner_name) for row in rows), key=lambda one: (one[1].casefold(), one[0]))


def connections(tx: Transaction, owner_id: str | None) -> list[tuple[int, str]]:
    """The connections that imports of one owner, or of everyone, came through: id and name, by name."""
    mine = [] if owner_id is None else [table.c.owner_id == owner_id]
    used = select(table.c.connection_id).where(*mine)
    rows = tx.execute(select(connection.c.id, connection.c.name).where(connection.c.id.in_(used)))
    return sorted(((row.id, row.name) for row in rows), key=lambda one: (one[1].casefold(), one[0]))


def types(tx: Transaction, imports: Collection[int]) -> dict[int, dict[ActorType, int]]:
    """How many actors of each type are staged in each of some imports."""
    rows = tx.execute(
        select(staged.c.import_id, staged.c.actor_type, func.count().label("actors"))
        .where(staged.c.import_id.in_(list(imports)))
        .group_by(staged.c.import_id, staged.c.actor_type)
    )
    found: dict[int, dict[ActorType, int]] = {}
    for row in rows:
        found.setdefault(row.import_id, {})[ActorType(row.actor_type)] = row.actors
    return found


def undos(tx: Transaction, import_id: int) -> list[Import]:
    """The imports that undo this one, the last first."""
    found, _ = import_store.listed(tx, None, 0, _MOST, [table.c.undoes == import_id])
    return found


def saved_name(tx: Transaction, import_id: int) -> str | None:
    """The name of the saved import that this one repeats, or was saved as."""
    mine = select(table.c.saved_import_id).where(table.c.id == import_id).scalar_subquery()
    name: str | None = tx.scalar(select(saved_import.c.name).where(saved_import.c.id == mine))
    return name


def decided(tx: Transaction, import_id: int) -> list[Decided]:
    """Who decided rows of an import, those who decided most first."""
    rows = tx.execute(
        select(
            func.max(decision.c.by_name).label("name"),
            func.count().label("rows"),
            func.max(decision.c.at).label("last"),
        )
        .where(decision.c.import_id == import_id)
        .group_by(decision.c.by_id)
        .order_by(func.count().desc())
    )
    return [Decided(row.name, row.rows, row.last) for row in rows]


def _passing(wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    passing: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        passing.append(table.c.state == wanted.state.value)
    if wanted.connection_id is not None:
        passing.append(table.c.connection_id == wanted.connection_id)
    if wanted.owner_id is not None:
        passing.append(table.c.owner_id == wanted.owner_id)
    if wanted.text:
        passing.append(_says(wanted.text))
    return passing


def _says(text: str) -> ColumnElement[bool]:
    def named(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return column.icontains(text, autoescape=True)

    through = exists().where(connection.c.id == table.c.connection_id, named(connection.c.name))
    holds = exists().where(staged.c.import_id == table.c.id, or_(named(staged.c.label), staged.c.erp_key == text))
    return or_(named(table.c.owner_name), through, holds)
