from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import pytest

from erp_import_plugin.engine.rules import RULES, erasure_digests
from erp_import_plugin.host_api import CrmValue, EntityKind, MatchRule

COMPANY, PERSON, PROJECT = EntityKind.COMPANY, EntityKind.PERSON, EntityKind.PROJECT


def keys(kind: EntityKind, rule: str, region: str = "", **values: CrmValue) -> tuple[str, ...]:
    return RULES[kind][rule].keys(values, region)


def test_the_rules_are_those_an_admin_may_choose() -> None:
    assert {kind: list(rules) for kind, rules in RULES.items()} == {
        COMPANY: ["name", "name_department", "number", "code", "vat_number", "id"],
        PERSON: ["name", "email", "mobile", "number", "id"],
        PROJECT: ["name", "number", "id"],
    }


def test_every_rule_keeps_the_promise_of_the_contract() -> None:
    for rules in RULES.values():
        for name, rule in rules.items():
            kept: MatchRule = rule
            assert kept.name == name
            assert len(name) <= 40
            assert kept.keys({}, "") == ()


@pytest.mark.parametrize("empty", [None, "", "  ", ()])
@pytest.mark.parametrize(("kind", "rule"), [(kind, rule) for kind, rules in RULES.items() for rule in rules])
def test_an_empty_key_matches_nothing(kind: EntityKind, rule: str, empty: CrmValue) -> None:
    assert RULES[kind][rule].keys(dict.fromkeys(RULES[kind][rule].fields, empty), "NO") == ()


def test_a_department_may_be_empty_but_the_name_may_not() -> None:
    plain = keys(COMPANY, "name_department", name="ACME")
    assert plain == keys(COMPANY, "name_department", name="acme ", department=" ")
    assert plain != keys(COMPANY, "name_department", name="ACME", department="Sales")
    assert keys(COMPANY, "name_department", department="Sales") == ()


def test_name_and_department_do_not_run_into_each_other() -> None:
    one = keys(COMPANY, "name_department", name="ACME Sales", department="North")
    assert one != keys(COMPANY, "name_department", name="ACME", department="Sales North")


def test_a_person_is_named_by_first_and_last_name_together() -> None:
    assert keys(PERSON, "name", first_name="Kari", last_name="Nordmann") == ("kari nordmann",)
    assert keys(PERSON, "name", last_name=" NORDMANN") == ("nordmann",)
    assert keys(PERSON, "name", first_name="Kari") == ("kari",)


def test_each_email_and_each_mobile_phone_is_a_key() -> None:
    assert keys(PERSON, "email", email=("a@X.example", "a@x.EXAMPLE", "b@x.example")) == ("a@x.example", "b@x.example")
    assert keys(PERSON, "mobile", "NO", phone_mobile=("912 34 567", "+47 91234567", "+46701234567")) == (
        "+4791234567",
        "+46701234567",
    )


@pytest.mark.parametrize("none", ["0", "-", "none", "x1"])
def test_what_stands_for_no_phone_matches_nothing(none: str) -> None:
    assert keys(PERSON, "mobile", "NO", phone_mobile=(none,)) == ()


@pytest.mark.parametrize(
    ("value", "key"),
    [(1001, "1001"), (Decimal("1001.00"), "1001"), (Decimal("1E+3"), "1000"), (" 1001", "1001"), ("01001", "01001")],
)
def test_numbers_compare_as_they_are_written(value: CrmValue, key: str) -> None:
    assert keys(COMPANY, "number", number=value) == (key,)


def test_keys_of_long_values_fit_and_differ() -> None:
    one, other = (keys(COMPANY, "name", name="x" * 300 + end)[0] for end in "ab")
    assert one != other
    assert len(one) == len(other) == 64


def test_erased_persons_are_told_by_email_and_mobile() -> None:
    erased = erasure_digests(PERSON, {"email": ("A@X.example",), "phone_mobile": ("91234567",)}, "NO")
    assert erased == {sha256(told).hexdigest() for told in (b"email:A@x.example", b"mobile:+4791234567")}


def test_erased_companies_are_told_by_vat_number() -> None:
    assert erasure_digests(COMPANY, {"vat_number": "NO 995525828 MVA", "name": "ACME"}) == {
        sha256(b"vat:995525828").hexdigest()
    }


def test_projects_and_the_unnamed_are_never_told() -> None:
    assert erasure_digests(PROJECT, {"name": "Bridge", "number": "1"}) == frozenset()
    assert erasure_digests(PERSON, {"first_name": "Kari", "email": ()}) == frozenset()
