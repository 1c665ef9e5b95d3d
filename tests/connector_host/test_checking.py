from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from erp_import_plugin.connector_api import Actor, ActorRef, ActorType, ErpField, FieldType, ListItem, Operator, Page
from erp_import_plugin.connector_host.checking import check_list_items
from erp_import_plugin.connector_host.checking_actors import ActorCheck
from erp_import_plugin.connector_host.checking_fields import check_fields
from erp_import_plugin.connector_host.failures import NonsenseError
from erp_import_plugin.connector_host.limits import Limits

WANTED = {"NAME": ErpField("NAME", "Name"), "CREDIT": ErpField("CREDIT", "Credit", FieldType.INTEGER)}
GOOD = Actor(ActorType.CUSTOMER, "K1", {"NAME": "Acme"}, "2024-01-01", ActorRef(ActorType.PARTNER, "P1"), "NO")


def page(*actors: Any, **more: Any) -> Any:
    return ActorCheck(ActorType.CUSTOMER, WANTED, Limits()).page(Page(actors, **more))


def test_a_good_actor_goes_through_unchanged() -> None:
    actor = page(GOOD).actors[0]
    assert (actor.key, actor.values, actor.last_modified, actor.parent, actor.legal_entity, actor.problems) == (
        "K1",
        {"NAME": "Acme"},
        "2024-01-01",
        ActorRef(ActorType.PARTNER, "P1"),
        "NO",
        (),
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": ""}, "its key “” is not a text"),
        ({"key": None}, "its key “” is not a text"),
        ({"key": "x" * 256}, "is not a text of 1 to 255 characters"),
        ({"key": "a\x00"}, "is not a text"),
        ({"key": "\ud800"}, "is not a text"),
        ({"actor_type": ActorType.SUPPLIER}, "“K1” is of the actor type Supplier"),
        ({"values": None}, "“K1” has no values by field"),
        ({"values": [1]}, "“K1” has no values by field"),
        ({"legal_entity": 7}, "“K1” has an unusable legal entity"),
    ],
)
def test_an_unusable_actor_is_named_and_its_neighbours_stay(change: dict[str, Any], reason: str) -> None:
    result = page(replace(GOOD, **change), replace(GOOD, key="K2"))
    assert [actor.key for actor in result.actors] == ["K2"]
    assert result.rejected[0].reason.startswith("Actor 1 of the page was left out: ")
    assert reason in result.rejected[0].reason


@pytest.mark.parametrize(
    ("change", "empty", "problem"),
    [
        ({"values": {"CREDIT": "much", "OTHER": 1}}, "values", "CREDIT: the value “much” is no integer"),
        ({"last_modified": 5}, "last_modified", "last change is unusable"),
        ({"parent": "P1"}, "parent", "parent is unusable"),
        ({"parent": ActorRef(ActorType.CUSTOMER, "")}, "parent", "parent is unusable"),
        ({"parent": ActorRef("Alien", "1")}, "parent", "parent is unusable"),  # type: ignore[arg-type]
    ],
)
def test_an_unusable_part_is_left_out_and_named(change: dict[str, Any], empty: str, problem: str) -> None:
    actor = page(replace(GOOD, **change)).actors[0]
    assert not getattr(actor, empty)
    assert problem in actor.problems[0]


def test_a_number_as_key_and_a_type_as_text_are_harmless() -> None:
    actor = page(replace(GOOD, key=17, actor_type="Customer", parent=ActorRef("Person", 5))).actors[0]  # type: ignore[arg-type]
    assert (actor.key, actor.actor_type, actor.parent) == ("17", ActorType.CUSTOMER, ActorRef(ActorType.PERSON, "5"))


@pytest.mark.parametrize(("total", "kept"), [(5, 5), (0, 0), (-1, None), (True, None), ("9", None), (None, None)])
def test_a_nonsense_total_counts_as_unknown(total: Any, kept: int | None) -> None:
    assert page(GOOD, total=total).total == kept


@pytest.mark.parametrize("cursor", [5, b"x", ("a",)])
def test_a_cursor_must_be_text(cursor: Any) -> None:
    with pytest.raises(NonsenseError, match="cursor"):
        page(GOOD, next=cursor)


