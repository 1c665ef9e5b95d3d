"""Undo: what can be undone by whom, what stays and why, what is taken up, and in how many statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from erp_import_plugin.connector_api import ActorRef, ActorType
from erp_import_plugin.engine.changes import NewItem, PlannedRow
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.rules import erasure_digests
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ListPolicy, NoCompany
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import plan_pages
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.tables import connection, link
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import importing, imports, preview, results, undo
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.results import ResultList
from erp_import_plugin.workflow.undo import Offer
from tests.support import databases, hosts
from tests.support.killing import killed_at
from tests.support.rooms import ADMIN, CHIEF, NOBODY, OTHER, House, build
from tests.workflow.test_importing import (
    ALL,
    BY_VAT,
    TWO,
    _mixed,
    add_company,
    companies,
    companies_of,
    imported,
    outcomes,
    planned,
    stopped_after,
)

Found = dict[str, tuple[Status, ReasonCode | None]]
NEW, CHANGED, REMOVED, SKIPPED = (Status.NEW, None), (Status.CHANGED, None), (Status.REMOVED, None), Status.SKIPPED


def begun(house: House, token: str) -> str:
    """The token of the undo of an import, as far as its preview."""
    made = undo.start(house.rooms, house.jobs, ADMIN, token)
    job = house.jobs.latest(made)
    assert job is not None
    assert job.state == "done", job.note
    return made


def undone(house: House, token: str) -> tuple[str, Found]:
    """The undo of an import, and what became of each row."""
    made = begun(house, token)
    return made, imported(house, made)


def links(engine: Engine) -> int:
    with engine.connect() as tx:
        return tx.execute(select(func.count()).select_from(link)).scalar_one()


def rows_of(house: House, token: str) -> list[PlannedRow]:
    with reading(house.rooms.engine) as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        return [line.planned for line in plan_pages.page(tx, import_id, PlanFilter(), 0, 100)[0]]


def persons(engine: Engine) -> list[Any]:
    with engine.connect() as tx:
        return list(tx.execute(select(hosts.person)))


@ALL
def test_what_was_made_goes_and_what_was_changed_is_as_before(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    add_company(engine, name="Old", vat_number="000000002", code="X")
    token = planned(house)
    before = companies(engine)
    imported(house, token)
    made = {str(row.id) for row in companies_of(engine)}
    assert links(engine) == 3

    back, found = undone(house, token)

    assert found == {"Company 0001": REMOVED, "Company 0002": CHANGED, "Company 0003": REMOVED}
    after = companies(engine)
    assert [(row.name, row.code, row.vat_number) for row in after.values()] == [("Old", "X", "000000002")]
    assert before.keys() == after.keys()
    assert links(engine) == 0
    with engine.connect() as tx:
        assert tx.scalar(select(func.count()).select_from(hosts.company_channel)) == 0
    page = results.page(house.rooms, house.jobs, ADMIN, back, ResultList.REMOVED)
    assert (page.accounts.removed, page.accounts.changed, page.accounts.written) == (2, 1, 3)
    members = {name: house.selections.members[key] for key, (_, name) in house.selections.names.items()}
    assert [len(some) for some in members.values()] == [0, 0, 1], "the import's are empty, the undo has its own"

    forth, again = undone(house, back)

    assert again == {"Company 0001": NEW, "Company 0002": CHANGED, "Company 0003": NEW}
    assert sorted(row.name for row in companies_of(engine)) == [f"Company {n:04}" for n in (1, 2, 3)]
    assert len({str(row.id) for row in companies_of(engine)} & made) >= 1
    assert links(engine) == 3
    assert set(imported(house, planned(house)).values()) == {(Status.UNCHANGED, ReasonCode.SAME)}
    assert undone(house, forth)[1] == found


@ALL
def test_what_is_undone_can_be_imported_again(house: House, engine: Engine) -> None:
    house.shop.add_companies(2)
    token = planned(house)
    imported(house, token)
    undone(house, token)
    assert set(imported(house, planned(house)).values()) == {NEW}
    assert len(companies_of(engine)) == 2


def test_an_edited_record_stays_and_the_row_says_who_edited_what(house: House, engine: Engine) -> None:
    house.shop.add_companies(2)
    add_company(engine, name="Old", vat_number="000000002")
    token = planned(house)
    imported(house, token)
    with engine.begin() as tx:
        by_ola = {"updated_by": "Ola", "updated_at": datetime(2026, 3, 1, 12)}
        for number, edit in ((1, {"code": "mine"}), (2, {"name": "Typed"})):
            tx.execute(update(hosts.company).where(hosts.company.c.number == number).values(edit | by_ola))

    made = begun(house, token)

    first, second = rows_of(house, made)
    assert (first.status, first.reason and first.reason.code) == (SKIPPED, ReasonCode.EDITED_SINCE)
    assert first.reason
    assert first.reason.params == {
        "fields": "code", "by": "Ola", "at": "2026-03-01T12:00:00+00:00", "kind": "company",
    }  # fmt: skip
    (kept,) = second.kept
    assert (kept.field, kept.crm, kept.erp) == ("name", "Typed", "Old")
    assert kept.reason
    assert kept.reason.params["by"] == "Ola"
    assert imported(house, made)["Company 0002"] == CHANGED
    assert {row.name for row in companies_of(engine)} == {"Company 0001", "Typed"}
    assert links(engine) == 1, "the row that stays keeps its link"


def test_a_company_that_has_contacts_or_notes_since_stays(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    token = planned(house)
    imported(house, token)
    ids = {row.name: row.id for row in companies_of(engine)}
    with writing(engine) as tx:
        later = {"last_name": "Later", "company": str(ids["Company 0001"])}
        house.rooms.host.crm.create(tx, EntityKind.PERSON, [later, later], OTHER)
        tx.execute(insert(hosts.note).values(company_id=ids["Company 0002"], text="Call"))

    made, found = undone(house, token)

    assert found == {
        "Company 0001": (SKIPPED, ReasonCode.HAS_OTHER_DATA),
        "Company 0002": (SKIPPED, ReasonCode.HAS_OTHER_DATA),
        "Company 0003": REMOVED,
    }
    first, second, _ = results.rows(house.rooms, ADMIN, made, None)
    assert [one.reason.params for one in (first, second) if one.reason] == [{"person": "2"}, {"rest": "note: 1"}]


def _with_contact(house: House) -> str:
    """An import of a company and its contact."""
    house.shop.add_companies(1)
    parent = ActorRef(ActorType.CUSTOMER, "C0001")
    house.shop.add(ActorType.PERSON, "P1", parent, FIRSTNAME="Kari", LASTNAME="Nordmann")
    token = planned(house, BY_VAT, ActorType.CUSTOMER, ActorType.PERSON)
    imported(house, token)
    return token


@ALL
def test_contacts_go_before_their_company_and_come_back_after_it(house: House, engine: Engine) -> None:
    token = _with_contact(house)
    back, found = undone(house, token)
    assert found == {"Company 0001": REMOVED, "Kari Nordmann": REMOVED}
    assert (companies_of(engine), persons(engine)) == ([], [])
    assert set(undone(house, back)[1].values()) == {NEW}
    (company,), (person,) = companies_of(engine), persons(engine)
    assert person.company_id == company.id


def test_a_company_is_removed_only_with_its_contact(house: House, engine: Engine) -> None:
    made = begun(house, _with_contact(house))
    company, contact = preview.page(house.rooms, house.jobs, ADMIN, made, PlanFilter()).page.rows

    def ticked() -> list[bool]:
        return [line.ticked for line in preview.page(house.rooms, house.jobs, ADMIN, made, PlanFilter()).page.rows]

    preview.tick(house.rooms, ADMIN, made, False, [contact.planned.row])
    assert ticked() == [False, False]
    preview.tick(house.rooms, ADMIN, made, True, [company.planned.row])
    assert ticked() == [True, True]
    preview.tick(house.rooms, ADMIN, made, False, [company.planned.row])
    assert ticked() == [False, True]
    imported(house, made)
    assert (len(companies_of(engine)), persons(engine)) == (1, [])


@ALL
def test_the_company_made_for_a_contact_goes_with_it_unless_others_are_there(house: House, engine: Engine) -> None:
    for n in (1, 2, 3):
        house.shop.add(ActorType.PERSON, f"P{n}", FIRSTNAME="Kari", LASTNAME=f"Nr {n}")
    token = planned(house, replace(BY_VAT, no_company=NoCompany.CREATE), ActorType.PERSON)
    imported(house, token)
    mine = {person.last_name: str(person.company_id) for person in persons(engine)}
    with writing(engine) as tx:
        crm = house.rooms.host.crm
        crm.create(tx, EntityKind.PERSON, [{"last_name": "Later", "company": mine["Nr 2"]}], OTHER)
        tx.execute(update(hosts.company).where(hosts.company.c.id == int(mine["Nr 3"])).values(code="mine"))

    made, found = undone(house, token)

    assert set(found.values()) == {REMOVED}
    assert {str(row.id) for row in companies_of(engine)} == {mine["Nr 2"], mine["Nr 3"]}
    lines = rows_of(house, made)
    reasons = [[kept.reason.code for kept in line.kept if kept.reason] for line in lines]
    assert reasons == [[], [ReasonCode.HAS_OTHER_DATA], [ReasonCode.EDITED_SINCE]]
    assert set(undone(house, made)[1].values()) == {NEW}
    again = {person.last_name: str(person.company_id) for person in persons(engine)}
    assert (again["Nr 2"], again["Nr 3"]) == (mine["Nr 2"], mine["Nr 3"])
    assert again["Nr 1"] in {str(row.id) for row in companies_of(engine)}


def test_a_company_that_a_contact_is_to_stay_in_stays(house: House, engine: Engine) -> None:
    house.shop.add(ActorType.CUSTOMER, "C1", NAME="New", VATNO="1")
    house.shop.add(
        ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C1"), LASTNAME="Nordmann", EMAIL="k@a.example", NUMBER="7"
    )
    add_company(engine, name="Home")
    with writing(engine) as tx:
        here = {"last_name": "Nordmann", "email": ("k@a.example",), "company": str(companies_of(engine)[0].id)}
        house.rooms.host.crm.create(tx, EntityKind.PERSON, [here], OTHER)
    moving = replace(BY_VAT, person=DuplicateSettings("email", Action.REPLACE))
    token = planned(house, moving, ActorType.CUSTOMER, ActorType.PERSON)
    assert imported(house, token) == {"New": NEW, "Nordmann": CHANGED}

    made = begun(house, token)
    company, contact = rows_of(house, made)
    assert (company.status, contact.frees) == (Status.REMOVED, company.row)
    preview.tick_fields(house.rooms, ADMIN, made, contact.row, {"person.company"})

    assert not any(status is Status.HELD for status, _ in imported(house, made).values())
    assert sorted(row.name for row in companies_of(engine)) == ["Home", "New"]


def test_what_is_deleted_meanwhile_leaves_nothing_to_undo(house: House, engine: Engine) -> None:
    house.shop.add_companies(2)
    token = planned(house)
    imported(house, token)
    with engine.begin() as tx:
        (gone,) = tx.execute(select(hosts.company.c.id).where(hosts.company.c.name == "Company 0001")).scalars()
        tx.execute(delete(hosts.company_channel).where(hosts.company_channel.c.company_id == gone))
        tx.execute(delete(hosts.company).where(hosts.company.c.id == gone))
    assert undone(house, token)[1] == {"Company 0001": (SKIPPED, ReasonCode.GONE_SINCE), "Company 0002": REMOVED}


@pytest.mark.parametrize("engine", ["sqlite", "mariadb"], indirect=True)
def test_list_items_that_nothing_uses_any_more_go_and_come_back(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    chosen = replace(BY_VAT, lists={"category": ListPolicy.ADD})

    def labels() -> set[str]:
        with reading(engine) as tx:
            return {item.label for item in house.rooms.host.crm.list_items(tx, "category")}

    before = labels()
    token = planned(house, chosen)
    imported(house, token)
    assert labels() == before | {"Good", "Former"}
    with reading(engine) as tx:
        good = next(item.id for item in house.rooms.host.crm.list_items(tx, "category") if item.label == "Good")
    add_company(engine, name="User", category_id=int(good))

    made = begun(house, token)
    shown = undo.standing(house.rooms, ADMIN, made).items
    assert [(one.item, one.gone) for one in shown] == [(NewItem("category", one), False) for one in ("Former", "Good")]
    imported(house, made)
    assert labels() == before | {"Good"}
    assert [one.gone for one in undo.standing(house.rooms, ADMIN, made).items] == [True, False]

    forth, _ = undone(house, made)
    assert labels() == before | {"Good", "Former"}
    undone(house, forth)
    assert labels() == before | {"Good"}


def test_who_was_erased_is_not_made_again(house: House, engine: Engine) -> None:
    house.shop.add(ActorType.PERSON, "P1", FIRSTNAME="Kari", LASTNAME="Nordmann", EMAIL="kari@acme.example")
    token = planned(house, BY_VAT, ActorType.PERSON)
    imported(house, token)
    back, _ = undone(house, token)
    with engine.begin() as tx:
        digests = erasure_digests(EntityKind.PERSON, {"email": ("kari@acme.example",)})
        tx.execute(insert(hosts.erased), [{"digest": one} for one in digests])
    assert undone(house, back)[1] == {"Kari Nordmann": (SKIPPED, ReasonCode.ERASED)}
    assert persons(engine) == []


def test_who_was_imported_again_is_not_made_a_second_time(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    back, _ = undone(house, token)
    imported(house, planned(house))
    assert undone(house, back)[1] == {"Company 0001": (SKIPPED, ReasonCode.IMPORTED_AGAIN)}
    assert len(companies_of(engine)) == 1


def test_who_was_imported_again_under_another_type_is_not_made_a_second_time(engine: Engine) -> None:
    house = build(engine, one_key=True)
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    back, _ = undone(house, token)
    house.shop.add(ActorType.SUPPLIER, "C0001", NAME="Company 0001", VATNO="1")
    imported(house, planned(house, BY_VAT, ActorType.SUPPLIER))
    (row,) = rows_of(house, begun(house, back))
    assert (row.status, row.reason and row.reason.code) == (SKIPPED, ReasonCode.IMPORTED_AGAIN)


def test_who_was_imported_again_and_then_deleted_is_made_again(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    back, _ = undone(house, token)
    imported(house, planned(house))
    with engine.begin() as tx:
        tx.execute(delete(hosts.company_channel))
        tx.execute(delete(hosts.company))
    assert undone(house, back)[1] == {"Company 0001": NEW}
    assert (len(companies_of(engine)), links(engine)) == (1, 1)


def test_what_is_touched_between_preview_and_undo_is_held(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    token = planned(house)
    imported(house, token)
    made = begun(house, token)
    with writing(engine) as tx:
        tx.execute(update(hosts.company).where(hosts.company.c.name == "Company 0001").values(note="typed"))
        found = tx.execute(select(hosts.company.c.id).where(hosts.company.c.name == "Company 0002")).scalar_one()
        tx.execute(insert(hosts.note).values(company_id=found, text="Call"))
    assert imported(house, made) == {
        "Company 0001": (Status.HELD, ReasonCode.EDITED_SINCE),
        "Company 0002": (Status.HELD, ReasonCode.HAS_OTHER_DATA),
        "Company 0003": REMOVED,
    }


def test_links_of_actors_that_were_only_found_go_and_come_back(house: House, engine: Engine) -> None:
    house.shop.add(ActorType.CUSTOMER, "C1", NAME="One", VATNO="1")
    add_company(engine, name="One", vat_number="1")
    token = planned(house)
    assert imported(house, token) == {"One": (Status.UNCHANGED, ReasonCode.SAME)}
    back, found = undone(house, token)
    assert found == {"One": (Status.UNCHANGED, ReasonCode.ONLY_LINKED)}
    assert links(engine) == 0
    undone(house, back)
    assert links(engine) == 1


def test_links_that_were_there_before_stay(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    imported(house, planned(house))
    house.shop.change(ActorType.CUSTOMER, "C0001", NAME="Renamed")
    token = planned(house)
    assert imported(house, token) == {"Renamed": CHANGED}
    assert undone(house, token)[1] == {"Renamed": CHANGED}
    assert links(engine) == 1
    assert [row.name for row in companies_of(engine)] == ["Company 0001"]


def test_what_is_offered_follows_what_was_done(house: House) -> None:
    house.shop.add_companies(1)
    token = planned(house)

    def offer(of: str = token) -> tuple[Offer, str]:
        found = undo.standing(house.rooms, ADMIN, of)
        return found.offer, found.token

    assert offer() == (Offer.NOTHING, token)
    imported(house, token)
    assert offer() == (Offer.UNDO, token)
    back = begun(house, token)
    assert begun(house, token) == back, "asked twice it is one undo"
    assert offer() == (Offer.GO_ON, back)
    imports.discard(house.rooms, ADMIN, back)
    assert offer() == (Offer.UNDO, token)
    back, _ = undone(house, token)
    assert offer() == offer(back) == (Offer.REDO, back)
    with pytest.raises(Refused, match="undone already"):
        undo.start(house.rooms, house.jobs, ADMIN, token)
    forth, _ = undone(house, back)
    assert offer() == offer(back) == offer(forth) == (Offer.UNDO, forth)
    assert undo.standing(house.rooms, ADMIN, token).undone is None
    assert undo.standing(house.rooms, ADMIN, back).undone is not None


def test_an_undo_that_could_do_nothing_is_as_if_nobody_had_tried(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    with engine.begin() as tx:
        tx.execute(update(hosts.company).values(code="mine"))
    assert undone(house, token)[1] == {"Company 0001": (SKIPPED, ReasonCode.EDITED_SINCE)}
    assert undo.standing(house.rooms, ADMIN, token).offer is Offer.UNDO
    with engine.begin() as tx:
        tx.execute(update(hosts.company).values(code=None))
    assert undone(house, token)[1] == {"Company 0001": REMOVED}


def test_who_may_undo(house: House) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    with pytest.raises(NotFound):
        undo.start(house.rooms, house.jobs, OTHER, token)
    with pytest.raises(NotAllowed):
        undo.start(house.rooms, house.jobs, NOBODY, token)
    house.sync.on = True
    with pytest.raises(SyncIsOn):
        undo.start(house.rooms, house.jobs, ADMIN, token)
    house.sync.on = False
    made = undo.start(house.rooms, house.jobs, CHIEF, token)
    importing.start(house.rooms, house.jobs, CHIEF, made)
    assert outcomes_of(house, made) == {"Company 0001": REMOVED}
    found = undo.standing(house.rooms, ADMIN, token)
    assert (found.offer, found.theirs) == (Offer.NOTHING, {made}), "the undo is the chief's, and not for others to see"
    assert undo.standing(house.rooms, CHIEF, token).offer is Offer.REDO


def outcomes_of(house: House, token: str) -> Found:
    found = results.rows(house.rooms, CHIEF, token, None)
    return {row.label: (row.status, row.reason.code if row.reason else None) for row in found}


def test_a_connection_that_is_switched_off_keeps_nobody_from_undoing(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    with engine.begin() as tx:
        tx.execute(update(connection).values(active=False))
    assert undone(house, token)[1] == {"Company 0001": REMOVED}


def test_nothing_can_be_added_to_an_undo_or_set_in_it(house: House) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    made = begun(house, token)
    with pytest.raises(Refused, match="undo of an import"):
        settings_step.save(house.rooms, ADMIN, made, BY_VAT)
    with pytest.raises(Refused, match="undo of an import"):
        house.search(made)


def test_an_import_that_was_stopped_can_be_undone_and_is_over_then(engine: Engine) -> None:
    house = build(engine, chunk=2)
    house.shop.add_companies(6)
    token = planned(house)
    stopped_after(house, token, 2)
    written = len(companies_of(engine))
    assert 0 < written < 6
    made = begun(house, token)
    assert imports.get(house.rooms, ADMIN, token).import_.state.value == "importing", "a preview changes nothing"
    found = imported(house, made)
    assert list(found.values()) == [REMOVED] * written
    assert companies_of(engine) == []
    found = outcomes(house, token)
    assert sorted(found.values(), key=str) == sorted(
        [NEW] * written + [(Status.HELD, ReasonCode.NOT_REACHED)] * (6 - written), key=str
    )
    importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert companies_of(engine) == []


@ALL
def test_an_import_that_goes_on_after_its_undo_was_planned_is_undone_whole(engine: Engine) -> None:
    house = build(engine, chunk=2)
    house.shop.add_companies(20)  # more than two transactions, also where one writes several chunks
    token = planned(house)
    stopped_after(house, token, 2)
    made = begun(house, token)
    importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert len(companies_of(engine)) == 20
    with pytest.raises(Refused, match="gone on since"):
        importing.start(house.rooms, house.jobs, ADMIN, made)
    assert begun(house, token) == made
    assert list(imported(house, made).values()) == [REMOVED] * 20
    assert companies_of(engine) == []


def test_an_undo_that_was_cut_before_it_was_planned_is_planned_when_it_is_asked_for_again(house: House) -> None:
    house.shop.add_companies(1)
    token = planned(house)
    imported(house, token)
    with killed_at(house.rooms.engine, "INSERT INTO erp_import_job", 1):
        undo.start(house.rooms, house.jobs, ADMIN, token)
    offered = undo.standing(house.rooms, ADMIN, token)
    assert offered.offer is Offer.GO_ON
    assert begun(house, token) == offered.token
    assert imported(house, offered.token) == {"Company 0001": REMOVED}


@pytest.mark.parametrize("place", ["DELETE FROM company WHERE", "INSERT INTO erp_import_outcome"])
def test_an_undo_that_is_killed_is_taken_up_and_done_once(engine: Engine, place: str) -> None:
    house = build(engine, chunk=2)
    house.shop.add_companies(6)
    add_company(engine, name="Old", vat_number="000000004")
    token = planned(house)
    imported(house, token)
    made = begun(house, token)
    with killed_at(engine, place, 2):
        importing.start(house.rooms, house.jobs, ADMIN, made)
    importing.resume(house.rooms, house.jobs, ADMIN, made)
    found = outcomes(house, made)
    assert sorted(found.values(), key=str) == sorted([REMOVED] * 5 + [CHANGED], key=str)
    assert [row.name for row in companies_of(engine)] == ["Old"]
    assert links(engine) == 0


@TWO
def test_planning_and_undoing_take_a_fixed_number_of_statements(engine: Engine) -> None:
    counts = []
    for size in (90, 999):
        databases.empty(engine)
        house = build(engine)
        _mixed(house, engine, size)
        token = planned(house, BY_VAT, ActorType.CUSTOMER, ActorType.PERSON)
        imported(house, token)
        seen = []
        for _ in range(2):
            with hosts.statements(engine) as planning:
                made = begun(house, token)
            with hosts.statements(engine) as applying:
                importing.start(house.rooms, house.jobs, ADMIN, made)
            assert all(status.writes for status, _ in outcomes(house, made).values())
            seen += [len(planning), len(applying)]
            token = made
        counts.append(seen)
    assert counts[0] == counts[1]
