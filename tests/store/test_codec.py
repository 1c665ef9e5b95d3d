"""What is kept as text comes out as it went in, whoever wrote it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.engine.changes import (
    EntityChange,
    FieldChange,
    FieldProblem,
    KeptField,
    Match,
    NewItem,
    PlannedRow,
    RowCompany,
    Similar,
)
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import codec

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ZONES = st.sampled_from([None, timezone.utc, timezone(timedelta(hours=-3, minutes=-30))])
SCALARS = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 10**40]),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=ZONES),
)
VALUES = SCALARS | st.lists(TEXTS, max_size=3).map(tuple)
ITEMS = st.builds(NewItem, TEXTS, TEXTS)
NEW = VALUES | ITEMS | st.builds(RowCompany, st.integers(1, 2**40)) | st.lists(TEXTS | ITEMS, max_size=3).map(tuple)
FIELDS = st.builds(FieldChange, TEXTS, VALUES, NEW, st.booleans())
KINDS = st.sampled_from(EntityKind)
CHANGES = st.one_of(
    st.builds(EntityChange.created, KINDS, st.dictionaries(TEXTS, NEW, max_size=4)),
    st.builds(EntityChange, KINDS, st.none() | TEXTS, st.lists(FIELDS, max_size=3).map(tuple), st.booleans()),
)
REASONS = st.builds(Reason, st.sampled_from(ReasonCode), st.dictionaries(TEXTS, TEXTS, max_size=2), TEXTS)
MANY_TEXTS = st.lists(TEXTS, max_size=3).map(tuple)
ROWS = st.builds(
    PlannedRow,
    row=st.integers(1, 2**40),
    kind=KINDS,
    label=TEXTS,
    status=st.sampled_from(Status),
    reason=st.none() | REASONS,
    match=st.builds(Match, st.sampled_from([None, "link", "vat_number"]), MANY_TEXTS, st.none() | TEXTS),
    changes=st.lists(CHANGES, max_size=2).map(tuple),
    kept=st.lists(st.builds(KeptField, TEXTS, VALUES, NEW, TEXTS, st.none() | REASONS), max_size=2).map(tuple),
    problems=st.lists(st.builds(FieldProblem, TEXTS, TEXTS, REASONS), max_size=2).map(tuple),
    keys=MANY_TEXTS,
    scope=TEXTS,
    region=TEXTS,
    company_keys=MANY_TEXTS,
    similar=st.lists(st.builds(Similar, TEXTS, st.integers(0, 100), MANY_TEXTS), max_size=2).map(tuple),
    frees=st.none() | st.integers(1, 2**40),
)


def typed(value: Any) -> Any:
    """A value with its type, and what "equal" leaves open: True is 1, and one moment has many zones."""
    if isinstance(value, tuple):
        return tuple(map(typed, value))
    return type(value), value, value.isoformat() if isinstance(value, datetime) else str(value)


def again(planned: PlannedRow, text: str) -> PlannedRow:
    """The row, from the text and the columns beside it."""
    return codec.row_from_text(planned.row, planned.kind.value, planned.status.value, planned.label, text)


def fields_of(planned: PlannedRow) -> list[Any]:
    """All values of the changes, with their types."""
    return [typed((one.old, one.new)) for change in planned.changes for one in change.fields]


def as_released(planned: PlannedRow) -> str:
    """A planned row as 0.1.0 wrote it."""

    def reason(of: Reason | None) -> list[Any] | None:
        return None if of is None else [of.code.value, dict(of.params), of.setting]

    def tagged(value: Any) -> Any:
        if isinstance(value, Decimal):
            return {"decimal": str(value)}
        if isinstance(value, NewItem):
            return {"item": [value.list_name, value.label]}
        if isinstance(value, RowCompany):
            return {"row": value.row}
        return {"moment" if isinstance(value, datetime) else "date": value.isoformat()}

    changes = [
        [change.kind.value, change.entity_id, [list(one) for one in change.fields], change.removes]
        for change in planned.changes
    ]
    body = {
        "reason": reason(planned.reason),
        "match": [planned.match.how, planned.match.entities, planned.match.chosen],
        "changes": changes,
        "kept": [[one.field, one.crm, one.erp, one.setting, reason(one.reason)] for one in planned.kept],
        "problems": [[one.field, one.value, reason(one.reason)] for one in planned.problems],
        "keys": planned.keys,
        "frees": planned.frees,
        "scope": planned.scope,
        "region": planned.region,
        "company_keys": planned.company_keys,
        "similar": [[one.entity_id, one.score, one.agrees] for one in planned.similar],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=tagged)


@given(ROWS)
def test_a_planned_row_comes_out_as_it_went_in(planned: PlannedRow) -> None:
    found = again(planned, codec.row_to_text(planned))
    assert found == planned
    assert fields_of(found) == fields_of(planned)
    assert [change.is_whole for change in found.changes] == [change.is_whole for change in planned.changes]


@given(ROWS)
def test_a_planned_row_that_the_release_wrote_is_read(planned: PlannedRow) -> None:
    found = again(planned, as_released(planned))
    assert found == planned
    assert fields_of(found) == fields_of(planned)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_the_values_of_an_actor_come_out_as_they_went_in(values: dict[str, Any]) -> None:
    found = codec.values_from_text(codec.values_to_text(values))
    assert [(key, typed(value)) for key, value in found.items()] == [(k, typed(v)) for k, v in values.items()]


def test_values_that_the_release_wrote_are_read() -> None:
    text = '{"n":123456789012345678901,"d":{"decimal":"1.10"},"on":{"date":"0001-01-01"},"many":["a","b"],"none":null}'
    wanted = {"n": 123456789012345678901, "d": Decimal("1.10"), "on": date(1, 1, 1), "many": ("a", "b"), "none": None}
    assert codec.values_from_text(text) == wanted
    assert codec.values_from_text(None) == {}


def test_a_lone_surrogate_is_kept_for_whoever_complains_of_it() -> None:
    assert codec.values_from_text(codec.values_to_text({"name": "\ud800"})) == {"name": "\ud800"}


def test_what_is_no_value_is_not_kept() -> None:
    with pytest.raises(TypeError, match="complex cannot be kept"):
        codec.values_to_text({"n": 1j})


def test_a_new_entity_is_kept_once_and_a_row_without_parts_hardly_at_all() -> None:
    created = EntityChange.created(EntityKind.COMPANY, {"name": "ACME", "number": 7})
    assert codec.row_to_text(PlannedRow(1, EntityKind.COMPANY, "ACME", Status.NEW, changes=(created,))) == (
        '{"changes":[["company",null,{"name":"ACME","number":7}]]}\n'
    )
    assert codec.row_to_text(PlannedRow(1, EntityKind.COMPANY, "ACME", Status.UNCHANGED)) == "{}\n"
