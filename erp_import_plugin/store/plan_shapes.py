"""The shapes of a plan's rows, each kept once, so that what the plan does is counted without reading the rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.shapes import ChangeShape, FieldShape, Shape, shape_of
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import bulk, codec
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.ids import among
from erp_import_plugin.store.tables import plan_row, plan_shape

_PART = 1000


def keep(tx: Transaction, import_id: int, rows: Sequence[PlannedRow]) -> list[int | None]:
    """Keep the shapes of some rows; gives the key of each, None for a row that changes nothing."""
    shapes = [shape_of(row) for row in rows]
    keys = [None if shape is None else _key_and_text(shape)[0] for shape in shapes]
    new = {
        key: {"import_id": import_id, "key": key, "adds_items": bool(shape.items), "shape": _key_and_text(shape)[1]}
        for key, shape in zip(keys, shapes, strict=True)
        if key is not None and shape is not None
    }
    if new:  # in one order, since another worker may keep the same at this moment
        tx.execute(dialect_of(tx).insert_unless_there(plan_shape), [new[key] for key in sorted(new)])
    return keys


def fill(tx: Transaction, import_id: int) -> None:
    """Keep the shapes of a plan that was made by version 0.1.0, which had none."""
    after = 0
    unshaped = (plan_row.c.import_id == import_id, plan_row.c.shape.is_(None))
    while rows := tx.execute(
        select(plan_row).where(*unshaped, plan_row.c.id > after).order_by(plan_row.c.id).limit(_PART)
    ).all():
        after = rows[-1].id
        planned = [codec.row_from_text(row.id, row.kind, row.status, row.label, row.body) for row in rows]
        keys = keep(tx, import_id, planned)
        shaped = [(one.row, key) for one, key in zip(planned, keys, strict=True)]
        bulk.update_rows(tx, plan_row.c.id, ("shape",), shaped)


def counted(tx: Transaction, import_id: int, statuses: Collection[str]) -> Iterator[tuple[Shape, int, int]]:
    """Every shape of the rows with one of the statuses: how many of these are ticked, and how many there are."""
    mine = (plan_row.c.import_id == import_id, plan_row.c.status.in_(statuses), plan_row.c.shape.is_not(None))
    by_tick = select(plan_row.c.shape, plan_row.c.ticked, func.count().label("number")).where(*mine)
    found: dict[int, list[int]] = {}
    for row in tx.execute(by_tick.group_by(plan_row.c.shape, plan_row.c.ticked)):
        numbers = found.setdefault(row.shape, [0, 0])
        numbers[0] += row.number if row.ticked else 0
        numbers[1] += row.number
    for key, shape in _shapes(tx, plan_shape.c.import_id == import_id).items():
        if key in found:
            ticked, every = found[key]
            yield shape, ticked, every


def adding_items(tx: Transaction, import_id: int, rows: Collection[int] | None = None) -> list[tuple[Shape, int]]:
    """The shapes that need list items, with how many rows have each: of some rows, or of all that are ticked."""
    shapes = _shapes(tx, plan_shape.c.import_id == import_id, plan_shape.c.adds_items.is_(True))
    if not shapes:
        return []
    which = plan_row.c.ticked.is_(True) if rows is None else among(tx, plan_row.c.id, rows)
    counts = select(plan_row.c.shape, func.count().label("number")).where(plan_row.c.import_id == import_id, which)
    found = {row.shape: row.number for row in tx.execute(counts.group_by(plan_row.c.shape))}
    return [(shape, found[key]) for key, shape in shapes.items() if key in found]


def _shapes(tx: Transaction, *where: ColumnElement[bool]) -> dict[int, Shape]:
    return {row.key: _shape(row.shape) for row in tx.execute(select(plan_shape).where(*where))}


@lru_cache(maxsize=4096)
def _key_and_text(shape: Shape) -> tuple[int, str]:
    text = codec.dumps(shape)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True), text


@lru_cache(maxsize=4096)
def _shape(text: str) -> Shape:
    changes, items = codec.loads(text)
    return Shape(
        tuple(
            ChangeShape(EntityKind(kind), effect, written, tuple(names), tuple(FieldShape(*one) for one in fields))
            for kind, effect, written, names, fields in changes
        ),
        tuple(codec.value(one) for one in items),
    )
