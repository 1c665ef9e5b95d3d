from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from erp_import_plugin.engine.applying import Premise, drifted, same_value, written
from erp_import_plugin.engine.changes import (
    NO_MATCH,
    EntityChange,
    FieldChange,
    Match,
    NewItem,
    NewValue,
    PlannedRow,
    Resolved,
    RowCompany,
)
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import CrmValue, Entity, EntityKind
from tests.engine.samples import BY_RULE, COMPANY, LINK, PERSON, SEVERAL, entity_of

APPEARED, GONE = Reason(ReasonCode.ENTITY_APPEARED), Reason(ReasonCode.ENTITY_GONE)


def change_of(*fields: FieldChange, kind: EntityKind = COMPANY, entity_id: str | None = "e1") -> EntityChange:
    return EntityChange(kind, entity_id, fields)


def changed(*fields: FieldChange, match: Match = BY_RULE) -> PlannedRow:
    return PlannedRow(1, COMPANY, "the actor", Status.CHANGED, match=match, changes=(change_of(*fields),))


def created(match: Match = NO_MATCH, kind: EntityKind = COMPANY) -> PlannedRow:
    own = change_of(FieldChange("name", None, "ACME"), kind=kind, entity_id=None)
    return PlannedRow(1, kind, "the actor", Status.NEW, match=match, changes=(own,))


def now(
    entity: Entity | None = None, linked: str | None = None, found: tuple[str, ...] = (), erased: bool = False
) -> Premise:
    return Premise(linked, found, {entity.id: entity} if entity else {}, erased)


CODE = FieldChange("code", "A", "B")


# --- an entity that is changed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("match", [BY_RULE, LINK])
def test_a_row_stands_while_its_entity_has_the_old_values(match: Match) -> None:
    assert drifted(changed(CODE, match=match), now(entity_of(code="A", name="renamed since"))) is None


def test_a_row_whose_entity_is_gone_is_held() -> None:
    assert drifted(changed(CODE), now()) == GONE
    assert drifted(changed(CODE), now(Entity("e2", {"code": "A"}))) == GONE


@pytest.mark.parametrize(
    ("old", "value", "shown_old", "shown_now"),
    [
        ("A", "B", "A", "B"),
        ("A", "a", "A", "a"),
        ("A", None, "A", ""),
        (None, "A", "", "A"),
        (("1", "2"), ("2", "3"), "1, 2", "2, 3"),
        (("1", "1"), ("1",), "1, 1", "1"),
        ((), ("1",), "", "1"),
        (False, None, "False", ""),
        (0, 1, "0", "1"),
        (date(2024, 1, 1), date(2024, 1, 2), "2024-01-01", "2024-01-02"),
    ],
)
def test_a_value_edited_since_holds_the_row_and_is_named(
    old: CrmValue, value: CrmValue, shown_old: str, shown_now: str
) -> None:
    reason = drifted(changed(FieldChange("code", old, "new")), now(entity_of(code=value)))
    assert reason == Reason(ReasonCode.CHANGED_SINCE, {"field": "code", "old": shown_old, "now": shown_now})


def test_a_value_edited_since_to_what_the_import_would_write_is_still_an_edit() -> None:
    reason = drifted(changed(CODE), now(entity_of(code="B")))
    assert reason is not None
    assert reason.code is ReasonCode.CHANGED_SINCE


def test_a_value_that_is_not_written_may_have_been_edited() -> None:
    row = changed(CODE, FieldChange("name", "old", "new", ticked=False))
    assert drifted(row, now(entity_of(code="A", name="edited"))) is None


def test_the_order_of_several_values_is_no_edit() -> None:
    row = changed(FieldChange("phone", ("1", "2"), ("1", "2", "3")))
    assert drifted(row, now(entity_of(phone=("2", "1")))) is None


@pytest.mark.parametrize("empty", [None, "", " ", ()])
@pytest.mark.parametrize("other", [None, "", " ", ()])
def test_one_empty_value_is_as_good_as_another(empty: CrmValue, other: CrmValue) -> None:
    assert same_value(empty, other)
    assert drifted(changed(FieldChange("code", empty, "B")), now(entity_of(code=other))) is None


@pytest.mark.parametrize("zero", [0, False, Decimal(0), "0"])
def test_zero_and_no_are_values(zero: CrmValue) -> None:
    assert not same_value(zero, None)
    assert not same_value("", zero)
    assert same_value(zero, zero)


def test_a_field_that_was_not_read_counts_as_empty() -> None:
    assert drifted(changed(FieldChange("code", None, "B")), now(entity_of())) is None


