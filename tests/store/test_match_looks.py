from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, StaticPool, create_engine, delete, insert, select, update

from erp_import_plugin.host_api import CrmValue, EntityKind, EntityUpdate
from erp_import_plugin.store import migrate
from erp_import_plugin.store.crm import SqlAlchemyCrm
from erp_import_plugin.store.transactions import Successive
from tests.support import hosts
from tests.support.hosts import KARI, rule, statements

COMPANY, PERSON = EntityKind.COMPANY, EntityKind.PERSON
NAME = rule(COMPANY, "name")
KNOWING = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
company = hosts.company


@pytest.fixture
def crm(engine: Engine) -> SqlAlchemyCrm:
    hosts.metadata.create_all(engine)
    migrate.upgrade(engine)
    return hosts.crm()


@pytest.fixture
def worker(engine: Engine, crm: SqlAlchemyCrm) -> Iterator[Successive]:
    worker = Successive(engine)
    yield worker
    worker.close()


def _found(worker: Successive, crm: SqlAlchemyCrm, *keys: str) -> set[str]:
    with worker.writing(locking=True) as tx:
        return set(crm.find(tx, COMPANY, NAME, keys))


def _compares(engine: Engine, worker: Successive, crm: SqlAlchemyCrm) -> bool:
    """Whether all companies are compared with their keys, and not only some by their ids."""
    with statements(engine) as seen:
        _found(worker, crm, "anything")
    return any("LEFT OUTER JOIN erp_import_match_key" in one and "company.id IN" not in one for one in seen)


@KNOWING
def test_who_was_alone_since_the_last_look_compares_nothing(
    engine: Engine, crm: SqlAlchemyCrm, worker: Successive
) -> None:
    _found(Successive(engine), crm, "anything")
    assert _compares(engine, worker, crm)
    assert not _compares(engine, worker, crm)
    with worker.writing() as tx:
        (made,) = crm.create(tx, COMPANY, [{"name": "Acme"}], KARI)
        assert set(crm.find(tx, COMPANY, NAME, ["acme"])) <= {"acme"}
    assert not _compares(engine, worker, crm)
    with Successive(engine).writing() as tx:
        assert crm.find(tx, COMPANY, NAME, ["acme"]) == {"acme": [made]}


@KNOWING
def test_keys_that_were_prepared_were_looked_at(engine: Engine, crm: SqlAlchemyCrm, worker: Successive) -> None:
    with engine.begin() as sales:
        sales.execute(insert(company), [{"name": f"Name {n}"} for n in range(5_001)])
    parts, after = 0, None
    while after is not None or not parts:
        with worker.writing() as tx:
            after = crm.prepare(tx, COMPANY, NAME, after)
        parts += 1
        with engine.begin() as sales:
            sales.execute(update(company).where(company.c.id == 1).values(name=f"Part {parts}"))
    assert parts > 1
    assert _found(worker, crm, f"part {parts}", "part 1", "name 0") == {f"part {parts}"}
    assert not _compares(engine, worker, crm)


def test_what_others_have_written_since_the_last_look_is_found(
    engine: Engine, crm: SqlAlchemyCrm, worker: Successive
) -> None:
    with engine.begin() as sales:
        sales.execute(insert(company), [{"name": "Old"}, {"name": "Gone"}])
    assert _found(worker, crm, "old", "gone", "new", "made") == {"old", "gone"}
    with engine.begin() as sales:
        sales.execute(update(company).where(company.c.name == "Old").values(name="New"))
        sales.execute(delete(company).where(company.c.name == "Gone"))
        sales.execute(insert(company).values(name="Made"))
    assert _found(worker, crm, "old", "gone", "new", "made") == {"new", "made"}


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"], indirect=True)
def test_what_was_not_committed_at_the_last_look_is_found(
    engine: Engine, crm: SqlAlchemyCrm, worker: Successive
) -> None:
    with engine.connect() as sales:
        sales.execute(insert(company).values(name="Late"))
        assert _found(worker, crm, "late") == set()
        assert _found(worker, crm, "late") == set()
        sales.commit()
    assert _found(worker, crm, "late") == {"late"}


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"], indirect=True)
def test_what_others_write_between_a_look_and_our_own_change_is_found(
    engine: Engine, crm: SqlAlchemyCrm, worker: Successive
) -> None:
    with engine.begin() as sales:
        sales.execute(insert(company).values(name="Old"))
    with worker.writing(locking=True) as tx:
        ((old,),) = crm.find(tx, COMPANY, NAME, ["old"]).values()
        with engine.begin() as sales:
            sales.execute(update(company).values(name="Theirs"))
        crm.update(tx, COMPANY, [EntityUpdate(old, {"code": "ours"})], KARI)
    assert _found(worker, crm, "old", "theirs") == {"theirs"}


