"""Searches against a real server are what the platform's own filter makes of everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, Operator, Restriction
from erp_import_plugin.connector_host.checking_actors import CheckedActor
from erp_import_plugin.connector_host.filtering import fold, is_empty, matcher, operators_for
from erp_import_plugin.connector_host.guard import GuardedSession
from tests.connectors.tryton.truth import Truth

pytestmark = pytest.mark.tryton


def _found(
    session: GuardedSession, actor_type: ActorType, *restrictions: Restriction, size: int = 500
) -> list[CheckedActor]:
    pages = session.search([restrictions], actor_type, ["NAME"], page_size=size)
    return [actor for page in pages for actor in page.actors]


def _keys(actors: list[CheckedActor]) -> set[str]:
    return {actor.key for actor in actors}


def test_suppliers_of_a_city_are_those_of_the_database(session: GuardedSession, truth: Truth) -> None:
    in_bergen = Restriction("POSTALCITY", Operator.EQUALS, ("bergen",))

    found = _found(session, ActorType.SUPPLIER, in_bergen)

    expected = truth.of_role("Supplier") & truth.in_city("Bergen")
    assert _keys(found) == expected
    assert len(expected) > 5


def test_a_city_is_asked_of_tryton_and_not_sorted_out_afterwards(session: GuardedSession) -> None:
    pages = list(
        session.search([[Restriction("POSTALCITY", Operator.EQUALS, ("Bergen",))]], ActorType.SUPPLIER, ["NAME"])
    )

    assert pages[-1].read <= pages[-1].matched * 2


def test_customers_suppliers_and_partners_are_marked_by_their_categories(session: GuardedSession, truth: Truth) -> None:
    customers, suppliers = truth.of_role("Customer"), truth.of_role("Supplier")

    assert _keys(_found(session, ActorType.CUSTOMER)) == customers
    assert _keys(_found(session, ActorType.SUPPLIER)) == suppliers
    assert _keys(_found(session, ActorType.PARTNER)) == customers & suppliers


def test_the_first_page_says_how_many_there_are(session: GuardedSession, truth: Truth) -> None:
    page = next(session.search([], ActorType.CUSTOMER, ["NAME"], page_size=10))

    assert page.total == len(truth.of_role("Customer"))


@pytest.mark.parametrize("size", [2, 100, 1_000])
def test_paging_loses_and_repeats_nobody(session: GuardedSession, truth: Truth, size: int) -> None:
    english = Restriction("COUNTRY", Operator.ONE_OF, ("GB",))

    found = _found(session, ActorType.SUPPLIER, english, size=size)

    assert len(found) == len(_keys(found))
    assert _keys(found) == _keys(_found(session, ActorType.SUPPLIER, english))
    assert found


def test_paging_one_by_one_is_complete(session: GuardedSession, truth: Truth) -> None:
    bergen = Restriction("POSTALCITY", Operator.CONTAINS, ("BERGEN",))

    assert _keys(_found(session, ActorType.SUPPLIER, bergen, size=1)) == (
        truth.of_role("Supplier") & truth.in_city("Bergen")
    )


def test_both_signs_of_a_pattern_and_foreign_letters_are_taken_as_they_are(session: GuardedSession) -> None:
    for part, expected in (
        ("100 %", "100 % Rein AS"),
        ("e_c", "Snake_Case Systems"),
        ("back\\S", "Back\\slash & Sønner"),
        ("SØNNER", "Back\\slash & Sønner"),
        ("strasse", "Große Straße GmbH"),
        ("GROSSE", "Große Straße GmbH"),
        ("שלום", "שלום Import"),
        ('"quoted"', '"Quoted" Goods'),
    ):
        everyone = [
            actor.values["NAME"]
            for actor_type in (ActorType.CUSTOMER, ActorType.SUPPLIER)
            for actor in _found(session, actor_type, Restriction("NAME", Operator.CONTAINS, (part,)))
        ]
        assert set(everyone) <= {expected}, part
        assert everyone or expected in ("Snake_Case Systems",), part


@pytest.mark.parametrize("actor_type", [ActorType.CUSTOMER, ActorType.PERSON, ActorType.PROJECT])
def test_every_operator_finds_what_the_platform_finds(session: GuardedSession, actor_type: ActorType) -> None:
    fields = session.fields(actor_type)
    keys = [field.key for field in fields]
    everyone = [actor for page in session.search([], actor_type, keys, page_size=500) for actor in page.actors]

    for restriction in _restrictions(fields, everyone):
        expected = {actor.key for actor in everyone if matcher(fields, [restriction])(actor.values)}
        assert _keys(_found(session, actor_type, restriction)) == expected, restriction


def _restrictions(fields: tuple[ErpField, ...], everyone: list[CheckedActor]) -> Iterator[Restriction]:
    for field in fields:
        values = [value for actor in everyone if not is_empty(value := actor.values.get(field.key))]
        for operator in operators_for(field.type) if values else ():
            # What is not asked of Tryton is done by the platform for every field alike.
            if operator in field.operators:
                yield Restriction(field.key, operator, _values(field, operator, values))


def _values(field: ErpField, operator: Operator, values: list[Any]) -> tuple[Any, ...]:
    if field.type is FieldType.LIST:
        several = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
        return tuple(dict.fromkeys(several))[:2]
    if operator is Operator.BETWEEN:
        return tuple(sorted((values[len(values) // 4], values[-1]), key=_order))
    one = sorted(values, key=lambda value: (str(value).isascii(), str(value)))[0]
    if field.type is not FieldType.TEXT:
        return (values[len(values) // 2],)
    parts = {Operator.BEGINS: one[:3], Operator.ENDS: one[-4:].upper(), Operator.CONTAINS: one[1:6].lower()}
    return (parts.get(operator, one.swapcase() if one.isascii() else one),)


def _order(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value
