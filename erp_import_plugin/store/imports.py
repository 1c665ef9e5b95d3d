"""Imports: what one admin brings over in one go, from the first search to the result."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy import Connection as Transaction
from sqlalchemy import delete as sql_delete

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.repeating import Repeat
from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.store import codec
from erp_import_plugin.store.setting_texts import repeat_from_text, settings_from_text, settings_to_text
from erp_import_plugin.store.tables import (
    decision,
    import_selection,
    plan_block,
    plan_item,
    plan_key,
    plan_row,
    plan_shape,
    search,
    search_result,
    staged,
)
from erp_import_plugin.store.tables import import_ as table


class ImportState(str, Enum):
    """How far an import has come. A job may be running in any of the first three."""

    STAGING = "staging"
    PLANNED = "planned"
    IMPORTING = "importing"
    DONE = "done"


REMOVING = "removing"
"""In place of a state: what is left of an import that is being removed, which nobody finds any more."""

_THERE = table.c.state != REMOVING


@dataclass(frozen=True, slots=True)
class Import:
    """One import. ``token`` is its public id; ``actor_type`` the one chosen first.

    ``undoes`` is the id of the import it takes back. ``staged`` is how many actors of each type there are; None as long
    as there may be more, and where version 0.1.0 made the preview.
    """

    id: int
    token: str
    owner_id: str
    owner_name: str
    connection_id: int
    actor_type: ActorType
    state: ImportState
    settings: ImportSettings | None
    accounts: Accounts | None
    revision: int
    undoes: int | None
    saved_import_id: int | None
    staged: Mapping[ActorType, int] | None
    repeat: Repeat | None
    language: str
    created_at: datetime
    planned_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


def create(
    tx: Transaction,
    owner: User,
    connection_id: int,
    actor_type: ActorType,
    at: datetime,
    language: str = "",
    *,
    undoes: int | None = None,
) -> Import:
    """Begin an import. ``language`` is what its selections are named in; empty is English."""
    token = secrets.token_hex(16)  # no dash in front: commands take it as an argument
    tx.execute(
        insert(table).values(
            token=token,
            owner_id=owner.id,
            owner_name=owner.name,
            connection_id=connection_id,
            actor_type=actor_type.value,
            state=ImportState.STAGING.value,
            language=language,
            undoes=undoes,
            created_at=at,
        )
    )
    return _import(tx.execute(select(table).where(table.c.token == token)).one())


def get(tx: Transaction, token: str, *, lock: bool = False) -> Import | None:
    """The import with this public id; with ``lock`` nobody else changes it until the transaction ends."""
    found = select(table).where(table.c.token == token, _THERE)
    row = tx.execute(found.with_for_update() if lock else found).one_or_none()
    return _import(row) if row else None


def by_id(tx: Transaction, import_id: int, *, lock: bool = False) -> Import | None:
    """The import with this id; ``lock`` as in :func:`get`."""
    found = select(table).where(table.c.id == import_id, _THERE)
    row = tx.execute(found.with_for_update() if lock else found).one_or_none()
    return _import(row) if row else None


def listed(
    tx: Transaction, owner_id: str | None, offset: int, limit: int, where: Collection[ColumnElement[bool]] = ()
) -> tuple[list[Import], int]:
    """One page of the imports of one owner (None: of everyone), newest first, and how many there are in all."""
    mine = [_THERE, *where] if owner_id is None else [_THERE, table.c.owner_id == owner_id, *where]
    total = tx.scalar(select(func.count()).select_from(table).where(*mine)) or 0
    rows = tx.execute(select(table).where(*mine).order_by(table.c.id.desc()).offset(offset).limit(limit))
    return [_import(row) for row in rows], total


def last_undo(tx: Transaction, import_id: int) -> Import | None:
    """The last import that takes this one back."""
    row = tx.execute(
        select(table).where(table.c.undoes == import_id, _THERE).order_by(table.c.id.desc()).limit(1)
    ).one_or_none()
    return _import(row) if row else None


def last_settings(tx: Transaction, owner_id: str, connection_id: int) -> ImportSettings | None:
    """The settings this user last chose for this connection; those of a saved import that was run again are not.

    Fields that were left out of that import are not left out of the next: nobody would look for them there.
    """
    row = tx.execute(
        select(table.c.settings)
        .where(table.c.owner_id == owner_id, table.c.connection_id == connection_id, table.c.settings.is_not(None))
        .where(table.c.repeat.is_(None))
        .order_by(table.c.id.desc())
        .limit(1)
    ).one_or_none()
    return replace(settings_from_text(row.settings), left_out=frozenset()) if row else None


def set_state(tx: Transaction, import_id: int, state: ImportState, **moments: datetime | None) -> None:
    """Move on to another state; ``moments`` are planned_at, started_at, ended_at."""
    tx.execute(update(table).where(table.c.id == import_id).values(state=state.value, **moments))


def save_settings(tx: Transaction, import_id: int, settings: ImportSettings) -> None:
    """Keep the chosen settings."""
    tx.execute(update(table).where(table.c.id == import_id).values(settings=settings_to_text(settings)))


def save_criteria(tx: Transaction, import_id: int, criteria: Any) -> None:
    """Keep what was last searched for; JSON data."""
    tx.execute(update(table).where(table.c.id == import_id).values(criteria=codec.dumps(criteria)))


def criteria(tx: Transaction, import_id: int) -> Any:
    """What was kept by :func:`save_criteria`; None before the first search."""
    return codec.loads(tx.scalar(select(table.c.criteria).where(table.c.id == import_id)))


def belongs_to(tx: Transaction, import_id: int, saved_import_id: int) -> None:
    """Remember which saved import this one was saved as, or repeats."""
    tx.execute(update(table).where(table.c.id == import_id).values(saved_import_id=saved_import_id))


def save_repeat(tx: Transaction, import_id: int, repeat: Repeat) -> None:
    """Keep what was found when a saved import was run again."""
    tx.execute(update(table).where(table.c.id == import_id).values(repeat=codec.dumps(asdict(repeat))))


def save_accounts(tx: Transaction, import_id: int, accounts: Accounts) -> None:
    """Keep the accounts of the plan or of the result."""
    tx.execute(update(table).where(table.c.id == import_id).values(counts=codec.dumps(asdict(accounts))))


def save_staged(tx: Transaction, import_id: int, types: Mapping[ActorType, int]) -> None:
    """Keep how many actors of each type are staged, now that the preview is made."""
    counts = {actor_type.value: number for actor_type, number in types.items()}
    tx.execute(update(table).where(table.c.id == import_id).values(staged=codec.dumps(counts)))


def revise(tx: Transaction, import_id: int) -> None:
    """Mark that the plan is another one now, and forget what it touched before."""
    tx.execute(update(table).where(table.c.id == import_id).values(revision=table.c.revision + 1, impact=None))


def save_impact(tx: Transaction, imported: Import, impact: Mapping[str, Any]) -> None:
    """Keep what the plan touches, unless it is another plan by now."""
    same = (table.c.id == imported.id, table.c.revision == imported.revision)
    tx.execute(update(table).where(*same).values(impact=codec.dumps(impact)))


def impact(tx: Transaction, import_id: int) -> Any:
    """What was kept by :func:`save_impact`."""
    return codec.loads(tx.scalar(select(table.c.impact).where(table.c.id == import_id)))


def save_selection(tx: Transaction, import_id: int, kind: EntityKind, result: str, selection_id: str) -> None:
    """Remember the selection that holds the new, or the changed, entities of one kind."""
    tx.execute(
        insert(import_selection).values(import_id=import_id, kind=kind.value, result=result, selection_id=selection_id)
    )


def selections(tx: Transaction, import_id: int) -> dict[tuple[EntityKind, str], str]:
    """The ids of an import's selections by kind and "new" or "changed"."""
    rows = tx.execute(select(import_selection).where(import_selection.c.import_id == import_id))
    return {(EntityKind(row.kind), row.result): row.selection_id for row in rows}


