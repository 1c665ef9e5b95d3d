from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, Operator, Restriction
from erp_import_plugin.connector_host import check_restriction
from erp_import_plugin.engine.mapping import ActorMapping, FieldMapping
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.workflow import criteria as asked
from erp_import_plugin.workflow.criteria import Criteria, Criterion, parse_where, restrictions
from erp_import_plugin.workflow.invalid import Invalid

TODAY = date(2026, 3, 18)
FIELDS = (
    ErpField("NAME", "Name"),
    ErpField("SIZE", "Size", FieldType.INTEGER),
    ErpField("SUM", "Sum", FieldType.DECIMAL),
    ErpField("DAY", "Day", FieldType.DATE),
    ErpField("AT", "At", FieldType.DATETIME),
    ErpField("ON", "On", FieldType.BOOLEAN),
    ErpField("LAND", "Land", FieldType.LIST, list_name="lands"),
)


def read(*lines: Criterion, **kwargs: Any) -> list[list[Restriction]]:
    return restrictions(Criteria((lines,)), FIELDS, TODAY, **kwargs)


def value(field: str, text: str, operator: str = "equals") -> Any:
    ((restriction,),) = read(Criterion(field, operator, (text,)))
    return restriction.values[0]


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("NAME", " A  b ", " A  b "),
        ("SIZE", "1 200", 1200),
        ("SIZE", "-3", -3),
        ("SUM", "1 200,50", Decimal("1200.50")),
        ("SUM", "1\u00a0200.5", Decimal("1200.5")),
        ("SUM", ",5", Decimal("0.5")),
        ("DAY", "2026-02-28", date(2026, 2, 28)),
        ("DAY", "28.2.2026", date(2026, 2, 28)),
        ("AT", "28.02.2026", date(2026, 2, 28)),
        ("AT", "28.02.2026 14:30", datetime(2026, 2, 28, 14, 30, tzinfo=timezone.utc)),
        ("AT", "2026-02-28T14:30:00Z", datetime(2026, 2, 28, 14, 30, tzinfo=timezone.utc)),
        *(("ON", word, True) for word in ("yes", "Ja", "JA", "true", "1", "on")),
        *(("ON", word, False) for word in ("no", "nei", "Nej", "nein", "nee", "false", "0")),
    ],
)
def test_values_are_read_as_people_type_them(field: str, text: str, expected: Any) -> None:
    assert value(field, text) == expected
    assert type(value(field, text)) is type(expected)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("SIZE", "1.200"),
        ("SIZE", "many"),
        ("SIZE", "1" * 30),
        ("SUM", "1.200,50"),
        ("SUM", "NaN"),
        ("SUM", "1e5"),
        ("SUM", "٣"),
        ("DAY", "2026-02-30"),
        ("DAY", "30.2.2026"),
        ("DAY", "0000-01-01"),
        ("AT", "2026-02-28 25:00"),
        ("AT", "0001-01-01T00:00:00+14:00"),
        ("ON", "maybe"),
    ],
)
def test_what_is_not_a_value_is_refused_with_its_line(field: str, text: str) -> None:
    operator = "equals"
    with pytest.raises(Invalid) as refused:
        restrictions(
            Criteria(((), (Criterion("NAME", "equals", ("x",)), Criterion(field, operator, (text,))))), FIELDS, TODAY
        )
    assert list(refused.value.errors) == ["1.1"]


def test_every_wrong_line_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        read(
            Criterion("GONE", "equals", ("x",)),
            Criterion("NAME", "less", ("x",)),
            Criterion("SUM", "between", ("1",)),
            Criterion("DAY", "last_n_days", ("0",)),
        )
    assert refused.value.errors == {
        "0.0": "This actor type has no field “GONE” to search by.",
        "0.1": "Choose an operator that fits “Name”.",
        "0.2": "Enter both values.",
        "0.3": "Enter a number of days from 1 to 100000.",
    }


def test_line_that_is_empty_or_off_does_not_count() -> None:
    lines = (
        Criterion("NAME", "equals", ()),
        Criterion("NAME", "equals", ("  ",)),
        Criterion("SUM", "between", ("", " ")),
        Criterion("SUM", "equals", ("nonsense",), active=False),
        Criterion("NAME", "begins", ("A",)),
    )
    assert read(*lines) == [[Restriction("NAME", Operator.BEGINS, ("A",))]]


