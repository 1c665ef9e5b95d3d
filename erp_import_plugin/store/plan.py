"""The stored plan: what the preview shows and the import applies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, exists, func, or_, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import bulk, plan_rows, plan_shapes
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.ids import among
from erp_import_plugin.store.plan_rows import NAMED
from erp_import_plugin.store.tables import outcome, plan_key, plan_row

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


def count(tx: Transaction, import_id: int) -> int:
    """How many rows there are."""
    return tx.scalar(select(func.count()).select_from(plan_row).where(plan_row.c.import_id == import_id)) or 0


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
    shapes = plan_shapes.keep(tx, import_id, [line.planned for line in lines])
    rows = [
        plan_rows.of_line(import_id, line.planned, line.ticked, shape)
        for line, shape in zip(lines, shapes, strict=True)
    ]
    bulk.insert_rows(tx, plan_row, plan_rows.COLUMNS, rows)
    keys = [key for line in lines for key in plan_rows.keys_of(import_id, line.planned, named=named)]
    bulk.insert_rows(tx, plan_key, plan_rows.KEY_COLUMNS, keys)


def replace(tx: Transaction, import_id: int, rows: Sequence[PlannedRow]) -> None:
    """Change rows that are kept already; their ticks stay, their keys do not change."""
    shapes = plan_shapes.keep(tx, import_id, rows)
    changed = [(row.row, *plan_rows.decided(row, shape)) for row, shape in zip(rows, shapes, strict=True)]
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


def one(tx: Transaction, import_id: int, row_id: int) -> PlanLine | None:
    """One row of the plan."""
    row = tx.execute(select(plan_row).where(plan_row.c.import_id == import_id, plan_row.c.id == row_id)).one_or_none()
    return line_of(row) if row else None


def lines(tx: Transaction, import_id: int, rows: Collection[int]) -> list[PlanLine]:
    """Some rows of the plan, in the order they were staged."""
    mine = (plan_row.c.import_id == import_id, plan_row.c.id.in_(list(rows)))
    return [line_of(row) for row in tx.execute(select(plan_row).where(*mine).order_by(plan_row.c.id))]


def changing(tx: Transaction, import_id: int, after: int, limit: int) -> list[PlanLine]:
    """The next rows, after a row id, that could be written, ticked or not."""
    mine = (plan_row.c.import_id == import_id, plan_row.c.id > after, plan_row.c.status.in_(WRITES))
    return [line_of(row) for row in tx.execute(select(plan_row).where(*mine).order_by(plan_row.c.id).limit(limit))]


def of_kind(tx: Transaction, import_id: int, kind: EntityKind, rows: Collection[int]) -> set[int]:
    """Those of some rows that are of one kind."""
    mine = (plan_row.c.import_id == import_id, plan_row.c.kind == kind.value, plan_row.c.id.in_(list(rows)))
    return set(tx.execute(select(plan_row.c.id).where(*mine)).scalars())


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


def passing(rows: Table, import_id: int, wanted: PlanFilter) -> list[ColumnElement[bool]]:
    """What ``rows``, be they counted or not, have that pass the filter."""
    mine: list[ColumnElement[bool]] = [rows.c.import_id == import_id]
    if wanted.status is not None:
        mine.append(rows.c.status == wanted.status.value)
    if wanted.ticked is not None:
        mine.append(rows.c.ticked.is_(wanted.ticked))
    if wanted.decided:
        mine.append(rows.c.decided.is_(True))
    if wanted.similar:
        mine += [rows.c.similar.is_(True), rows.c.decided.is_(False)]
    if wanted.text:
        mine.append(rows.c.label.icontains(wanted.text, autoescape=True))
    return mine
