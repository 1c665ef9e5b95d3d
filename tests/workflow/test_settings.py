from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from erp_import_plugin.connector_api import ActorRef, ActorType, ErpField
from erp_import_plugin.engine.settings import (
    NO_CONTACTS,
    Action,
    ChannelPolicy,
    DuplicateSettings,
    EmptyValue,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.host_api import (
    CrmField,
    CrmList,
    CrmListItem,
    CrmSchema,
    CrmType,
    EntityKind,
    Preferences,
    Transaction,
)
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store.crm import SqlAlchemyCrm
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.workflow import imports, settings
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.settings import KindForm, SettingsForm
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, NOBODY, OTHER, House

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)

BY_NAME = ImportSettings(
    company=DuplicateSettings("name"), person=DuplicateSettings("email"), project=DuplicateSettings("name")
)


class PrivateCrm(SqlAlchemyCrm):
    """The small host with privacy lists and a preference, as a host of its own would say them."""

    mandatory = False

    @classmethod
    def of_hosts(cls) -> PrivateCrm:
        crm = hosts.crm()
        crm.__class__ = cls
        assert isinstance(crm, cls)
        return crm

    def schema(self) -> CrmSchema:
        schema = super().schema()
        person = schema.entities[EntityKind.PERSON]
        fields = {name: CrmField(name, name, CrmType.LIST, name) for name in ("legal_basis", "consent_source")}
        entities = {**schema.entities, EntityKind.PERSON: replace(person, fields={**person.fields, **fields})}
        lists = {
            "legal_basis": CrmList("legal_basis", "Legal basis", "b1"),
            "consent_source": CrmList("consent_source", "Consent"),
        }
        return replace(schema, entities=entities, lists={**schema.lists, **lists})

    def list_items(self, tx: Transaction, list_name: str) -> Sequence[CrmListItem]:
        own = {
            "legal_basis": [CrmListItem("b1", "Consent"), CrmListItem("b2", "Contract")],
            "consent_source": [CrmListItem("s1", "Fair"), CrmListItem("s2", "Import")],
        }
        return own[list_name] if list_name in own else super().list_items(tx, list_name)

    def preferences(self, tx: Transaction) -> Preferences:
        return Preferences(mandatory_company_on_contact=self.mandatory)


def with_privacy(house: House, *, mandatory: bool = False) -> House:
    crm = PrivateCrm.of_hosts()
    crm.mandatory = mandatory
    return replace(house, rooms=replace(house.rooms, host=replace(house.rooms.host, crm=crm)))


def staged(house: House, *actor_types: ActorType) -> str:
    house.shop.add_companies(2)
    house.shop.add_companies(1, ActorType.SUPPLIER)
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C0001"), FIRSTNAME="Eva", EMAIL="e@x.example")
    house.shop.add(ActorType.PROJECT, "R1", NAME="Roof")
    token = house.begin()
    for actor_type in actor_types:
        house.stage(token, actor_type)
    return token


def form(house: House, token: str) -> SettingsForm:
    return settings.form(house.rooms, ADMIN, token)


def kind(shown: SettingsForm, wanted: EntityKind) -> KindForm:
    return next(one for one in shown.kinds if one.kind is wanted)


def refused(house: House, token: str, chosen: ImportSettings) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        settings.save(house.rooms, ADMIN, token, chosen)
    return error.value.errors


@everywhere
def test_form_shows_what_is_staged_mapped_and_in_the_crm(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER, ActorType.SUPPLIER, ActorType.PROJECT)

    shown = form(house, token)

    assert [(one.kind, one.staged) for one in shown.kinds] == [(EntityKind.COMPANY, 3), (EntityKind.PROJECT, 1)]
    assert [(one.name, one.has_default, one.policy) for one in shown.lists] == [
        ("category", True, ListPolicy.DEFAULT),
        ("country", True, ListPolicy.DEFAULT),
    ]
    assert (shown.phones, shown.web) == (ChannelPolicy.ADD, ChannelPolicy.ADD)
    assert shown.persons is None


def test_rule_without_its_mapping_names_what_is_missing(house: House) -> None:
    shown = form(house, staged(house, ActorType.CUSTOMER))
    rules = {rule.name: (rule.available, rule.missing) for rule in kind(shown, EntityKind.COMPANY).rules}
    assert rules == {
        "name": (True, ()),
        "name_department": (False, ("Department",)),
        "number": (True, ()),
        "code": (False, ("Code",)),
        "vat_number": (True, ()),
        "id": (False, ("ID",)),
    }


