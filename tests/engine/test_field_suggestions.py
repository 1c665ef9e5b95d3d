from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.connector_api import ErpField, FieldType
from erp_import_plugin.engine.field_names import NAMES
from erp_import_plugin.engine.field_suggestions import Suggestion, plain, suggestions
from erp_import_plugin.engine.mapping import KNOWN_KEYS, ActorMapping, FieldMapping
from erp_import_plugin.host_api import CrmField, CrmType, EntityKind, EntitySchema
from tests.engine.samples import ACTOR_TYPES, COMPANY, PERSON, PROJECT

_TYPES = {
    "category": CrmType.LIST,
    "country": CrmType.LIST,
    "phone": CrmType.PHONE,
    "fax": CrmType.PHONE,
    "phone_direct": CrmType.PHONE,
    "phone_mobile": CrmType.PHONE,
    "email": CrmType.EMAIL,
    "url": CrmType.URL,
    "birth_date": CrmType.DATE,
    "end_date": CrmType.DATE,
}


def schema(kind: EntityKind, *more: CrmField) -> EntitySchema:
    """Every field the plugin knows by name, and some of the host's own."""
    known = {key: CrmField(key, key, _TYPES.get(key, CrmType.TEXT)) for key in NAMES[kind]}
    return EntitySchema(kind, kind.value, known | {crm.key: crm for crm in more})


def mapping(kind: EntityKind, *fields: ErpField | FieldMapping) -> ActorMapping:
    mapped = (one if isinstance(one, FieldMapping) else FieldMapping(one) for one in fields)
    return ActorMapping(ACTOR_TYPES[kind], kind, tuple(mapped))


def suggested(kind: EntityKind, label: str, type_: FieldType = FieldType.TEXT) -> str | None:
    found = suggestions(mapping(kind, ErpField("x1", label, type_)), schema(kind))
    return found["x1"].crm_field if found else None


@pytest.mark.parametrize(
    ("kind", "crm_field", "labels"),
    [
        (COMPANY, "vat_number", "VAT no.|Organisasjonsnummer|CVR-nr.|Organisationsnummer|Umsatzsteuer-ID|BTW-nummer"),
        (COMPANY, "name", "Customer name|Firmanavn|Virksomhedsnavn|Företagsnamn|Firmenname|Bedrijfsnaam"),
        (COMPANY, "number", "Customer no.|Kundenr|Debitornummer|Kundnummer|Kunden-Nr.|Debiteurnummer"),
        (COMPANY, "postal_zip", "Zip code|Postnr|Postnr.|Postnummer|PLZ|Postcode"),
        (COMPANY, "postal_city", "City|Poststed|By|Ort|Stadt|Plaats"),
        (COMPANY, "street_address_1", "Street|Besøksadresse|Gade|Gatuadress|Straße|Straat"),
        (COMPANY, "phone", "Telephone|Tlf|Telefon|Telefonnummer|Rufnummer|Telefoon"),
        (COMPANY, "email", "E-mail|E-post|Mailadresse|E-postadress|E-Mail-Adresse|E-mailadres"),
        (
            COMPANY,
            "payment_terms",
            "Terms of payment|Betalingsbetingelser|Betalingsfrist|Betalningsvillkor|Zahlungsziel",
        ),
        (PERSON, "first_name", "Given name|Fornavn|Fornavne|Förnamn|Vorname|Voornaam"),
        (PERSON, "last_name", "Surname|Etternavn|Efternavn|Efternamn|Nachname|Achternaam"),
        (PERSON, "phone_mobile", "Cell phone|Mobiltelefon|Mobilnr.|Mobilnummer|Handy|GSM"),
        (PERSON, "company_name", "Customer|Bedrift|Virksomhed|Företag|Firmenname|Klant"),
        (PROJECT, "name", "Project|Prosjektnavn|Projektnavn|Projektnamn|Bezeichnung|Projectnaam"),
    ],
)
def test_names_in_six_languages_are_understood(kind: EntityKind, crm_field: str, labels: str) -> None:
    assert {label: suggested(kind, label) for label in labels.split("|")} == dict.fromkeys(labels.split("|"), crm_field)


def test_dates_are_suggested_for_fields_of_their_type_only() -> None:
    labels = ("Date of birth", "Fødselsdato", "Födelsedatum", "Geburtsdatum", "Geboortedatum")
    assert {suggested(PERSON, label, FieldType.DATE) for label in labels} == {"birth_date"}
    assert suggested(PERSON, "Date of birth", FieldType.BOOLEAN) is None


