"""Undoing: what takes a row back, by what the run did and what the CRM holds now."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from erp_import_plugin.engine.applying import Outcome
from erp_import_plugin.engine.changes import EntityChange, FieldChange, NewItem, PlannedRow, Resolved, RowCompany
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.undoing import Done, Now, References, Standing, Undoer, blocked, other_data, seal
from erp_import_plugin.host_api import (
    Attached,
    CrmField,
    CrmSchema,
    CrmType,
    Edit,
    Entity,
    EntityKind,
    EntitySchema,
)

COMPANY, PERSON = EntityKind.COMPANY, EntityKind.PERSON
SCHEMA = CrmSchema(
    {
        COMPANY: EntitySchema(
            COMPANY,
            "Companies",
            {
                "id": CrmField("id", "ID", read_only=True),
                "name": CrmField("name", "Name"),
                "city": CrmField("city", "City"),
                "revenue": CrmField("revenue", "Revenue", CrmType.DECIMAL),
                "category": CrmField("category", "Category", CrmType.LIST, "category"),
                "phone": CrmField("phone", "Phone", CrmType.PHONE),
            },
        ),
        PERSON: EntitySchema(
            PERSON,
            "Contacts",
            {"name": CrmField("name", "Name"), "company": CrmField("company", "Company", CrmType.COMPANY)},
        ),
    }
)
OLA = Edit("Ola", datetime(2026, 3, 1, tzinfo=timezone.utc))


def done(*changes: EntityChange, status: Status = Status.CHANGED, kind: EntityKind = COMPANY, **outcome: Any) -> Done:
    planned = PlannedRow(1, kind, "ACME", status, changes=changes)
    return Done(11, planned, Outcome(1, status, None, **{"entity_id": "7", **outcome}))


def changed(*fields: tuple[str, Any, Any], kind: EntityKind = COMPANY) -> EntityChange:
    return EntityChange(kind, "7", tuple(FieldChange(*one) for one in fields))


def made(kind: EntityKind = COMPANY, **values: Any) -> EntityChange:
    return EntityChange(kind, None, tuple(FieldChange(key, None, value) for key, value in values.items()))


def removed(kind: EntityKind = COMPANY, entity: str = "7", **values: Any) -> EntityChange:
    fields = tuple(FieldChange(key, value, None) for key, value in values.items())
    return EntityChange(kind, entity, fields, removes=True)


def standing(entity: str = "7", *attached: Attached, **values: Any) -> Standing:
    return Standing(Entity(entity, values), attached, OLA)


def plan(one: Done, now: Now, references: References = References(), resolved: Resolved = Resolved()) -> PlannedRow:  # noqa: B008
    return Undoer(SCHEMA, resolved, references).plan(one, now)


def test_a_changed_field_gets_its_old_value_back() -> None:
    row = plan(done(changed(("city", "Oslo", "Bergen"))), Now(standing(city="Bergen", name="Other")))
    assert (row.row, row.status, row.match.entity) == (11, Status.CHANGED, "7")
    assert row.changes == (changed(("city", "Bergen", "Oslo")),)


def test_a_field_that_was_edited_stays_and_the_others_go_back() -> None:
    one = done(changed(("city", "Oslo", "Bergen"), ("name", "Old", "New")))
    row = plan(one, Now(standing(city="Ås", name="New")))
    assert row.changes == (changed(("name", "New", "Old")),)
    (kept,) = row.kept
    assert (kept.field, kept.crm, kept.erp) == ("city", "Ås", "Oslo")
    assert kept.reason == Reason(ReasonCode.EDITED_SINCE, {"by": "Ola", "at": "2026-03-01T00:00:00+00:00"})


def test_where_all_was_edited_the_row_is_skipped_and_names_the_fields() -> None:
    row = plan(done(changed(("city", "Oslo", "Bergen"), ("name", "Old", "New"))), Now(standing(city="Ås", name="X")))
    assert (row.status, row.changes) == (Status.SKIPPED, ())
    assert row.reason
    assert row.reason.params["fields"] == "city, name"


def test_where_all_is_as_before_there_is_nothing_to_do() -> None:
    row = plan(done(changed(("city", None, "Bergen"))), Now(standing(city="")))
    assert (row.status, row.reason) == (Status.UNCHANGED, Reason(ReasonCode.AS_BEFORE))


def test_unticked_fields_were_not_written() -> None:
    change = EntityChange(COMPANY, "7", (FieldChange("city", "Oslo", "Bergen", ticked=False),))
    assert plan(done(change), Now(standing(city="Oslo"))).status is Status.UNCHANGED


def test_the_order_of_several_values_is_no_edit() -> None:
    row = plan(done(changed(("phone", ("1",), ("1", "2")))), Now(standing(phone=("2", "1"))))
    assert row.changes == (changed(("phone", ("2", "1"), ("1",))),)


def test_what_the_crm_made_of_a_value_is_no_edit() -> None:
    change = changed(("revenue", Decimal(7), Decimal("20.126")))
    sealed = seal(change, {"revenue": Decimal("20.126")}, {"revenue": Decimal("20.13"), "city": "Oslo"})
    assert sealed == {"company.revenue": Decimal("20.13")}
    row = plan(done(change, seal=sealed), Now(standing(revenue=Decimal("20.13"))))
    assert row.changes == (changed(("revenue", Decimal("20.13"), Decimal(7))),)


def test_a_default_of_the_crm_is_no_edit_but_another_value_is() -> None:
    change = made(name="ACME")
    sealed = seal(change, {"name": "ACME"}, {"name": "ACME", "city": "Oslo", "phone": ()})
    assert sealed == {"company.city": "Oslo"}
    one = done(change, status=Status.NEW, seal=sealed)
    row = plan(one, Now(standing(name="ACME", city="Oslo")))
    assert (row.status, row.changes) == (Status.REMOVED, (removed(name="ACME", city="Oslo"),))
    row = plan(one, Now(standing(name="ACME", city="Ås")))
    assert (row.status, row.reason and row.reason.params["fields"]) == (Status.SKIPPED, "city")


def test_what_hangs_on_a_record_keeps_it() -> None:
    attached = (Attached("Contacts", 2, PERSON, ("1", "2")), Attached("Notes", 3))
    row = plan(done(made(name="ACME"), status=Status.NEW), Now(standing("7", *attached, name="ACME")))
    assert (row.status, row.reason) == (Status.SKIPPED, other_data(attached))
    assert other_data(attached).params == {"person": "2", "rest": "Notes: 3"}


def test_a_record_that_is_gone_leaves_nothing_to_undo() -> None:
    row = plan(done(made(name="ACME"), status=Status.NEW), Now())
    assert (row.status, row.reason, row.match.entity) == (Status.SKIPPED, Reason(ReasonCode.GONE_SINCE), None)


def test_a_removed_record_is_made_again_with_all_its_values() -> None:
    one = done(removed(name="ACME", category="5"), status=Status.REMOVED)
    gone = References(items={("category", "5"): NewItem("category", "Gold")})
    row = plan(one, Now(), gone)
    assert (row.status, row.changes) == (Status.NEW, (made(name="ACME", category=NewItem("category", "Gold")),))
    assert plan(one, Now(linked=True)).reason == Reason(ReasonCode.IMPORTED_AGAIN)
    assert plan(one, Now(erased=True)).reason == Reason(ReasonCode.ERASED)


def test_a_contact_made_again_belongs_to_its_company_made_again() -> None:
    one = done(removed(PERSON, name="Kari", company="7"), status=Status.REMOVED, kind=PERSON)
    assert plan(one, Now(), References(there={"7"})).changes == (made(PERSON, name="Kari", company="7"),)
    again = plan(one, Now(), References(companies={"7": 3}))
    assert (again.changes, again.depends_on) == ((made(PERSON, name="Kari", company=RowCompany(3)),), 3)
    alone = plan(one, Now())
    assert alone.changes == (made(PERSON, name="Kari"),)
    assert [problem.reason.code for problem in alone.problems] == [ReasonCode.COMPANY_NOT_THERE]
    needed = Undoer(SCHEMA, Resolved(), References(), company_needed=True).plan(one, Now())
    assert needed.reason == Reason(ReasonCode.MANDATORY_COMPANY)


def own_company() -> Done:
    """A contact that an import made together with a company."""
    changes = (made(PERSON, name="Kari", company=RowCompany(1)), made(name="Kari"))
    return done(*changes, status=Status.NEW, kind=PERSON, company_id="9")


@pytest.mark.parametrize(
    ("company", "goes", "why"),
    [
        (standing("9", name="Kari"), True, None),
        (standing("9", name="Kari & Co"), False, ReasonCode.EDITED_SINCE),
        (standing("9", Attached("Contacts", 1, PERSON, ("8",)), name="Kari"), False, ReasonCode.HAS_OTHER_DATA),
        (Standing(), False, None),
    ],
)
def test_the_company_made_for_a_contact_goes_with_it(company: Standing, goes: bool, why: ReasonCode | None) -> None:
    resolved = Resolved(companies={1: "9"})
    row = plan(own_company(), Now(standing(name="Kari", company="9"), company), resolved=resolved)
    assert row.status is Status.REMOVED
    assert row.icons() == (("person_removed", "company_removed") if goes else ("person_removed",))
    assert [kept.reason.code for kept in row.kept if kept.reason] == ([why] if why else [])


def test_the_company_of_a_contact_that_somebody_has_deleted_is_named() -> None:
    row = plan(own_company(), Now(Standing(), standing("9", name="Kari")), resolved=Resolved(companies={1: "9"}))
    assert row.reason == Reason(ReasonCode.GONE_SINCE)
    assert [(kept.crm, kept.reason) for kept in row.kept] == [("9", Reason(ReasonCode.LEFT_ALONE))]


def test_a_contact_that_leaves_a_company_frees_it() -> None:
    one = done(made(PERSON, name="Kari", company="9"), status=Status.NEW, kind=PERSON)
    assert plan(one, Now(standing(name="Kari", company="9"), frees=5)).frees == 5


def test_a_row_that_only_linked_has_nothing_to_write() -> None:
    row = plan(done(status=Status.UNCHANGED), Now(standing(name="ACME")))
    assert (row.status, row.reason) == (Status.UNCHANGED, Reason(ReasonCode.ONLY_LINKED))


def test_a_removal_is_blocked_by_whatever_has_come_since() -> None:
    change = removed(name="ACME")
    assert blocked(change, Entity("7", {"name": "ACME", "city": None, "phone": ()}), ()) is None
    assert blocked(change, None, ()) == Reason(ReasonCode.ENTITY_GONE)
    filled = blocked(change, Entity("7", {"name": "ACME", "city": "Oslo"}), ())
    assert filled
    assert (filled.code, filled.params["fields"]) == (ReasonCode.EDITED_SINCE, "city")
    attached = blocked(change, Entity("7", {"name": "ACME"}), [Attached("Notes", 1)])
    assert attached
    assert attached.code is ReasonCode.HAS_OTHER_DATA
