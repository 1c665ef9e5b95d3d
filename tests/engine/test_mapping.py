from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType
from erp_import_plugin.engine.mapping import (
    COMPANY_NAME,
    KIND_OF,
    KNOWN_KEYS,
    ActorMapping,
    FieldMapping,
    Unfit,
    compatible,
    doubles,
    known_target,
    targets,
    unfit,
    without_source,
)
from erp_import_plugin.host_api import CrmField, CrmType, EntityKind, EntitySchema
from tests.engine.samples import COMPANY, PERSON, PROJECT, SCHEMA, erp_field, listed, text, typed

# Word by word from the mission, so that a key cannot be lost unnoticed.
MISSION = {
    COMPANY: (
        "NAME NUMBER1 NUMBER2 DEPARTMENT PHONE FAX EMAIL URL POSTALAD1 POSTALAD2 POSTALAD3 POSTALZIP POSTALCITY"
        " POSTALCOUNTY POSTALSTATE STREETAD1 STREETAD2 STREETAD3 STREETZIP STREETCITY STREETCOUNTY STREETSTATE"
        " COUNTRY VATNO"
    ),
    PERSON: (
        "FIRSTNAME MIDDLENAME LASTNAME TITLE NUMBER PHONE_DIRECT PHONE_PRIVATE PHONE_MOBILE PHONE_OTHER EMAIL"
        " POSITION BIRTHDATE URL POSTALAD1 POSTALAD2 POSTALAD3 POSTALZIP POSTALCITY POSTALSTATE POSTALCOUNTY"
        " POSTALCOUNTRY"
    ),
    PROJECT: "NAME TEXT NUMBER URL ENDDATE",
}
# Word by word from ``host_api.schema``, which promises the host these names.
HOST = {
    COMPANY: "id name department number code vat_number phone fax email url category business country payment_terms",
    PERSON: (
        "id first_name middle_name last_name title number birth_date position country company company_name"
        " phone_direct phone_mobile phone_private phone_other email url legal_basis consent_source interests"
    ),
    PROJECT: "id name text number end_date url company company_name",
}
ADDRESS = ("address_1", "address_2", "address_3", "zip", "city", "county", "state")


@pytest.mark.parametrize("kind", EntityKind)
def test_the_known_keys_of_the_mission_are_known(kind: EntityKind) -> None:
    assert set(MISSION[kind].split()) <= KNOWN_KEYS[kind].keys()


@pytest.mark.parametrize("kind", EntityKind)
def test_known_keys_lead_to_fields_the_host_was_told_of_each_to_its_own(kind: EntityKind) -> None:
    prefixes = {COMPANY: ("postal", "street"), PERSON: ("postal",), PROJECT: ()}[kind]
    promised = {*HOST[kind].split(), *(f"{prefix}_{part}" for prefix in prefixes for part in ADDRESS)}
    targets = list(KNOWN_KEYS[kind].values())
    assert set(targets) <= promised
    assert len(set(targets)) == len(targets)


@pytest.mark.parametrize(
    ("kind", "key", "target"),
    [
        (COMPANY, "NUMBER1", "code"),
        (COMPANY, "NUMBER2", "number"),
        (COMPANY, "VATNO", "vat_number"),
        (COMPANY, "POSTALAD2", "postal_address_2"),
        (COMPANY, "STREETZIP", "street_zip"),
        (COMPANY, "STREETCOUNTY", "street_county"),
        (PERSON, "NUMBER", "number"),
        (PERSON, "PHONE_MOBILE", "phone_mobile"),
        (PERSON, "POSTALCOUNTRY", "country"),
        (PERSON, "POSTALCOUNTY", "postal_county"),
        (PROJECT, "ENDDATE", "end_date"),
    ],
)
def test_where_a_known_key_leads(kind: EntityKind, key: str, target: str) -> None:
    assert KNOWN_KEYS[kind][key] == target


def test_every_actor_type_becomes_an_entity() -> None:
    assert set(KIND_OF) == set(ActorType)
    assert {KIND_OF[ActorType.CUSTOMER], KIND_OF[ActorType.SUPPLIER], KIND_OF[ActorType.PARTNER]} == {COMPANY}
    assert (KIND_OF[ActorType.PERSON], KIND_OF[ActorType.PROJECT]) == (PERSON, PROJECT)


@pytest.mark.parametrize("key", ["VATNO", "vatno", "VatNo"])
def test_a_known_key_is_known_in_any_case(key: str) -> None:
    assert known_target(ErpField(key, "VAT"), SCHEMA.entities[COMPANY]) == text("vat_number")


def test_an_unknown_key_a_field_the_host_lacks_and_an_unfit_type_map_to_nothing() -> None:
    company = SCHEMA.entities[COMPANY]
    assert known_target(ErpField("HAIRCOLOUR", "Hair colour"), company) is None
    assert known_target(ErpField("DEPARTMENT", "Department"), company) is None
    assert known_target(ErpField("NAME", "Name", FieldType.BOOLEAN), company) is None
    assert known_target(ErpField("FIRSTNAME", "First name"), company) is None


def test_the_name_of_a_contacts_company_is_no_field_of_the_contact() -> None:
    assert known_target(ErpField("COMPANY", "Company"), SCHEMA.entities[PERSON]) is COMPANY_NAME
    assert known_target(ErpField("COMPANY", "Company"), SCHEMA.entities[PROJECT]) is COMPANY_NAME
    assert known_target(ErpField("COMPANY", "Company"), SCHEMA.entities[COMPANY]) is None


