from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from erp_import_plugin.connector_api import Actor, ActorRef, ActorType, GiveUp
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store import tables
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.workflow import imports, search, staging
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from erp_import_plugin.workflow.staging import StagingPage
from tests.support import databases
from tests.support.hosts import statements
from tests.support.killing import killed_at
from tests.support.rooms import ADMIN, NOBODY, OTHER, House, build

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)


def shown(house: House, token: str, text: str = "", page: int = 1) -> StagingPage:
    return staging.page(house.rooms, house.jobs, ADMIN, token, text, page)


def opened(house: House, token: str) -> Import:
    return imports.get(house.rooms, ADMIN, token).import_


def set_state(house: House, token: str, state: ImportState) -> None:
    with house.rooms.engine.begin() as tx:
        import_store.set_state(tx, opened(house, token).id, state)


@everywhere
def test_ticked_actors_are_fetched_in_full(house: House) -> None:
    house.shop.add_companies(12)
    token = house.begin()

    added = house.stage(token)

    found = shown(house, token, page=2)
    assert added == 12
    assert found.counts == {"wanted": 0, "fetched": 12, "missing": 0}
    assert found.types == {ActorType.CUSTOMER: 12}
    assert [row.label for row in found.rows] == ["Company 0011", "Company 0012"]
    with house.rooms.engine.connect() as tx:
        (first, *_) = staging_store.chunks(tx, found.import_.id, [ActorType.CUSTOMER], 0, 1)
    assert first.values == house.shop.actors[ActorType.CUSTOMER][0].values


@everywhere
def test_the_same_actor_is_never_staged_twice(house: House) -> None:
    house.shop.add_companies(5)
    token = house.begin()

    house.stage(token, criteria=Criteria(((Criterion("NUMBER2", "less", ("4",)),),)))
    twice = staging.add(house.rooms, house.jobs, ADMIN, token)
    more = house.stage(token)

    assert (twice, more) == (0, 2)
    assert shown(house, token).total == 5
    assert sorted(house.shop.got) == [f"C{n:04}" for n in range(1, 6)]


@everywhere
def test_two_clicks_at_the_same_moment_stage_once(house: House) -> None:
    house.shop.add_companies(40)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    start = threading.Barrier(2)
    errors: list[BaseException] = []

    def click() -> None:
        start.wait()
        try:
            staging.add(house.rooms, house.jobs, ADMIN, token)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert shown(house, token).counts == {"wanted": 0, "fetched": 40, "missing": 0}


@everywhere
def test_one_import_holds_several_actor_types(house: House) -> None:
    house.shop.add_companies(2)
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C0001"), FIRSTNAME="Åse", LASTNAME="Øy")
    token = house.begin()
    house.stage(token)
    house.stage(token, ActorType.PERSON)

    found = shown(house, token, "åse øy" if house.rooms.engine.dialect.name == "postgresql" else "se")

    assert found.types == {ActorType.CUSTOMER: 2, ActorType.PERSON: 1}
    assert [row.label for row in found.rows] == ["Åse Øy"]
    with house.rooms.engine.connect() as tx:
        (person,) = staging_store.chunks(tx, found.import_.id, [ActorType.PERSON], 0, 10)
    assert person.parent == ActorRef(ActorType.CUSTOMER, "C0001")


@everywhere
def test_actor_gone_between_search_and_fetch_is_missing(house: House) -> None:
    house.shop.add_companies(3)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    house.shop.remove(ActorType.CUSTOMER, "C0002")

    staging.add(house.rooms, house.jobs, ADMIN, token)

    found = shown(house, token)
    assert found.counts == {"wanted": 0, "fetched": 2, "missing": 1}
    assert [(row.key, row.state) for row in found.rows][1] == ("C0002", "missing")


