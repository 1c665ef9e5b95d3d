"""The stored plan: what the preview shows and the import applies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import NewItem, PlannedRow
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import bulk, plan_rows
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.ids import among
from erp_import_plugin.store.plan_rows import NAMED
from erp_import_plugin.store.tables import outcome, plan_item, plan_key, plan_row

_PART = 1000  # rows read at a time
WRITES = tuple(status.value for status in Status if status.writes)


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which rows a page shows: of one status (None: all), with a text in their label, ticked, unticked or both.

    ``decided`` are those an admin has decided about, ``similar`` those with similar records still to be looked at.
    """

    status: Status | None = None
    text: str = ""
    ticked: bool | None = None
    decided: bool = False
    similar: bool = False


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A row of the plan and whether it is to be imported."""

    planned: PlannedRow
    ticked: bool


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """What another row of the import does about a company."""

    status: Status
    entity_id: str | None
    ticked: bool


def previous(tx: Transaction, rows: Collection[int]) -> dict[int, PlanLine]:
    """The rows as an earlier preview left them, where something was unticked."""
    touched = or_(plan_row.c.ticked.is_(False), plan_row.c.partial.is_(True))
    found = tx.execute(select(plan_row).where(among(tx, plan_row.c.id, rows), touched))
    return {row.id: line_of(row) for row in found}


def save(tx: Transaction, import_id: int, lines: Sequence[PlanLine], *, named: bool = True) -> None:
    """Keep the plan of some rows, in place of an earlier one; ``named`` where companies are looked up by name."""
    ids = [line.planned.row for line in lines]
    tx.execute(delete(plan_key).where(among(tx, plan_key.c.row_id, ids)))
    tx.execute(delete(plan_row).where(among(tx, plan_row.c.id, ids)))
    rows = [plan_rows.of_line(import_id, line.planned, line.ticked) for line in lines]
    bulk.insert_rows(tx, plan_row, plan_rows.COLUMNS, rows)
    keys = [key for line in lines for key in plan_rows.keys_of(import_id, line.planned, named=named)]
    bulk.insert_rows(tx, plan_key, plan_rows.KEY_COLUMNS, keys)


def forget(tx: Transaction, import_id: int) -> None:
    """Throw the plan away."""
    tx.execute(delete(plan_key).where(plan_key.c.import_id == import_id))
    tx.execute(delete(plan_row).where(plan_row.c.import_id == import_id))
    tx.execute(delete(plan_item).where(plan_item.c.import_id == import_id))


def replace(tx: Transaction, rows: Sequence[PlannedRow]) -> None:
    """Change rows that are kept already; their ticks stay, their keys do not change."""
    changed = [(row.row, *plan_rows.decided(row)) for row in rows]
    bulk.update_rows(tx, plan_row.c.id, plan_rows.DECIDED, changed)


def line_of(row: Row[Any]) -> PlanLine:
    """A row of the table as a line of the plan."""
    return PlanLine(plan_rows.planned_of(row), bool(row.ticked))


def analyse(tx: Transaction) -> None:
    """Tell the database that the plan has many new rows, so that it looks doubles up by index."""
    for table in (plan_row, plan_key):
        dialect_of(tx).analyse(tx, table)


def company_rows(tx: Transaction, rows: Collection[int]) -> dict[int, CompanyRow]:
    """What some rows do about their companies."""
    columns = (plan_row.c.id, plan_row.c.status, plan_row.c.entity_id, plan_row.c.ticked)
    found = tx.execute(select(*columns).where(among(tx, plan_row.c.id, rows)))
    return {row.id: CompanyRow(Status(row.status), row.entity_id, row.ticked) for row in found}


def named_companies(tx: Transaction, import_id: int, keys: Collection[str]) -> dict[str, list[int]]:
    """The rows that give a company one of these names (as keys of the name rule), by key."""
    place = (plan_key.c.import_id == import_id, plan_key.c.kind == NAMED)
    named: dict[str, list[int]] = {}
    rows = tx.execute(select(plan_key).where(*place, plan_key.c.double_key.in_(list(keys))).order_by(plan_key.c.row_id))
    for row in rows:
        named.setdefault(row.double_key, []).append(row.row_id)
    return named


def counts(tx: Transaction, import_id: int) -> dict[tuple[Status, bool], int]:
    """How many rows there are by status and tick."""
    found = tx.execute(
        select(plan_row.c.status, plan_row.c.ticked, func.count().label("rows"))
        .where(plan_row.c.import_id == import_id)
        .group_by(plan_row.c.status, plan_row.c.ticked)
    )
    return {(Status(row.status), bool(row.ticked)): row.rows for row in found}


def decided_and_similar(tx: Transaction, import_id: int) -> tuple[int, int]:
    """How many rows were decided, and how many have similar records that nobody has decided about."""
    decided, similar = (
        func.sum(case((and_(*_passing(import_id, wanted)), 1), else_=0))
        for wanted in (PlanFilter(decided=True), PlanFilter(similar=True))
    )
    row = tx.execute(select(decided, similar).select_from(plan_row).where(plan_row.c.import_id == import_id)).one()
    return int(row[0] or 0), int(row[1] or 0)


def next_undecided(tx: Transaction, import_id: int, row_id: int) -> PlannedRow | None:
    """The row after this one that needs a decision; the first of all after the last."""
    rows = (
        select(plan_row)
        .where(plan_row.c.import_id == import_id, plan_row.c.status == Status.UNDECIDED.value, plan_row.c.id != row_id)
        .order_by(plan_row.c.id < row_id, plan_row.c.id)
    )
    row = tx.execute(rows.limit(1)).one_or_none()
    return line_of(row).planned if row else None


def page(tx: Transaction, import_id: int, wanted: PlanFilter, offset: int, limit: int) -> tuple[list[PlanLine], int]:
    """One page of the rows that pass the filter, in the order they were staged, and how many pass."""
    passing = _passing(import_id, wanted)
    total = tx.scalar(select(func.count()).select_from(plan_row).where(*passing)) or 0
    rows = tx.execute(select(plan_row).where(*passing).order_by(plan_row.c.id).offset(offset).limit(limit))
    return [line_of(row) for row in rows], total


def one(tx: Transaction, import_id: int, row_id: int) -> PlanLine | None:
    """One row of the plan."""
    row = tx.execute(select(plan_row).where(plan_row.c.import_id == import_id, plan_row.c.id == row_id)).one_or_none()
    return line_of(row) if row else None


def lines(tx: Transaction, import_id: int, rows: Collection[int]) -> list[PlanLine]:
    """Some rows of the plan, in the order they were staged."""
    mine = (plan_row.c.import_id == import_id, plan_row.c.id.in_(list(rows)))
    return [line_of(row) for row in tx.execute(select(plan_row).where(*mine).order_by(plan_row.c.id))]


def following(tx: Transaction, import_id: int, wanted: PlanFilter, after: int, limit: int) -> list[PlanLine]:
    """The next rows, after a row id, that pass the filter."""
    passing = (*_passing(import_id, wanted), plan_row.c.id > after)
    return [line_of(row) for row in tx.execute(select(plan_row).where(*passing).order_by(plan_row.c.id).limit(limit))]


def changing(tx: Transaction, import_id: int, after: int, limit: int) -> list[PlanLine]:
    """The next rows, after a row id, that could be written, ticked or not."""
    mine = (plan_row.c.import_id == import_id, plan_row.c.id > after, plan_row.c.status.in_(WRITES))
    return [line_of(row) for row in tx.execute(select(plan_row).where(*mine).order_by(plan_row.c.id).limit(limit))]


def of_kind(tx: Transaction, import_id: int, kind: EntityKind, rows: Collection[int]) -> set[int]:
    """Those of some rows that are of one kind."""
    mine = (plan_row.c.import_id == import_id, plan_row.c.kind == kind.value, plan_row.c.id.in_(list(rows)))
    return set(tx.execute(select(plan_row.c.id).where(*mine)).scalars())


def bring_in(tx: Transaction, rows: Collection[int]) -> None:
    """Tick rows because somebody decided what they are."""
    tx.execute(update(plan_row).where(plan_row.c.id.in_(list(rows))).values(ticked=True))


def tick(tx: Transaction, import_id: int, ticked: bool, rows: Collection[int]) -> None:
    """Tick or untick some rows. A contact goes with the company its import creates: see :func:`_follow`."""
    chosen = (plan_row.c.import_id == import_id, plan_row.c.id.in_(list(rows)))
    tx.execute(update(plan_row).where(*chosen).values(ticked=ticked))
    _follow(tx, import_id, ticked)


def tick_all(tx: Transaction, import_id: int, ticked: bool, wanted: PlanFilter) -> None:
    """Tick or untick all rows that pass the filter."""
    tx.execute(update(plan_row).where(*_passing(import_id, wanted)).values(ticked=ticked))
    _follow(tx, import_id, ticked)


def pending(tx: Transaction, import_id: int, kind: EntityKind, after: int, limit: int) -> list[PlannedRow]:
    """The next rows of one kind, after a row id, that are to be written and have no outcome yet."""
    done = exists().where(outcome.c.id == plan_row.c.id)
    rows = tx.execute(
        select(plan_row)
        .where(plan_row.c.import_id == import_id, plan_row.c.kind == kind.value, plan_row.c.id > after)
        .where(plan_row.c.status.in_(WRITES), plan_row.c.ticked.is_(True), ~done)
        .order_by(plan_row.c.id)
        .limit(limit)
    )
    return [line_of(row).planned for row in rows]


def to_write(tx: Transaction, import_id: int, after: int, limit: int) -> list[PlannedRow]:
    """The ticked rows, after a row id, that are to be written, whatever has become of them."""
    rows = tx.execute(
        select(plan_row)
        .where(plan_row.c.import_id == import_id, plan_row.c.id > after)
        .where(plan_row.c.status.in_(WRITES), plan_row.c.ticked.is_(True))
        .order_by(plan_row.c.id)
        .limit(limit)
    )
    return [line_of(row).planned for row in rows]


def recount_items(tx: Transaction, import_id: int) -> None:
    """Count anew which list items the ticked rows add, and how many rows need each."""
    items: Counter[NewItem] = Counter()
    wanted = (plan_row.c.import_id == import_id, plan_row.c.adds_items.is_(True), plan_row.c.ticked.is_(True))
    for row in tx.execute(select(plan_row).where(*wanted).execution_options(yield_per=_PART)):
        items.update(set(line_of(row).planned.new_items()))
    tx.execute(delete(plan_item).where(plan_item.c.import_id == import_id, plan_item.c.removes.is_(False)))
    rows = [
        {"import_id": import_id, "list_name": item.list_name, "label": item.label, "rows": count}
        for item, count in items.items()
    ]
    if rows:
        tx.execute(insert(plan_item), rows)


def items(tx: Transaction, import_id: int) -> dict[NewItem, tuple[int, str | None]]:
    """The list items the plan adds: how many rows need each, and its id once it is there."""
    rows = tx.execute(
        select(plan_item)
        .where(plan_item.c.import_id == import_id, plan_item.c.removes.is_(False))
        .order_by(plan_item.c.list_name, plan_item.c.label)
    )
    return {NewItem(row.list_name, row.label): (row.rows, row.item_id) for row in rows}


def set_item_ids(tx: Transaction, import_id: int, ids: Mapping[NewItem, str], added: Collection[NewItem]) -> None:
    """Remember the ids of list items that are there now, and which of them this import has added."""
    if ids:
        statement = update(plan_item).where(
            plan_item.c.import_id == import_id,
            plan_item.c.list_name == bindparam("of_list"),
            plan_item.c.label == bindparam("labelled"),
        )
        rows = [
            {"of_list": item.list_name, "labelled": item.label, "item_id": key, "done": item in added}
            for item, key in ids.items()
        ]
        tx.execute(statement, rows)


def _follow(tx: Transaction, import_id: int, ticked: bool) -> None:
    """Leave no contact ticked whose company is not: untick the contacts, or tick the companies, that belong.

    In an undo it is the other way round: a company is removed only with the contacts that leave it.
    """
    mine = and_(plan_row.c.import_id == import_id, plan_row.c.ticked.is_(ticked), plan_row.c.status.in_(WRITES))
    first, second = (plan_row.c.depends_on, plan_row.c.frees) if ticked else (plan_row.c.frees, plan_row.c.depends_on)
    others = or_(
        plan_row.c.id.in_(select(first).where(mine, first.is_not(None))),
        second.in_(select(plan_row.c.id).where(mine)),
    )
    tx.execute(update(plan_row).where(plan_row.c.import_id == import_id, others).values(ticked=ticked))


def _passing(import_id: int, wanted: PlanFilter) -> list[ColumnElement[bool]]:
    passing = [plan_row.c.import_id == import_id]
    if wanted.status is not None:
        passing.append(plan_row.c.status == wanted.status.value)
    if wanted.ticked is not None:
        passing.append(plan_row.c.ticked.is_(wanted.ticked))
    if wanted.decided:
        passing.append(plan_row.c.decided.is_(True))
    if wanted.similar:
        passing += [plan_row.c.similar.is_(True), plan_row.c.decided.is_(False)]
    if wanted.text:
        passing.append(plan_row.c.label.icontains(wanted.text, autoescape=True))
    return passing
