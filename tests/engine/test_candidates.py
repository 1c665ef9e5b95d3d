from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.connector_api import ActorRef, ActorType, ErpField, FieldType, FieldValue
from erp_import_plugin.engine.candidates import Candidate, Converter, StagedActor, person_name
from erp_import_plugin.engine.changes import NewItem, NewValue
from erp_import_plugin.engine.mapping import COMPANY_NAME, ActorMapping, FieldMapping
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.settings import ImportSettings, ListPolicy
from tests.engine.samples import COMPANY, PERSON, PROJECT, SCHEMA, converted, lists_of, mapping_of, staged

NOON = datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=2)))
DAY = date(2024, 2, 29)


def company(field: str, value: FieldValue, **erp: object) -> Candidate:
    """The candidate of a company with one mapped field."""
    return converted(mapping_of(COMPANY, (ErpField("F", "F", **erp), field)), {"F": value})  # type: ignore[arg-type]


def reasons(candidate: Candidate) -> list[tuple[str, ReasonCode]]:
    return [(problem.field, problem.reason.code) for problem in candidate.problems]


# --- one value ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "erp", "crm"),
    [
        ("code", "A1", "A1"),
        ("code", "  A1\n", "A1"),
        ("code", "<b>=1+1</b>", "<b>=1+1</b>"),
        ("code", "\u202eabc", "\u202eabc"),
        ("code", 7, "7"),
        ("code", Decimal("1E+3"), "1000"),
        ("code", Decimal("1.50"), "1.50"),
        ("code", DAY, "2024-02-29"),
        ("code", NOON, "2024-02-29T12:00:00+02:00"),
        ("code", date(1, 1, 1), "0001-01-01"),
        ("employees", 0, 0),
        ("employees", -(2**63), -(2**63)),
        ("turnover", 7, Decimal(7)),
        ("turnover", Decimal("0.10"), Decimal("0.10")),
        ("founded", DAY, DAY),
        ("founded", NOON, DAY),
        ("audited", NOON, NOON),
        ("active", False, False),
        ("active", True, True),
        ("phone", "22 33 44 55", ("22 33 44 55",)),
        ("phone", 22334455, ("22334455",)),
        ("email", " a@b.example ", ("a@b.example",)),
    ],
)
def test_a_value_takes_the_type_of_its_field(field: str, erp: FieldValue, crm: NewValue) -> None:
    candidate = company(field, erp)
    assert candidate.values == {field: crm}
    assert type(candidate.values[field]) is type(crm)
    assert candidate.problems == ()


SINGLE = ("code", "employees", "turnover", "founded", "audited", "active", "category")


@pytest.mark.parametrize("nothing", [None, "", "  \t", ()])
def test_an_empty_value_is_known_to_be_empty(nothing: FieldValue) -> None:
    for field in SINGLE:
        assert company(field, nothing).values == {field: None}
    for field in ("phone", "email", "url"):
        assert company(field, nothing).values == {field: ()}


def test_a_missing_key_is_empty_too() -> None:
    mapping = mapping_of(COMPANY, (ErpField("F", "F"), "code"), (ErpField("G", "G"), "phone"))
    assert converted(mapping, {}).values == {"code": None, "phone": ()}


@pytest.mark.parametrize(
    ("field", "bad", "type_"),
    [
        ("employees", "many", "integer"),
        ("employees", True, "integer"),
        ("employees", Decimal(1), "integer"),
        ("employees", 2**63, "integer"),
        ("employees", -(2**63) - 1, "integer"),
        ("turnover", "1,50", "decimal"),
        ("turnover", True, "decimal"),
        ("turnover", Decimal("NaN"), "decimal"),
        ("turnover", Decimal("sNaN"), "decimal"),
        ("turnover", Decimal("-Infinity"), "decimal"),
        ("founded", "2024-02-30", "date"),
        ("founded", 20240229, "date"),
        ("audited", DAY, "datetime"),
        ("audited", "now", "datetime"),
        ("active", "yes", "boolean"),
        ("active", 1, "boolean"),
        ("code", ("a", "b"), "text"),
        ("founded", ("a",), "date"),
        ("category", ("Gold", "Other"), "list"),
    ],
)
def test_what_is_no_value_of_the_type_is_told_and_left_alone(field: str, bad: FieldValue, type_: str) -> None:
    candidate = company(field, bad)
    assert candidate.values == {}
    assert [problem.reason for problem in candidate.problems] == [Reason(ReasonCode.NOT_A_VALUE, {"type": type_})]


