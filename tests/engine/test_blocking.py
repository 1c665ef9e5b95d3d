from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.engine.blocking import BlockingRule, Values, rules_for
from erp_import_plugin.engine.normalising import KEY_LENGTH
from erp_import_plugin.host_api import CrmField, CrmType, EntityKind

COMPANY, PERSON, PROJECT = EntityKind
BORN = date(1980, 2, 3)
_TYPES = {"birth_date": CrmType.DATE, "email": CrmType.EMAIL, "phone": CrmType.PHONE, "phone_mobile": CrmType.PHONE}
FIELDS = {
    key: CrmField(key, key, _TYPES.get(key, CrmType.TEXT))
    for key in (
        "name", "vat_number", "postal_zip", "street_zip", "first_name", "last_name", "birth_date",
        "email", "phone", "phone_mobile",
    )
}  # fmt: skip

# "aa", "ae", "oe", "ue" are one letter elsewhere, and a typo in a legal form is one in what does not count.
_letters = st.sampled_from("bdfgklmnprtvwxz")
_names = st.text(_letters, min_size=6, max_size=40)
_hostile = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Mn", "Zs"])),
    st.sampled_from(["\0", "\ud800", "\u202eabc", "x" * 10_000, "א" * 10_000, "1" * 10_000, "a\u0301" * 10_000]),
)


def rule(kind: EntityKind) -> BlockingRule:
    return rules_for(kind, FIELDS, FIELDS)[0]


def share(kind: EntityKind, kept: Values, compared: Values) -> bool:
    return not set(rule(kind).keys(kept, "")).isdisjoint(rule(kind).probes(compared))


@given(_names, st.data())
def test_a_name_with_a_typo_of_one_letter_shares_a_key(name: str, data: st.DataObject) -> None:
    at, letter = data.draw(st.integers(0, len(name) - 1)), data.draw(_letters)
    mistyped = data.draw(
        st.sampled_from(
            [
                name[:at] + letter + name[at:],
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at + 1 :],
                name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
            ]
        )
    )
    assert share(COMPANY, {"name": name}, {"name": mistyped})
    assert share(PROJECT, {"name": mistyped}, {"name": name})
    half = len(name) // 2
    assert share(PERSON, {"last_name": name[:half], "first_name": name[half:]}, {"last_name": mistyped})


@pytest.mark.parametrize(
    ("kind", "kept", "compared"),
    [
        (COMPANY, {"name": "Nordisk Papir AS"}, {"name": "Papir Nordisk"}),
        (COMPANY, {"name": "Kristiansen Rør"}, {"name": "Christiansen Rør"}),
        (COMPANY, {"name": "Alpha", "vat_number": "NO 923 456 783 MVA"}, {"name": "Omega", "vat_number": "923456783"}),
        (COMPANY, {"name": "Bakke Bygg", "street_zip": "0150"}, {"name": "Bakkehaugen", "postal_zip": "0150"}),
        (PERSON, {"last_name": "Li", "birth_date": BORN}, {"last_name": "Wu", "birth_date": BORN}),
        (PERSON, {"first_name": "Kari", "last_name": "Li"}, {"first_name": "Li", "last_name": "Kari"}),
        (PERSON, {"first_name": "Kari", "postal_zip": "5003"}, {"last_name": "Karin", "postal_zip": "5003"}),
    ],
)  # fmt: skip
def test_records_that_are_much_alike_share_a_key(kind: EntityKind, kept: Values, compared: Values) -> None:
    assert share(kind, kept, compared)


@pytest.mark.parametrize(
    ("kept", "compared"), [("Depot 3", "Depot 4"), ("Company 0000123", "Company 0000132"), ("Alpha", "Omega"), ("", "")]
)
def test_others_do_not(kept: str, compared: str) -> None:
    assert not share(COMPANY, {"name": kept}, {"name": compared})


def test_a_channel_has_a_rule_of_its_own() -> None:
    _, email, phone = rules_for(COMPANY, FIELDS, ["name", "email", "phone"])
    assert email.keys({"email": ("Post@ACME.example", "x@y.example")}, "") == ("post@acme.example", "x@y.example")
    assert phone.keys({"phone": ("+47 22 33 44 55",)}, "") == phone.probes({"phone": ("0047-22334455", "113")})


def test_only_fields_that_the_crm_has_and_something_is_known_of_are_asked_for() -> None:
    some = {key: FIELDS[key] for key in ("name", "email")}
    assert [one.fields for one in rules_for(COMPANY, some, ["name", "vat_number"])] == [("name",)]
    assert [one.fields for one in rules_for(COMPANY, some, ["email"])] == [("email",)]
    assert rules_for(COMPANY, some, ["vat_number"]) == ()
    assert rules_for(PERSON, {"name": FIELDS["name"]}, ["name"]) == ()


@given(st.sampled_from([COMPANY, PERSON, PROJECT]), st.dictionaries(st.sampled_from(list(FIELDS)), _hostile))
def test_whatever_the_text_there_are_few_keys_that_can_be_stored(kind: EntityKind, values: dict[str, str]) -> None:
    for one in rules_for(kind, FIELDS, FIELDS):
        channel = FIELDS[one.fields[0]].many
        typed: Values = {key: (text,) if channel else text for key, text in values.items()}
        keys = one.keys(typed, "")
        assert len(keys) <= 12
        assert set(keys) <= set(one.probes(typed))
        for key in keys:
            assert len(key) <= KEY_LENGTH
            assert "\0" not in key
            key.encode()


def test_short_names_are_compared_as_they_are() -> None:
    for name in (*string.ascii_lowercase, "bp", "3M"):
        assert share(COMPANY, {"name": name}, {"name": name.upper()})
    assert not share(COMPANY, {"name": "bp"}, {"name": "bq"})
