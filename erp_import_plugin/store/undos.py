"""Undos: imports that take back another one. Their staged actors are those the other has written or linked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    delete,
    exists,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.applying import Outcome
from erp_import_plugin.engine.changes import NewItem
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.undoing import Done
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import codec
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.imports import Import, by_id
from erp_import_plugin.store.plan import WRITES
from erp_import_plugin.store.staging import FETCHED
from erp_import_plugin.store.tables import link, outcome, plan_item, plan_row, staged

_PLACE = ("actor_type", "legal_entity", "erp_key")


def chain(tx: Transaction, imported: Import) -> list[Import]:
    """What an import takes back, and what that takes back, as far as it goes; none of an import from the ERP."""
    found: list[Import] = []
    taken = imported
    while taken.undoes is not None and (back := by_id(tx, taken.undoes)) is not None:
        found.append(back)
        taken = back
    return found


def did_something(tx: Transaction, imported: Import) -> bool:
    """Whether an import has written anything, or linked an actor, or an undo the contrary of it."""
    # Nearly every import has written something, and that is found at once.
    written = exists().where(outcome.c.import_id == imported.id, outcome.c.status.in_(WRITES))
    return bool(tx.scalar(select(written)) or tx.scalar(select(_did_something(imported, staged.c.id).exists())))


def lacks_some(tx: Transaction, original: Import, undo_id: int) -> bool:
    """Whether an import has written, or linked, actors that are not staged in its undo: it has gone on since."""
    return bool(tx.scalar(select(_to_undo(original, undo_id, staged.c.id).exists())))


def copy_actors(tx: Transaction, original: Import, undo_id: int) -> None:
    """Stage the actors that an import has written, or only linked, in its undo: what names them, no values.

    Those that are staged there already stay.
    """
    named = [staged.c[name] for name in (*_PLACE, "parent_type", "parent_key", "as_parent", "label")]
    rows = _to_undo(original, undo_id, literal(undo_id), literal(FETCHED), literal(""), *named).order_by(staged.c.id)
    columns = ["import_id", "state", "last_modified", *(column.name for column in named)]
    tx.execute(insert(staged).from_select(columns, rows, include_defaults=False))
    dialect_of(tx).analyse(tx, staged)  # both imports are joined from now on, and this one is new to the planner


def rows(tx: Transaction, original_id: int, undo_id: int, kind: EntityKind, after: int, limit: int) -> list[Done]:
    """What an import did, as far as its undo speaks of it: the next rows of one kind after a row of the undo."""
    mine = staged.alias("mine")
    found = tx.execute(
        select(mine.c.id.label("row"), plan_row, *(outcome.c[name].label(f"was_{name}") for name in _OUTCOME))
        .select_from(mine)
        .join(staged, _same_actor(mine, original_id))
        .join(plan_row, plan_row.c.id == staged.c.id)
        .join(outcome, outcome.c.id == staged.c.id)
        .where(mine.c.import_id == undo_id, plan_row.c.kind == kind.value, mine.c.id > after)
        .order_by(mine.c.id)
        .limit(limit)
    )
    return [_done(row) for row in found]


def company_rows(
    tx: Transaction, original_id: int, undo_id: int, rows: Collection[int], status: Status
) -> dict[str, int]:
    """The rows of an undo for the companies that some rows of its import made, or removed, by the company's id."""
    mine = staged.alias("mine")
    found = tx.execute(
        select(outcome.c.entity_id, mine.c.id)
        .select_from(outcome)
        .join(staged, staged.c.id == outcome.c.id)
        .join(mine, and_(_same_actor(mine, original_id), mine.c.import_id == undo_id))
        .where(outcome.c.id.in_(list(rows)), outcome.c.status == status.value)
        .where(outcome.c.kind == EntityKind.COMPANY.value)
    )
    return {row.entity_id: row.id for row in found}


def leaving(tx: Transaction, undo_id: int, companies: Collection[int]) -> dict[int, set[tuple[EntityKind, str]]]:
    """The entities that an undo takes away from the companies of some rows, by row: removed, or given back."""
    going = (plan_row.c.ticked.is_(True), plan_row.c.status.in_(WRITES))
    found: dict[int, set[tuple[EntityKind, str]]] = defaultdict(set)
    wanted = (plan_row.c.import_id == undo_id, plan_row.c.frees.in_(list(companies)))
    for row in tx.execute(select(plan_row.c.frees, plan_row.c.kind, plan_row.c.entity_id).where(*wanted, *going)):
        found[row.frees].add((EntityKind(row.kind), row.entity_id))
    return found


