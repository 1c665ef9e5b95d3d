from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.settings import DuplicateSettings, ImportSettings
from erp_import_plugin.errors import NotFound
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.workflow import defaults, importing, mappings, preview, settings
from erp_import_plugin.workflow.access import NotAllowed
from erp_import_plugin.workflow.defaults import DefaultChoice, DefaultEdit, DefaultLine
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.mapping_edits import FieldChoice, FieldEdit
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, NOBODY, OTHER, House

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)

CUSTOMER = ActorType.CUSTOMER
BY_NAME = ImportSettings(company=DuplicateSettings("name"))


@pytest.fixture
def connection(house: House) -> int:
    return house.connect()


def line(house: House, connection: int, key: str) -> DefaultLine:
    lines = defaults.page(house.rooms, ADMIN, connection, CUSTOMER).lines
    return next(one for one in lines if one.crm.key == key)


def edit(house: House, connection: int, key: str, *texts: str, ask: bool = False) -> DefaultEdit:
    return DefaultEdit(key, DefaultChoice(texts, ask), line(house, connection, key).choice)


def save(house: House, connection: int, *edits: DefaultEdit) -> bool:
    return defaults.save(house.rooms, ADMIN, connection, CUSTOMER, edits)


def refused(house: House, connection: int, *edits: DefaultEdit) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        save(house, connection, *edits)
    return error.value.errors


def staged(house: House) -> str:
    house.shop.add(CUSTOMER, "C1", NAME="Acme")
    token = house.begin()
    house.stage(token)
    return token


def planned(house: House, token: str, chosen: ImportSettings = BY_NAME) -> PlanLine:
    settings.save(house.rooms, ADMIN, token, chosen)
    assert preview.start(house.rooms, house.jobs, ADMIN, token).state == "done"
    (row,) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    return row


def values(row: PlanLine) -> dict[str, object]:
    (change,) = row.planned.changes
    return {field.field: field.new for field in change.fields}


@everywhere
def test_defaults_are_kept_in_the_type_of_their_field_and_come_back(house: House, connection: int) -> None:
    given = {
        "department": ("  Sales ",),
        "number": ("1 200",),
        "revenue": ("12,50",),
        "founded": ("31.12.2020",),
        "seen_at": ("2026-01-02 03:04",),
        "customer": ("no",),
        "category": ("1",),
        "phone": ("+47 22 33 44 55",),
    }
    edits = [edit(house, connection, key, *texts) for key, texts in given.items()]

    assert save(house, connection, *edits)

    kept = mappings.of_connection(house.rooms, ADMIN, connection)[CUSTOMER].defaults
    assert kept["department"] == "Sales"
    assert kept["revenue"] == Decimal("12.50")
    assert kept["founded"] == date(2020, 12, 31)
    assert kept["customer"] is False
    assert kept["phone"] == ("+47 22 33 44 55",)
    shown = {key: line(house, connection, key).choice.texts for key in given}
    assert shown == {
        "department": ("Sales",),
        "number": ("1200",),
        "revenue": ("12.50",),
        "founded": ("2020-12-31",),
        "seen_at": ("2026-01-02 03:04",),
        "customer": ("no",),
        "category": ("1",),
        "phone": ("+47 22 33 44 55",),
    }
    assert not any(line(house, connection, key).lost for key in given)
    assert save(house, connection, *(edit(house, connection, key) for key in given))
    assert mappings.of_connection(house.rooms, ADMIN, connection)[CUSTOMER].defaults == {}


@pytest.mark.parametrize(
    ("key", "texts", "said"),
    [
        ("number", ("many",), "Enter a whole number, such as 1200."),
        ("revenue", ("1.2.3",), "Enter a number, such as 1200.50 or 1200,50."),
        ("founded", ("2020-02-30",), "Enter a date, such as 2026-12-31 or 31.12.2026."),
        ("customer", ("perhaps",), "Enter yes or no."),
        ("category", ("77",), "Choose one of the items that are offered."),
        ("category", ("1", "Best "), "This field takes one value."),
        ("code", ("x" * 21,), "The text may have 20 characters at most."),
        ("code", ("a\0b",), "The text holds characters that cannot be stored."),
        ("email", ("nobody",), "Enter an e-mail address, such as post@company.example."),
    ],
)
def test_what_cannot_be_taken_is_said_at_the_field(
    house: House, connection: int, key: str, texts: tuple[str, ...], said: str
) -> None:
    fine = edit(house, connection, "department", "Sales")
    assert refused(house, connection, fine, edit(house, connection, key, *texts)) == {key: said}
    assert line(house, connection, "department").choice.texts == ()


def test_some_fields_have_no_default(house: House, connection: int) -> None:
    keys = {one.crm.key for one in defaults.page(house.rooms, ADMIN, connection, ActorType.PERSON).lines}
    assert "company" not in keys
    assert "id" not in keys
    unknown = DefaultEdit("id", DefaultChoice(("7",), ask=False))
    assert refused(house, connection, unknown) == {"id": "This field cannot have a default."}


def test_someone_elses_change_is_not_lost(house: House, connection: int) -> None:
    mine = edit(house, connection, "department", "Sales")
    theirs = edit(house, connection, "department", "Office")
    defaults.save(house.rooms, OTHER, connection, CUSTOMER, [theirs])
    said = "Someone else changed this default meanwhile. Save again to keep what you filled in."
    assert refused(house, connection, mine) == {"department": said}
    assert save(house, connection, replace(mine, seen=DefaultChoice(("Office",), ask=False)))


