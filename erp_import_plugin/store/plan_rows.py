"""Rows of the plan as its tables hold them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.normalising import digest
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.rules import RULES
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import codec

NAMED, BELONGS = "named", "belongs"
"""In place of a kind: keys of the names that companies are given, and of those by which rows looked theirs up."""

DECIDED = (
    "status", "icons", "reason", "entity_id", "linked", "decided", "similar", "depends_on", "frees", "partial",
    "adds_items", "shape", "body",
)  # fmt: skip
"""The columns of what is decided about a row, in the order of :func:`decided`."""

COLUMNS = ("id", "import_id", "kind", "ticked", "label", *DECIDED)
KEY_COLUMNS = ("row_id", "import_id", "kind", "double_key")


def decided(planned: PlannedRow, shape: int | None) -> tuple[Any, ...]:
    """What is decided about a row, for its columns; ``shape`` is the key of its shape."""
    match, plain = planned.match, planned.is_plain
    return (
        planned.status.value,
        " ".join(planned.icons()),
        planned.reason.code.value if planned.reason else "",
        match.entity,
        match.linked,
        match.decided,
        bool(planned.similar),
        None if plain else planned.depends_on,
        planned.frees,
        any(not change.is_whole for change in planned.changes),
        not plain and any(True for _ in planned.new_items()),
        shape,
        codec.row_to_text(planned),
    )


def of_line(import_id: int, planned: PlannedRow, ticked: bool, shape: int | None) -> tuple[Any, ...]:
    """A line of the plan, for the columns of the table."""
    return (planned.row, import_id, planned.kind.value, ticked, planned.label, *decided(planned, shape))


def planned_of(row: Row[Any]) -> PlannedRow:
    """A row of the table as it was planned."""
    return codec.row_from_text(row.id, row.kind, row.status, row.label, row.body)


def keys_of(import_id: int, planned: PlannedRow, *, named: bool) -> Iterator[tuple[Any, ...]]:
    """The keys by which other rows find this one; ``named``: also the name that it gives a company."""
    # Who is left out by decision is nobody's double.
    if planned.reason is None or planned.reason.code is not ReasonCode.DECIDED_OUT:
        for key in planned.keys:
            yield planned.row, import_id, planned.kind.value, digest(f"{key}\n{planned.scope}")
    if named:
        for key in _new_names(planned):
            yield planned.row, import_id, NAMED, key
    for key in planned.company_keys:
        yield planned.row, import_id, BELONGS, key


def _new_names(planned: PlannedRow) -> tuple[str, ...]:
    """The name that the row gives a company, as keys of the name rule."""
    own = planned.own_change if planned.kind is EntityKind.COMPANY else None
    given = {one.field: one.new for one in own.ticked() if isinstance(one.new, str)} if own else {}
    return RULES[EntityKind.COMPANY]["name"].keys(given, "")
