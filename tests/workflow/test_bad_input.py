"""More than anyone should send, wherever it comes from: a sentence that says what to do, and nothing is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from erp_import_plugin.connector_api import Actor, ActorType, ErpField
from erp_import_plugin.connector_host import Limits
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store import tables
from erp_import_plugin.workflow import connections, imports, mappings, search
from erp_import_plugin.workflow.criteria import MOST_CRITERIA, Criteria, Criterion
from erp_import_plugin.workflow.erp import ErpFailed
from erp_import_plugin.workflow.invalid import Invalid
from tests.support import databases
from tests.support.rooms import ADMIN, House
from tests.support.shop import ShopSession

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)
CUSTOMER = ActorType.CUSTOMER
LIMITS = Limits()


def staged(house: House, token: str) -> list[tuple[str, str, int, str]]:
    """Key, state, length of the values and problems of every staged actor."""
    columns = (tables.staged.c.erp_key, tables.staged.c.state, tables.staged.c["values"], tables.staged.c.problems)
    mine = tables.staged.c.import_id == imports.get(house.rooms, ADMIN, token).import_.id
    with house.rooms.engine.connect() as tx:
        rows = tx.execute(select(*columns).where(mine).order_by(tables.staged.c.id)).all()
    return [(key, state, len(values or ""), problems or "") for key, state, values, problems in rows]


@everywhere
def test_a_page_of_50_mb_from_a_connector_is_fetched_in_parts_that_fit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.shop.page_size = 10
    for number in range(100):
        house.shop.add(CUSTOMER, f"C{number}", NAME=f"Company {number}", VATNO="x" * 500_000)
    asked: list[int] = []
    get = ShopSession.get

    def counted(session: ShopSession, actor_type: ActorType, keys: list[str], fields: list[str]) -> list[Actor]:
        asked.append(len(keys))
        return list(get(session, actor_type, keys, fields))

    monkeypatch.setattr(ShopSession, "get", counted)
    token = house.begin()
    house.stage(token)

    assert {(state, length > 500_000, problems) for _, state, length, problems in staged(house, token)} == {
        ("fetched", True, "")
    }
    taken = [count for count in asked if count * 500_000 <= LIMITS.max_page_length]
    assert sum(taken) == 100


def test_a_page_of_50_mb_of_search_results_ends_the_search_with_what_to_do(house: House) -> None:
    token = house.begin()
    for number in range(50):
        house.shop.add(CUSTOMER, f"L{number}", NAME="x" * 900_000)
    house.search(token)

    state = search.form(house.rooms, ADMIN, token).search
    assert state is not None
    job = house.jobs.latest(state.token)
    assert job is not None
    assert job.state == "failed"
    assert "actors of more than 10,000,000 characters at once. Have fewer fields shown in search." in job.note


@everywhere
def test_a_row_of_10_mb_from_a_connector_loses_the_one_value_and_says_so(house: House) -> None:
    house.shop.add(CUSTOMER, "C1", NAME="Acme", VATNO="x" * 10_000_000)
    house.shop.add(CUSTOMER, "C2", NAME="Bolt")
    token = house.begin()
    house.stage(token)
    (first, second) = staged(house, token)
    assert first[:2] == ("C1", "fetched")
    assert "VATNO: the text is longer than 1,000,000 characters and was left out." in first[3]
    assert second[1:] == ("fetched", second[2], "")


@everywhere
def test_the_largest_row_that_is_taken_is_kept_whole(house: House) -> None:
    house.shop.add(CUSTOMER, "C1", NAME="Å" * 990_000, VATNO="\N{GRINNING FACE}" * 990_000)
    token = house.begin()
    house.stage(token)
    with house.rooms.engine.connect() as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        (actor,) = staging_store.chunks(tx, import_id, [CUSTOMER], 0, 10)
    assert actor.values == house.shop.actors[CUSTOMER][0].values


def test_5000_fields_are_mapped_searched_and_fetched(house: House) -> None:
    extra = tuple(ErpField(f"F{number}", f"Field {number}") for number in range(5000))
    house.shop.fields[CUSTOMER] = (*house.shop.fields[CUSTOMER], *extra)
    house.shop.add(CUSTOMER, "C1", NAME="Acme", **{field.key: field.label for field in extra})
    token = house.begin()
    house.stage(token)
    with house.rooms.engine.connect() as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        (actor,) = staging_store.chunks(tx, import_id, [CUSTOMER], 0, 10)
    assert len(actor.values) == 5001
    page = mappings.page(house.rooms, ADMIN, 1, CUSTOMER)
    assert len(page.lines.rows) <= house.rooms.config.page_size


def test_more_fields_than_are_taken_are_told_and_the_mapping_stays(house: House) -> None:
    house.connect()
    before = mappings.of_connection(house.rooms, ADMIN, 1)
    house.shop.fields[CUSTOMER] = tuple(ErpField(f"F{number}", "x") for number in range(LIMITS.max_fields + 1))
    with pytest.raises(ErpFailed, match="more than 10,000 fields at once"):
        connections.discover(house.rooms, ADMIN, 1)
    assert mappings.of_connection(house.rooms, ADMIN, 1) == before


def test_100000_list_items_are_kept_and_one_more_is_told_and_keeps_the_list_as_it_was(house: House) -> None:
    house.connect()
    house.shop.lists["categories"] = {f"K{number}": f"Item {number}" for number in range(LIMITS.max_list_items)}
    assert connections.discover(house.rooms, ADMIN, 1) == ()
    token = house.begin()
    assert len(search.list_items(house.rooms, ADMIN, token, "categories", "item 9999")) == 11
    house.shop.lists["categories"]["one more"] = "One more"
    (unread,) = connections.discover(house.rooms, ADMIN, 1)
    assert unread.startswith("The list “categories” could not be read: The connector returned more than 100,000")
    assert len(search.list_items(house.rooms, ADMIN, token, "categories", "item 9999")) == 11


def test_a_criteria_list_of_500_lines_searches_nothing_and_says_how_many_there_may_be(house: House) -> None:
    token = house.begin()
    lines = tuple(Criterion("NAME", "contains", (f"x{number}",)) for number in range(500))
    with pytest.raises(Invalid) as caught:
        house.search(token, criteria=Criteria((lines[:50], lines[50:])))
    assert caught.value.errors == {
        "1.50": "A search takes 100 criteria at most. Delete or deactivate this one and those after it."
    }
    assert "search" not in house.shop.calls
    house.search(token, criteria=Criteria((lines[:50], lines[50:MOST_CRITERIA])))
    assert "search" in house.shop.calls


def test_criteria_that_are_switched_off_do_not_count(house: House) -> None:
    off = tuple(Criterion("NAME", "contains", ("x",), active=False) for _ in range(500))
    house.search(house.begin(), criteria=Criteria((off,)))
    assert "search" in house.shop.calls