@pytest.mark.parametrize("match", [BY_RULE, LINK])
def test_an_actor_linked_to_another_entity_since_is_held(match: Match) -> None:
    row = changed(CODE, match=match)
    assert drifted(row, now(entity_of(code="A"), linked="e2")) == APPEARED
    assert drifted(row, now(entity_of(code="A"), linked="e1")) is None


def test_a_row_that_writes_nothing_stands_unless_it_was_linked_elsewhere() -> None:
    row = PlannedRow(1, COMPANY, "the actor", Status.UNCHANGED, match=LINK)
    assert drifted(row, now()) is None
    assert drifted(row, now(linked="e2")) == APPEARED


# --- an entity that is created ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EntityKind)
def test_a_new_entity_stands_while_nothing_like_it_is_there(kind: EntityKind) -> None:
    assert drifted(created(kind=kind), now()) is None


@pytest.mark.parametrize("match", [NO_MATCH, BY_RULE])
def test_an_actor_that_was_imported_since_is_not_made_twice(match: Match) -> None:
    assert drifted(created(match), now(linked="e1")) == APPEARED


def test_an_entity_that_appeared_since_holds_the_row() -> None:
    assert drifted(created(), now(found=("e1",))) == APPEARED
    assert drifted(created(BY_RULE), now(found=("e1", "e2"))) == APPEARED


def test_entities_known_when_the_row_was_planned_do_not_hold_it() -> None:
    assert drifted(created(SEVERAL), now(found=("e2", "e1"))) is None
    assert drifted(created(SEVERAL), now(found=("e2",))) is None


def test_an_entity_erased_since_is_not_created() -> None:
    assert drifted(created(), now(erased=True)) == Reason(ReasonCode.ERASED)


def test_a_contact_with_a_company_of_its_own_stands_as_any_new_contact() -> None:
    company = change_of(FieldChange("name", None, "Kari"), entity_id=None)
    person = change_of(FieldChange("company", None, RowCompany(1)), kind=PERSON, entity_id=None)
    row = PlannedRow(1, PERSON, "Kari", Status.NEW, changes=(company, person))
    assert drifted(row, now()) is None
    assert drifted(row, now(found=("p1",))) == APPEARED
    assert row.depends_on is None
    assert row.icons() == ("company_new", "person_new")


# --- what is written ----------------------------------------------------------------------------------------------

NEW, OTHER = NewItem("category", "Brand new"), NewItem("category", "Other new")
RESOLVED = Resolved({NEW: "cat-9"}, {7: "c9"})


@pytest.mark.parametrize(
    ("new", "value"),
    [
        ("A", "A"),
        (None, None),
        (0, 0),
        (False, False),
        ((), ()),
        (("1", "2"), ("1", "2")),
        (NEW, "cat-9"),
        (("cat-1", NEW), ("cat-1", "cat-9")),
        (RowCompany(7), "c9"),
    ],
)
def test_placeholders_become_what_they_stand_for(new: NewValue, value: CrmValue) -> None:
    assert written(change_of(FieldChange("f", None, new)).new_by_field(), RESOLVED) == {"f": value}


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (OTHER, Reason(ReasonCode.ITEM_GONE, {"item": "Other new"})),
        (("cat-1", OTHER), Reason(ReasonCode.ITEM_GONE, {"item": "Other new"})),
        (RowCompany(8), Reason(ReasonCode.COMPANY_NOT_THERE)),
    ],
)
def test_a_placeholder_for_what_never_came_holds_the_whole_row(new: NewValue, reason: Reason) -> None:
    assert written(change_of(CODE, FieldChange("f", None, new)).new_by_field(), RESOLVED) == reason


def test_an_unticked_field_is_not_written_and_needs_nothing() -> None:
    unticked = FieldChange("f", None, OTHER, ticked=False)
    assert written(change_of(CODE, unticked).new_by_field(), RESOLVED) == {"code": "B"}
    assert list(changed(unticked).new_items()) == []
    assert changed(FieldChange("company", None, RowCompany(8), ticked=False)).depends_on is None


def test_a_row_depends_on_the_row_that_makes_its_company() -> None:
    assert changed(FieldChange("company", None, RowCompany(8))).depends_on == 8


@pytest.mark.parametrize("nothing", [None, "", ()])
def test_a_cleared_field_has_no_new_value(nothing: CrmValue) -> None:
    assert FieldChange("f", "A", nothing).cleared


@pytest.mark.parametrize("something", [0, False, Decimal(0), "A", ("A",), NEW, RowCompany(1)])
def test_zero_and_no_are_no_clearing(something: NewValue) -> None:
    assert not FieldChange("f", "A", something).cleared