def test_rule_is_available_only_if_every_staged_type_maps_it(house: House) -> None:
    fields = house.shop.fields[ActorType.SUPPLIER]
    house.shop.fields[ActorType.SUPPLIER] = tuple(field for field in fields if field.key != "VATNO")
    shown = form(house, staged(house, ActorType.CUSTOMER, ActorType.SUPPLIER))
    rules = {rule.name: rule.missing for rule in kind(shown, EntityKind.COMPANY).rules}
    assert rules["vat_number"] == ("VAT number",)


def test_name_of_a_contact_needs_one_of_its_two_fields(house: House) -> None:
    house.shop.fields[ActorType.PERSON] = (ErpField("LASTNAME", "Last name"),)
    shown = form(house, staged(house, ActorType.PERSON))
    rules = {rule.name: rule.available for rule in kind(shown, EntityKind.PERSON).rules}
    assert rules == {"name": True, "email": False, "mobile": False, "number": False, "id": False, NO_CONTACTS: True}


def test_contacts_bring_the_companies_they_may_belong_to(house: House) -> None:
    token = staged(house, ActorType.PERSON)
    shown = form(house, token)
    assert [(one.kind, one.staged) for one in shown.kinds] == [(EntityKind.COMPANY, 0), (EntityKind.PERSON, 1)]

    without = ImportSettings(person=DuplicateSettings("email"))
    assert list(refused(house, token, without)) == ["company.match"]
    settings.save(house.rooms, ADMIN, token, replace(without, fetch_parents=False))


def test_match_is_always_to_be_chosen(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER, ActorType.PERSON, ActorType.PROJECT)
    assert list(refused(house, token, ImportSettings())) == ["company.match", "person.match", "project.match"]


@pytest.mark.parametrize("match", ["code", "nonsense", NO_CONTACTS])
def test_match_that_cannot_be_used_is_refused(house: House, match: str) -> None:
    token = staged(house, ActorType.CUSTOMER)
    errors = refused(house, token, ImportSettings(company=DuplicateSettings(match)))
    assert list(errors) == ["company.match"]
    if match == "code":
        assert errors["company.match"] == "“Code” cannot be used: no ERP field is mapped to Code."


def test_fields_left_out_of_one_import_are_not_left_out_of_the_next(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER)
    settings.save(house.rooms, ADMIN, token, replace(BY_NAME, left_out=frozenset({"company.phone"})))
    assert form(house, token).settings.left_out == {"company.phone"}
    assert form(house, house.begin()).settings.left_out == frozenset()


@everywhere
def test_saved_settings_come_back_and_are_the_last_used(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER)
    chosen = replace(
        BY_NAME,
        company=DuplicateSettings("vat_number", Action.REPLACE, EmptyValue.CLEAR, Action.SKIP),
        phones=ChannelPolicy.REPLACE,
        lists={"category": ListPolicy.ADD, "country": ListPolicy.BLANK},
    )

    settings.save(house.rooms, ADMIN, token, chosen)

    assert form(house, token).settings == chosen
    assert imports.get(house.rooms, ADMIN, token).import_.settings == chosen
    again = house.begin()
    assert form(house, again).settings == chosen
    theirs = house.begin(user=OTHER)
    assert settings.form(house.rooms, OTHER, theirs).settings.company.match is None


def test_list_without_default_cannot_use_one(house: House) -> None:
    house.shop.fields[ActorType.CUSTOMER] += (ErpField("INTERESTS", "Interests"),)
    token = staged(house, ActorType.CUSTOMER)
    bare = replace(hosts.crm().schema().lists["category"], default=None)

    class Bare(SqlAlchemyCrm):
        def schema(self) -> CrmSchema:
            schema = super().schema()
            return replace(schema, lists={**schema.lists, "category": bare})

    crm = hosts.crm()
    crm.__class__ = Bare
    house = replace(house, rooms=replace(house.rooms, host=replace(house.rooms.host, crm=crm)))

    assert form(house, token).lists[0].policy is ListPolicy.BLANK
    errors = refused(house, token, replace(BY_NAME, lists={"category": ListPolicy.DEFAULT}))
    assert list(errors) == ["lists.category"]


def test_list_the_crm_has_not_is_named(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER)
    errors = refused(house, token, replace(BY_NAME, lists={"catgory": ListPolicy.ADD}))
    assert "catgory" in errors["lists.catgory"]


def test_privacy_has_the_hosts_lists_and_defaults(house: House) -> None:
    house = with_privacy(house)
    token = staged(house, ActorType.PERSON)

    shown = form(house, token)

    assert shown.persons is not None
    assert [item.id for item in shown.persons.legal_bases] == ["b1", "b2"]
    assert (shown.settings.legal_basis, shown.settings.consent_source) == ("b1", "s2")

    settings.save(house.rooms, ADMIN, token, replace(BY_NAME, legal_basis="contract"))
    saved = imports.get(house.rooms, ADMIN, token).import_.settings
    assert saved is not None
    assert (saved.legal_basis, saved.consent_source) == ("b2", "s2")
    assert list(refused(house, token, replace(BY_NAME, legal_basis="b9"))) == ["legal_basis"]