def delete(tx: Transaction, import_id: int) -> None:
    """Remove an import that has written nothing to the CRM, with its searches, staged actors and plan."""
    searches = select(search.c.id).where(search.c.import_id == import_id)
    tx.execute(sql_delete(search_result).where(search_result.c.search_id.in_(searches)))
    for owned in (search, plan_key, plan_item, plan_block, plan_shape, plan_row, decision, staged):
        tx.execute(sql_delete(owned).where(owned.c.import_id == import_id))
    tx.execute(sql_delete(table).where(table.c.id == import_id))


def _staged(row: Row[Any]) -> dict[ActorType, int] | None:
    if row.staged is None or row.state == ImportState.STAGING.value:
        return None
    return {ActorType(name): number for name, number in codec.loads(row.staged).items()}


def _import(row: Row[Any]) -> Import:
    counts = codec.loads(row.counts)
    return Import(
        id=row.id,
        token=row.token,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        connection_id=row.connection_id,
        actor_type=ActorType(row.actor_type),
        state=ImportState(row.state),
        settings=settings_from_text(row.settings) if row.settings else None,
        accounts=Accounts(**counts) if counts else None,
        revision=row.revision,
        undoes=row.undoes,
        saved_import_id=row.saved_import_id,
        staged=_staged(row),
        repeat=repeat_from_text(row.repeat) if row.repeat else None,
        language=row.language,
        created_at=row.created_at,
        planned_at=row.planned_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
