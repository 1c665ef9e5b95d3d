"""The staged actors of an import as pages list and count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, func, select

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.staging import types
from erp_import_plugin.store.tables import staged


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A staged actor as a list shows it."""

    row: int
    state: str
    actor_type: ActorType
    key: str
    label: str
    as_parent: bool


def types_of(tx: Transaction, imported: Import) -> Mapping[ActorType, int]:
    """How many actors of each type are staged in an import, counted only where that is not kept."""
    return types(tx, imported.id) if imported.staged is None else imported.staged


def page(tx: Transaction, import_id: int, text: str, offset: int, limit: int) -> tuple[list[StagedRow], int]:
    """One page of the staged actors whose label or key contains the text, and how many those are."""
    mine = [staged.c.import_id == import_id]
    if text:
        mine.append(staged.c.label.icontains(text, autoescape=True) | (staged.c.erp_key == text))
    total = tx.scalar(select(func.count()).select_from(staged).where(*mine)) or 0
    # The ids first: what is skipped is not read whole.
    ids = select(staged.c.id).where(*mine).order_by(staged.c.id).offset(offset).limit(limit).subquery()
    rows = tx.execute(select(staged).join(ids, ids.c.id == staged.c.id).order_by(staged.c.id))
    return [_listed(row) for row in rows], total


def _listed(row: Row[Any]) -> StagedRow:
    return StagedRow(row.id, row.state, ActorType(row.actor_type), row.erp_key, row.label, row.as_parent)
