from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import delete, func, insert, select

from erp_import_plugin.connector_api import ActorType, ErpField, TryLater
from erp_import_plugin.errors import NotFound, Sentence
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.connections import ConnectionTest, Use
from erp_import_plugin.store.tables import connection
from erp_import_plugin.store.tables import link as link_table
from erp_import_plugin.store.tables import mapping as mapping_table
from erp_import_plugin.workflow import connection_form, connections, imports
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.connection_form import Draft, Overtaken
from erp_import_plugin.workflow.connections import ConnectionLine
from erp_import_plugin.workflow.erp import ErpFailed
from erp_import_plugin.workflow.invalid import Invalid
from tests.support import databases
from tests.support.hosts import statements
from tests.support.rooms import ADMIN, NOBODY, OTHER, House
from tests.support.shop import CONFIG

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)


@everywhere
def test_new_connection_can_be_imported_from(house: House) -> None:
    connection_id = connections.add(house.rooms, ADMIN, "shop", "  Shop   one ", CONFIG)

    (choice,) = connections.usable(house.rooms, OTHER)

    assert (choice.id, choice.name, choice.connector_name) == (connection_id, "Shop one", "Shop")
    assert choice.actor_types == (ActorType.CUSTOMER, ActorType.SUPPLIER, ActorType.PERSON, ActorType.PROJECT)
    (line,) = connections.listed(house.rooms, ADMIN)
    assert line.active
    assert line.problem == ""
    assert line.test is not None
    assert line.test.message == "Reached the shop."


@everywhere
def test_known_fields_map_themselves_and_lists_are_kept(house: House) -> None:
    connection_id = house.connect()

    with house.rooms.engine.connect() as tx:
        mapping = mapping_store.of(tx, connection_id)[ActorType.CUSTOMER]
        lists = mapping_store.erp_lists(tx, connection_id, ["categories", "countries"])

    targets = {one.erp.key: one.crm_field for one in mapping.fields}
    assert targets["NAME"] == "name"
    assert targets["CATEGORY"] == "category"
    assert targets["REVENUE"] is None
    shown = [one.erp.key for one in mapping.fields if one.show_in_search]
    assert shown == ["NAME", "NUMBER2", "VATNO", "EMAIL", "PHONE", "COUNTRY"]
    assert list(lists["countries"].items()) == [("NO", "Norway"), ("SE", "Sweden"), ("DE", "Germany")]


def test_password_is_encrypted_and_the_rest_typed(house: House) -> None:
    connections.add(house.rooms, ADMIN, "shop", "Shop", {**CONFIG, "port": "8 443", "old": "ja", "mode": "try"})

    with house.rooms.engine.connect() as tx:
        row = tx.execute(select(connection)).one()

    assert CONFIG["password"] not in row.config + row.secrets
    assert '"port":8443' in row.config
    assert '"old":true' in row.config
    assert '"version":"2"' in row.config