@pytest.mark.parametrize("mandatory", [True, False])
def test_contact_without_company_follows_the_preference(house: House, mandatory: bool) -> None:
    house = with_privacy(house, mandatory=mandatory)
    token = staged(house, ActorType.PERSON)
    shown = form(house, token)
    assert shown.persons is not None
    assert (NoCompany.WITHOUT in shown.persons.no_company) is not mandatory
    chosen = replace(BY_NAME, no_company=NoCompany.WITHOUT)
    if mandatory:
        assert list(refused(house, token, chosen)) == ["person.no_company"]
    else:
        settings.save(house.rooms, ADMIN, token, chosen)


def test_other_settings_make_the_plan_stale_and_the_same_do_not(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER)

    def state_after(chosen: ImportSettings) -> ImportState:
        with house.rooms.engine.begin() as tx:
            found = import_store.get(tx, token)
            assert found is not None
            import_store.set_state(tx, found.id, ImportState.PLANNED)
        settings.save(house.rooms, ADMIN, token, chosen)
        return imports.get(house.rooms, ADMIN, token).import_.state

    assert state_after(BY_NAME) is ImportState.STAGING
    assert state_after(BY_NAME) is ImportState.PLANNED
    assert state_after(replace(BY_NAME, phones=ChannelPolicy.IGNORE)) is ImportState.STAGING


def test_started_import_keeps_its_settings(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER)
    with house.rooms.engine.begin() as tx:
        found = import_store.get(tx, token)
        assert found is not None
        import_store.set_state(tx, found.id, ImportState.IMPORTING)
    with pytest.raises(Refused):
        settings.save(house.rooms, ADMIN, token, BY_NAME)


def test_who_may_and_when(house: House) -> None:
    token = staged(house, ActorType.CUSTOMER)
    for user, error in ((OTHER, NotFound), (NOBODY, NotAllowed)):
        with pytest.raises(error):
            settings.form(house.rooms, user, token)
        with pytest.raises(error):
            settings.save(house.rooms, user, token, BY_NAME)
    house.sync.on = True
    with pytest.raises(SyncIsOn):
        settings.save(house.rooms, ADMIN, token, BY_NAME)


def test_settings_are_read_from_a_file() -> None:
    data = {
        "company": {"match": "vat_number", "action": "replace", "empty": "clear", "linked": "skip"},
        "person": {"match": "none"},
        "no-company": "create",
        "fetch_parents": False,
        "legal_basis": "b1",
        "lists": {"category": "add", "my-list": "blank"},
        "web": "ignore",
        "suggest": "no",
        "defaults": {"company": {"category": "Best", "number": 7, "interest": ["a", "b"]}, "project": {"open": True}},
    }
    assert settings.from_mapping(data) == ImportSettings(
        company=DuplicateSettings("vat_number", Action.REPLACE, EmptyValue.CLEAR, Action.SKIP),
        person=DuplicateSettings("none"),
        no_company=NoCompany.CREATE,
        fetch_parents=False,
        legal_basis="b1",
        lists={"category": ListPolicy.ADD, "my-list": ListPolicy.BLANK},
        web=ChannelPolicy.IGNORE,
        suggest=False,
        defaults={
            "company.category": ("Best",),
            "company.number": ("7",),
            "company.interest": ("a", "b"),
            "project.open": ("yes",),
        },
    )
    assert settings.from_mapping({}) == ImportSettings()


def test_every_wrong_key_and_value_is_named() -> None:
    data = {
        "compny": {},
        "company": {"match": "email", "acton": "merge", "linked": "add"},
        "person": "email",
        "phones": "some",
        "lists": {"category": "keep"},
        "fetch_parents": "perhaps",
        "legal_basis": ["b1"],
        "defaults": {"compny": {}, "person": "x"},
    }
    with pytest.raises(Invalid) as error:
        settings.from_mapping(data)
    assert error.value.errors == {
        "compny": "There is no setting “compny”. Did you mean company?",
        "company.match": "It must be one of: name, name_department, number, code, vat_number, id.",
        "company.acton": "There is no setting “acton”. Did you mean action?",
        "company.linked": "It must be one of: merge, replace, skip.",
        "person": "It must be a table of settings.",
        "phones": "It must be one of: add, replace, ignore.",
        "lists.category": "It must be one of: add, default, blank.",
        "fetch_parents": "Enter yes or no.",
        "legal_basis": "It must be the id of a list item.",
        "defaults.compny": "There is no setting “compny”. Did you mean company?",
        "defaults.person": "It must be a table of settings.",
    }
