"""A saved import of a running Tryton: after records are changed there exactly those appear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

import connectors_plugins.tryton
from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings
from erp_import_plugin.workflow import connections
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from tests.support import hosts
from tests.support.hosts import statements
from tests.support.repeating import REPLACE, counts, found, rows, run, saved, write
from tests.support.rooms import ADMIN, House, build, jobs_of
from tests.support.tryton_server import TrytonServer

BY_VAT = replace(REPLACE, company=DuplicateSettings("vat_number", Action.REPLACE))
IN_BERGEN = Criteria(((Criterion("POSTALCITY", "equals", ("Bergen",)),),))


@pytest.fixture
def house(engine: Engine, tryton: TrytonServer) -> House:
    made = build(engine)
    config = replace(made.rooms.config, private_addresses=True)
    registry = Registry.from_plugins([connectors_plugins.tryton])
    rooms = replace(made.rooms, registry=registry, config=config)
    ready = replace(made, rooms=rooms, jobs=jobs_of(rooms))
    values = {key: getattr(tryton, key) for key in ("url", "database", "user", "password")}
    connections.add(rooms, ADMIN, "tryton", "Tryton", values)
    return ready


@pytest.fixture
def renamed(tryton: TrytonServer) -> Iterator[list[tuple[int, str]]]:
    """Parties and the names to give back to them."""
    parties: list[tuple[int, str]] = []
    yield parties
    for party, name in parties:
        tryton.as_admin("model.party.party.write", [party], {"name": name})


def test_exactly_what_was_changed_in_tryton_appears(
    house: House, engine: Engine, tryton: TrytonServer, renamed: list[tuple[int, str]]
) -> None:
    saved_id = saved(house, criteria=IN_BERGEN, actor_type=ActorType.SUPPLIER, chosen=BY_VAT)
    with engine.connect() as tx:
        names = sorted(tx.execute(select(hosts.company.c.name)).scalars())
    assert len(names) > 3
    with statements(engine) as seen:
        assert counts(house, run(house, saved_id)) == (0, 0, len(names), 0)
    assert not [one for one in seen if one.split()[0] in ("INSERT", "UPDATE", "DELETE") and "erp_import_" not in one]
    (party,) = tryton.as_admin("model.party.party.search", [["name", "=", names[0]]])
    renamed.append((party, names[0]))
    tryton.as_admin("model.party.party.write", [party], {"name": "Renamed in Tryton"})
    token = run(house, saved_id)
    assert found(house, token).changed == 1
    assert rows(house, token) == {"Renamed in Tryton": Status.CHANGED}
    write(house, token)
    assert counts(house, run(house, saved_id)) == (0, 0, len(names), 0)
