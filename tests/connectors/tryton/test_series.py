"""The same on the older series, whose addresses and models differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from erp_import_plugin.connector_api import ActorType, Operator, Restriction
from erp_import_plugin.connector_host.failures import ConnectorFailure
from tests.connectors.tryton.conftest import Opener
from tests.connectors.tryton.truth import Truth
from tests.support.tryton_server import TrytonServer, tryton_or_skip

pytestmark = pytest.mark.tryton


@pytest.fixture(scope="module", params=["6.0", "7.0"])
def old_tryton(request: pytest.FixtureRequest) -> Iterator[TrytonServer]:
    """A server of an old series with the same test data."""
    with tryton_or_skip(request.param) as server:
        yield server


def test_it_is_recognised(open_tryton: Opener, old_tryton: TrytonServer) -> None:
    assert open_tryton(old_tryton).test().startswith(f"Tryton {old_tryton.installed.series}.")


def test_search_get_and_changes_work(open_tryton: Opener, old_tryton: TrytonServer) -> None:
    session, truth = open_tryton(old_tryton), Truth(old_tryton.database_file)
    in_bergen = Restriction("POSTALCITY", Operator.EQUALS, ("BERGEN",))
    keys = [field.key for field in session.fields(ActorType.SUPPLIER)]

    pages = list(session.search([[in_bergen]], ActorType.SUPPLIER, keys))
    found = {actor.key: actor for page in pages for actor in page.actors}

    assert found.keys() == truth.of_role("Supplier") & truth.in_city("Bergen")
    fetched = session.get(ActorType.SUPPLIER, ["99999999", *found], keys)
    assert {actor.key: actor for actor in fetched.actors} == found
    assert fetched.missing == ("99999999",)
    key, mark = next(iter(found)), max(actor.last_modified for actor in found.values())
    address = old_tryton.as_admin("model.party.address.search", [["party", "=", int(key)]])
    old_tryton.as_admin("model.party.address.write", address, {"city": "Elsewhere"})
    changed = {one.key: one for page in session.changes(ActorType.SUPPLIER, mark, keys) for one in page.actors}
    assert changed[key].values["POSTALCITY"] == "Elsewhere"
    assert changed[key].last_modified > mark


def test_persons_and_projects_are_offered(open_tryton: Opener, old_tryton: TrytonServer) -> None:
    session, truth = open_tryton(old_tryton), Truth(old_tryton.database_file)

    for actor_type, expected in (
        (ActorType.PERSON, truth.companies_of_contacts().keys()),
        (ActorType.PROJECT, {str(key) for (key,) in truth.rows("SELECT id FROM project_work WHERE type = 'project'")}),
    ):
        keys = [field.key for field in session.fields(actor_type)]
        found = {actor.key for page in session.search([], actor_type, keys) for actor in page.actors}
        assert found == set(expected)


def test_unknown_database_and_wrong_password_are_told_apart(open_tryton: Opener, old_tryton: TrytonServer) -> None:
    for config, field in (({"database": "nowhere"}, "database"), ({"password": "wrong"}, "password")):
        with pytest.raises(ConnectorFailure) as caught:
            open_tryton(old_tryton, **config).test()
        assert caught.value.field == field
