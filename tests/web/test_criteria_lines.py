"""The inputs of a criterion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from erp_import_plugin.web.criteria_lines import Line, lines
from erp_import_plugin.workflow import search
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from erp_import_plugin.workflow.search import SearchForm
from tests.support.rooms import ADMIN
from tests.support.site import Site


@pytest.fixture
def form(site: Site) -> SearchForm:
    return search.form(site.house.rooms, ADMIN, site.house.begin())


def line(form: SearchForm, criterion: Criterion) -> Line:
    return lines(replace(form, criteria=Criteria(((criterion,),))), {})[0][0]


def test_a_date_is_picked_unless_it_is_none(form: SearchForm) -> None:
    assert line(form, Criterion("SINCE", "equals", ("2026-01-31",))).input_type == "date"
    assert line(form, Criterion("SINCE", "equals", ("31.1.2026",))).input_type == "text"
    assert line(form, Criterion("NAME", "equals", ("2026-01-31",))).input_type == "text"


def test_between_has_two_values(form: SearchForm) -> None:
    assert line(form, Criterion("NAME", "between", ("a",))).values == ("a", "")
    assert line(form, Criterion("NAME", "equals", ("a", "b"))).values == ("a",)


def test_items_are_those_of_the_erp_and_what_is_chosen_stays(form: SearchForm) -> None:
    found = line(form, Criterion("COUNTRY", "one_of", ("SE", "gone")))
    assert [item.label for item in found.items] == ["Norway", "Sweden", "Germany", "gone"]
    assert found.picked == "Sweden, gone"


def test_the_error_stands_at_its_line(form: SearchForm) -> None:
    assert [one.error for one in lines(form, {"0.1": "Enter a number."})[0]] == ["", "Enter a number.", ""]