@pytest.mark.parametrize("field", ["code", "phone", "url", "category"])
@pytest.mark.parametrize("bad", ["a\0b", "\0", "a\ud800b", "\udfff"])
def test_what_no_database_can_hold_is_told_and_left_alone(field: str, bad: str) -> None:
    candidate = company(field, bad)
    assert candidate.values == {}
    assert reasons(candidate) == [(field, ReasonCode.UNREADABLE)]
    shown = candidate.problems[0].value
    assert "\0" not in shown
    assert shown.encode()


@pytest.mark.parametrize(("field", "most"), [("name", 40), ("url", 30)])
def test_a_text_too_long_is_told_and_not_cut(field: str, most: int) -> None:
    assert company(field, "x" * most).values == {field: "x" * most if field == "name" else ("x" * most,)}
    assert company(field, f" {'x' * most} ").problems == ()
    candidate = company(field, "x" * (most + 1))
    assert candidate.values == {}
    assert [problem.reason for problem in candidate.problems] == [
        Reason(ReasonCode.TOO_LONG, {"length": str(most + 1), "max": str(most)})
    ]


def test_a_huge_bad_value_is_shown_short() -> None:
    candidate = company("name", "x" * 10_000_000)
    assert candidate.problems[0].value == "x" * 80


def test_a_bad_value_harms_no_other_field() -> None:
    mapping = mapping_of(COMPANY, (ErpField("A", "A"), "employees"), (ErpField("B", "B"), "code"))
    candidate = converted(mapping, {"A": "many", "B": "A1"})
    assert candidate.values == {"code": "A1"}
    assert reasons(candidate) == [("employees", ReasonCode.NOT_A_VALUE)]


ANYTHING = st.one_of(
    st.none(),
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf"])),
    st.integers(-(10**30), 10**30),
    st.decimals(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.lists(st.text(), max_size=3).map(tuple),
)


@given(st.sampled_from(sorted(SCHEMA.entities[COMPANY].fields)), ANYTHING, st.sampled_from(ListPolicy))
def test_nothing_an_erp_sends_breaks_the_conversion(field: str, value: FieldValue, policy: ListPolicy) -> None:
    lists = lists_of(ImportSettings(lists={"category": policy, "country": policy}))
    candidate = converted(mapping_of(COMPANY, (ErpField("F", "F"), field)), {"F": value}, lists)
    crm = SCHEMA.entities[COMPANY].fields[field]
    told = candidate.values.get(field)
    assert told is None or isinstance(told, tuple) is crm.many
    if candidate.problems:
        assert field not in candidate.values
        assert all(problem.value.encode() and "\0" not in problem.value for problem in candidate.problems if value)


# --- several ERP fields to one CRM field --------------------------------------------------------------------------

TWO_CODES = mapping_of(COMPANY, (ErpField("A", "A"), "code"), (ErpField("B", "B"), "code"))
TWO_PHONES = mapping_of(COMPANY, (ErpField("A", "A"), "phone"), (ErpField("B", "B"), "phone"))
TWO_LISTS = mapping_of(
    COMPANY, (ErpField("A", "A", FieldType.LIST), "category"), (ErpField("B", "B", FieldType.LIST), "category")
)


@pytest.mark.parametrize(
    ("a", "b", "told"), [("1", "2", "2"), ("1", None, "1"), (None, "2", "2"), (None, None, None), ("1", "  ", "1")]
)
def test_of_several_fields_the_last_that_has_a_value_counts(a: str, b: str, told: str) -> None:
    assert converted(TWO_CODES, {"A": a, "B": b}).values == {"code": told}


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [("1", "2", ("1", "2")), ("1", None, ("1",)), (None, "2", ("2",)), (None, None, ())],
)
def test_several_fields_fill_one_that_holds_several(a: str, b: str, told: tuple[str, ...]) -> None:
    assert converted(TWO_PHONES, {"A": a, "B": b}).values == {"phone": told}


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [("Gold", "Other", "cat-other"), ("Gold", None, "cat-gold"), (None, "Gold", "cat-gold"), (None, None, None)],
)
def test_of_several_lists_the_last_that_has_an_item_counts(a: str, b: str, told: str) -> None:
    assert converted(TWO_LISTS, {"A": a, "B": b}).values == {"category": told}


@pytest.mark.parametrize(("a", "b"), [("x" * 41, None), (None, "x" * 41)])
def test_an_empty_field_beside_a_bad_one_does_not_empty_what_both_fill(a: str, b: str) -> None:
    two_names = mapping_of(COMPANY, (ErpField("A", "A"), "name"), (ErpField("B", "B"), "name"))
    assert converted(two_names, {"A": a, "B": b}).values == {}