def test_nothing_is_remembered_of_a_transaction_that_failed(
    engine: Engine, crm: SqlAlchemyCrm, worker: Successive
) -> None:
    with engine.begin() as sales:
        sales.execute(insert(company).values(name="Acme"))

    def fail() -> None:
        with worker.writing() as tx:
            assert crm.find(tx, COMPANY, NAME, ["acme"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _found(worker, crm, "acme") == {"acme"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_others_may_write_on_the_same_connection(engine: Engine) -> None:
    # A host on a database in memory gives everybody its only connection.
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    hosts.metadata.create_all(engine)
    migrate.upgrade(engine)
    crm, worker = hosts.crm(), Successive(engine)
    assert _found(worker, crm, "acme") == set()
    with engine.begin() as sales:
        sales.execute(insert(company).values(name="Acme"))
    assert _found(worker, crm, "acme") == {"acme"}
    worker.close()
    engine.dispose()


@KNOWING
def test_many_values_are_looked_at_as_well(engine: Engine, crm: SqlAlchemyCrm, worker: Successive) -> None:
    email = rule(PERSON, "email")
    with worker.writing() as tx:
        kari, ola = crm.create(tx, PERSON, [{"email": ("a@x.example",)}, {}], KARI)
        assert crm.find(tx, PERSON, email, ["a@x.example"]) == {"a@x.example": [kari]}
    with engine.begin() as sales:
        owners = {str(one): one for one in sales.execute(select(hosts.person.c.id)).scalars()}
        sales.execute(update(hosts.person_channel).values(person_id=owners[ola]))
    with worker.writing() as tx:
        assert crm.find(tx, PERSON, email, ["a@x.example"]) == {"a@x.example": [ola]}


@KNOWING
@pytest.mark.parametrize("seed", range(5))
def test_whatever_others_do_meanwhile_is_found(
    engine: Engine, crm: SqlAlchemyCrm, worker: Successive, seed: int
) -> None:
    names = [f"Name {n}" for n in range(8)]
    chance = random.Random(seed)
    own: set[str] = set()

    def write(tx: Connection) -> None:
        there = tx.execute(select(company.c.id)).scalars().all()
        if there and chance.random() < 0.6:
            mine = company.c.id == chance.choice(there)
            tx.execute(chance.choice([delete(company).where(mine), update(company).where(mine).values(_name())]))
        else:
            tx.execute(insert(company).values(_name()))

    def _name() -> dict[str, Any]:
        return {"name": chance.choice(names)}

    for _ in range(40):
        if chance.random() < 0.5:
            with engine.begin() as sales:
                write(sales)
        with worker.writing(locking=True) as tx:
            found = crm.find(tx, COMPANY, NAME, [name.lower() for name in names])
            real: dict[str, set[str]] = {}
            for key, name in tx.execute(select(company.c.id, company.c.name)):
                real.setdefault(name.lower(), set()).add(str(key))
            # What the worker itself has made may be left out, but only that.
            assert all(set(ids) <= real[key] for key, ids in found.items())
            assert all(ids - own <= set(found.get(key, ())) for key, ids in real.items())
            if chance.random() < 0.5:
                rows: list[dict[str, CrmValue]] = [{"name": chance.choice(names)}]
                own |= set(crm.create(tx, COMPANY, rows, KARI))