@pytest.mark.parametrize(
    ("changed", "key", "said"),
    [
        ({"server": " "}, "server", "Fill in “Server”."),
        ({"server": "x" * 41}, "server", "“Server” may have 40 characters at most."),
        ({"server": "a\nb"}, "server", "The text holds characters that cannot be stored."),
        ({"port": "443.5"}, "port", "Enter a whole number, such as 1200."),
        ({"old": "perhaps"}, "old", "Enter yes or no."),
        ({"mode": "dead"}, "mode", "“Mode” must be one of: live, try."),
        ({"sever": "x"}, "sever", "There is no setting “sever”. Did you mean server?"),
        ({"hint": "x"}, "hint", "There is no setting “hint”. There are: server, password, port, old, mode, version."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    house: House, changed: dict[str, str], key: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        connections.add(house.rooms, ADMIN, "shop", "Shop", {**CONFIG, **changed})

    assert refused.value.errors == {key: said}
    assert house.shop.calls == []


def test_mandatory_secret_must_be_given(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        connections.add(house.rooms, ADMIN, "shop", "Shop", {"server": "x"})
    assert list(refused.value.errors) == ["password"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "shop ONE"])
def test_name_is_given_short_and_unique(house: House, name: str) -> None:
    house.connect("Shop one")
    with pytest.raises(Invalid) as refused:
        connections.add(house.rooms, ADMIN, "shop", name, CONFIG)
    assert list(refused.value.errors) == ["name"]


def test_failed_test_names_the_field_and_keeps_nothing(house: House) -> None:
    with pytest.raises(ErpFailed) as failed:
        connections.add(house.rooms, ADMIN, "shop", "Shop", {**CONFIG, "password": "wrong"})

    assert failed.value.field == "password"
    assert "does not know this password" in failed.value.message
    assert "wrong" not in failed.value.message
    assert connections.listed(house.rooms, ADMIN) == ()


def test_inactive_connection_is_kept_though_its_test_fails(house: House) -> None:
    connections.add(house.rooms, ADMIN, "shop", "Shop", {**CONFIG, "password": "wrong"}, active=False)

    (line,) = connections.listed(house.rooms, ADMIN)

    assert not line.active
    assert line.test is not None
    assert not line.test.ok
    assert connections.usable(house.rooms, ADMIN) == ()


def test_connection_whose_fields_cannot_be_read_is_not_kept(house: House) -> None:
    def broken(method: str) -> None:
        if method == "fields":
            raise ValueError("no fields today")

    house.shop.fail = broken
    with pytest.raises(ErpFailed):
        house.connect()
    assert connections.listed(house.rooms, ADMIN) == ()


def test_list_that_cannot_be_read_is_told_of_and_stops_nothing(house: House) -> None:
    connection_id = house.connect()
    del house.shop.lists["categories"]

    (complaint,) = connections.discover(house.rooms, ADMIN, connection_id)

    assert complaint.startswith("The list “categories” could not be read:")


def test_discovering_again_keeps_what_was_chosen_and_adds_new_fields(house: House) -> None:
    connection_id = house.connect()
    fields = house.shop.fields[ActorType.PROJECT]
    house.shop.fields[ActorType.PROJECT] = (ErpField("NUMBER", "No."), ErpField("COLOUR", "Colour"))

    connections.discover(house.rooms, ADMIN, connection_id)

    with house.rooms.engine.connect() as tx:
        mapping = mapping_store.of(tx, connection_id)[ActorType.PROJECT]
    assert [one.erp.label for one in mapping.fields] == [fields[0].label, "No.", "Colour"]
    assert [one.crm_field for one in mapping.fields] == ["name", "number", None]


def test_test_is_run_and_recorded(house: House) -> None:
    connection_id = house.connect()

    def away(method: str) -> None:
        raise TryLater("The shop is closed.")

    house.shop.fail = away
    tested = connections.test(house.rooms, ADMIN, connection_id)

    assert not tested.ok
    (line,) = connections.listed(house.rooms, ADMIN)
    assert line.test == tested
    assert "The shop is closed." in line.problem


def test_connection_of_one_user_is_hidden_from_the_others(house: House) -> None:
    connections.add(house.rooms, ADMIN, "shop", "Mine", CONFIG, everyone=False)

    assert [one.name for one in connections.usable(house.rooms, ADMIN)] == ["Mine"]
    assert connections.usable(house.rooms, OTHER) == ()


def test_actor_type_without_searchable_field_is_not_offered(house: House) -> None:
    house.shop.fields[ActorType.PROJECT] = (ErpField("NAME", "Name", searchable=False),)
    house.connect()
    (choice,) = connections.usable(house.rooms, ADMIN)
    assert ActorType.PROJECT not in choice.actor_types


@pytest.mark.parametrize("call", [connections.test, connections.discover])
def test_unknown_connection_is_not_found(house: House, call: Any) -> None:
    with pytest.raises(NotFound):
        call(house.rooms, ADMIN, 4711)


def test_unknown_connector_is_named(house: House) -> None:
    with pytest.raises(ErpFailed, match="sap"):
        connections.add(house.rooms, ADMIN, "sap", "SAP", {})


def test_ordinary_user_may_nothing(house: House) -> None:
    connection_id = house.connect()
    for call in (
        lambda: connections.usable(house.rooms, NOBODY),
        lambda: connections.listed(house.rooms, NOBODY),
        lambda: connections.connectors(house.rooms, NOBODY),
        lambda: connections.add(house.rooms, NOBODY, "shop", "x", CONFIG),
        lambda: connections.test(house.rooms, NOBODY, connection_id),
        lambda: connections.discover(house.rooms, NOBODY, connection_id),
        lambda: connections.activate(house.rooms, NOBODY, connection_id),
        lambda: connections.deactivate(house.rooms, NOBODY, connection_id),
        lambda: connections.use(house.rooms, NOBODY, connection_id),
        lambda: connections.delete(house.rooms, NOBODY, connection_id),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_set_up_goes_on_while_sync_is_on_and_imports_do_not(house: House) -> None:
    connection_id = house.connect()
    house.sync.on = True

    another = house.connect("Another")
    connections.discover(house.rooms, ADMIN, connection_id)
    assert connections.test(house.rooms, ADMIN, another).ok

    with pytest.raises(SyncIsOn):
        imports.begin(house.rooms, ADMIN, another, ActorType.CUSTOMER)


@everywhere
def test_inactive_connection_is_mapped_once_its_test_passes_and_can_be_activated(house: House) -> None:
    connection_id = connections.add(house.rooms, ADMIN, "shop", "Shop", {**CONFIG, "password": "wrong"}, active=False)
    with pytest.raises(ErpFailed) as failed:
        connections.activate(house.rooms, ADMIN, connection_id)
    assert failed.value.field == "password"
    assert line(house).test == ConnectionTest(ANY, False, failed.value.message, "password")
    assert not line(house).active

    connection_form.change(house.rooms, ADMIN, connection_id, Draft("Shop", config=CONFIG))
    assert connections.test(house.rooms, ADMIN, connection_id).ok
    assert mapped(house, connection_id)
    assert not line(house).active
    connections.activate(house.rooms, ADMIN, connection_id)

    (choice,) = connections.usable(house.rooms, OTHER)
    assert choice.id == connection_id


def test_mappings_are_left_as_they_are_by_testing_and_activating_again(house: House) -> None:
    connection_id = house.connect()
    before = mapped(house, connection_id)
    house.shop.fields[ActorType.PROJECT] = (ErpField("COLOUR", "Colour"),)

    connections.deactivate(house.rooms, ADMIN, connection_id)
    connections.activate(house.rooms, ADMIN, connection_id)

    assert mapped(house, connection_id) == before


def test_what_a_test_says_stays_translatable(house: House) -> None:
    def broken(method: str) -> None:
        if method == "test":
            raise ValueError("no tests today")

    house.shop.fail = broken
    connections.add(house.rooms, ADMIN, "shop", "Shop", CONFIG, active=False)

    test = line(house).test
    assert test is not None
    assert isinstance(test.message, Sentence)
    assert test.message.params["connector"] == "Shop"


@pytest.mark.parametrize("call", [connections.test, connections.activate])
def test_settings_that_change_during_the_test_are_not_called_tested(house: House, call: Any) -> None:
    connection_id = connections.add(house.rooms, ADMIN, "shop", "Shop", CONFIG, active=False)

    def meanwhile(method: str) -> None:
        if method == "test":
            connection_form.change(house.rooms, OTHER, connection_id, Draft("Shop", config={"server": "other"}))

    house.shop.fail = meanwhile
    with pytest.raises(Overtaken):
        call(house.rooms, ADMIN, connection_id)

    now = line(house)
    assert not now.active
    assert now.test is not None
    assert now.test.outdated


def test_what_another_test_found_meanwhile_keeps_it_inactive(house: House) -> None:
    connection_id = connections.add(house.rooms, ADMIN, "shop", "Shop", CONFIG, active=False)
    with house.rooms.engine.begin() as tx:
        tx.execute(delete(mapping_table))

    def meanwhile(method: str) -> None:
        if method == "fields":
            house.shop.fail = refuses
            connections.test(house.rooms, OTHER, connection_id)
            house.shop.fail = lambda _method: None

    def refuses(method: str) -> None:
        raise TryLater("closed at night")

    house.shop.fail = meanwhile
    with pytest.raises(Overtaken):
        connections.activate(house.rooms, ADMIN, connection_id)

    assert not line(house).active


def test_inactive_connection_lets_nobody_import_and_says_what_waits(house: House) -> None:
    connection_id = house.connect()
    token = house.begin()

    use = connections.deactivate(house.rooms, ADMIN, connection_id)

    assert (use.imports, use.links) == (1, 0)
    assert connections.usable(house.rooms, ADMIN) == ()
    with pytest.raises(NotFound, match="not active"):
        house.search(token)


@everywhere
def test_deleted_connection_is_hidden_its_links_stay_and_its_name_is_free(house: House) -> None:
    connection_id = house.connect("Shop one")
    token = house.begin()
    link = {"actor_type": "Customer", "legal_entity": "", "erp_key": "C1", "kind": "company", "entity_id": "1"}
    with house.rooms.engine.begin() as tx:
        tx.execute(insert(link_table).values(connection_id=connection_id, created_at=house.rooms.now(), **link))

    assert connections.use(house.rooms, ADMIN, connection_id) == Use(links=1, imports=1)
    connections.delete(house.rooms, ADMIN, connection_id)

    assert connections.listed(house.rooms, ADMIN) == ()
    with house.rooms.engine.connect() as tx:
        assert tx.scalar(select(func.count()).select_from(link_table)) == 1
        (kept,) = connection_store.named(tx, [connection_id])
    assert (kept.deleted, kept.active) == (True, False)
    assert house.connect("Shop one") != connection_id
    with pytest.raises(NotFound):
        house.search(token)


@pytest.mark.parametrize("count", [1, 40])
def test_list_takes_as_many_statements_for_one_as_for_many(house: House, count: int) -> None:
    for number in range(count):
        draft = Draft(f"Shop {number}", everyone=False, users=frozenset({"1", "2"}), config=CONFIG)
        connection_form.create(house.rooms, ADMIN, "shop", draft)
    with statements(house.rooms.engine) as executed:
        assert len(connections.listed(house.rooms, ADMIN)) == count
    assert len([one for one in executed if one != "BEGIN"]) == 2


def line(house: House) -> ConnectionLine:
    (only,) = connections.listed(house.rooms, ADMIN)
    return only


def mapped(house: House, connection_id: int) -> dict[ActorType, Any]:
    with house.rooms.engine.connect() as tx:
        return dict(mapping_store.of(tx, connection_id))
