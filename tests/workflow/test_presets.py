"""Presets: settings under a name, applied to other imports as far as they fit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import replace

import pytest

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.settings import Action, ChannelPolicy, DuplicateSettings, ImportSettings, ListPolicy
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import presets as preset_store
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import access, presets, settings
from erp_import_plugin.workflow.invalid import Invalid
from tests.support import databases
from tests.support.rooms import ADMIN, CHIEF, OTHER, House

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)
CHOSEN = ImportSettings(
    company=DuplicateSettings("number", Action.REPLACE), lists={"category": ListPolicy.ADD}, phones=ChannelPolicy.IGNORE
)


@pytest.fixture
def token(house: House) -> str:
    return staged(house)


def staged(house: House) -> str:
    house.shop.add_companies(2)
    begun = house.begin()
    house.stage(begun)
    return begun


def opened_with(house: House, token: str) -> ImportSettings:
    return settings.form(house.rooms, ADMIN, token).settings


def test_a_preset_gives_back_what_was_chosen(house: House, token: str) -> None:
    preset_id = presets.save(house.rooms, ADMIN, token, CHOSEN, "  Careful  one ")
    (line,) = presets.listed(house.rooms, ADMIN)
    assert (line.preset.name, line.own, line.default, line.preset.shared) == ("Careful one", True, False, False)
    form = presets.apply(house.rooms, ADMIN, token, preset_id, ImportSettings())
    assert form.applied is not None
    assert (form.applied.name, form.applied.misfits) == ("Careful one", {})
    assert (form.settings.company, form.settings.phones) == (CHOSEN.company, ChannelPolicy.IGNORE)
    assert form.settings.list_policy("category") is ListPolicy.ADD
    assert opened_with(house, token).company.match is None  # it is not kept before Next


def test_what_does_not_fit_is_named_and_the_rest_is_applied(house: House, token: str) -> None:
    preset_id = presets.save(house.rooms, ADMIN, token, CHOSEN, "Elsewhere")
    with writing(house.rooms.engine) as tx:
        connection = access.open_import(tx, house.rooms, ADMIN, token).connection_id
        mapping = mapping_store.of(tx, connection)[ActorType.CUSTOMER]
        fields = tuple(replace(one, active=one.erp.key != "NUMBER2") for one in mapping.fields)
        mapping_store.save(tx, connection, replace(mapping, fields=fields))
    own = ImportSettings(company=DuplicateSettings("name", Action.SKIP), left_out=frozenset({"company.phone"}))
    form = presets.apply(house.rooms, ADMIN, token, preset_id, own)
    assert form.applied is not None
    assert dict(form.applied.misfits) == {
        "company.match": "“Number” cannot be used: no ERP field is mapped to Number.",
    }
    assert form.settings.company == DuplicateSettings("name", Action.REPLACE)
    assert form.settings.left_out == {"company.phone"}
    settings.save(house.rooms, ADMIN, token, form.settings)


def test_lists_of_another_crm_are_named(house: House, token: str) -> None:
    preset_id = presets.save(house.rooms, ADMIN, token, CHOSEN, "Lists")
    with writing(house.rooms.engine) as tx:
        other = replace(CHOSEN, lists={"colour": ListPolicy.ADD, "category": ListPolicy.BLANK})
        preset_store.replace(tx, preset_id, False, other)
    form = presets.apply(house.rooms, ADMIN, token, preset_id, ImportSettings())
    assert form.applied is not None
    assert set(form.applied.misfits) == {"lists.colour"}
    assert form.settings.list_policy("category") is ListPolicy.BLANK
    settings.save(house.rooms, ADMIN, token, form.settings)


def test_the_page_opens_with_the_last_used_before_the_default_preset(house: House, token: str) -> None:
    presets.save(house.rooms, ADMIN, token, CHOSEN, "Mine", default=True)
    assert opened_with(house, token).company.match == "number"
    settings.save(house.rooms, ADMIN, token, replace(CHOSEN, company=DuplicateSettings("name")))
    assert opened_with(house, staged(house)).company.match == "name"


def test_a_default_is_a_users_own_and_can_be_taken_back(house: House, token: str) -> None:
    preset_id = presets.save(house.rooms, CHIEF, token, CHOSEN, "Shared", shared=True)
    presets.make_default(house.rooms, ADMIN, preset_id)
    assert [line.default for line in presets.listed(house.rooms, ADMIN)] == [True]
    assert [line.default for line in presets.listed(house.rooms, OTHER)] == [False]
    presets.rename(house.rooms, CHIEF, preset_id, "Private", shared=False)
    assert opened_with(house, token).company.match is None
    presets.make_default(house.rooms, CHIEF, None)
    assert presets.delete(house.rooms, CHIEF, preset_id) == "Private"


def test_shared_ones_are_read_by_all_and_changed_by_their_owner(house: House, token: str) -> None:
    preset_id = presets.save(house.rooms, ADMIN, token, CHOSEN, "For all", shared=True)
    (line,) = presets.listed(house.rooms, OTHER)
    assert not line.own
    for act in (
        lambda: presets.rename(house.rooms, OTHER, preset_id, "Mine", shared=False),
        lambda: presets.delete(house.rooms, OTHER, preset_id),
    ):
        with pytest.raises(Refused, match="Only Admin"):
            act()


def test_private_ones_of_others_are_not_there(house: House, token: str) -> None:
    preset_id = presets.save(house.rooms, ADMIN, token, CHOSEN, "Mine")
    assert presets.listed(house.rooms, OTHER) == ()
    for act in (
        lambda: presets.rename(house.rooms, OTHER, preset_id, "Mine", shared=False),
        lambda: presets.make_default(house.rooms, OTHER, preset_id),
        lambda: presets.delete(house.rooms, OTHER, preset_id),
    ):
        with pytest.raises(NotFound):
            act()


def test_names_and_settings_are_checked_together(house: House, token: str) -> None:
    presets.save(house.rooms, ADMIN, token, CHOSEN, "One")
    for name in ("", "x" * 101, "One"):
        with pytest.raises(Invalid) as invalid:
            presets.save(house.rooms, ADMIN, token, ImportSettings(), name)
        assert set(invalid.value.errors) == {"preset_name", "company.match"}
    again = replace(CHOSEN, phones=ChannelPolicy.REPLACE)
    presets.save(house.rooms, ADMIN, token, again, "One", again=True)
    (line,) = presets.listed(house.rooms, ADMIN)
    assert line.preset.settings.phones is ChannelPolicy.REPLACE


@everywhere
@pytest.mark.parametrize("name", ["a\0b", "a\x1bb", "a\ud800b"])
def test_a_name_that_cannot_be_stored_is_refused(house: House, token: str, name: str) -> None:
    preset_id = presets.save(house.rooms, ADMIN, token, CHOSEN, "One")
    for act in (
        lambda: presets.save(house.rooms, ADMIN, token, CHOSEN, name),
        lambda: presets.rename(house.rooms, ADMIN, preset_id, name, shared=False),
    ):
        with pytest.raises(Invalid, match="characters that cannot be stored"):
            act()


def test_who_manages_all_gives_no_owner_two_of_one_name(house: House, token: str) -> None:
    presets.save(house.rooms, ADMIN, token, CHOSEN, "One")
    second = presets.save(house.rooms, ADMIN, token, CHOSEN, "Two", shared=True)
    presets.save(house.rooms, CHIEF, token, CHOSEN, "Three")

    with pytest.raises(Invalid):
        presets.rename(house.rooms, CHIEF, second, "One", shared=True)
    presets.rename(house.rooms, CHIEF, second, "Three", shared=True)

    assert [one.preset.name for one in presets.listed(house.rooms, ADMIN)] == ["One", "Three"]


@everywhere
def test_of_two_clicks_that_save_at_once_one_is_kept(house: House, token: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        with writing(house.rooms.engine) as tx:
            preset_store.create(tx, "One", False, CHOSEN, ADMIN, house.rooms.now())
            second = pool.submit(presets.save, house.rooms, ADMIN, token, CHOSEN, "One")
            wait_for([second], timeout=0.5)  # long enough for it to look for one of this name, and find none
        with pytest.raises(Invalid):
            second.result()
    assert len(presets.listed(house.rooms, ADMIN)) == 1


@everywhere
def test_two_clicks_that_make_it_the_default_at_once_do(house: House, token: str) -> None:
    preset_id = presets.save(house.rooms, ADMIN, token, CHOSEN, "One")
    with ThreadPoolExecutor(1) as pool:
        with writing(house.rooms.engine) as tx:
            preset_store.set_default(tx, ADMIN.id, preset_id)
            second = pool.submit(presets.make_default, house.rooms, ADMIN, preset_id)
            wait_for([second], timeout=0.5)  # long enough for it to find that there is no default
        second.result()
    (line,) = presets.listed(house.rooms, ADMIN)
    assert line.default
