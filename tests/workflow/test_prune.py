"""Old imports are taken out of the history: what goes, what stays, and what is never touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from erp_import_plugin.errors import NotFound
from erp_import_plugin.store import pruning, tables
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow import history, importing, imports, preview, prune
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.access import NotAllowed
from tests.support import databases, hosts
from tests.support.hosts import statements
from tests.support.rooms import ADMIN, CHIEF, NOBODY, OTHER, House, build
from tests.support.site import BY_NAME

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)
table = tables.import_
OURS = {one.name for one in tables.metadata.sorted_tables}


@pytest.fixture
def house(engine: Engine) -> House:
    """Chunks of five rows, and twelve customers in the shop."""
    made = build(engine, chunk=5)
    made.shop.add_companies(12)
    return made


def planned(house: House) -> str:
    token = house.begin()
    house.stage(token)
    settings_step.save(house.rooms, ADMIN, token, BY_NAME)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    return token


def done(house: House, **columns: Any) -> str:
    token = planned(house)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    change(house, token, **columns)
    return token


def change(house: House, token: str, **columns: Any) -> None:
    if columns:
        with house.rooms.engine.begin() as tx:
            tx.execute(update(table).where(table.c.token == token).values(**columns))


def ago(house: House, days: float) -> datetime:
    return house.rooms.now() - timedelta(days=days)


def old(house: House, **options: Any) -> list[str]:
    lines = prune.old(house.rooms, house.jobs, CHIEF, ago(house, 90), **options)
    return [line.import_.token for line in lines]


def contents(engine: Engine, names: set[str] | None = None) -> dict[str, list[Any]]:
    """The rows of some tables: of the host's, where none is named."""
    every = [*tables.metadata.sorted_tables, *hosts.metadata.sorted_tables]
    chosen = [one for one in every if one.name in (names or {t.name for t in every} - OURS)]
    with engine.connect() as tx:
        return {one.name: sorted(map(str, tx.execute(select(one)))) for one in chosen}


@everywhere
def test_an_old_import_goes_with_everything_but_its_links(house: House, engine: Engine) -> None:
    token = done(house, ended_at=ago(house, 91))
    with engine.begin() as tx:
        row = tx.scalar(select(func.min(tables.staged.c.id)))
        by = {"by_id": "1", "by_name": "Admin", "at": ago(house, 91)}
        tx.execute(insert(tables.decision).values(id=row, import_id=1, choice="new", **by))
    kept = contents(engine)
    assert old(house) == [token]
    prune.prune(house.rooms, CHIEF, ago(house, 90))
    gone = contents(engine, OURS)
    for name in ("import", "staged", "plan_row", "plan_key", "plan_item", "decision", "outcome", "search"):
        assert gone[f"erp_import_{name}"] == []
    for name in ("search_result", "import_selection", "job"):
        assert gone[f"erp_import_{name}"] == []
    assert contents(engine) == kept
    with engine.connect() as tx:
        links = tx.execute(select(tables.link)).all()
    assert len(links) == 12
    assert {link.import_id for link in links} == {None}
    with pytest.raises(NotFound):
        history.of(house.rooms, house.jobs, ADMIN, token)
    again = planned(house)
    accounts = imports.get(house.rooms, ADMIN, again).import_.accounts
    assert accounts is not None
    assert accounts.unchanged == 12


@everywhere
def test_the_others_stay_as_they_are(house: House, engine: Engine) -> None:
    done(house, ended_at=ago(house, 91))
    young, waiting = done(house), planned(house)
    prune.prune(house.rooms, CHIEF, ago(house, 90))
    lines, total = imports.listed(house.rooms, house.jobs, ADMIN)
    assert [line.import_.token for line in lines] == [waiting, young]
    assert [line.staged for line in lines] == [12, 12]
    assert history.of(house.rooms, house.jobs, ADMIN, young).page.total == 12
    importing.start(house.rooms, house.jobs, ADMIN, waiting)
    assert total == 2


def test_no_table_of_the_host_is_named_in_any_statement(house: House, engine: Engine) -> None:
    done(house, ended_at=ago(house, 91))
    with statements(engine) as seen:
        prune.prune(house.rooms, CHIEF, ago(house, 90))
    writing = [one for one in seen if one.split()[0] in ("DELETE", "UPDATE", "INSERT")]
    assert len(writing) > 10
    assert all("erp_import_" in one for one in writing)
    names = {one.name for one in hosts.metadata.sorted_tables}
    assert not [one for one in seen for name in names if f" {name} " in f"{one} ".replace("\n", " ")]


