"""Outcomes: what became of each row. They commit with the writes they tell of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, Select, and_, case, exists, func, insert, literal, null, or_, select

from erp_import_plugin.engine.applying import Outcome
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import bulk, codec
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.plan import WRITES
from erp_import_plugin.store.tables import outcome, plan_row


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of the result: what became of an actor, and why."""

    row: int
    kind: EntityKind
    label: str
    status: Status
    reason: Reason | None
    entity_id: str | None
    company_id: str | None


def settle(tx: Transaction, import_id: int) -> None:
    """Give an outcome to every row that is not to be written, in one statement. Doing it again changes nothing."""
    unticked = codec.dumps(codec.reason_to_data(Reason(ReasonCode.UNTICKED)))
    planned = plan_row.c.status.in_(WRITES)
    done = exists().where(outcome.c.id == plan_row.c.id)
    rows = select(
        plan_row.c.id,
        plan_row.c.import_id,
        plan_row.c.kind,
        case((planned, literal(Status.SKIPPED.value)), else_=plan_row.c.status),
        case((planned, literal(unticked)), else_=null()),
        plan_row.c.entity_id,
    ).where(plan_row.c.import_id == import_id, or_(~planned, plan_row.c.ticked.is_(False)), ~done)
    columns = ["id", "import_id", "kind", "status", "reason", "entity_id"]
    tx.execute(insert(outcome).from_select(columns, rows, include_defaults=False))


def save(tx: Transaction, import_id: int, kind: EntityKind, outcomes: Sequence[Outcome]) -> None:
    """Keep the outcomes of a chunk. A row that has one already makes the database refuse."""
    bulk.insert_rows(tx, outcome, _COLUMNS, [_row(import_id, kind, one) for one in outcomes])


def counts(tx: Transaction, import_id: int) -> dict[Status, int]:
    """How many rows have each status."""
    rows = tx.execute(
        select(outcome.c.status, func.count().label("rows"))
        .where(outcome.c.import_id == import_id)
        .group_by(outcome.c.status)
    )
    return {Status(row.status): row.rows for row in rows}


def companies(tx: Transaction, rows: Collection[int]) -> dict[int, str]:
    """The company that each of some rows has become or made, where it has."""
    if not rows:
        return {}
    found = tx.execute(select(outcome).where(dialect_of(tx).among(tx, outcome.c.id, rows)))
    made = {
        row.id: row.company_id or (row.entity_id if row.kind == EntityKind.COMPANY.value else None) for row in found
    }
    return {row: company for row, company in made.items() if company}


def own(tx: Transaction, import_id: int, kind: EntityKind, entities: Collection[str]) -> set[str]:
    """Those of some entities that the import has written."""
    mine = (outcome.c.import_id == import_id, outcome.c.kind == kind.value, outcome.c.status.in_(WRITES))
    found = select(outcome.c.entity_id).where(*mine, dialect_of(tx).among(tx, outcome.c.entity_id, entities))
    return set(tx.execute(found).scalars())


def page(
    tx: Transaction,
    import_id: int,
    statuses: Collection[Status],
    text: str,
    offset: int,
    limit: int,
    *,
    unreached: bool = False,
    total: int | None = None,
) -> tuple[list[ResultRow], int]:
    """One page of the rows with one of the statuses and the text in their label, and how many those are.

    With ``unreached`` a row without an outcome counts as held. ``total`` is how many those are without the text, where
    every row has an outcome.
    """
    rows = _rows(import_id, statuses, unreached)
    if text or unreached or total is None:
        listed = _named(rows, text)
        total = tx.scalar(listed.with_only_columns(func.count()).order_by(None)) or 0
        shown = listed.with_only_columns(plan_row.c.id)
    else:
        shown = _ids(import_id, statuses)
    # The ids first: what is skipped is not read whole.
    ids = shown.offset(offset).limit(limit).subquery()
    return [_result(row) for row in tx.execute(rows.join(ids, ids.c.id == plan_row.c.id))], total