def test_actor_that_cannot_be_used_is_missing_and_says_why(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    good, bad = house.shop.actors[ActorType.CUSTOMER]
    house.shop.actors[ActorType.CUSTOMER] = [good, replace(bad, legal_entity="x" * 101)]

    staging.add(house.rooms, house.jobs, ADMIN, token)

    with house.rooms.engine.connect() as tx:
        _, second = staging_store.chunks(tx, opened(house, token).id, [ActorType.CUSTOMER], 0, 10)
    assert second.missing
    assert second.problems


@everywhere
def test_long_keys_and_hostile_texts_are_kept(house: House) -> None:
    key = "K" * 255
    house.shop.add(ActorType.CUSTOMER, key, NAME="<b>a</b>\x00 \ud800", VATNO="ت" * 5000)
    token = house.begin()
    house.stage(token)
    (row,) = shown(house, token).rows
    assert row.key == key
    assert row.label == "<b>a</b>\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"


@everywhere
def test_fetch_that_is_killed_goes_on_where_it_was(house: House) -> None:
    house.shop.add_companies(450)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    with killed_at(house.rooms.engine, "UPDATE erp_import_staged", 2):
        staging.add(house.rooms, house.jobs, ADMIN, token)
    assert shown(house, token).counts == {"wanted": 250, "fetched": 200, "missing": 0}
    first = list(house.shop.got[:200])
    job = shown(house, token).job
    assert job is not None
    assert job.state == "interrupted"
    house.shop.got.clear()

    house.jobs.resume(job.id)

    assert shown(house, token).counts == {"wanted": 0, "fetched": 450, "missing": 0}
    assert sorted([*first, *house.shop.got]) == [f"C{n:04}" for n in range(1, 451)]


def test_fetch_that_failed_can_be_started_again(house: House) -> None:
    house.shop.add_companies(3)
    token = house.begin()

    def away(method: str) -> None:
        if method == "get":
            raise GiveUp("The shop burns.")

    house.shop.fail = away
    house.stage(token)
    job = shown(house, token).job
    assert job is not None
    assert job.state == "failed"
    assert "The shop burns." in job.note
    house.shop.fail = lambda _method: None

    assert staging.add(house.rooms, house.jobs, ADMIN, token) == 0

    assert shown(house, token).counts == {"wanted": 0, "fetched": 3, "missing": 0}


def test_fetch_that_is_stopped_keeps_what_it_has(house: House) -> None:
    house.shop.add_companies(450)
    token = house.begin()

    def stop(method: str) -> None:
        if method == "get" and "get" in house.shop.calls[:-1]:
            job = house.jobs.latest(token)
            assert job is not None
            house.jobs.cancel(job.id)
            time.sleep(0.8)  # a job learns of it within half a second

    house.shop.fail = stop
    house.stage(token)

    found = shown(house, token)
    assert found.job is not None
    assert found.job.state == "cancelled"
    assert found.counts["fetched"] in (200, 400)  # the second chunk may have come before the stop
    assert found.counts["wanted"] == 450 - found.counts["fetched"]


@everywhere
def test_statements_per_chunk_do_not_depend_on_the_actors(house: House) -> None:
    counts = []
    for number in (30, 200):
        house.shop.actors.clear()
        house.shop.add_companies(number)
        token = house.begin()
        house.search(token)
        search.tick(house.rooms, ADMIN, token, True)
        with statements(house.rooms.engine) as seen:
            staging.add(house.rooms, house.jobs, ADMIN, token)
        counts.append(sum("erp_import_staged" in one for one in seen))
    assert counts[0] == counts[1]


def test_lists_are_read_again_with_the_actors(house: House) -> None:
    house.shop.add_companies(1)
    token = house.begin()
    house.shop.lists["categories"]["A"] = "Very best"
    house.stage(token)
    with house.rooms.engine.connect() as tx:
        labels = mapping_store.erp_lists(tx, opened(house, token).connection_id, ["categories"])
    assert labels["categories"]["A"] == "Very best"


def test_nothing_ticked_is_refused(house: House) -> None:
    house.shop.add_companies(1)
    token = house.begin()
    with pytest.raises(Refused, match="Tick the actors"):
        staging.add(house.rooms, house.jobs, ADMIN, token)
    house.search(token)
    with pytest.raises(Refused, match="Tick the actors"):
        staging.add(house.rooms, house.jobs, ADMIN, token)


def test_more_than_an_import_holds_is_refused_and_nothing_staged(engine: Engine) -> None:
    house = build(engine, max_actors=10)
    house.shop.add_companies(8)
    token = house.begin()
    house.stage(token)
    house.shop.actors.clear()
    house.shop.add_companies(8, ActorType.SUPPLIER)
    with pytest.raises(Refused, match="10 actors at most"):
        house.stage(token, ActorType.SUPPLIER)
    assert shown(house, token).total == 8


@everywhere
def test_removed_actors_are_gone_and_can_be_added_again(house: House) -> None:
    house.shop.add_companies(3)
    token = house.begin()
    house.stage(token)
    set_state(house, token, ImportState.PLANNED)
    rows = [row.row for row in shown(house, token).rows]

    staging.remove(house.rooms, ADMIN, token, rows[:2])

    assert [row.key for row in shown(house, token).rows] == ["C0003"]
    assert opened(house, token).state is ImportState.STAGING
    assert staging.add(house.rooms, house.jobs, ADMIN, token) == 2


def test_rows_of_another_import_cannot_be_removed(house: House) -> None:
    house.shop.add_companies(1)
    mine, other = house.begin(), house.begin()
    house.stage(mine)
    rows = [row.row for row in shown(house, mine).rows]
    staging.remove(house.rooms, ADMIN, other, rows)
    assert shown(house, mine).total == 1


def test_adding_makes_the_plan_stale(house: House) -> None:
    house.shop.add_companies(1)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    set_state(house, token, ImportState.PLANNED)
    staging.add(house.rooms, house.jobs, ADMIN, token)
    assert opened(house, token).state is ImportState.STAGING


@pytest.mark.parametrize("state", [ImportState.IMPORTING, ImportState.DONE])
def test_started_import_takes_nothing_more(house: House, state: ImportState) -> None:
    house.shop.add_companies(1)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    set_state(house, token, state)
    with pytest.raises(Refused):
        staging.add(house.rooms, house.jobs, ADMIN, token)
    with pytest.raises(Refused):
        staging.remove(house.rooms, ADMIN, token, [1])
    set_state(house, token, ImportState.IMPORTING)  # one that is done would have accounts


def test_text_finds_labels_and_keys(house: House) -> None:
    house.shop.add_companies(12)
    token = house.begin()
    house.stage(token)
    assert [row.key for row in shown(house, token, "ANY 0003").rows] == ["C0003"]
    assert [row.key for row in shown(house, token, "C0004").rows] == ["C0004"]
    assert shown(house, token, "100%").total == 0


def test_another_user_finds_nothing_and_an_ordinary_one_may_not(house: House) -> None:
    token = house.begin()
    for user, error in ((OTHER, NotFound), (NOBODY, NotAllowed)):
        with pytest.raises(error):
            staging.add(house.rooms, house.jobs, user, token)
        with pytest.raises(error):
            staging.page(house.rooms, house.jobs, user, token)
        with pytest.raises(error):
            staging.remove(house.rooms, user, token, [])


def test_nothing_is_staged_while_sync_is_on(house: House) -> None:
    house.shop.add_companies(1)
    token = house.begin()
    house.search(token)
    search.tick(house.rooms, ADMIN, token, True)
    house.sync.on = True
    with pytest.raises(SyncIsOn):
        staging.add(house.rooms, house.jobs, ADMIN, token)
    with pytest.raises(SyncIsOn):
        staging.remove(house.rooms, ADMIN, token, [])
    house.sync.on = False
    assert staging.add(house.rooms, house.jobs, ADMIN, token) == 1


def test_two_actors_of_one_key_in_two_legal_entities_stay_two(house: House) -> None:
    house.shop.actors[ActorType.CUSTOMER] = [
        Actor(ActorType.CUSTOMER, "1", {"NAME": f"Company of {entity}"}, legal_entity=entity) for entity in ("N", "S")
    ]
    token = house.begin()
    house.stage(token)
    assert [row.label for row in shown(house, token).rows] == ["Company of N", "Company of S"]
    with house.rooms.engine.connect() as tx:
        entities = tx.scalars(select(tables.staged.c.legal_entity).order_by(tables.staged.c.id)).all()
    assert entities == ["N", "S"]


def test_actors_added_as_the_fetch_ended_are_fetched_when_the_page_is_seen(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    house.stage(token, criteria=Criteria(((Criterion("NAME", "ends", ("1",)),),)))
    with house.rooms.engine.begin() as tx:
        staging_store.want(tx, opened(house, token).id, [ActorPlace("Customer", "", "C0002")], as_parent=True)

    shown(house, token)

    assert shown(house, token).counts == {"wanted": 0, "fetched": 2, "missing": 0}
