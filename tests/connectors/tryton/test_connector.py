"""Connections: what is reached, what is wrong and whose fault it is."""

from __future__ import annotations

import socket

import httpx
import pytest

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.connector_host.declaring import LoadedConnector
from erp_import_plugin.connector_host.failures import ConnectorFailure, Recovery
from erp_import_plugin.connector_host.limits import Limits
from tests.connectors.tryton.conftest import Opener
from tests.connectors.tryton.truth import Truth
from tests.support.tryton_server import TrytonServer, tryton_or_skip

pytestmark = pytest.mark.tryton

_FAILED_LOGINS = "SELECT count(*) FROM res_user_login_attempt"
_PROMPT = Limits(attempts=2, first_wait=0.01, max_wait=0.1)


def test_the_test_says_what_was_reached(open_tryton: Opener, truth: Truth) -> None:
    said = open_tryton().test()

    customers, suppliers = len(truth.of_role("Customer")), len(truth.of_role("Supplier"))
    assert said == f"Tryton 8.2 with {customers} customers and {suppliers} suppliers."


def test_a_wrong_password_is_for_the_admin_and_is_tried_once(open_tryton: Opener, truth: Truth) -> None:
    ((before,),) = truth.rows(_FAILED_LOGINS)

    with pytest.raises(ConnectorFailure) as caught:
        open_tryton(password="wrong-password").test()

    assert (caught.value.recovery, caught.value.field) == (Recovery.FIX, "password")
    assert "wrong-password" not in str(caught.value)
    assert truth.rows(_FAILED_LOGINS) == [(before + 1,)]


def test_a_locked_login_is_tried_later(open_tryton: Opener, truth: Truth) -> None:
    for _ in range(6):  # a date to come, so that the server's time zone does not matter
        truth.change("INSERT INTO res_user_login_attempt (login, create_date) VALUES ('crm', '2099-01-01 00:00:00')")
    try:
        with pytest.raises(ConnectorFailure, match="locked") as caught:
            open_tryton().test()
    finally:
        truth.change("DELETE FROM res_user_login_attempt WHERE create_date > '2090-01-01'")

    assert caught.value.recovery is Recovery.TRY_LATER


def test_an_unknown_database_is_named(open_tryton: Opener) -> None:
    with pytest.raises(ConnectorFailure) as caught:
        open_tryton(database="nowhere").test()

    assert (caught.value.recovery, caught.value.field) == (Recovery.FIX, "database")


@pytest.mark.parametrize("address", ["erp.example.com", "ftp://erp.example.com", "http://", "http://[", "http://a:b"])
def test_an_address_that_is_none_is_named(open_tryton: Opener, address: str) -> None:
    with pytest.raises(ConnectorFailure) as caught:
        open_tryton(url=address)

    assert (caught.value.recovery, caught.value.field) == (Recovery.FIX, "url")


def test_a_host_that_is_not_there_is_tried_later(open_tryton: Opener) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        session = open_tryton(url=f"http://127.0.0.1:{taken.getsockname()[1]}", limits=_PROMPT)

        with pytest.raises(ConnectorFailure) as caught:
            session.test()

    assert caught.value.recovery is Recovery.TRY_LATER


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"customers": "Kunden"}, "customers"),
        ({"suppliers": "Lieferanten"}, "suppliers"),
        ({"contacts": "Contact person of, Boss of"}, "contacts"),
        ({"company": "Another company"}, "company"),
    ],
)
def test_a_name_that_tryton_does_not_have_is_named(open_tryton: Opener, config: dict[str, str], field: str) -> None:
    with pytest.raises(ConnectorFailure) as caught:
        open_tryton(**config).test()

    assert (caught.value.recovery, caught.value.field) == (Recovery.FIX, field)
    assert f"“{config[field].split(', ')[-1]}”" in str(caught.value.message)


def test_names_are_found_whatever_their_case(open_tryton: Opener) -> None:
    assert open_tryton(customers=" CUSTOMER ", company="our OWN company").test()


def test_without_categories_every_party_but_contact_persons_is_offered(open_tryton: Opener, truth: Truth) -> None:
    session = open_tryton(customers=None, suppliers="")

    found = {actor.key for page in session.search([], ActorType.SUPPLIER, ["NAME"]) for actor in page.actors}

    everyone = {str(key) for (key,) in truth.rows("SELECT id FROM party_party WHERE active")}
    assert found == everyone - truth.companies_of_contacts().keys()


def test_without_relations_no_persons_are_offered(open_tryton: Opener) -> None:
    assert ActorType.PERSON not in open_tryton(contacts=None).actor_types()


def test_all_five_actor_types_are_offered(open_tryton: Opener) -> None:
    assert set(open_tryton().actor_types()) == set(ActorType)


def test_an_ended_login_is_renewed(open_tryton: Opener, truth: Truth) -> None:
    session = open_tryton()
    session.test()
    truth.change("DELETE FROM ir_session")

    assert session.list_items("Country")


def test_closing_ends_the_login(open_tryton: Opener, truth: Truth) -> None:
    ((before,),) = truth.rows("SELECT count(*) FROM ir_session")
    open_tryton().test()
    assert truth.rows("SELECT count(*) FROM ir_session") == [(before + 1,)]
    open_tryton.close()

    assert truth.rows("SELECT count(*) FROM ir_session") == [(before,)]


def test_the_password_is_a_secret(connector: LoadedConnector) -> None:
    assert [field.key for field in connector.config_fields if field.secret] == ["password"]


class TestAStrangersServer:
    """Something that answers, but is no Tryton."""

    @pytest.fixture
    def login_page(self, tryton: TrytonServer) -> str:
        """Tryton's own web server under a path where it answers in HTML."""
        address = f"{tryton.url}/elsewhere"
        assert "<html" in httpx.post(f"{address}/x/y").text
        return address

    def test_it_is_named(self, open_tryton: Opener, login_page: str) -> None:
        with pytest.raises(ConnectorFailure) as caught:
            open_tryton(url=login_page).test()

        assert (caught.value.recovery, caught.value.field) == (Recovery.FIX, "url")


def test_a_server_that_stops_is_tried_later_and_found_again(open_tryton: Opener) -> None:
    with tryton_or_skip() as server:
        session = open_tryton(server, limits=_PROMPT)
        page = next(session.search([], ActorType.SUPPLIER, ["NAME"], page_size=5))
        keys = [actor.key for actor in page.actors]

        server.stop()
        with pytest.raises(ConnectorFailure) as caught:
            session.get(ActorType.SUPPLIER, keys, ["NAME", "EMAIL"])
        server.start()

        assert caught.value.recovery is Recovery.TRY_LATER
        assert {actor.key for actor in session.get(ActorType.SUPPLIER, keys, ["NAME"]).actors} == set(keys)