def test_the_boundary_is_the_moment_it_ended(house: House) -> None:
    moment = ago(house, 90)
    done(house, ended_at=moment)
    before = done(house, ended_at=moment - timedelta(seconds=1), created_at=moment - timedelta(days=5))
    lines = prune.old(house.rooms, house.jobs, CHIEF, moment)
    assert [line.import_.token for line in lines] == [before]


def test_what_has_not_ended_is_kept_unless_it_is_asked_for(house: House, engine: Engine) -> None:
    long_ago = {"created_at": ago(house, 100), "planned_at": ago(house, 99)}
    token = planned(house)
    change(house, token, **long_ago)
    for moved in (tables.job, tables.search):
        with engine.begin() as tx:
            tx.execute(update(moved).values(created_at=ago(house, 95)))
    assert old(house) == []
    assert old(house, unfinished=True) == [token]
    with engine.begin() as tx:
        tx.execute(update(tables.search).values(created_at=ago(house, 1)))
    assert old(house, unfinished=True) == [], "it was searched for yesterday"
    with engine.begin() as tx:
        tx.execute(update(tables.search).values(created_at=ago(house, 95)))
    store = JobStore(engine, lambda: ago(house, 95))
    store.create("plan", token, ADMIN.id)
    assert old(house, unfinished=True) == [], "work on it is under way"


def test_an_import_stays_as_long_as_an_undo_of_it(house: House) -> None:
    first = done(house, ended_at=ago(house, 200))
    undo = done(house, ended_at=ago(house, 150), undoes=1)
    redo = done(house, ended_at=ago(house, 10), undoes=2)
    assert old(house) == []
    change(house, redo, ended_at=ago(house, 91))
    assert old(house) == [first, undo, redo]


def test_an_import_stays_as_long_as_the_undo_that_somebody_else_made_of_it(house: House) -> None:
    mine = done(house, ended_at=ago(house, 200))
    theirs = done(house, ended_at=ago(house, 150), undoes=1, owner_id=CHIEF.id)
    assert prune.old(house.rooms, house.jobs, ADMIN, ago(house, 90)) == ()
    prune.prune(house.rooms, ADMIN, ago(house, 90))
    assert old(house) == [mine, theirs]


def test_each_removes_their_own_and_the_chief_everyones(house: House) -> None:
    mine = done(house, ended_at=ago(house, 91))
    theirs = done(house, ended_at=ago(house, 91), owner_id=OTHER.id)
    prune.prune(house.rooms, OTHER, ago(house, 90))
    assert old(house) == [mine]
    with pytest.raises(NotAllowed):
        prune.prune(house.rooms, NOBODY, ago(house, 90))
    with pytest.raises(NotFound):
        history.of(house.rooms, house.jobs, CHIEF, theirs)


def test_cut_short_nothing_half_is_found_and_the_next_time_removes_the_rest(
    house: House, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = done(house, ended_at=ago(house, 91))
    calls = iter(range(100))
    remove_some = pruning.remove_some

    def cut(*args: Any) -> bool:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return remove_some(*args)

    with monkeypatch.context() as broken:
        broken.setattr(pruning, "remove_some", cut)
        with pytest.raises(KeyboardInterrupt):
            prune.prune(house.rooms, CHIEF, ago(house, 90))
    assert 0 < len(contents(engine, {"erp_import_staged"})["erp_import_staged"]) < 12
    assert imports.listed(house.rooms, house.jobs, CHIEF) == ((), 0)
    with pytest.raises(NotFound):
        history.of(house.rooms, house.jobs, CHIEF, token)
    prune.prune(house.rooms, CHIEF, ago(house, 90))
    assert contents(engine, {"erp_import_staged", "erp_import_import"}) == {
        "erp_import_staged": [],
        "erp_import_import": [],
    }


def test_a_transaction_holds_no_more_rows_than_a_chunk(house: House, engine: Engine) -> None:
    counts = []
    for size in (5, 1000):
        done(house, ended_at=ago(house, 91))
        rooms = replace(house.rooms, config=replace(house.rooms.config, chunk=size))
        with statements(engine) as seen:
            prune.prune(rooms, CHIEF, ago(house, 90))
        counts.append(sum("DELETE FROM erp_import_staged" in one for one in seen))
    assert counts == [3, 1]
