"""What a good engineer would write by hand for this one table: the floor, and the whole import in SQL.

``floor`` only writes what it is told, the ids being known; ``set_based`` stages, plans, writes, links and logs every
changed field, in statements over all rows. Both speak to the driver as fast as it allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, text

from benchmarks.workload import CHANGED, TEXTS, Workload

_VALUES = ", ".join(TEXTS)
_PLACES = {"sqlite": "?", "postgresql": "%s", "mariadb": "%s", "mysql": "%s"}


def floor(engine: Engine, workload: Workload) -> None:
    """INSERT the new, UPDATE the changed by id."""
    existing = _ids(engine)
    new, changed = [], []
    for actor in workload.actors():
        entity_id = existing.get(actor[4])
        if entity_id is None:
            new.append(tuple(value or None for value in actor))
        elif int(actor[2]) >= 0 and actor[5].endswith(" B"):
            changed.append((actor[5], actor[14], entity_id))
    with engine.begin() as tx:
        _insert(tx, "company", TEXTS, new)
        place = _PLACES[engine.dialect.name]
        _update(tx, f"UPDATE company SET {CHANGED[0]} = {place}, {CHANGED[1]} = {place} WHERE id = {place}", changed)


def set_based(engine: Engine, workload: Workload) -> None:
    """Stage, plan, insert, update, log and link, in SQL."""
    with engine.begin() as tx:
        for statement in _tables(engine.dialect.name):
            tx.execute(text(statement))
        rows = ((_key(actor[4]), *actor) for actor in workload.actors())
        _insert(tx, "bench_staged", ("vat_key", *TEXTS), rows)
        for statement in _plan(engine.dialect.name):
            tx.execute(text(statement))


def _key(vat_number: str) -> str:
    return vat_number.removeprefix("NO").removesuffix("MVA")


def _ids(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {row.vat_number: row.id for row in connection.execute(text("SELECT vat_number, id FROM company"))}


def _tables(dialect: str) -> Iterator[str]:
    serial = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "SERIAL PRIMARY KEY"}.get(
        dialect, "INTEGER AUTO_INCREMENT PRIMARY KEY"
    )
    columns = ", ".join(f"{name} VARCHAR(120)" for name in TEXTS)
    yield f"CREATE TABLE bench_staged (row_id {serial}, vat_key VARCHAR(120), {columns}, entity_id INTEGER)"
    yield "CREATE TABLE bench_what (row_id INTEGER PRIMARY KEY, what CHAR(1))"
    yield "CREATE TABLE bench_link (vat_key VARCHAR(120) PRIMARY KEY, entity_id INTEGER)"
    yield "CREATE TABLE bench_log (row_id INTEGER, field VARCHAR(40), old VARCHAR(120), new VARCHAR(120))"
    yield "CREATE TABLE bench_key (vat_key VARCHAR(120), entity_id INTEGER)"


def _plan(dialect: str) -> Iterator[str]:
    stripped = "replace(replace(vat_number, 'NO', ''), 'MVA', '')"
    yield f"INSERT INTO bench_key SELECT {stripped}, id FROM company WHERE vat_number IS NOT NULL"
    yield "CREATE INDEX bench_key_vat ON bench_key (vat_key)"
    yield (
        "UPDATE bench_staged SET entity_id = (SELECT k.entity_id FROM bench_key k"
        " WHERE k.vat_key = bench_staged.vat_key)"
    )
    differs = " OR ".join(f"({_differs(name, 's.' + name)})" for name in TEXTS)
    yield (
        "INSERT INTO bench_what SELECT s.row_id, CASE WHEN s.entity_id IS NULL THEN 'n'"
        f" WHEN {differs} THEN 'c' ELSE '=' END FROM bench_staged s LEFT JOIN company c ON c.id = s.entity_id"
    )
    both = "bench_staged s JOIN bench_what w ON w.row_id = s.row_id"
    for name in TEXTS:
        yield (
            f"INSERT INTO bench_log SELECT s.row_id, '{name}', c.{name}, s.{name} FROM {both}"
            f" JOIN company c ON c.id = s.entity_id WHERE w.what = 'c' AND {_differs(name, 's.' + name)}"
        )
    filled = ", ".join(f"nullif({name}, '')" for name in TEXTS)
    yield f"INSERT INTO company ({_VALUES}) SELECT {filled} FROM {both} WHERE w.what = 'n' ORDER BY s.row_id"
    yield _update_all(dialect, both)
    yield (
        "INSERT INTO bench_link SELECT s.vat_key, coalesce(s.entity_id, c.id) FROM bench_staged s"
        " LEFT JOIN company c ON s.entity_id IS NULL AND c.vat_number = s.vat_number"
    )


def _differs(name: str, new: str) -> str:
    return f"{new} <> '' AND coalesce(c.{name}, '') <> {new}"


def _update_all(dialect: str, both: str) -> str:
    def sets(target: str) -> str:
        return ", ".join(f"{target}{name} = CASE WHEN s.{name} <> '' THEN s.{name} ELSE c.{name} END" for name in TEXTS)

    if dialect in ("mariadb", "mysql"):
        return f"UPDATE company c JOIN ({both}) ON s.entity_id = c.id SET {sets('c.')} WHERE w.what = 'c'"
    return f"UPDATE company AS c SET {sets('')} FROM {both} WHERE w.what = 'c' AND s.entity_id = c.id"


def _insert(tx: Connection, table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    raw: Any = tx.connection.driver_connection
    if tx.dialect.name == "postgresql":
        with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    place = _PLACES[tx.dialect.name]
    places = ", ".join([place] * len(names.split(", ")))
    raw.cursor().executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(rows))


def _update(tx: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    raw: Any = tx.connection.driver_connection
    raw.cursor().executemany(statement, rows)