def test_a_default_fills_what_the_erp_leaves_empty(house: House, connection: int) -> None:
    save(
        house, connection, edit(house, connection, "department", "Sales"), edit(house, connection, "vat_number", "NO1")
    )
    row = planned(house, staged(house))
    assert values(row) == {"name": "Acme", "department": "Sales", "vat_number": "NO1"}


def test_an_item_that_was_removed_is_no_default_and_says_so(house: House, connection: int) -> None:
    save(house, connection, edit(house, connection, "category", "1"), edit(house, connection, "department", "Sales"))
    with house.rooms.engine.begin() as tx:
        tx.execute(update(hosts.item).where(hosts.item.c.id == 1).values(active=False))

    assert line(house, connection, "category").lost
    row = planned(house, staged(house))

    assert values(row) == {"name": "Acme", "department": "Sales"}
    assert [(one.field, one.reason.code) for one in row.planned.problems] == [("category", ReasonCode.DEFAULT_GONE)]
    assert save(house, connection, edit(house, connection, "category"))
    assert not line(house, connection, "category").lost


def test_what_is_asked_at_import_is_prefilled_and_goes_before_the_default(house: House, connection: int) -> None:
    save(
        house,
        connection,
        edit(house, connection, "department", "Sales", ask=True),
        edit(house, connection, "number", ask=True),
        edit(house, connection, "code", "X"),
    )
    token = staged(house)
    shown = settings.form(house.rooms, ADMIN, token).asked
    assert {one.key: one.texts for one in shown} == {"company.department": ("Sales",), "company.number": ()}
    assert values(planned(house, token))["department"] == "Sales"

    answered = replace(BY_NAME, defaults={"company.department": ("Office",), "company.number": ("7",)})
    assert values(planned(house, token, answered)) == {"name": "Acme", "department": "Office", "number": 7, "code": "X"}
    emptied = replace(BY_NAME, defaults={"company.department": (), "company.number": ()})
    assert values(planned(house, token, emptied)) == {"name": "Acme", "code": "X"}

    again = settings.form(house.rooms, ADMIN, house.begin())
    assert again.asked == ()
    importing.start(house.rooms, house.jobs, ADMIN, token)
    with house.rooms.engine.connect() as tx:
        assert tx.execute(select(hosts.company.c.department, hosts.company.c.code)).one() == (None, "X")


def test_wrong_answers_are_refused_with_their_field(house: House, connection: int) -> None:
    save(house, connection, edit(house, connection, "number", ask=True))
    token = staged(house)
    with pytest.raises(Invalid) as error:
        settings.save(house.rooms, ADMIN, token, replace(BY_NAME, defaults={"company.number": ("many",)}))
    assert error.value.errors == {"defaults.company.number": "Enter a whole number, such as 1200."}


def test_a_field_the_crm_needs_has_to_be_answered(house: House, connection: int) -> None:
    name = next(
        one for one in mappings.of_connection(house.rooms, ADMIN, connection)[CUSTOMER].fields if one.erp.key == "NAME"
    )
    unmapped = FieldEdit("NAME", replace(FieldChoice.of(name), crm_field=None))
    mappings.save(house.rooms, ADMIN, connection, CUSTOMER, [unmapped])
    save(house, connection, edit(house, connection, "name", ask=True))
    token = staged(house)
    by_number = ImportSettings(company=DuplicateSettings("number"))
    with pytest.raises(Invalid) as error:
        settings.save(house.rooms, ADMIN, token, by_number)
    assert error.value.errors == {"defaults.company.name": "The CRM needs a value here, and the ERP does not give one."}
    settings.save(house.rooms, ADMIN, token, replace(by_number, defaults={"company.name": ("Nameless",)}))


def test_what_is_no_longer_asked_is_left_out_of_the_settings(house: House, connection: int) -> None:
    save(house, connection, edit(house, connection, "department", ask=True))
    token = staged(house)
    planned(house, token, replace(BY_NAME, defaults={"company.department": ("Office",)}))
    save(house, connection, edit(house, connection, "department", "Sales"))
    assert (
        values(planned(house, token, replace(BY_NAME, defaults={"company.department": ("Office",)})))["department"]
        == "Sales"
    )
    with house.rooms.engine.connect() as tx:
        kept = import_store.get(tx, token)
    assert kept is not None
    assert kept.settings is not None
    assert kept.settings.defaults == {}


def test_who_may_and_what_is_there(house: House, connection: int) -> None:
    house.sync.on = True  # set-up is open meanwhile
    assert save(house, connection, edit(house, connection, "department", "Sales"))
    for call in (
        lambda user, id_, type_: defaults.page(house.rooms, user, id_, type_),
        lambda user, id_, type_: defaults.save(house.rooms, user, id_, type_, []),
    ):
        with pytest.raises(NotAllowed):
            call(NOBODY, connection, CUSTOMER)
        with pytest.raises(NotFound):
            call(ADMIN, connection + 1, CUSTOMER)
        with pytest.raises(NotFound):
            call(ADMIN, connection, ActorType.PARTNER)