T = CrmType
COMPATIBLE = {
    FieldType.TEXT: {T.TEXT, T.PHONE, T.EMAIL, T.URL, T.LIST},
    FieldType.INTEGER: {T.TEXT, T.INTEGER, T.DECIMAL, T.PHONE},
    FieldType.DECIMAL: {T.TEXT, T.DECIMAL},
    FieldType.DATE: {T.TEXT, T.DATE},
    FieldType.DATETIME: {T.TEXT, T.DATE, T.DATETIME},
    FieldType.BOOLEAN: {T.BOOLEAN},
    FieldType.LIST: {T.TEXT, T.LIST},
}


@pytest.mark.parametrize(("erp", "crm"), list(itertools.product(FieldType, CrmType)))
def test_which_types_go_together(erp: FieldType, crm: CrmType) -> None:
    assert compatible(ErpField("E", "E", erp), typed("c", crm)) is (crm in COMPATIBLE[erp])


def test_several_items_need_a_field_that_holds_several() -> None:
    several = ErpField("E", "E", FieldType.LIST, multiple=True)
    assert not compatible(several, listed("c", "category"))
    assert compatible(several, listed("c", "interests", multiple=True))
    assert compatible(ErpField("E", "E", FieldType.LIST), listed("c", "interests", multiple=True))


def test_a_read_only_field_is_no_target_except_the_id_that_is_matched_on() -> None:
    assert not compatible(ErpField("E", "E"), text("created", read_only=True))
    assert compatible(ErpField("E", "E"), text("id", read_only=True))


def test_only_an_active_mapping_with_a_target_imports() -> None:
    name, code, url = (FieldMapping(ErpField(key, key), key) for key in ("name", "code", "url"))
    nowhere = FieldMapping(ErpField("X", "X"))
    off = FieldMapping(code.erp, code.crm_field, active=False)
    mapping = ActorMapping(ActorType.CUSTOMER, COMPANY, (name, off, nowhere, url))
    assert mapping.imported() == (name, url)
    assert mapping.maps(("name", "url"))
    assert not mapping.maps(("name", "code"))
    assert mapping.maps(())


@pytest.mark.parametrize("kind", EntityKind)
def test_every_field_of_the_samples_takes_an_erp_field_of_its_type(kind: EntityKind) -> None:
    schema: EntitySchema = SCHEMA.entities[kind]
    fields: list[CrmField] = [crm for crm in schema.fields.values() if crm.type is not CrmType.COMPANY]
    assert all(compatible(erp_field(crm), crm) for crm in fields)


@pytest.mark.parametrize(
    ("erp", "crm", "reason"),
    [
        (ErpField("E", "E"), text("t"), None),
        (ErpField("E", "E"), text("t", read_only=True), Unfit.READ_ONLY),
        (ErpField("E", "E", FieldType.LIST, multiple=True), listed("l", "category"), Unfit.SEVERAL),
        (ErpField("E", "E", FieldType.DATE), typed("n", CrmType.INTEGER), Unfit.TYPE),
        (ErpField("E", "E"), typed("c", CrmType.COMPANY), Unfit.TYPE),
    ],
)
def test_what_does_not_fit_has_a_reason(erp: ErpField, crm: CrmField, reason: Unfit | None) -> None:
    assert unfit(erp, crm) is reason


def test_a_company_is_reached_by_its_name_and_never_by_its_field() -> None:
    assert {"company_name", "last_name"} <= targets(SCHEMA.entities[PERSON]).keys()
    assert "company" not in targets(SCHEMA.entities[PERSON])
    assert "company_name" not in targets(SCHEMA.entities[COMPANY])


def test_two_sources_of_one_value_are_doubles_and_of_several_are_not() -> None:
    fields = [FieldMapping(ErpField(key, key), crm) for key, crm in (("A", "code"), ("B", "code"), ("C", "email"))]
    fields += [FieldMapping(ErpField("D", "D"), "email"), FieldMapping(ErpField("E", "E"), "name")]
    fields += [
        FieldMapping(ErpField("F", "F"), "name", active=False),
        FieldMapping(ErpField("G", "G"), "name", gone=True),
    ]
    fields += [FieldMapping(ErpField(key, key), "lost") for key in "HI"]
    mapping = ActorMapping(ActorType.CUSTOMER, COMPANY, tuple(fields))
    assert {key: other.erp.key for key, other in doubles(mapping, SCHEMA.entities[COMPANY]).items()} == {
        "A": "B",
        "B": "A",
    }


def test_what_a_new_entity_needs_comes_from_the_erp_from_a_default_or_from_an_answer() -> None:
    company, name = SCHEMA.entities[COMPANY], FieldMapping(ErpField("NAME", "Name"), "name")
    bare = ActorMapping(ActorType.CUSTOMER, COMPANY, ())
    assert [crm.key for crm in without_source(bare, company)] == ["name"]
    for given in (
        replace(bare, fields=(name,)),
        replace(bare, defaults={"name": "Nameless"}),
        replace(bare, ask=frozenset({"name"})),
    ):
        assert without_source(given, company) == ()
    assert without_source(replace(bare, fields=(replace(name, gone=True),)), company)


def test_a_field_that_is_gone_imports_nothing_and_has_no_place() -> None:
    one, two = (
        FieldMapping(ErpField("A", "A", rank=5), "code"),
        FieldMapping(ErpField("B", "B", rank=9), "name", rank=1),
    )
    mapping = ActorMapping(ActorType.CUSTOMER, COMPANY, (one, two, FieldMapping(ErpField("C", "C"), "url", gone=True)))
    assert mapping.imported() == (one, two)
    assert mapping.in_order() == (two, one)
