"""Importing: what is held, what is refused, what can be stopped and taken up, and in how many statements."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, Insert, Table, delete, event, func, insert, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from erp_import_plugin.connector_api import ActorRef, ActorType, GiveUp
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import (
    Action,
    DuplicateSettings,
    EmptyValue,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.store import bulk_ways, dialects
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.dialects import Dialect
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.tables import link, outcome
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import impact, importing, imports, preview, preview_job, results
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.results import ResultList
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, CHIEF, OTHER, House, build

ALL = pytest.mark.parametrize("engine", ["sqlite", "postgresql", "mariadb"], indirect=True)
TWO = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)

BY_VAT = ImportSettings(
    company=DuplicateSettings("vat_number", Action.REPLACE),
    person=DuplicateSettings("name", Action.MERGE),
    project=DuplicateSettings("name", Action.MERGE),
    no_company=NoCompany.WITHOUT,
)


def planned(house: House, chosen: ImportSettings = BY_VAT, *types: ActorType) -> str:
    """The token of an import of everything in the shop, as far as the preview."""
    token = house.begin()
    for actor_type in types or (ActorType.CUSTOMER,):
        house.stage(token, actor_type)
    settings_step.save(house.rooms, ADMIN, token, chosen)
    job = preview.start(house.rooms, house.jobs, ADMIN, token)
    assert job.state == "done", job.note
    return token


def imported(house: House, token: str) -> dict[str, tuple[Status, ReasonCode | None]]:
    """What became of each row, by its label, after importing."""
    importing.start(house.rooms, house.jobs, ADMIN, token)
    return outcomes(house, token)


def outcomes(house: House, token: str) -> dict[str, tuple[Status, ReasonCode | None]]:
    found = results.rows(house.rooms, ADMIN, token, None)
    return {row.label: (row.status, row.reason.code if row.reason else None) for row in found}


def companies(engine: Engine) -> dict[str, Any]:
    with engine.connect() as tx:
        return {row.vat_number: row for row in tx.execute(select(hosts.company))}


def companies_of(engine: Engine) -> list[Any]:
    with engine.connect() as tx:
        return list(tx.execute(select(hosts.company)))


def add_company(engine: Engine, **values: object) -> None:
    with engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"customer": False, **values}])


@ALL
def test_new_and_changed_companies_are_written_linked_and_selected(house: House, engine: Engine) -> None:
    house.shop.add_companies(5)
    add_company(engine, name="Company 0002", vat_number="NO 000 000 002 MVA")
    token = planned(house)

    assert set(imported(house, token).values()) == {(Status.NEW, None), (Status.CHANGED, None)}

    assert sorted(row.name for row in companies(engine).values()) == [f"Company {n:04}" for n in range(1, 6)]
    page = results.page(house.rooms, house.jobs, ADMIN, token, ResultList.NEW)
    assert (page.accounts.new, page.accounts.changed, page.left) == (4, 1, 0)
    members = {name: house.selections.members[key] for key, (_, name) in house.selections.names.items()}
    assert sorted(len(some) for some in members.values()) == [1, 4]
    with engine.connect() as tx:
        assert tx.scalar(select(func.count()).select_from(link)) == 5


@ALL
def test_a_row_edited_since_the_preview_is_held_and_the_others_go_on(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    for n in (1, 2, 3):
        add_company(engine, name=f"Old {n}", vat_number=f"{n:09}")
    token = planned(house)
    with engine.begin() as tx:
        tx.execute(update(hosts.company).where(hosts.company.c.name == "Old 2").values(name="Typed by a sales person"))

    found = imported(house, token)

    assert found["Company 0002"] == (Status.HELD, ReasonCode.CHANGED_SINCE)
    assert found["Company 0001"] == found["Company 0003"] == (Status.CHANGED, None)
    assert sorted(row.name for row in companies(engine).values()) == [
        "Company 0001",
        "Company 0003",
        "Typed by a sales person",
    ]


def test_the_reason_of_a_held_row_names_field_old_and_new_value(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    add_company(engine, name="Old", vat_number="000000001")
    token = planned(house)
    with engine.begin() as tx:
        tx.execute(update(hosts.company).values(name="Newer"))
    importing.start(house.rooms, house.jobs, ADMIN, token)
    (row,) = results.rows(house.rooms, ADMIN, token, ResultList.REST)
    assert row.reason
    assert dict(row.reason.params) == {"field": "name", "old": "Old", "now": "Newer"}


def test_an_entity_that_is_gone_holds_its_row(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    add_company(engine, name="Old", vat_number="000000001")
    token = planned(house)
    with engine.begin() as tx:
        tx.execute(delete(hosts.company))
    assert imported(house, token)["Company 0001"] == (Status.HELD, ReasonCode.ENTITY_GONE)


def test_an_entity_that_no_longer_matches_holds_its_row(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    add_company(engine, name="Old", vat_number="000000001")
    chosen = replace(BY_VAT, company=DuplicateSettings("vat_number", Action.MERGE))
    token = planned(house, chosen)
    with engine.begin() as tx:
        tx.execute(update(hosts.company).values(vat_number="999999999"))
    assert imported(house, token)["Company 0001"] == (Status.HELD, ReasonCode.NO_LONGER_MATCHES)


@ALL
def test_a_double_that_appeared_since_the_preview_holds_the_new_row(house: House, engine: Engine) -> None:
    house.shop.add_companies(2)
    token = planned(house)
    add_company(engine, name="Entered by hand", vat_number="NO000000001MVA")
    found = imported(house, token)
    assert found["Company 0001"] == (Status.HELD, ReasonCode.ENTITY_APPEARED)
    assert found["Company 0002"] == (Status.NEW, None)


@ALL
def test_two_imports_of_the_same_actors_make_each_company_once(house: House, engine: Engine) -> None:
    house.shop.add_companies(4)
    first, second = planned(house), planned(house)
    imported(house, first)
    assert set(imported(house, second).values()) == {(Status.HELD, ReasonCode.ENTITY_APPEARED)}
    assert len(companies(engine)) == 4


def test_a_list_item_that_is_gone_holds_its_row(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    token = planned(house)
    with engine.begin() as tx:
        tx.execute(update(hosts.item).where(hosts.item.c.name == "Sweden").values(active=False))
    assert {status for status, _ in imported(house, token).values()} == {Status.NEW, Status.HELD}
    assert (Status.HELD, ReasonCode.ITEM_GONE) in outcomes(house, token).values()


def test_a_contact_whose_company_was_not_imported_is_held(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    parent = ActorRef(ActorType.CUSTOMER, "C0001")
    house.shop.add(ActorType.PERSON, "P1", parent, FIRSTNAME="Kari", LASTNAME="Nordmann")
    token = planned(house, BY_VAT, ActorType.CUSTOMER, ActorType.PERSON)
    add_company(engine, name="Entered by hand", vat_number="000000001")
    found = imported(house, token)
    assert found["Kari Nordmann"] == (Status.HELD, ReasonCode.COMPANY_NOT_THERE)


def test_contacts_go_to_the_company_created_in_the_same_import(house: House, engine: Engine) -> None:
    house.shop.add_companies(2)
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C0002"), FIRSTNAME="Kari", LASTNAME="N")
    token = planned(house, BY_VAT, ActorType.PERSON)  # its company is fetched with it
    assert imported(house, token) == {"Company 0002": (Status.NEW, None), "Kari N": (Status.NEW, None)}
    with engine.connect() as tx:
        owner = tx.scalar(
            select(hosts.company.c.name).join(hosts.person, hosts.person.c.company_id == hosts.company.c.id)
        )
    assert owner == "Company 0002"


def test_unticking_a_company_leaves_its_contacts_out_as_well(house: House) -> None:
    house.shop.add_companies(1)
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C0001"), FIRSTNAME="Kari", LASTNAME="N")
    token = planned(house, BY_VAT, ActorType.CUSTOMER, ActorType.PERSON)
    lines = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    company = next(line.planned.row for line in lines if line.planned.kind is EntityKind.COMPANY)
    preview.tick(house.rooms, ADMIN, token, False, [company])
    assert preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).to_write == 0
    contact = next(line.planned.row for line in lines if line.planned.kind is EntityKind.PERSON)
    preview.tick(house.rooms, ADMIN, token, True, [contact])
    assert preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).to_write == 2


def test_an_unticked_field_keeps_its_value(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    add_company(engine, name="Old", vat_number="000000001", number=77)
    token = planned(house)
    (line,) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    preview.tick_fields(house.rooms, ADMIN, token, line.planned.row, {"company.name"})
    imported(house, token)
    assert [(row.name, row.number) for row in companies(engine).values()] == [("Old", 1)]


def test_an_unticked_field_stays_unticked_when_the_preview_is_made_anew(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    add_company(engine, name="Old", vat_number="000000001", number=77)
    token = planned(house)
    (line,) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    preview.tick_fields(house.rooms, ADMIN, token, line.planned.row, {"company.name"})
    preview.start(house.rooms, house.jobs, ADMIN, token)
    imported(house, token)
    assert [(row.name, row.number) for row in companies(engine).values()] == [("Old", 1)]


def test_actors_that_were_never_fetched_are_fetched_for_the_preview(house: House, engine: Engine) -> None:
    """A fetch that failed must not make the ERP's fields look empty, and Replace clear the CRM's."""
    house.shop.add_companies(2)
    imported(house, planned(house))
    clearing = DuplicateSettings("vat_number", Action.REPLACE, EmptyValue.CLEAR)

    def away(method: str) -> None:
        if method == "get":
            raise GiveUp("The shop is closed.")

    token = house.begin()
    house.shop.fail = away
    house.stage(token)
    settings_step.save(house.rooms, ADMIN, token, replace(BY_VAT, company=clearing, fetch_parents=False))
    assert preview.start(house.rooms, house.jobs, ADMIN, token).state == "failed"
    with pytest.raises(Refused, match="not there yet"):
        importing.start(house.rooms, house.jobs, ADMIN, token)
    house.shop.fail = lambda _: None
    preview.start(house.rooms, house.jobs, ADMIN, token)
    page = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter())
    assert (page.accounts and page.accounts.unchanged, page.to_write) == (2, 0)


def test_a_link_to_a_merged_company_does_not_hide_what_the_rule_finds(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    imported(house, planned(house))
    add_company(engine, name="Merged", vat_number="NO 000 000 001 MVA")
    with engine.begin() as tx:
        tx.execute(delete(hosts.company_channel))
        tx.execute(delete(hosts.company).where(hosts.company.c.name != "Merged"))
    assert imported(house, planned(house)) == {"Company 0001": (Status.CHANGED, None)}
    assert [row.name for row in companies(engine).values()] == ["Company 0001"]


def test_the_company_of_a_contact_is_fetched_again_when_it_was_deleted(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    imported(house, planned(house))
    with engine.begin() as tx:
        tx.execute(delete(hosts.company_channel))
        tx.execute(delete(hosts.company))
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C0001"), FIRSTNAME="Kari", LASTNAME="N")
    token = planned(house, BY_VAT, ActorType.PERSON)
    assert imported(house, token) == {"Company 0001": (Status.NEW, None), "Kari N": (Status.NEW, None)}


def test_a_preview_that_was_changed_meanwhile_is_looked_at_again(house: House) -> None:
    house.shop.add_companies(2)
    token = planned(house)
    seen = impact.of(house.rooms, house.jobs, ADMIN, token).imported.revision
    preview.tick_all(house.rooms, ADMIN, token, False, PlanFilter())
    with pytest.raises(Refused, match="changed in another window"):
        importing.start(house.rooms, house.jobs, ADMIN, token, seen)
    now = impact.of(house.rooms, house.jobs, ADMIN, token).imported.revision
    assert importing.start(house.rooms, house.jobs, ADMIN, token, now).state == "done"


def test_the_own_company_of_a_contact_goes_with_its_field(house: House, engine: Engine) -> None:
    house.shop.add(ActorType.PERSON, "P1", FIRSTNAME="Kari", LASTNAME="Nordmann")
    token = planned(house, replace(BY_VAT, no_company=NoCompany.CREATE), ActorType.PERSON)
    (line,) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    assert line.planned.icons() == ("company_new", "person_new")
    preview.tick_fields(house.rooms, ADMIN, token, line.planned.row, {"person.company"})
    (line,) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    assert line.planned.icons() == ("person_new",)
    (persons,) = impact.of(house.rooms, house.jobs, ADMIN, token).kinds
    assert (persons.kind, persons.new) == (EntityKind.PERSON, 1)
    imported(house, token)
    assert companies(engine) == {}


@ALL
def test_the_company_made_for_a_contact_is_in_the_selection_of_companies(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    house.shop.add(ActorType.PERSON, "P1", FIRSTNAME="Kari", LASTNAME="Nordmann")
    chosen = replace(BY_VAT, no_company=NoCompany.CREATE)
    imported(house, planned(house, chosen, ActorType.CUSTOMER, ActorType.PERSON))
    members = {kind: house.selections.members[key] for key, (kind, _) in house.selections.names.items()}
    assert sorted(members[EntityKind.COMPANY]) == sorted(str(row.id) for row in companies_of(engine))
    assert len(members[EntityKind.COMPANY]) == 2
    assert len(members[EntityKind.PERSON]) == 1


def test_rights_taken_away_while_importing_stop_it_at_a_chunk(engine: Engine) -> None:
    house = build(engine, chunk=1)
    house.shop.add_companies(3)
    token = planned(house)
    asked = 0

    def may_import(user: User) -> bool:
        nonlocal asked
        asked += 1
        return asked < 5

    house.people.may_import = may_import  # type: ignore[method-assign]
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert 0 < len(companies(engine)) < 3


def test_a_connection_that_was_deactivated_imports_nothing(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    with writing(engine) as tx:
        connection_store.set_active(tx, 1, False)
    with pytest.raises(NotFound, match="not active"):
        importing.start(house.rooms, house.jobs, ADMIN, token)


def test_list_items_that_only_unticked_rows_need_are_not_named(house: House) -> None:
    house.shop.add_companies(6)
    token = planned(house, replace(BY_VAT, lists={"category": ListPolicy.ADD}))
    before = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).items
    assert {item.label for item in before} == {"Good", "Former"}
    preview.tick_all(house.rooms, ADMIN, token, False, PlanFilter())
    assert preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).items == {}


def test_a_mandatory_field_of_a_new_company_cannot_be_unticked(house: House) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    (line,) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    with pytest.raises(Refused, match="cannot be left out"):
        preview.tick_fields(house.rooms, ADMIN, token, line.planned.row, {"company.name"})


def test_one_row_that_the_database_refuses_fails_alone(house: House, engine: Engine) -> None:
    house.shop.add_companies(20)
    with engine.begin() as tx:
        tx.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON company WHEN NEW.name = 'Company 0013' "
                "BEGIN SELECT RAISE(ABORT, 'no thirteen here'); END"
            )
        )
    token = planned(house)
    found = imported(house, token)
    assert found.pop("Company 0013") == (Status.FAILED, ReasonCode.REFUSED_BY_CRM)
    assert set(found.values()) == {(Status.NEW, None)}
    (row,) = results.rows(house.rooms, ADMIN, token, ResultList.REST)
    assert row.reason
    assert "no thirteen here" in row.reason.params["error"]


def test_a_full_disk_is_blamed_on_no_row(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    token = planned(house)

    def refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO company "):
            raise OperationalError(statement, {}, sqlite3.OperationalError("database or disk is full"))

    event.listen(engine, "before_cursor_execute", refuse)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    event.remove(engine, "before_cursor_execute", refuse)
    job = house.jobs.latest(token)
    assert job is not None
    assert (job.state, "The disk of the database is full" in job.note) == ("failed", True)

    importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert set(outcomes(house, token).values()) == {(Status.NEW, None)}


def test_sync_switched_on_refuses_and_loses_nothing(house: House) -> None:
    house.shop.add_companies(2)
    token = planned(house)
    house.sync.on = True
    with pytest.raises(SyncIsOn):
        importing.start(house.rooms, house.jobs, ADMIN, token)
    house.sync.on = False
    assert set(imported(house, token).values()) == {(Status.NEW, None)}


def test_sync_switched_on_while_importing_stops_at_a_chunk_and_is_taken_up(engine: Engine) -> None:
    house = build(engine, chunk=2)
    house.shop.add_companies(6)
    token = planned(house)
    house.sync.on = False
    calls = 0

    def on_after_two() -> bool:
        nonlocal calls
        calls += 1
        return calls > 3

    house.sync.is_on = on_after_two  # type: ignore[method-assign]
    importing.start(house.rooms, house.jobs, ADMIN, token)
    job = house.jobs.latest(token, "import")
    assert job is not None
    assert job.state == "failed"
    assert "Automatic sync is on" in job.note
    page = results.page(house.rooms, house.jobs, ADMIN, token, ResultList.NEW)
    assert 0 < page.accounts.new < 6
    assert page.accounts.held == page.left == 6 - page.accounts.new

    del house.sync.is_on  # type: ignore[method-assign]
    importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert set(outcomes(house, token).values()) == {(Status.NEW, None)}
    assert len(companies(engine)) == 6


def stopped_after(house: House, token: str, chunks: int) -> None:
    """Begin an import that sync, switched on meanwhile, stops after some chunks."""
    calls = 0

    def on_later() -> bool:
        nonlocal calls
        calls += 1
        return calls > chunks + 2

    house.sync.is_on = on_later  # type: ignore[method-assign]
    importing.start(house.rooms, house.jobs, ADMIN, token)
    del house.sync.is_on  # type: ignore[method-assign]


def test_the_rows_of_a_stopped_import_are_as_many_as_its_accounts_say(engine: Engine) -> None:
    house = build(engine, chunk=2)
    house.shop.add_companies(6)
    token = planned(house)
    stopped_after(house, token, 1)
    page = results.page(house.rooms, house.jobs, ADMIN, token, ResultList.REST)
    assert (page.accounts.new, page.accounts.held, page.page.total) == (2, 4, 4)
    assert [(row.status, row.reason) for row in page.page.rows] == [(Status.HELD, Reason(ReasonCode.NOT_REACHED))] * 4
    found = list(results.rows(house.rooms, ADMIN, token, None))
    assert [row.status for row in found] == [Status.NEW] * 2 + [Status.HELD] * 4
    assert list(results.rows(house.rooms, ADMIN, token, ResultList.REST)) == found[2:] == list(page.page.rows)


def test_an_export_has_each_row_once_though_the_import_goes_on_beside_it(engine: Engine) -> None:
    house = build(engine, chunk=2)
    for n in range(4):
        house.shop.add(ActorType.PERSON, f"P{n}", FIRSTNAME="Kari", LASTNAME=f"N{n}")
    house.shop.add_companies(4)
    token = planned(house, BY_VAT, ActorType.PERSON, ActorType.CUSTOMER)
    stopped_after(house, token, 1)
    reading = results.rows(house.rooms, ADMIN, token, None)
    first = [next(reading), next(reading)]
    importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert sorted(row.label for row in (*first, *reading)) == [
        *(f"Company {n:04}" for n in range(1, 5)),
        *(f"Kari N{n}" for n in range(4)),
    ]


def test_rights_taken_away_stop_the_job(house: House) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    house.people.admins.discard(ADMIN.id)
    with pytest.raises(NotAllowed):
        importing.start(house.rooms, house.jobs, ADMIN, token)


def test_started_twice_it_is_done_once(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    token = planned(house)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert len(companies(engine)) == 3
    with engine.connect() as tx:
        assert tx.scalar(select(func.count()).select_from(outcome)) == 3


def test_the_import_of_another_user_is_not_there(house: House) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    for act in (importing.start, impact.of, importing.cancel, importing.resume):
        with pytest.raises(NotFound):
            act(house.rooms, house.jobs, OTHER, token)
    assert impact.of(house.rooms, house.jobs, CHIEF, token).rows == 1


def test_a_link_to_a_company_that_is_gone_is_replaced(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    imported(house, planned(house))
    with engine.begin() as tx:
        tx.execute(delete(hosts.company_channel))
        tx.execute(delete(hosts.company))
    assert set(imported(house, planned(house)).values()) == {(Status.NEW, None)}
    place = ActorPlace(ActorType.CUSTOMER.value, "", "C0001")
    with engine.connect() as tx:
        linked = link_store.linked(tx, 1, [place])
        assert tx.scalar(select(hosts.company.c.id)) == int(linked[place].entity_id)


def _mixed(house: House, engine: Engine, count: int) -> None:
    """A shop of new, changed and unchanged companies and of contacts, a third each."""
    house.shop.add_companies(count)
    for n in range(1, count + 1):
        parent = ActorRef(ActorType.CUSTOMER, f"C{n:04}")
        house.shop.add(
            ActorType.PERSON, f"P{n}", parent, FIRSTNAME="Kari", LASTNAME=f"N{n}", EMAIL=f"k{n}@x.example",
            PHONE_MOBILE="99 88 77 66",
        )  # fmt: skip
    for n in range(1, count + 1, 3):
        add_company(engine, name="Old", vat_number=f"{n:09}")


def _statements(house: House, *types: ActorType) -> tuple[int, int]:
    """How many statements the plan, and the import, of everything in the shop take."""
    token = house.begin()
    for actor_type in types:
        house.stage(token, actor_type)
    settings_step.save(house.rooms, ADMIN, token, BY_VAT)
    with hosts.statements(house.rooms.engine) as planning:
        preview.start(house.rooms, house.jobs, ADMIN, token)
    with hosts.statements(house.rooms.engine) as applying:
        importing.start(house.rooms, house.jobs, ADMIN, token)
    assert {status for status, _ in outcomes(house, token).values()} <= {Status.NEW, Status.CHANGED}
    return len(planning), sum(not _is_for_others(statement) for statement in applying)


def _is_for_others(statement: str) -> bool:
    """Whether it may only be sent because someone else has written meanwhile, in any database of the server."""
    return "age(" in statement or "LEFT OUTER JOIN erp_import_match_key" in statement


@TWO
@pytest.mark.parametrize("there_already", [False, True])
def test_a_chunk_takes_as_many_statements_for_fifty_as_for_a_thousand(engine: Engine, there_already: bool) -> None:
    counts = []
    for size in (50, 1000):
        databases.empty(engine)
        house = build(engine)
        house.shop.add_companies(size)
        if there_already:
            for n in range(1, size + 1):
                add_company(engine, name="Old", vat_number=f"{n:09}")
        counts.append(_statements(house, ActorType.CUSTOMER))
    assert counts[0] == counts[1]


@TWO
def test_new_and_changed_companies_and_contacts_take_a_fixed_number_of_statements(engine: Engine) -> None:
    counts = []
    for size in (90, 999):
        databases.empty(engine)
        house = build(engine)
        _mixed(house, engine, size)
        counts.append(_statements(house, ActorType.CUSTOMER, ActorType.PERSON))
    assert counts[0] == counts[1]


class _Plain(Dialect):
    """SQLite as if nothing of it were known, but for how it adds a row that may be there."""

    def insert_unless_there(self, table: Table) -> Insert:
        return sqlite.insert(table).on_conflict_do_nothing()


def test_a_database_that_nothing_is_known_of_gets_the_same_in_plain_statements(
    engine: Engine, monkeypatch: Any
) -> None:
    made = []
    for plain in (False, True):
        databases.empty(engine)
        if plain:
            monkeypatch.setattr(bulk_ways, "_WAYS", {})
            monkeypatch.setattr(dialects, "_DIALECTS", {"sqlite": _Plain()})
        house = build(engine)
        _mixed(house, engine, 40)
        become = imported(house, planned(house, BY_VAT, ActorType.CUSTOMER, ActorType.PERSON))
        with engine.connect() as tx:
            names = select(hosts.company.c.id, hosts.company.c.name, hosts.company.c.vat_number)
            channels = select(hosts.person.c.last_name, hosts.person.c.company_id, hosts.person_channel.c.value)
            channels = channels.join(hosts.person_channel, hosts.person_channel.c.person_id == hosts.person.c.id)
            found = [sorted(map(tuple, tx.execute(one))) for one in (names, channels)]
        made.append((become, found))
    assert made[0] == made[1]
    assert {status for status, _ in made[0][0].values()} == {Status.NEW, Status.CHANGED}


def test_actors_added_while_the_preview_is_made_do_not_slip_through(house: House, monkeypatch: Any) -> None:
    house.shop.add_companies(2)
    token = planned(house)
    house.shop.add_companies(3)
    finish = preview_job._PlanRun._settle

    def add_one_meanwhile(run: Any, kind: EntityKind) -> None:
        finish(run, kind)
        if kind is EntityKind.PROJECT:
            with writing(house.rooms.engine) as tx:
                import_id = imports.get(house.rooms, ADMIN, token).import_.id
                staging_store.want(tx, import_id, [ActorPlace("Customer", "", "C0003")], as_parent=True)

    monkeypatch.setattr(preview_job._PlanRun, "_settle", add_one_meanwhile)
    job = preview.start(house.rooms, house.jobs, ADMIN, token)
    assert (job.state, "Make the preview again" in job.note) == ("failed", True)
    with pytest.raises(Refused, match="preview is not there yet"):
        importing.start(house.rooms, house.jobs, ADMIN, token)


@ALL
def test_a_company_with_one_key_is_one_company_under_every_type(engine: Engine) -> None:
    house = build(engine, one_key=True)
    house.shop.add_companies(2)
    house.shop.add_companies(2, ActorType.SUPPLIER)
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C0001"), FIRSTNAME="Kari", LASTNAME="N")
    token = planned(house, BY_VAT, ActorType.SUPPLIER, ActorType.CUSTOMER, ActorType.PERSON)
    found = imported(house, token)
    assert found == dict.fromkeys(("Company 0001", "Company 0002", "Kari N"), (Status.NEW, None))

    again = planned(house, BY_VAT, ActorType.CUSTOMER, ActorType.PERSON)
    assert set(imported(house, again).values()) == {(Status.UNCHANGED, ReasonCode.SAME)}


def test_without_one_key_the_types_are_kept_apart(house: House) -> None:
    house.shop.add(ActorType.CUSTOMER, "5", NAME="A customer", VATNO="111111111")
    house.shop.add(ActorType.SUPPLIER, "5", NAME="A supplier", VATNO="222222222")
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "5"), FIRSTNAME="Kari", LASTNAME="N")
    token = planned(house, BY_VAT, ActorType.SUPPLIER, ActorType.PERSON)
    assert set(imported(house, token)) == {"A supplier", "A customer", "Kari N"}


@ALL
def test_two_admins_at_the_same_moment_make_each_company_once(engine: Engine) -> None:
    house = build(engine, chunk=5)
    house.shop.add_companies(40)
    tokens = [planned(house), planned(house)]
    both = [Thread(target=importing.start, args=(house.rooms, house.jobs, ADMIN, token)) for token in tokens]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    for token in tokens:  # what a lock or a deadlock has cut goes on
        importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert len(companies(engine)) == 40
    with engine.connect() as tx:
        assert tx.scalar(select(func.count()).select_from(hosts.company)) == 40
        assert tx.scalar(select(func.count()).select_from(link)) == 40
    found = [outcomes(house, token) for token in tokens]
    for label in found[0]:
        assert sorted(one[label][0].value for one in found) == ["held", "new"]