def planned_companies(tx: Transaction, undo_id: int, companies: Collection[int]) -> set[int]:
    """Those of some rows that create a company."""
    mine = (plan_row.c.import_id == undo_id, plan_row.c.id.in_(list(companies)))
    return set(tx.execute(select(plan_row.c.id).where(*mine, plan_row.c.status == Status.NEW.value)).scalars())


def close(tx: Transaction, import_id: int) -> None:
    """Hold every row of a stopped import that has no outcome: it will not be gone on with."""
    reason = codec.dumps(codec.reason_to_data(Reason(ReasonCode.NOT_REACHED)))
    left = select(
        plan_row.c.id,
        plan_row.c.import_id,
        plan_row.c.kind,
        literal(Status.HELD.value),
        literal(reason),
        null(),
    ).where(plan_row.c.import_id == import_id, ~exists().where(outcome.c.id == plan_row.c.id))
    columns = ["id", "import_id", "kind", "status", "reason", "entity_id"]
    tx.execute(insert(outcome).from_select(columns, left, include_defaults=False))


def plan_removals(tx: Transaction, original_id: int, undo_id: int) -> None:
    """Plan to remove the list items that an import has added, in place of an earlier plan."""
    removed = (plan_item.c.import_id == undo_id, plan_item.c.removes.is_(True))
    tx.execute(delete(plan_item).where(*removed))
    same = ("list_name", "label", "rows", "item_id")
    added = (plan_item.c.import_id == original_id, plan_item.c.removes.is_(False), plan_item.c.done.is_(True))
    items = select(literal(undo_id), literal(True), literal(False), *(plan_item.c[name] for name in same)).where(*added)
    tx.execute(insert(plan_item).from_select(["import_id", "removes", "done", *same], items, include_defaults=False))


def removals(tx: Transaction, undo_id: int, *, done: bool | None = None) -> dict[NewItem, tuple[int, str]]:
    """The list items that an undo removes: how many rows held each, and its id. ``done``: those it has (not) yet."""
    mine = [plan_item.c.import_id == undo_id, plan_item.c.removes.is_(True)]
    mine += [] if done is None else [plan_item.c.done.is_(done)]
    found = tx.execute(select(plan_item).where(*mine).order_by(plan_item.c.list_name, plan_item.c.label))
    return {NewItem(row.list_name, row.label): (row.rows, row.item_id) for row in found}


def removed(tx: Transaction, undo_id: int, list_name: str, ids: Collection[str]) -> None:
    """Remember which list items are gone."""
    mine = (plan_item.c.import_id == undo_id, plan_item.c.list_name == list_name, plan_item.c.removes.is_(True))
    tx.execute(update(plan_item).where(*mine, plan_item.c.item_id.in_(list(ids))).values(done=True))


def removed_items(tx: Transaction, ids: Collection[str]) -> dict[tuple[str, str], NewItem]:
    """The list items, by list and id, that undos have removed."""
    gone = (plan_item.c.removes.is_(True), plan_item.c.done.is_(True), plan_item.c.item_id.in_(list(ids)))
    return {
        (row.list_name, row.item_id): NewItem(row.list_name, row.label)
        for row in tx.execute(select(plan_item).where(*gone))
    }


_OUTCOME = ("status", "entity_id", "company_id", "seal")


def _to_undo(original: Import, undo_id: int, *columns: ColumnElement[Any]) -> Select[Any]:
    """What an import has done that is not staged in its undo."""
    mine = staged.alias("mine")
    there = exists().where(mine.c.import_id == undo_id, *(mine.c[name] == staged.c[name] for name in _PLACE))
    return _did_something(original, *columns).where(~there)


def _did_something(imported: Import, *columns: ColumnElement[Any]) -> Select[Any]:
    """The staged rows that have been written, or only linked; an undo has forgotten the link then."""
    only_linked = outcome.c.status == Status.UNCHANGED.value
    if imported.undoes is None:
        place = (link.c.connection_id == imported.connection_id, *(link.c[name] == staged.c[name] for name in _PLACE))
        only_linked &= exists().where(link.c.import_id == imported.id, *place)
    rows = select(*columns).select_from(staged).join(outcome, outcome.c.id == staged.c.id)
    return rows.where(staged.c.import_id == imported.id, or_(outcome.c.status.in_(WRITES), only_linked))


def _same_actor(mine: FromClause, original_id: int) -> ColumnElement[bool]:
    same = (mine.c[name] == staged.c[name] for name in _PLACE)
    return and_(staged.c.import_id == original_id, *same)


def _done(row: Row[object]) -> Done:
    planned = codec.row_from_text(row.id, row.kind, row.status, row.label, row.body)
    status = Status(row.was_status)
    seal = codec.values_from_text(row.was_seal)
    return Done(row.row, planned, Outcome(row.id, status, None, row.was_entity_id, row.was_company_id, seal))
