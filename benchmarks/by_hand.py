"""What a good engineer would write by hand for this one table: the floor, and the whole import in SQL.

``floor`` only writes what it is told, the ids being known; ``floor_with_log`` keeps a link and every changed field
beside it. ``set_based`` stages, plans, writes, links and logs in statements over all rows. All speak to the driver as
fast as it allows.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text

from benchmarks.drivers import PLACES, insert, raw
from benchmarks.workload import CHANGED, TEXTS, Workload, entity_id, record, vat_key

_AT = [TEXTS.index(name) for name in CHANGED]


def floor(engine: Engine, workload: Workload) -> None:
    """INSERT the new, UPDATE the changed by id."""
    with engine.begin() as tx:
        _write(tx, workload)


def floor_with_log(engine: Engine, workload: Workload) -> None:
    """The same, with a link per actor and a line per changed field."""
    with engine.begin() as tx:
        for statement in _link_and_log():
            tx.execute(text(statement))
        _write(tx, workload)
        links = ((str(n), entity_id(workload.number(n))) for n in range(workload.incoming))
        insert(tx, "bench_link", ("erp_key", "entity_id"), links)
        insert(tx, "bench_log", ("erp_key", "field", "old", "new"), _changes(workload))


def set_based(engine: Engine, workload: Workload) -> None:
    """Stage; plan; then insert, update, log and link: three transactions."""
    dialect = engine.dialect.name
    with engine.begin() as tx:
        for statement in _tables():
            tx.execute(text(statement))
        rows = ((n, str(n), vat_key(one[4]), *one) for n, one in enumerate(workload.actors()))
        insert(tx, "bench_staged", ("row_id", "erp_key", "vat_key", *TEXTS), rows)
    for part in (_plan(dialect), _apply(dialect)):
        with engine.begin() as tx:
            for statement in part:
                tx.execute(text(statement))


def check_links(engine: Engine, workload: Workload) -> None:
    """Raises AssertionError unless every actor has its link, and every changed field its line."""
    changed = sum(workload.is_changed(n) for n in range(workload.incoming)) * len(CHANGED)
    with engine.connect() as connection:
        links = connection.execute(text("SELECT count(*), count(DISTINCT entity_id) FROM bench_link")).one()
        lines = connection.execute(text("SELECT count(*) FROM bench_log")).scalar_one()
    assert tuple(links) == (workload.incoming, workload.incoming), links
    assert lines == changed, (lines, changed)


def _write(tx: Connection, workload: Workload) -> None:
    new, changed = [], []
    for n, actor in enumerate(workload.actors()):
        own = entity_id(workload.number(n))
        if not workload.is_known(n):
            new.append((own, *(value or None for value in actor)))
        elif workload.is_changed(n):
            changed.append((*(actor[at] for at in _AT), own))
    insert(tx, "company", ("id", *TEXTS), new)
    place = PLACES[tx.dialect.name]
    if tx.dialect.name == "sqlite":
        sets = ", ".join(f"{name} = {place}" for name in CHANGED)
        raw(tx).cursor().executemany(f"UPDATE company SET {sets} WHERE id = {place}", changed)
        return
    columns = ", ".join(f"{name} VARCHAR(120)" for name in CHANGED)
    tx.execute(text(f"CREATE TEMPORARY TABLE bench_changed ({columns}, id INTEGER PRIMARY KEY)"))
    insert(tx, "bench_changed", (*CHANGED, "id"), changed)
    tx.execute(text(_update(tx.dialect.name, "bench_changed s", {name: f"s.{name}" for name in CHANGED}, "s.id")))


def _changes(workload: Workload) -> Iterator[tuple[str, str, str, str]]:
    for n in range(workload.incoming):
        if workload.is_changed(n):
            old, new = record(workload.number(n)), workload.actor(n)
            yield from ((str(n), TEXTS[at], old[at], new[at]) for at in _AT)


def _tables() -> Iterator[str]:
    columns = ", ".join(f"{name} VARCHAR(120)" for name in TEXTS)
    yield (
        "CREATE TABLE bench_staged"
        f" (row_id INTEGER PRIMARY KEY, erp_key VARCHAR(40) NOT NULL, vat_key VARCHAR(120), {columns})"
    )
    yield "CREATE TABLE bench_known (vat_key VARCHAR(120) PRIMARY KEY, entity_id INTEGER, times INTEGER)"
    yield (
        "CREATE TABLE bench_plan"
        " (row_id INTEGER PRIMARY KEY, what CHAR(1) NOT NULL, entity_id INTEGER, differs INTEGER NOT NULL)"
    )
    yield from _link_and_log()


def _link_and_log() -> Iterator[str]:
    yield "CREATE TABLE bench_link (erp_key VARCHAR(40) PRIMARY KEY, entity_id INTEGER NOT NULL)"
    yield "CREATE TABLE bench_log (erp_key VARCHAR(40), field VARCHAR(40), old VARCHAR(120), new VARCHAR(120))"


def _plan(dialect: str) -> Iterator[str]:
    """A row per actor: new, changed, as it is, or not to be decided; and which columns differ, a bit for each."""
    key = "replace(replace(vat_number, 'NO', ''), 'MVA', '')"
    yield (
        f"INSERT INTO bench_known SELECT {key}, min(id), count(*) FROM company"
        f" WHERE vat_number IS NOT NULL GROUP BY {key}"
    )
    yield "CREATE INDEX bench_staged_key ON bench_staged (vat_key)"
    if dialect == "postgresql":
        yield "ANALYZE bench_staged (vat_key, row_id)"
        yield "ANALYZE bench_known"
    differs = " + ".join(
        f"CASE WHEN s.{name} <> '' AND {_is_distinct(dialect, f'c.{name}', f's.{name}')} THEN {1 << bit} ELSE 0 END"
        for bit, name in enumerate(TEXTS)
    )
    yield (
        "INSERT INTO bench_plan SELECT row_id,"
        " CASE WHEN times > 1 OR doubled THEN '?' WHEN entity_id IS NULL THEN 'n' WHEN differs > 0 THEN 'c'"
        " ELSE '=' END, entity_id, differs FROM ("
        f"SELECT s.row_id, k.times, k.entity_id, d.vat_key IS NOT NULL AS doubled, {differs} AS differs"
        " FROM bench_staged s LEFT JOIN bench_known k ON k.vat_key = s.vat_key"
        " LEFT JOIN company c ON c.id = k.entity_id"
        " LEFT JOIN (SELECT vat_key FROM bench_staged GROUP BY vat_key HAVING count(*) > 1) d"
        " ON d.vat_key = s.vat_key) AS found"
    )


def _apply(dialect: str) -> Iterator[str]:
    planned = "bench_plan p JOIN bench_staged s ON s.row_id = p.row_id"
    if dialect == "postgresql":
        yield "UPDATE bench_plan SET entity_id = nextval('company_id_seq') WHERE what = 'n'"
    else:
        yield (
            "CREATE TEMPORARY TABLE bench_new AS SELECT row_id,"
            " (SELECT max(id) FROM company) + row_number() OVER (ORDER BY row_id) AS entity_id"
            " FROM bench_plan WHERE what = 'n'"
        )
        yield "CREATE UNIQUE INDEX bench_new_row ON bench_new (row_id)"
        yield (
            "UPDATE bench_plan SET entity_id = (SELECT n.entity_id FROM bench_new n WHERE n.row_id = bench_plan.row_id)"
            " WHERE what = 'n'"
        )
    filled = ", ".join(f"nullif(s.{name}, '')" for name in TEXTS)
    yield (
        f"INSERT INTO company (id, {', '.join(TEXTS)}) SELECT p.entity_id, {filled} FROM {planned}"
        " WHERE p.what = 'n' ORDER BY p.row_id"
    )
    for bit, name in enumerate(TEXTS):
        yield (
            f"INSERT INTO bench_log SELECT s.erp_key, '{name}', c.{name}, s.{name} FROM {planned}"
            f" JOIN company c ON c.id = p.entity_id WHERE p.what = 'c' AND p.differs & {1 << bit} <> 0"
        )
    sets = {
        name: f"CASE WHEN p.differs & {1 << bit} <> 0 THEN s.{name} ELSE company.{name} END"
        for bit, name in enumerate(TEXTS)
    }
    yield _update(dialect, planned, sets, "p.entity_id") + " AND p.what = 'c'"
    yield f"INSERT INTO bench_link SELECT s.erp_key, p.entity_id FROM {planned} WHERE p.what <> '?'"


def _is_distinct(dialect: str, one: str, other: str) -> str:
    return {
        "sqlite": f"{one} IS NOT {other}",
        "postgresql": f"{one} IS DISTINCT FROM {other}",
    }.get(dialect, f"NOT {one} <=> {other}")


def _update(dialect: str, source: str, sets: dict[str, str], own: str) -> str:
    """UPDATE company from other tables."""
    if dialect == "mariadb":
        columns = ", ".join(f"company.{name} = {value}" for name, value in sets.items())
        return f"UPDATE company JOIN ({source}) SET {columns} WHERE company.id = {own}"
    columns = ", ".join(f"{name} = {value}" for name, value in sets.items())
    return f"UPDATE company SET {columns} FROM {source} WHERE company.id = {own}"