@pytest.mark.parametrize("label", ["Organisasjonnummer", "Organisasjons nummer", "ORG.NR.", "org-nr", "Orgnr "])
def test_small_differences_do_not_count(label: str) -> None:
    assert suggested(COMPANY, label) == "vat_number"


@pytest.mark.parametrize(
    "label", ["Counry", "Haircolour", "", "·", "Adr", "Telefon 7", "Postnummer 2", "x" * 500, "\ud800"]
)
def test_a_name_that_may_mean_several_things_or_nothing_suggests_nothing(label: str) -> None:
    assert suggested(COMPANY, label) is None


def test_the_key_speaks_where_the_label_does_not() -> None:
    fields = (ErpField("res.vat", "Field 12"), ErpField("PostalCode", "Field 13"), ErpField("vat_no", "Country"))
    found = suggestions(mapping(COMPANY, *fields), schema(COMPANY))
    assert found["res.vat"] == Suggestion("vat_number", "vat", by_label=False)
    assert found["PostalCode"] == Suggestion("postal_zip", "PostalCode", by_label=False)
    assert found["vat_no"] == Suggestion("country", "Country", by_label=True)


def test_what_a_name_means_exactly_goes_before_what_it_is_like() -> None:
    fields = (ErpField("a", "Organisasjonsnumer"), ErpField("b", "Organisasjonsnummer"))
    assert {key: one.crm_field for key, one in suggestions(mapping(COMPANY, *fields), schema(COMPANY)).items()} == {
        "b": "vat_number"
    }


def test_a_field_that_takes_several_values_is_suggested_more_than_once() -> None:
    fields = (ErpField("a", "E-mail"), ErpField("b", "Mail"), ErpField("c", "Firma"), ErpField("d", "Firmanavn"))
    found = suggestions(mapping(COMPANY, *fields), schema(COMPANY))
    assert {key: one.crm_field for key, one in found.items()} == {"a": "email", "b": "email", "c": "name"}


def test_only_fields_that_go_nowhere_and_targets_that_are_free_are_suggested() -> None:
    fields = (
        FieldMapping(ErpField("ORGNR", "Org.nr"), "code"),
        FieldMapping(ErpField("VATNO", "VAT"), "vat_number"),
        FieldMapping(ErpField("x", "CVR")),
        FieldMapping(ErpField("y", "City"), gone=True),
        FieldMapping(ErpField("z", "Town"), declined=True),
    )
    assert suggestions(mapping(COMPANY, *fields), schema(COMPANY)) == {}
    off = replace(fields[1], active=False)
    assert suggestions(mapping(COMPANY, fields[0], off, *fields[2:]), schema(COMPANY))["x"].crm_field == "vat_number"


def test_fields_of_the_hosts_own_are_suggested_by_their_label_or_key() -> None:
    own = CrmField("loyalty", "Loyalty level")
    fields = (ErpField("a", "Loyalty Level"),)
    assert suggestions(mapping(COMPANY, *fields), schema(COMPANY, own))["a"].crm_field == "loyalty"
    fields = (ErpField("LOYALTY", "L 1"),)
    assert suggestions(mapping(COMPANY, *fields), schema(COMPANY, own))["LOYALTY"].crm_field == "loyalty"


def test_an_address_goes_where_the_host_has_room_for_it() -> None:
    bare = schema(COMPANY)
    without = replace(bare, fields={key: crm for key, crm in bare.fields.items() if not key.startswith("street")})
    assert suggestions(mapping(COMPANY, ErpField("x", "Straße")), without) == {}
    assert suggestions(mapping(COMPANY, ErpField("x", "Adresse")), without)["x"].crm_field == "postal_address_1"


@pytest.mark.parametrize("kind", EntityKind)
def test_names_are_of_fields_that_known_keys_lead_to_or_a_note(kind: EntityKind) -> None:
    assert set(NAMES[kind]) - set(KNOWN_KEYS[kind].values()) <= {"note"}
    assert all(plain(name) for names in NAMES[kind].values() for name in names)


@given(st.lists(st.text(max_size=30), max_size=8))
def test_no_name_is_too_strange(labels: list[str]) -> None:
    fields = [ErpField(f"{n}", label) for n, label in enumerate(labels)]
    found = suggestions(mapping(PERSON, *fields), schema(PERSON))
    single = [
        one.crm_field
        for one in found.values()
        if _TYPES.get(one.crm_field) not in (CrmType.PHONE, CrmType.EMAIL, CrmType.URL)
    ]
    assert len(single) == len(set(single))
