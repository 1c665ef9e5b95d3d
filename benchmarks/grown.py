"""Imports of any length: a short one is planned, or imported, by the plugin, and its rows are copied many times."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Engine, Integer, func, insert, select, text, update

from erp_import_plugin.engine.results import Status
from erp_import_plugin.store import bulk, tables
from erp_import_plugin.store.imports import Import, by_id

_PART = 10_000
_OF_ROWS = (tables.staged, tables.plan_row, tables.outcome)


def mix(tx: Connection, import_id: int) -> None:
    """Give a planned import, of the reference workload, twenty rows of every sort among a hundred."""
    tenth = tables.staged.c.erp_key.cast(Integer) % 10
    for places, values in _SORTS.items():
        rows = select(tables.staged.c.id).where(tables.staged.c.import_id == import_id, tenth.in_(places))
        ids = tx.execute(rows).scalars().all()
        tx.execute(update(tables.plan_row).where(tables.plan_row.c.id.in_(ids)).values(values))


_SORTS: Mapping[tuple[int, ...], Mapping[str, Any]] = {
    (0, 1): {"status": Status.UNDECIDED.value},
    (2, 5): {"status": Status.SKIPPED.value},
    (3, 4): {"ticked": False},
    (1, 6): {"similar": True},
    (2, 9): {"decided": True},
}
"""What becomes of actors by the last digit of their number: without it 0 to 4 are new, 5 to 7 changed."""


def grow(engine: Engine, small: Import, times: int) -> Import:
    """Another import with the rows of a small one, that many times."""
    with engine.begin() as tx:
        import_id = _copy_one(tx, tables.import_, {"id": small.id}, {"token": token_hex(16)})
        search = tx.execute(select(tables.search).where(tables.search.c.import_id == small.id)).one_or_none()
        if search is not None:
            search_id = _copy_one(
                tx, tables.search, {"id": search.id}, {"token": token_hex(16), "import_id": import_id}
            )
            _copy_results(tx, search.id, search_id, times)
        first = 1 + (tx.scalar(select(func.max(tables.staged.c.id))) or 0)
        ids = tx.execute(select(tables.staged.c.id).where(tables.staged.c.import_id == small.id)).scalars().all()
        for table in _OF_ROWS:
            _copy_rows(tx, table, small.id, import_id, {old: first + n for n, old in enumerate(sorted(ids))}, times)
        if engine.dialect.name == "postgresql":
            tx.execute(text(f"SELECT setval('erp_import_staged_id_seq', {first + len(ids) * times})"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (*_OF_ROWS, tables.search_result):
            words = {"postgresql": "VACUUM ANALYZE", "mariadb": "ANALYZE TABLE"}.get(engine.dialect.name, "ANALYZE")
            connection.execute(text(f"{words} {table.name}"))
    with engine.begin() as tx:
        grown = by_id(tx, import_id)
        assert grown is not None
        return grown


def _copy_one(tx: Connection, table: Any, where: Mapping[str, Any], new: Mapping[str, Any]) -> int:
    row = tx.execute(select(table).where(*(table.c[name] == value for name, value in where.items()))).one()
    values = {name: value for name, value in row._mapping.items() if name != "id"} | dict(new)
    key = tx.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _copy_results(tx: Connection, old: int, new: int, times: int) -> None:
    table = tables.search_result
    names = [column.name for column in table.columns]
    rows = tx.execute(select(table).where(table.c.search_id == old).order_by(table.c.position)).all()
    for start in range(0, times, max(_PART // len(rows), 1)):
        made = []
        for copy in range(start, min(start + max(_PART // len(rows), 1), times)):
            for n, row in enumerate(rows):
                number = copy * len(rows) + n
                changed = {"search_id": new, "position": number, "erp_key": f"{row.erp_key}-{copy}"}
                changed["sort_0"] = f"company {number * 7919 % (times * len(rows)):07}"
                made.append(tuple({**row._mapping, **changed}[name] for name in names))
        bulk.insert_rows(tx, table, names, made)


def _copy_rows(tx: Connection, table: Any, old: int, new: int, ids: Mapping[int, int], times: int) -> None:
    names = [column.name for column in table.columns]
    rows = tx.execute(select(table).where(table.c.import_id == old).order_by(table.c.id)).all()
    made: list[tuple[Any, ...]] = []
    for copy in range(times):
        for row in rows:
            row_id = ids[row.id] + copy * len(ids)
            changed: dict[str, Any] = {"id": row_id, "import_id": new}
            if "label" in names:
                changed["label"] = f"Company {row_id:07} AS"
            if "erp_key" in names:
                changed["erp_key"] = f"{row.erp_key}-{copy}"
            made.append(tuple({**row._mapping, **changed}[name] for name in names))
        if len(made) >= _PART or copy == times - 1:
            bulk.insert_rows(tx, table, names, made)
            made = []