@pytest.mark.parametrize(("a", "b"), [("Unheard of", None), (None, "Unheard of")])
def test_an_empty_list_beside_an_ignored_item_does_not_empty_what_both_fill(a: str, b: str) -> None:
    assert converted(TWO_LISTS, {"A": a, "B": b}).values == {}


def test_a_good_value_counts_beside_a_bad_one() -> None:
    assert converted(TWO_PHONES, {"A": "a\0", "B": "22334455"}).values == {"phone": ("22334455",)}
    assert converted(TWO_CODES, {"A": "A1", "B": "a\0"}).values == {"code": "A1"}


# --- lists --------------------------------------------------------------------------------------------------------

LIST = {"type": FieldType.LIST, "list_name": "erp"}
LABELS = {"erp": {"g": "Gold", "u": "Unheard of", "z": " ", "n": "Bad\0"}}


def category(value: FieldValue, policy: ListPolicy) -> Candidate:
    lists = lists_of(ImportSettings(lists={"category": policy}), LABELS)
    return converted(mapping_of(COMPANY, (ErpField("F", "F", **LIST), "category")), {"F": value}, lists)  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", ListPolicy)
def test_an_item_the_crm_has_is_taken(policy: ListPolicy) -> None:
    assert category("g", policy).values == {"category": "cat-gold"}
    assert category("g", policy).fallbacks == {}
    assert category(("g",), policy).values == {"category": "cat-gold"}


def test_an_item_the_crm_lacks_follows_the_policy() -> None:
    assert category("u", ListPolicy.ADD).values == {"category": NewItem("category", "Unheard of")}
    default, blank = category("u", ListPolicy.DEFAULT), category("u", ListPolicy.BLANK)
    assert (default.values, default.fallbacks) == ({}, {"category": "cat-other"})
    assert (blank.values, blank.fallbacks) == ({}, {})


@pytest.mark.parametrize("blank", [None, "", " ", "z", "\u200b", ()])
def test_a_blank_never_becomes_a_list_item(blank: FieldValue) -> None:
    candidate = category(blank, ListPolicy.ADD)
    assert candidate.values.get("category") is None
    assert candidate.problems == ()


def test_a_name_no_database_can_hold_becomes_no_item() -> None:
    candidate = category("n", ListPolicy.ADD)
    assert candidate.values == {}
    assert reasons(candidate) == [("category", ReasonCode.UNREADABLE)]


def interests(value: FieldValue, policy: ListPolicy = ListPolicy.ADD) -> Candidate:
    lists = lists_of(ImportSettings(lists={"interests": policy}))
    field = ErpField("F", "F", FieldType.LIST, multiple=isinstance(value, tuple))
    return converted(mapping_of(PERSON, (field, "interests")), {"F": value}, lists)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (("Golf", "Wine"), ("int-golf", "int-wine")),
        (("Golf", "golf", " GOLF "), ("int-golf",)),
        (("Golf", "", " "), ("int-golf",)),
        ("Wine", ("int-wine",)),
        (("Chess", "Golf", "CHESS"), (NewItem("interests", "Chess"), "int-golf")),
        ((), ()),
        (None, ()),
    ],
)
def test_a_field_of_several_items_has_each_once(value: FieldValue, told: NewValue) -> None:
    assert interests(value).values == {"interests": told}


def test_of_several_items_those_the_policy_ignores_are_left_out() -> None:
    assert interests(("Golf", "Chess"), ListPolicy.BLANK).values == {"interests": ("int-golf",)}
    assert interests(("Chess",), ListPolicy.BLANK).values == {}


def test_several_lists_fill_one_field_of_several_items() -> None:
    fields = [ErpField(key, key, FieldType.LIST) for key in "AB"]
    mapping = mapping_of(PERSON, *((field, "interests") for field in fields))
    assert converted(mapping, {"A": "Golf", "B": "Wine"}).values == {"interests": ("int-golf", "int-wine")}
    assert converted(mapping, {"A": "Golf", "B": "Golf"}).values == {"interests": ("int-golf",)}
    assert converted(mapping, {"A": "Golf", "B": None}).values == {"interests": ("int-golf",)}


def test_a_list_in_a_text_field_shows_its_label() -> None:
    lists = lists_of(labels=LABELS)
    for field, told in (("code", "Gold"), ("phone", ("Gold",))):
        mapping = mapping_of(COMPANY, (ErpField("F", "F", **LIST), field))  # type: ignore[arg-type]
        assert converted(mapping, {"F": "g"}, lists).values == {field: told}


