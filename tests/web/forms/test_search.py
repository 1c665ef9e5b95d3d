"""The criteria list as it is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from erp_import_plugin.connector_api import FieldType
from erp_import_plugin.web.forms.search import MOST_LINES, apply, read_criteria
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from erp_import_plugin.workflow.search import SearchField


def field(key: str, type_: FieldType, *operators: str) -> SearchField:
    return SearchField(key, key, "", type_, None, operators, frozenset(), False)


FIELDS = (
    field("NAME", FieldType.TEXT, "contains", "equals", "between"),
    field("CITY", FieldType.LIST, "one_of"),
    field("SINCE", FieldType.DATE, "equals", "today"),
)
_TEXTS = st.text(max_size=20)
A, B, C = (Criterion("NAME", "contains", (text,)) for text in "abc")


def sent(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict([("criteria", "1"), *pairs])


def test_a_form_without_a_list_is_told_from_an_empty_one() -> None:
    assert read_criteria(MultiDict(), FIELDS) is None
    assert read_criteria(sent(), FIELDS) == Criteria(((),))


def test_lines_are_read_in_order_and_by_set() -> None:
    pairs = [("c-1-0-field", "SINCE"), ("c-1-0-operator", "today"), ("c-0-10-field", "NAME"), ("c-0-2-field", "CITY")]
    read = read_criteria(sent(*pairs, ("c-0-2-value", "1"), ("c-0-2-value", "2"), ("c-0-2-active", "1")), FIELDS)
    assert read == Criteria(
        (
            (Criterion("CITY", "one_of", ("1", "2"), True), Criterion("NAME", "contains", (), False)),
            (Criterion("SINCE", "today", (), False),),
        )
    )


@pytest.mark.parametrize(
    ("kind", "field", "operator", "kept"),
    [
        ("one/text", "NAME", "equals", ("x",)),
        ("one/text", "NAME", "between", ("x",)),
        ("one/text", "SINCE", "equals", ("x",)),
        ("one/text", "CITY", "one_of", ()),
        ("list/list", "CITY", "one_of", ("x",)),
        ("list/list", "NAME", "contains", ()),
    ],
)
def test_values_are_kept_where_they_mean_something(kind: str, field: str, operator: str, kept: tuple[str, ...]) -> None:
    pairs = [("c-0-0-field", field), ("c-0-0-operator", operator), ("c-0-0-value", "x"), ("c-0-0-kind", kind)]
    read = read_criteria(sent(*pairs), FIELDS)
    assert read is not None
    assert read.sets[0][0].values == kept


def test_one_line_more_than_a_search_takes_is_read_so_that_it_is_told() -> None:
    read = read_criteria(sent(*((f"c-0-{n}-field", "NAME") for n in range(500))), FIELDS)
    assert read is not None
    assert len(read.sets[0]) == MOST_LINES


@pytest.mark.parametrize(
    ("action", "target", "after"),
    [
        ("up", "0.1", ((B, A), (C,))),
        ("up", "0.0", ((A, B), (C,))),
        ("down", "0.0", ((B, A), (C,))),
        ("down", "0.1", ((A, B), (C,))),
        ("delete", "0.0", ((B,), (C,))),
        ("delete", "1.0", ((A, B),)),
        ("delete", "7.7", ((A, B), (C,))),
        ("nonsense", "0.0", ((A, B), (C,))),
        ("up", "x", ((A, B), (C,))),
    ],
)
def test_the_buttons_of_a_line(action: str, target: str, after: tuple[tuple[Criterion, ...], ...]) -> None:
    assert apply(action, target, Criteria(((A, B), (C,))), FIELDS).sets == after


def test_the_last_line_leaves_an_empty_set() -> None:
    assert apply("delete", "0.0", Criteria(((A,),)), FIELDS).sets == ((),)


def test_lines_and_sets_are_added() -> None:
    assert apply("add", "0", Criteria(((A,), (B,))), FIELDS).sets == ((A, Criterion("NAME", "contains")), (B,))
    assert apply("or", "", Criteria(((A,),)), FIELDS).sets == ((A,), (Criterion("NAME", "contains"),))


@given(st.lists(st.tuples(_TEXTS, _TEXTS), max_size=20), _TEXTS, _TEXTS)
def test_no_form_makes_it_fail(pairs: list[tuple[str, str]], action: str, target: str) -> None:
    read = read_criteria(sent(*pairs), FIELDS)
    assert read is not None
    assert apply(action, target, read, FIELDS).sets
