from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import date, datetime, timezone
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select

from erp_import_plugin.store import bulk
from erp_import_plugin.store.bulk import KEEP
from erp_import_plugin.store.types import Long, UtcDateTime

ROWS = 40
HOSTILE = [
    "",
    "'",
    '"',
    "`",
    "\\",
    "\\N",
    "\\.",
    "\t",
    "\n",
    "\r\n",
    "%s",
    "%(a)s",
    "%%",
    "?",
    ":a",
    "{",
    ";--",
    "😀",
    "אב",
    "é́",
]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Shouted(sa.TypeDecorator[str]):
    impl = sa.String(200)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return value and value.upper()


class Bracketed(sa.TypeDecorator[str]):
    """A type that is written by an expression of the database."""

    impl = sa.String(200)
    cache_ok = True

    def bind_expression(self, bindparam: Any) -> Any:
        return func.concat("<", bindparam, ">") if self.impl else None


texts = (
    st.none() | st.sampled_from(HOSTILE) | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40)
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": texts,
    "Odd %s \"name\"": texts,
    "note": texts,
    "shouted": texts,
    "small": st.none() | st.integers(-(2**31), 2**31 - 1),
    "big": st.none() | st.integers(-(2**63), 2**63 - 1),
    "price": st.none() | st.decimals(-(10**12), 10**12, places=4),
    "share": st.none() | st.floats(-1e9, 1e9, width=32),
    "active": st.none() | st.booleans(),
    "born": st.none() | st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    "seen": st.none() | moments,
    "met": st.none() | moments.map(lambda moment: moment.replace(tzinfo=timezone.utc)),
    "colour": st.none() | st.sampled_from(Colour),
    "raw": st.none() | st.binary(max_size=20),
    "key": st.none() | st.uuids(version=4),  # MariaDB refuses some others
}  # fmt: skip


def _columns() -> list[sa.Column[Any]]:
    types: list[Any] = [
        sa.String(200), sa.String(200), Long, Shouted, sa.Integer, sa.BigInteger, sa.Numeric(20, 4), sa.Float,
        sa.Boolean, sa.Date, sa.DateTime, UtcDateTime, sa.Enum(Colour, name="bulk_colour"), sa.LargeBinary, sa.Uuid,
    ]  # fmt: skip
    return [sa.Column(name, type_) for name, type_ in zip(VALUES, types, strict=True)]


metadata = sa.MetaData()
fast, plain = (
    sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *_columns()) for name in ("Fast %", "plain")
)
made = sa.Table(
    "made",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(20), unique=True),
    sa.Column("there", sa.String(20), server_default="there"),
    sa.Column("same", sa.String(20), default="same", onupdate="again"),
    sa.Column("called", sa.Integer, default=count(1).__next__),
    sa.Column("now", sa.DateTime, onupdate=func.now()),
)


@pytest.fixture(autouse=True)
def tables(engine: Engine) -> Iterator[None]:
    metadata.create_all(engine)
    yield
    metadata.drop_all(engine)


def _rows(pools: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    """Many rows of few values, which come together anew in each."""
    return [
        (n + 1, *(some[(n * step) % len(some)] for step, some in enumerate((pools[name] for name in VALUES), 1)))
        for n in range(ROWS)
    ]


def _all(tx: Connection, table: sa.Table) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in tx.execute(select(table).order_by(table.c[0]))]


def _pools(*more: Any) -> st.SearchStrategy[dict[str, list[Any]]]:
    return st.fixed_dictionaries(
        {
            name: st.lists(values | st.sampled_from(more) if more else values, min_size=1, max_size=7)
            for name, values in VALUES.items()
        }
    )


once_per_database = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@once_per_database
@given(_pools())
def test_what_is_inserted_is_what_core_inserts(engine: Engine, pools: dict[str, list[Any]]) -> None:
    rows = _rows(pools)
    names = ["id", *VALUES]
    with engine.connect() as tx:
        bulk.insert_rows(tx, fast, names, rows)
        tx.execute(sa.insert(plain), [dict(zip(names, row, strict=True)) for row in rows])
        assert _all(tx, fast) == _all(tx, plain)


@once_per_database
@given(_pools(), _pools(KEEP))
def test_what_is_updated_is_what_core_updates(
    engine: Engine, pools: dict[str, list[Any]], new: dict[str, list[Any]]
) -> None:
    names = ["id", *VALUES]
    with engine.connect() as tx:
        for table in (fast, plain):
            bulk.insert_rows(tx, table, names, _rows(pools))
        rows = _rows(new)[::2]
        bulk.update_rows(tx, fast.c.id, list(VALUES), rows)
        for key, *values in rows:
            given = {name: value for name, value in zip(VALUES, values, strict=True) if value is not KEEP}
            if given:
                tx.execute(sa.update(plain).where(plain.c.id == key).values(given))
        assert _all(tx, fast) == _all(tx, plain)