def test_fields_are_kept_tidied_or_named() -> None:
    fields, complaints = check_fields(
        [
            ErpField("A", "", operators=frozenset({Operator.EQUALS, Operator.LESS}), list_name="X", multiple=True),
            ErpField("A", "again"),
            ErpField("B", "B", "money"),  # type: ignore[arg-type]
            ErpField("C", "C", FieldType.LIST),
            ErpField("", "D"),
            "E",
            ErpField("F", "F\x00", "integer", max_length=-1, rank="first"),  # type: ignore[arg-type]
        ],
        Limits(),
    )
    assert fields == (
        ErpField("A", "A", operators=frozenset({Operator.EQUALS})),
        ErpField("F", "F\ufffd", FieldType.INTEGER),
    )
    assert [complaint.params.get("key") or complaint.params["number"] for complaint in complaints] == [
        *("A", "B", "C", "5", "6"),
    ]


def test_list_items_are_kept_once_and_always_have_a_label() -> None:
    given: list[Any] = [ListItem("A", "First"), ListItem("A", "x"), ListItem("", "y"), "B", ListItem(3, None)]  # type: ignore[arg-type]
    items, complaints = check_list_items(given, Limits())
    assert items == (ListItem("A", "First"), ListItem("3", "3"))
    assert len(complaints) == 3


class _Strange(Actor):
    """Says nothing else than an actor does, but is not taken for one at first sight."""


_TEXTS = st.one_of(
    st.text(), st.sampled_from(["", " ", "a\nb", "a\x00", "\ud800", "x" * 300, "\N{NO-BREAK SPACE}", None])
)
_ANYTHING = st.one_of(_TEXTS, st.integers(), st.booleans(), st.floats(), st.just(b"x"))


@given_any(
    key=_ANYTHING,
    values=st.one_of(
        st.dictionaries(st.sampled_from(["NAME", "CREDIT", "OTHER"]), _ANYTHING), st.sampled_from([None, ()])
    ),
    mark=_ANYTHING,
    parent=st.one_of(
        st.none(), st.just("P1"), st.builds(ActorRef, st.sampled_from([*ActorType, "Customer", "Alien"]), _ANYTHING)
    ),
    legal_entity=_ANYTHING,
)
def test_at_first_sight_an_actor_is_what_it_is_looked_at_closely(
    key: Any, values: Any, mark: Any, parent: Any, legal_entity: Any
) -> None:
    parts = (ActorType.CUSTOMER, key, values, mark, parent, legal_entity)
    assert page(Actor(*parts)) == page(_Strange(*parts))


def test_one_text_that_is_too_long_is_left_out_and_a_row_that_is_too_long_is_named() -> None:
    wanted = {f"F{n}": ErpField(f"F{n}", "") for n in range(12)}
    check = ActorCheck(ActorType.CUSTOMER, wanted, Limits())
    long, swollen = {"F0": "x" * 10_000_000, "F1": "there"}, dict.fromkeys(wanted, "x" * 900000)
    (kept,), (refused,) = check.actors([replace(GOOD, values=long), replace(GOOD, key="K2", values=swollen)])
    assert kept.values == {"F1": "there"}
    assert kept.problems == ("F0: the text is longer than 1,000,000 characters and was left out.",)
    assert (refused.key, refused.reason) == (
        "K2",
        "Actor 2 of the page was left out: “K2” holds more than 2,000,000 characters.",
    )


def test_a_list_field_counts_into_what_an_actor_may_hold() -> None:
    field = ErpField("TAGS", "", FieldType.LIST, list_name="TAGS", multiple=True)
    many = tuple(f"{number:0200}" for number in range(20_000))
    (refused,) = ActorCheck(ActorType.CUSTOMER, {"TAGS": field}, Limits()).actors(
        [replace(GOOD, values={"TAGS": many})]
    )[1]
    assert "holds more than 2,000,000 characters" in refused.reason


def test_a_page_that_holds_too_much_is_refused() -> None:
    check = ActorCheck(ActorType.CUSTOMER, WANTED, replace(Limits(), max_page_length=5000))
    actors = [replace(GOOD, key=str(number), values={"NAME": "x" * 100}) for number in range(51)]
    assert len(check.actors(actors[:50])[0]) == 50
    with pytest.raises(NonsenseError, match="more than 5,000 characters at once"):
        check.actors(actors)
