from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import replace

import pytest

from erp_import_plugin.connector_api import ConfigField, ConfigType
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.host_api import User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import connection_form, connections
from erp_import_plugin.workflow.access import MayNotSetUp, NotAllowed
from erp_import_plugin.workflow.connection_form import Draft, Overtaken
from erp_import_plugin.workflow.invalid import Invalid
from tests.support import databases
from tests.support.rooms import ADMIN, NOBODY, OTHER, House, People
from tests.support.shop import CONFIG

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)


def stored(house: House, connection_id: int) -> Connection:
    return connection_form.form(house.rooms, ADMIN, connection_id).connection


def password(house: House, connection_id: int) -> str | None:
    return house.rooms.vault.unlock(stored(house, connection_id).secrets).get("password")


@pytest.fixture
def inactive(house: House) -> int:
    connection_id = house.connect()
    connections.deactivate(house.rooms, ADMIN, connection_id)
    return connection_id


@everywhere
def test_what_is_changed_is_kept(house: House) -> None:
    connection_id = connection_form.create(house.rooms, ADMIN, "shop", Draft(" Old  name ", config=CONFIG))
    changed = Draft(
        "New name", "For Oslo", everyone=False, users=frozenset({"2"}), groups=frozenset({"office"}),
        config={"server": "other.example", "password": "", "port": "444"},
    )  # fmt: skip

    connection_form.change(house.rooms, OTHER, connection_id, changed)

    now = stored(house, connection_id)
    assert (now.name, now.description, now.active) == ("New name", "For Oslo", False)
    assert (now.everyone, now.users, now.groups) == (False, {"2"}, {"office"})
    assert (now.config["server"], now.config["port"], now.config["mode"]) == ("other.example", 444, "live")


def test_empty_password_stays_a_typed_one_replaces_it(house: House, inactive: int) -> None:
    change = Draft("Shop", config={"server": "x", "password": ""})
    for empty in ("", "  "):
        connection_form.change(house.rooms, ADMIN, inactive, replace(change, config={"server": "x", "password": empty}))
        assert password(house, inactive) == CONFIG["password"]

    connection_form.change(house.rooms, ADMIN, inactive, replace(change, config={"server": "x", "password": "new"}))
    assert password(house, inactive) == "new"


def test_mandatory_password_is_not_removed(house: House, inactive: int) -> None:
    with pytest.raises(Invalid) as refused:
        connection_form.change(
            house.rooms, ADMIN, inactive, Draft("Shop", config={"server": "x"}, removed=frozenset({"password"}))
        )
    assert refused.value.errors == {"password": "Fill in “Password”."}
    assert password(house, inactive) == CONFIG["password"]


