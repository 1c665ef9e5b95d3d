from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from erp_import_plugin.connector_api import ErpField
from erp_import_plugin.engine.defaults import chosen, usable
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import CrmValue
from tests.engine.samples import COMPANY, PERSON, SCHEMA, converted, lists_of, mapping_of

NAME = (ErpField("name", "Name"), "name")
MOMENT = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)


def asking(mapping: ActorMapping, *keys: str) -> ActorMapping:
    return replace(mapping, ask=frozenset(keys))


def test_answers_go_before_defaults_for_what_is_asked_only() -> None:
    mapping = asking(mapping_of(COMPANY, NAME, code="A", category="cat-gold"), "category", "vat_number")
    answers = {"company.category": "cat-other", "company.code": "B", "person.title": "Dr", "company.vat_number": "1"}
    assert chosen(mapping, ImportSettings(defaults=answers)) == {
        "code": "A",
        "category": "cat-other",
        "vat_number": "1",
    }
    assert chosen(mapping, ImportSettings(defaults={"company.category": None})) == {"code": "A"}


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("code", "A", True),
        ("code", 7, False),
        ("name", "x" * 40, True),
        ("name", "x" * 41, False),
        ("employees", 7, True),
        ("employees", True, False),
        ("employees", "7", False),
        ("turnover", Decimal(7), True),
        ("founded", date(2026, 1, 2), True),
        ("founded", MOMENT, False),
        ("audited", MOMENT, True),
        ("audited", date(2026, 1, 2), False),
        ("active", False, True),
        ("active", 0, False),
        ("category", "cat-gold", True),
        ("category", "cat-gone", False),
        ("phone", ("22334455",), True),
        ("phone", "22334455", False),
    ],
)
def test_a_default_that_the_crm_no_longer_takes_is_lost(key: str, value: CrmValue, fits: bool) -> None:
    found = usable({key: value}, SCHEMA.entities[COMPANY], lists_of())
    assert found == (({key: value}, frozenset()) if fits else ({}, frozenset({key})))


def test_a_default_of_a_field_that_is_gone_is_nothing() -> None:
    assert usable({"older": "x"}, SCHEMA.entities[COMPANY], lists_of()) == ({}, frozenset())


def test_several_items_are_a_default_while_all_are_there() -> None:
    person = SCHEMA.entities[PERSON]
    assert usable({"interests": ("int-golf", "int-wine")}, person, lists_of())[0]
    assert not usable({"interests": ("int-golf", "int-chess")}, person, lists_of())[0]


def test_what_is_lost_is_told_where_the_field_stays_empty() -> None:
    country = (ErpField("country", "Country", list_name="lands"), "country")
    mapping = mapping_of(COMPANY, NAME, country, category="cat-gone", country="c-gone")
    lists = lists_of(labels={"lands": {"N": "Norway"}})

    empty = converted(mapping, {"name": "Acme"}, lists)
    given = converted(mapping, {"name": "Acme", "country": "N"}, lists)

    assert [(one.field, one.reason.code) for one in empty.problems] == [
        ("category", ReasonCode.DEFAULT_GONE),
        ("country", ReasonCode.DEFAULT_GONE),
    ]
    assert [one.field for one in given.problems] == ["category"]
    assert empty.fallbacks == {}


def test_an_answer_is_what_an_actor_falls_back_on() -> None:
    mapping = asking(mapping_of(COMPANY, NAME, code="A"), "code")
    lists = lists_of(ImportSettings(defaults={"company.code": "B"}))
    assert converted(mapping, {"name": "Acme"}, lists).fallbacks == {"code": "B"}
