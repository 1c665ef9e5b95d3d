"""An ERP fails in one of twenty calls, in every way there is: all comes in the end, or what is missing is named."""

from __future__ import annotations

from functools import partial
from random import Random

import pytest
from sqlalchemy import Engine, select

from erp_import_plugin.connector_host import Limits
from erp_import_plugin.store import codec, tables
from erp_import_plugin.workflow import connections, erp, imports, search, staging
from erp_import_plugin.workflow.criteria import Criteria
from tests.support import soak
from tests.support.flaky_erp import ACTOR, FAULTS, STALL, FlakyErp, HttpConnector, served
from tests.support.rooms import ADMIN, House, KeptSelections, enter, furnish

SIZE = 900
TRIES = 10  # of an admin who presses "Resume" or "Search" again

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def small_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many calls for few actors."""
    monkeypatch.setattr(erp, "Limits", partial(Limits, get_chunk=10, first_wait=0.01))


def opened(engine: Engine, url: str) -> tuple[House, str]:
    """A house whose ERP is at an address, and a new import."""
    furnish(engine)
    house = enter(engine, HttpConnector(), KeptSelections(), private_addresses=True, call_timeout=STALL)
    connection = connections.add(house.rooms, ADMIN, "http", "Flaky", {"url": url})
    return house, imports.begin(house.rooms, ADMIN, connection, ACTOR).token


def found(house: House, token: str) -> set[str]:
    """Search until it is done, and give the keys that were found."""
    for _ in range(TRIES):
        search.start(house.rooms, house.jobs, ADMIN, token, ACTOR, Criteria())
        state = search.form(house.rooms, ADMIN, token).search
        assert state is not None
        job = house.jobs.latest(state.token)
        assert job is not None
        if job.state == "done":
            break
        assert job.state == "failed"
        assert job.note
    assert job.state == "done", job.note
    with house.rooms.engine.connect() as tx:
        return set(tx.scalars(select(tables.search_result.c.erp_key)))


def fetched(house: House, token: str, tries: int = TRIES) -> dict[str, tuple[str, dict[str, str]]]:
    """Fetch until it is done, and give state and values by key."""
    for _ in range(tries):
        staging.add(house.rooms, house.jobs, ADMIN, token)
        job = house.jobs.latest(token)
        assert job is not None
        if job.state == "done":
            break
        assert (job.state, bool(job.note)) == ("failed", True)
    assert job.state == "done", job.note
    columns = (tables.staged.c.erp_key, tables.staged.c.state, tables.staged.c["values"])
    with house.rooms.engine.connect() as tx:
        return {key: (state, codec.values_from_text(values)) for key, state, values in tx.execute(select(*columns))}


@pytest.mark.parametrize("seed", soak.seeds(2))
def test_all_that_is_there_is_fetched_and_what_has_gone_is_named(engine: Engine, seed: int) -> None:
    flaky = FlakyErp(SIZE, Random(seed), 0.05)
    before = dict(flaky.customers)
    with served(flaky) as url:
        house, token = opened(engine, url)
        keys = found(house, token)
        assert set(before) - flaky.gone <= keys
        search.tick(house.rooms, ADMIN, token, True)
        kept = fetched(house, token)

    assert set(kept) == keys
    values = {key.removesuffix("-moved"): record for key, record in before.items()}
    for key, (state, got) in kept.items():
        if state == "fetched":
            assert got == values[key.removesuffix("-moved")]
        else:
            assert (state, key in flaky.gone) == ("missing", True)
    assert len(flaky.faults) > SIZE / 10 * 0.02


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_fault_alone_costs_no_second_try_and_no_actor(engine: Engine, fault: str) -> None:
    flaky = FlakyErp(60, Random(fault), 0.0)
    with served(flaky) as url:
        house, token = opened(engine, url)
        keys = found(house, token)
        search.tick(house.rooms, ADMIN, token, True)
        flaky.next = [fault]
        kept = fetched(house, token, tries=1)
    assert flaky.faults == [fault]
    assert set(kept) == keys
    assert {key for key, (state, _) in kept.items() if state != "fetched"} <= flaky.gone