def following(
    tx: Transaction,
    import_id: int,
    statuses: Collection[Status],
    after: int,
    limit: int,
    text: str = "",
    *,
    unreached: bool = False,
) -> list[ResultRow]:
    """As :meth:`page`, the rows after a row id: what happens between two calls moves none of them."""
    rows = _named(_rows(import_id, statuses, unreached), text).where(plan_row.c.id > after)
    return [_result(row) for row in tx.execute(rows.limit(limit))]


def written(
    tx: Transaction, import_id: int, kind: EntityKind, status: Status, after: int, limit: int
) -> list[tuple[int, str]]:
    """Row and entity id of the entities of one kind that are new, or changed, after a row id."""
    mine = and_(outcome.c.import_id == import_id, outcome.c.status == status.value, outcome.c.id > after)
    found = [select(outcome.c.id, outcome.c.entity_id.label("entity_id")).where(mine, outcome.c.kind == kind.value)]
    if kind is EntityKind.COMPANY and status is Status.NEW:
        made = outcome.c.company_id.label("entity_id")
        found.append(select(outcome.c.id, made).where(mine, outcome.c.company_id.is_not(None)))
    rows = [row for one in found for row in tx.execute(one.order_by(outcome.c.id).limit(limit))]
    return sorted((row.id, row.entity_id) for row in rows)[:limit]


_COLUMNS = ("id", "import_id", "kind", "status", "reason", "entity_id", "company_id", "seal")


def _row(import_id: int, kind: EntityKind, one: Outcome) -> tuple[Any, ...]:
    reason = codec.dumps(codec.reason_to_data(one.reason)) if one.reason else None
    seal = codec.values_to_text(one.seal) if one.seal else None
    return one.row, import_id, kind.value, one.status.value, reason, one.entity_id, one.company_id, seal


def _named(rows: Select[Any], text: str) -> Select[Any]:
    return rows.where(plan_row.c.label.icontains(text, autoescape=True)) if text else rows


def _ids(import_id: int, statuses: Collection[Status]) -> Select[Any]:
    """The rows with one of the statuses, all of which have an outcome."""
    if set(statuses) == set(Status):  # the plan has them in order
        return select(plan_row.c.id).where(plan_row.c.import_id == import_id).order_by(plan_row.c.id)
    mine = (outcome.c.import_id == import_id, outcome.c.status.in_([one.value for one in statuses]))
    return select(outcome.c.id).where(*mine).order_by(outcome.c.id)


def _rows(import_id: int, statuses: Collection[Status], unreached: bool) -> Select[Any]:
    """What became of the rows with one of the statuses, by row id."""
    status = func.coalesce(outcome.c.status, Status.HELD.value) if unreached else outcome.c.status
    planned = [plan_row.c[name] for name in ("id", "kind", "label", "body")]
    become = [outcome.c[name] for name in ("reason", "entity_id", "company_id")]
    leading = plan_row if unreached else outcome  # whose index finds the rows
    return (
        select(*planned, *become, status.label("status"), outcome.c.id.is_not(None).label("reached"))
        .select_from(plan_row)
        .join(outcome, outcome.c.id == plan_row.c.id, isouter=unreached)
        .where(leading.c.import_id == import_id, status.in_([one.value for one in statuses]))
        .order_by(leading.c.id)
    )


def _result(row: Row[Any]) -> ResultRow:
    reason = codec.reason_from_data(codec.loads(row.reason)) if row.reached else Reason(ReasonCode.NOT_REACHED)
    planned = codec.row_from_text(row.id, row.kind, row.status, row.label, row.body)
    return ResultRow(
        row=row.id,
        kind=planned.kind,
        label=row.label,
        status=Status(row.status),
        reason=reason or planned.reason,
        entity_id=row.entity_id,
        company_id=row.company_id,
    )
