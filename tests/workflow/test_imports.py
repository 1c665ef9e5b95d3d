from __future__ import annotations

import pytest
from sqlalchemy import func, select

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import tables
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.workflow import imports
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.invalid import Invalid
from tests.support import databases
from tests.support.rooms import ADMIN, CHIEF, NOBODY, OTHER, House

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)


@everywhere
def test_import_is_begun_found_and_summed_up(house: House) -> None:
    house.shop.add_companies(3)
    token = house.begin()
    house.stage(token)

    summary = imports.get(house.rooms, ADMIN, token)

    assert summary.import_.state is ImportState.STAGING
    assert (summary.connection_name, summary.connector_name) == ("Shop one", "Shop")
    assert summary.staged == {ActorType.CUSTOMER: 3}
    assert summary.job is not None
    assert (summary.job.kind, summary.job.state) == ("fetch", "done")


@everywhere
def test_imports_are_listed_newest_first_and_each_to_its_owner(house: House) -> None:
    mine = [house.begin() for _ in range(12)]
    theirs = house.begin(user=OTHER)

    first, total = imports.listed(house.rooms, house.jobs, ADMIN, 1)
    second, _ = imports.listed(house.rooms, house.jobs, ADMIN, 2)
    beyond, _ = imports.listed(house.rooms, house.jobs, ADMIN, 99)
    all_of_them, all_total = imports.listed(house.rooms, house.jobs, CHIEF, 1)

    assert total == 12
    assert [line.import_.token for line in (*first, *second)] == mine[::-1]
    assert beyond == second
    assert all_total == 13
    assert all_of_them[0].import_.token == theirs
    assert all_of_them[0].connection_name == "Shop one"


@everywhere
def test_discarded_import_leaves_nothing(house: House) -> None:
    house.shop.add_companies(3)
    token = house.begin()
    house.stage(token)

    imports.discard(house.rooms, ADMIN, token)

    with pytest.raises(NotFound):
        imports.get(house.rooms, ADMIN, token)
    with house.rooms.engine.connect() as tx:
        for table in (tables.import_, tables.search, tables.search_result, tables.staged):
            assert tx.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize("state", [ImportState.IMPORTING, ImportState.DONE])
def test_import_that_has_written_stays(house: House, state: ImportState) -> None:
    token = house.begin()
    with house.rooms.engine.begin() as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        import_store.set_state(tx, import_id, state)
        import_store.save_accounts(tx, import_id, Accounts.of(0, {}))
    with pytest.raises(Refused):
        imports.discard(house.rooms, ADMIN, token)
    assert imports.get(house.rooms, ADMIN, token).import_.state is state


def test_import_of_another_is_not_found_unless_one_manages_all(house: House) -> None:
    token = house.begin()
    with pytest.raises(NotFound):
        imports.get(house.rooms, OTHER, token)
    with pytest.raises(NotFound):
        imports.discard(house.rooms, OTHER, token)
    assert imports.get(house.rooms, CHIEF, token).import_.token == token


def test_actor_type_must_be_importable(house: House) -> None:
    connection_id = house.connect()
    with pytest.raises(Invalid) as refused:
        imports.begin(house.rooms, ADMIN, connection_id, ActorType.PARTNER)
    assert list(refused.value.errors) == ["actor_type"]


def test_unknown_connection_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        imports.begin(house.rooms, ADMIN, 4711, ActorType.CUSTOMER)


def test_ordinary_user_may_nothing_not_even_with_a_token(house: House) -> None:
    token = house.begin()
    for call in (
        lambda: imports.begin(house.rooms, NOBODY, 1, ActorType.CUSTOMER),
        lambda: imports.get(house.rooms, NOBODY, token),
        lambda: imports.listed(house.rooms, house.jobs, NOBODY),
        lambda: imports.discard(house.rooms, NOBODY, token),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_nothing_changes_while_sync_is_on(house: House) -> None:
    token = house.begin()
    house.sync.on = True
    with pytest.raises(SyncIsOn):
        house.begin()
    with pytest.raises(SyncIsOn):
        imports.discard(house.rooms, ADMIN, token)
    assert imports.get(house.rooms, ADMIN, token).import_.token == token