def test_optional_password_can_be_removed(house: House, inactive: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (loaded,) = house.rooms.registry.loaded
    fields = tuple(replace(one, mandatory=False) for one in loaded.config_fields)
    rooms = replace(house.rooms, registry=Registry([replace(loaded, config_fields=fields)]))

    connection_form.change(rooms, ADMIN, inactive, Draft("Shop", config={}, removed=frozenset({"password"})))

    assert password(house, inactive) is None


def test_what_was_not_sent_keeps_its_value(house: House, inactive: int) -> None:
    connection_form.change(house.rooms, ADMIN, inactive, Draft("Shop", config={"port": "8443"}))
    assert stored(house, inactive).config["server"] == CONFIG["server"]


def test_settings_change_only_while_inactive_the_rest_at_any_time(house: House) -> None:
    connection_id = house.connect()
    with pytest.raises(Refused, match="Deactivate it first"):
        connection_form.change(house.rooms, ADMIN, connection_id, Draft("Shop", config=CONFIG))

    connection_form.change(house.rooms, ADMIN, connection_id, Draft("Renamed", "Why"))

    now = stored(house, connection_id)
    assert (now.name, now.description, now.active) == ("Renamed", "Why", True)
    assert now.test is not None
    assert not now.test.outdated


def test_other_settings_make_the_test_outdated_and_activating_tests_again(house: House, inactive: int) -> None:
    connection_form.change(house.rooms, ADMIN, inactive, Draft("Shop", config={"server": "elsewhere"}))
    test = stored(house, inactive).test
    assert test is not None
    assert (test.outdated, test.ok, test.message) == (True, False, "Reached the shop.")
    house.shop.calls.clear()

    connections.activate(house.rooms, ADMIN, inactive)

    assert "test" in house.shop.calls
    now = stored(house, inactive)
    assert now.active
    assert now.test is not None
    assert (now.test.ok, now.test.outdated) == (True, False)


def test_same_settings_leave_the_test_as_it_is(house: House, inactive: int) -> None:
    connection_form.change(house.rooms, ADMIN, inactive, Draft("Shop", config={**CONFIG, "password": ""}))
    test = stored(house, inactive).test
    assert test is not None
    assert test.ok


@everywhere
def test_second_admin_sees_that_it_has_changed(house: House) -> None:
    connection_id = house.connect()
    seen = stored(house, connection_id).version
    connection_form.change(house.rooms, ADMIN, connection_id, Draft("First"), seen)

    with pytest.raises(Overtaken):
        connection_form.change(house.rooms, OTHER, connection_id, Draft("Second"), seen)

    assert stored(house, connection_id).name == "First"
    connection_form.change(house.rooms, OTHER, connection_id, Draft("Second"), stored(house, connection_id).version)
    assert stored(house, connection_id).name == "Second"


@pytest.mark.parametrize(
    "draft",
    [
        Draft("Shop", "other"),
        Draft("Shop", everyone=False, users=frozenset({"1"})),
        Draft("Shop", config={"port": "1"}),
        Draft("Shop", config={"password": "another"}),
    ],
)
def test_every_change_is_another_version(house: House, inactive: int, draft: Draft) -> None:
    connection_form.change(house.rooms, ADMIN, inactive, Draft("Shop"))
    seen = stored(house, inactive).version
    connection_form.change(house.rooms, ADMIN, inactive, draft)
    assert stored(house, inactive).version != seen


def test_everything_that_is_wrong_is_said_at_once(house: House) -> None:
    house.connect("Shop one")
    draft = Draft("shop ONE", "x" * 1001, everyone=False, config={"server": "", "port": "many"})
    with pytest.raises(Invalid) as refused:
        connection_form.create(house.rooms, ADMIN, "shop", draft)
    assert set(refused.value.errors) == {"name", "description", "everyone", "server", "port", "password"}


def test_name_that_cannot_be_stored_is_refused(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        connection_form.create(house.rooms, ADMIN, "shop", Draft("a\0b", config=CONFIG))
    assert list(refused.value.errors) == ["name"]


@pytest.mark.parametrize(("users", "groups"), [({"4711"}, set()), (set(), {"nobody"})])
def test_who_is_not_there_cannot_be_chosen(house: House, users: set[str], groups: set[str]) -> None:
    draft = Draft("Shop", everyone=False, users=frozenset(users), groups=frozenset(groups), config=CONFIG)
    with pytest.raises(Invalid) as refused:
        connection_form.create(house.rooms, ADMIN, "shop", draft)
    assert list(refused.value.errors) == ["everyone"]


def test_chosen_user_who_is_gone_stays_or_is_removed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    connection_id = house.connect()
    chosen = Draft("Shop", everyone=False, users=frozenset({"1", "2"}))
    connection_form.change(house.rooms, ADMIN, connection_id, chosen)
    find = house.people.find_user
    monkeypatch.setattr(house.people, "find_user", lambda user_id: None if user_id == "2" else find(user_id))

    connection_form.change(house.rooms, ADMIN, connection_id, replace(chosen, description="again"))
    assert stored(house, connection_id).users == {"1", "2"}
    connection_form.change(house.rooms, ADMIN, connection_id, replace(chosen, users=frozenset({"1"})))
    assert stored(house, connection_id).users == {"1"}


def test_passwords_that_no_key_opens_are_told_and_not_lost(house: House, inactive: int) -> None:
    before = stored(house, inactive).secrets
    other_keys = replace(house.rooms, vault=type(house.rooms.vault)(["x" * 43 + "="]))

    form = connection_form.form(other_keys, ADMIN, inactive)
    assert (form.locked, form.secrets) == (True, frozenset())
    with pytest.raises(Invalid) as refused:
        connection_form.change(other_keys, ADMIN, inactive, Draft("Shop", config={"server": "x"}))
    assert list(refused.value.errors) == ["password"]
    connection_form.change(other_keys, ADMIN, inactive, Draft("Renamed"))
    assert stored(house, inactive).secrets == before


def test_connection_whose_connector_is_gone_can_be_renamed(house: House, inactive: int) -> None:
    rooms = replace(house.rooms, registry=Registry([]))
    assert connection_form.form(rooms, ADMIN, inactive).loaded is None
    connection_form.change(rooms, ADMIN, inactive, Draft("Renamed"))
    assert stored(house, inactive).name == "Renamed"


def test_form_of_a_new_connection_has_the_defaults(house: House) -> None:
    form = connection_form.blank(house.rooms, ADMIN, "shop")
    assert (form.connection.config["port"], form.connection.config["mode"]) == (443, "live")


def test_deleted_connection_is_not_found(house: House, inactive: int) -> None:
    connections.delete(house.rooms, ADMIN, inactive)
    for call in (
        lambda: connection_form.form(house.rooms, ADMIN, inactive),
        lambda: connection_form.change(house.rooms, ADMIN, inactive, Draft("x")),
    ):
        with pytest.raises(NotFound):
            call()


class Careful(People):
    """A host where not everyone who may import may set up."""

    def may_set_up(self, user: User) -> bool:
        return user == ADMIN


def test_host_may_say_who_sets_up(house: House, inactive: int) -> None:
    rooms = replace(house.rooms, host=replace(house.rooms.host, access=Careful()))
    connection_form.change(rooms, ADMIN, inactive, Draft("Renamed"))
    for user, error in ((OTHER, MayNotSetUp), (NOBODY, NotAllowed)):
        for call in (
            lambda user=user: connection_form.blank(rooms, user, "shop"),
            lambda user=user: connection_form.form(rooms, user, inactive),
            lambda user=user: connection_form.create(rooms, user, "shop", Draft("x", config=CONFIG)),
            lambda user=user: connection_form.change(rooms, user, inactive, Draft("x")),
        ):
            with pytest.raises(error):
                call()
    connections.activate(rooms, ADMIN, inactive)
    assert [one.name for one in connections.usable(rooms, OTHER)] == ["Renamed"]


def test_secret_is_in_no_text_of_a_draft_or_connection(house: House, inactive: int) -> None:
    draft = Draft("Shop", config=CONFIG)
    assert CONFIG["password"] not in repr(draft) + repr(connection_form.form(house.rooms, ADMIN, inactive))


def test_field_that_is_read_only_is_the_connectors_alone(house: House, inactive: int) -> None:
    connection_form.change(house.rooms, ADMIN, inactive, Draft("Shop", config={"version": "7"}))
    assert stored(house, inactive).config["version"] == "2"


def test_moment_is_kept_with_its_zone(house: House) -> None:
    (loaded,) = house.rooms.registry.loaded
    since = ConfigField("since", "Since", ConfigType.DATETIME)
    rooms = replace(house.rooms, registry=Registry([replace(loaded, config_fields=(since,))]))
    connection_id = connection_form.create(rooms, ADMIN, "shop", Draft("Shop", config={"since": "2026-12-31T14:30"}))
    assert str(stored(house, connection_id).config["since"]) == "2026-12-31 14:30:00+00:00"


@everywhere
@pytest.mark.parametrize("change", [False, True])
def test_of_two_who_take_a_name_at_once_the_second_is_refused(house: House, change: bool) -> None:
    rooms, draft = house.rooms, Draft("SHOP", config=CONFIG)
    other = connection_form.create(rooms, ADMIN, "shop", Draft("Other", config=CONFIG))
    late: Callable[[], object] = (
        (lambda: connection_form.change(rooms, OTHER, other, draft))
        if change
        else (lambda: connection_form.create(rooms, OTHER, "shop", draft))
    )
    with ThreadPoolExecutor(1) as pool:
        with writing(rooms.engine) as tx:
            connection_store.add(tx, Connection(0, "shop", "Shop", {}), ADMIN, rooms.now())
            second = pool.submit(late)
            wait_for([second], timeout=0.5)  # long enough for it to look for others of its name, and find none
        with pytest.raises(Invalid) as refused:
            second.result()

    assert list(refused.value.errors) == ["name"]
    assert sorted(one.name for one in connections.listed(rooms, ADMIN)) == ["Other", "Shop"]