def test_set_that_asks_nothing_does_not_mean_every_actor_beside_one_that_does() -> None:
    sets = ((Criterion("NAME", "equals", ("x",)),), (Criterion("NAME", "equals", ("",)),), ())
    assert len(restrictions(Criteria(sets), FIELDS, TODAY)) == 1


def test_nothing_asked_means_every_actor() -> None:
    assert restrictions(Criteria(), FIELDS, TODAY) == []


@pytest.mark.parametrize(
    ("operator", "values", "first", "last"),
    [
        ("today", (), date(2026, 3, 18), date(2026, 3, 18)),
        ("last_month", (), date(2026, 2, 1), date(2026, 2, 28)),
        ("last_n_days", ("7",), date(2026, 3, 12), date(2026, 3, 18)),
    ],
)
def test_relative_dates_become_a_span(operator: str, values: tuple[str, ...], first: date, last: date) -> None:
    assert read(Criterion("AT", operator, values)) == [[Restriction("AT", Operator.BETWEEN, (first, last))]]


def test_list_items_are_taken_by_key_or_label() -> None:
    lists = {"lands": {"NO": "Norway", "SE": "Sweden"}}
    ((restriction,),) = read(Criterion("LAND", "one_of", ("NO", "sweden")), lists=lists)
    assert restriction.values == ("NO", "SE")
    with pytest.raises(Invalid, match="Atlantis"):
        read(Criterion("LAND", "one_of", ("Atlantis",)), lists=lists)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_every_offered_operator_gives_a_restriction_that_suits(field: ErpField) -> None:
    text = {"SIZE": "1", "SUM": "1", "DAY": "2026-01-01", "AT": "2026-01-01", "ON": "yes"}.get(field.key, "x")
    for operator in asked.operators_of(field):
        if "n_days" in operator:
            text = "5"
        count = asked.values_of(operator)
        ((restriction,),) = read(Criterion(field.key, operator, (text,) * (1 if count is None else count)))
        check_restriction(field, restriction)


def test_criteria_survive_being_kept() -> None:
    criteria = Criteria(((Criterion("NAME", "equals", ("a", ""), False),), ()))
    assert asked.from_data(asked.to_data(criteria)) == criteria
    assert asked.from_data(None) == Criteria()


def test_default_offers_the_first_shown_fields() -> None:
    fields = tuple(FieldMapping(field, show_in_search=field.key in ("SIZE", "NAME", "LAND")) for field in FIELDS)
    mapping = ActorMapping(ActorType.CUSTOMER, EntityKind.COMPANY, fields)
    ((first, second, third),) = asked.default_criteria(mapping).sets
    assert [first.field, second.field, third.field] == ["NAME", "SIZE", "LAND"]
    assert [first.operator, second.operator, third.operator] == ["contains", "equals", "one_of"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NAME begins A B", Criterion("NAME", "begins", ("A B",))),
        ('NAME = "A ""B"" "', Criterion("NAME", "equals", ('A "B" ',))),
        ('"My field" <> x', Criterion("My field", "not_equals", ("x",))),
        ("SIZE between 5 10", Criterion("SIZE", "between", ("5", "10"))),
        ('NAME between "a b" and c', Criterion("NAME", "between", ("a b", "c"))),
        ('LAND one_of NO, SE,"A, B"', Criterion("LAND", "one_of", ("NO", "SE", "A, B"))),
        ("LAND not-one-of NO", Criterion("LAND", "not_one_of", ("NO",))),
        ("DAY this_week", Criterion("DAY", "this_week")),
        ("DAY last_n_days 7", Criterion("DAY", "last_n_days", ("7",))),
    ],
)
def test_where_is_read(text: str, expected: Criterion) -> None:
    assert parse_where(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NAME", "Write a criterion as FIELD operator value"),
        ("NAME beginns A", "Did you mean begins?"),
        ("NAME begins", "The operator begins needs a value."),
        ("SIZE between 5", "The operator between needs two values"),
        ("DAY today yes", "The operator today takes no value."),
        ('LAND one_of "NO" x, SE', "Write the values with commas between them"),
    ],
)
def test_where_that_cannot_be_read_says_how_to_write_it(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        parse_where(text)
    assert list(refused.value.errors) == ["where"]
