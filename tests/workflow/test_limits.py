"""An ERP is not asked more often than the host allows, by a user or through a connection."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.host_api import User
from erp_import_plugin.workflow import connections, imports, saved_imports, search
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria
from erp_import_plugin.workflow.limits import TooOften
from tests.support.clocks import Clock
from tests.support.rooms import ADMIN, CHIEF, OTHER, House, build
from tests.support.shop import CONFIG
from tests.support.site import BY_NAME


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(engine: Engine, clock: Clock) -> House:
    """Three tests and three searches a minute."""
    made = build(engine, tests_per_minute=3, searches_per_minute=3)
    return replace(made, rooms=replace(made.rooms, now=clock))


def ask(house: House, user: User, connection_id: int, times: int = 1) -> None:
    for _ in range(times):
        connections.test(house.rooms, user, connection_id)


def test_a_user_tests_no_more_than_allowed_whichever_the_connection(house: House, clock: Clock) -> None:
    first, second = house.connect("One"), house.connect("Two")  # each is tested once
    ask(house, ADMIN, first)
    asked = len(house.shop.calls)
    with pytest.raises(TooOften, match="Try again in 20 seconds") as refused:
        ask(house, ADMIN, second)
    assert refused.value.wait == 20
    assert len(house.shop.calls) == asked
    clock.forward(refused.value.wait)
    ask(house, ADMIN, second)


def test_a_connection_is_tested_no_more_than_allowed_whoever_asks(house: House, clock: Clock) -> None:
    connection_id = house.connect()
    ask(house, ADMIN, connection_id)
    ask(house, OTHER, connection_id)
    with pytest.raises(TooOften):
        ask(house, CHIEF, connection_id)


def test_activating_and_reading_the_fields_are_tests_as_well(house: House) -> None:
    connection_id = house.connect()
    connections.discover(house.rooms, ADMIN, connection_id)
    connections.activate(house.rooms, ADMIN, connection_id)
    for again in (connections.activate, connections.discover):
        with pytest.raises(TooOften):
            again(house.rooms, ADMIN, connection_id)


def test_of_a_connection_that_could_not_be_tested_nothing_is_kept(house: House) -> None:
    ask(house, ADMIN, house.connect(), 2)
    with pytest.raises(TooOften):
        connections.add(house.rooms, ADMIN, "shop", "Too many", CONFIG)
    assert [one.name for one in connections.listed(house.rooms, ADMIN)] == ["Shop one"]


def test_searches_are_counted_apart_and_runs_of_saved_imports_with_them(house: House, clock: Clock) -> None:
    house.shop.add_companies(2)
    ask(house, ADMIN, house.connect(), 2)
    token = house.begin()
    house.search(token)
    settings_step.save(house.rooms, ADMIN, token, BY_NAME)
    saved_id = saved_imports.save(house.rooms, ADMIN, token, "Nightly")
    saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)
    house.search(token)
    with pytest.raises(TooOften, match="Try again in 20 seconds"):
        saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)
    with pytest.raises(TooOften):
        search.start(house.rooms, house.jobs, ADMIN, token, ActorType.CUSTOMER, Criteria())
    assert imports.listed(house.rooms, house.jobs, ADMIN)[1] == 2
    assert search.form(house.rooms, ADMIN, token).search is not None


def test_without_a_limit_nothing_is_counted(engine: Engine) -> None:
    house = build(engine, tests_per_minute=None)
    ask(house, ADMIN, house.connect(), 30)