def test_several_texts_fill_a_field_that_holds_several() -> None:
    candidate = company("phone", ("22334455", "", "33445566"), multiple=True)
    assert candidate.values == {"phone": ("22334455", "33445566")}


# --- what else a candidate knows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("country", "region"), [("Sweden", "SE"), ("Atlantis", "NO"), (None, "NO")])
def test_phones_are_read_in_the_actors_country(country: str | None, region: str) -> None:
    mapping = mapping_of(COMPANY, (ErpField("C", "C", FieldType.LIST), "country"))
    for policy in ListPolicy:
        lists = lists_of(ImportSettings(lists={"country": policy}))
        assert converted(mapping, {"C": country}, lists).region == region


def test_the_company_name_of_a_contact_is_kept_apart() -> None:
    mapping = mapping_of(PERSON, (ErpField("L", "L"), "last_name"), (ErpField("C", "C"), COMPANY_NAME.key))
    candidate = converted(mapping, {"L": "Nordmann", "C": " ACME "})
    assert (candidate.values, candidate.company_name) == ({"last_name": "Nordmann"}, "ACME")
    assert converted(mapping, {"L": "Nordmann"}).company_name == ""


def test_defaults_are_fallbacks_and_no_values() -> None:
    mapping = mapping_of(COMPANY, (ErpField("F", "F"), "code"), code="NONE", category="cat-gold")
    candidate = converted(mapping, {"F": None})
    assert candidate.values == {"code": None}
    assert candidate.fallbacks == {"code": "NONE", "category": "cat-gold"}
    assert mapping.defaults == {"code": "NONE", "category": "cat-gold"}


def test_what_is_mapped_nowhere_or_to_a_field_the_host_lost_blocks_nothing() -> None:
    fields = (
        FieldMapping(ErpField("A", "A"), "code", active=False),
        FieldMapping(ErpField("B", "B"), None),
        FieldMapping(ErpField("C", "C"), "lost"),
        FieldMapping(ErpField("D", "D"), "name"),
    )
    mapping = ActorMapping(ActorType.CUSTOMER, COMPANY, fields)
    assert converted(mapping, dict.fromkeys("ABCD", "x")).values == {"name": "x"}


def test_the_actor_is_still_known_by_its_row_parent_label_and_problems() -> None:
    converter = Converter(mapping_of(PROJECT), SCHEMA.entities[PROJECT], lists_of(), "NO")
    parent = ActorRef(ActorType.CUSTOMER, "C7")
    actor = StagedActor(7, ActorType.PROJECT, "P1", {}, parent=parent, missing=True, problems=("x" * 99, "a\ud800"))
    candidate = converter.candidate(actor)
    assert (candidate.row, candidate.kind, candidate.label) == (7, PROJECT, "P1")
    assert (candidate.parent, candidate.missing) == (parent, True)
    assert [(problem.field, problem.value) for problem in candidate.problems] == [("", "x" * 80), ("", "a?")]
    assert converter.candidate(StagedActor(7, ActorType.PROJECT, "P1", {}, label="Bridge")).label == "Bridge"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"first_name": "Kari", "middle_name": "B.", "last_name": "Nordmann"}, "Kari B. Nordmann"),
        ({"first_name": None, "last_name": "Nordmann"}, "Nordmann"),
        ({"first_name": "Kari"}, "Kari"),
        ({}, ""),
    ],
)
def test_a_contacts_full_name(values: dict[str, NewValue], name: str) -> None:
    assert person_name(values) == name


@given(
    st.sampled_from(["category", "interests", "name", "turnover"]),
    st.lists(
        st.sampled_from([None, "", "Gold", " gold ", "Nickel", "\0", "x" * 50, 1, True, Decimal(1), ("A", "Gold"), ()])
    ),
    st.sampled_from(ListPolicy),
)
def test_what_a_converter_has_seen_changes_nothing(field: str, values: list[FieldValue], policy: ListPolicy) -> None:
    settings = ImportSettings(lists=dict.fromkeys(("category", "interests"), policy))
    erp = ErpField(field, field, list_name="erp")
    kind = COMPANY if field in SCHEMA.entities[COMPANY].fields else PERSON
    mapping = mapping_of(kind, (erp, field))
    seeing = Converter(mapping, SCHEMA.entities[kind], lists_of(settings), "NO")
    for value in values:
        assert seeing.candidate(staged(kind, {field: value})) == converted(mapping, {field: value}, lists_of(settings))
