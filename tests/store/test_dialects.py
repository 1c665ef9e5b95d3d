from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Engine, Identity, Integer, MetaData, Sequence, String, Table, insert, select

from erp_import_plugin.store.crm_rows import insert_columns
from erp_import_plugin.store.dialects import Dialect, dialect_of


def _table(engine: Engine, *key: Any, **options: Any) -> Table:
    table = Table("Some thing", MetaData(), Column("id", *key, primary_key=True), Column("name", String(20)), **options)
    table.metadata.create_all(engine)
    return table


@pytest.mark.parametrize(
    "key",
    [
        (Integer,),
        (BigInteger().with_variant(Integer, "sqlite"),),
        (Integer, Identity()),
        (Integer, Identity(always=True)),
        (Integer, Sequence("some numbers", start=100)),
    ],
    ids=["integer", "bigint", "identity", "always", "sequence"],
)
def test_ids_are_given_in_order_and_the_host_goes_on_after_them(engine: Engine, key: tuple[Any, ...]) -> None:
    table = _table(engine, *key)
    names = [f"n{n}" for n in range(1500)]
    with engine.begin() as tx:
        first = tx.execute(insert(table).values(name="first")).inserted_primary_key
        ids = insert_columns(tx, table.c.id, {"name": names}, len(names))
        last = tx.execute(insert(table).values(name="last")).inserted_primary_key
        found = {row.name: row.id for row in tx.execute(select(table))}
    assert [found[name] for name in names] == ids
    assert first is not None
    assert last is not None
    assert len({first[0], *ids, last[0]}) == 1502


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_ids_that_sqlite_remembers_are_not_given_again(engine: Engine) -> None:
    table = _table(engine, Integer, sqlite_autoincrement=True)
    with engine.begin() as tx:
        insert_columns(tx, table.c.id, {"name": ["gone"]}, 1)
        tx.execute(table.delete())
        assert insert_columns(tx, table.c.id, {"name": ["new"]}, 1) == [2]


def test_any_number_of_values_can_be_looked_up_in_one_statement(engine: Engine) -> None:
    table = _table(engine, Integer)
    with engine.begin() as tx:
        insert_columns(tx, table.c.id, {"name": ["n0", "n1", "n2"]}, 3)
        ids = dialect_of(tx).among(tx, table.c.id, range(100_000))
        assert len(tx.execute(select(table).where(ids)).all()) == 3
        names = dialect_of(tx).among(tx, table.c.name, [f"n{n}" for n in range(1, 100_000)])
        assert len(tx.execute(select(table).where(names)).all()) == 2
        none: list[int] = []
        assert tx.execute(select(table).where(dialect_of(tx).among(tx, table.c.id, none))).all() == []


@pytest.mark.parametrize("value", ["'", '"', "\\", "%s", ":name", "a,b", "{a}", "[1]", "NULL", "Å", "🎉"])
def test_values_are_never_taken_for_anything_else(engine: Engine, value: str) -> None:
    table = _table(engine, Integer)
    with engine.begin() as tx:
        insert_columns(tx, table.c.id, {"name": [value, "other"]}, 2)
        found = tx.execute(select(table.c.name).where(dialect_of(tx).among(tx, table.c.name, [value]))).scalars().all()
    assert found == [value]


def test_text_is_compared_character_by_character(engine: Engine) -> None:
    table = _table(engine, Integer)
    with engine.begin() as tx:
        insert_columns(tx, table.c.id, {"name": ["As", "as", "Ås", "As "]}, 4)
        same = dialect_of(tx).as_text(table.c.name) == "As"
        assert tx.execute(select(table.c.name).where(same)).scalars().all() == ["As"]


def test_the_plain_way_leaves_ids_to_the_insert(engine: Engine) -> None:
    table = _table(engine, Integer)
    with engine.begin() as tx:
        assert Dialect().new_ids(tx, table.c.id, 3) is None
