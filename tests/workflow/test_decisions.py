"""Decisions: what each choice makes of a row and of those around it, who may take it, and what the import does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from erp_import_plugin.connector_api import ActorRef, ActorType
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings, NoCompany
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.host_api import User
from erp_import_plugin.store import decisions as decision_store
from erp_import_plugin.store import plan_pages, tables
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import decisions, importing, imports, preview, staging
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.decisions import Decided, Overtaken, Wish
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, CHIEF, NOBODY, OTHER, House, build

BY_NAME = ImportSettings(
    company=DuplicateSettings("name", Action.REPLACE),
    person=DuplicateSettings("name", Action.MERGE),
    no_company=NoCompany.WITHOUT,
    suggest=False,
)
everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)
UNDECIDED = PlanFilter(Status.UNDECIDED)


def crm_has(house: House, *names: str, **values: object) -> list[str]:
    """Companies of the CRM; gives their ids."""
    with house.rooms.engine.begin() as tx:
        return [
            str(tx.execute(insert(hosts.company).values(name=name, **values)).inserted_primary_key[0]) for name in names
        ]


def planned(house: House, *names: str, chosen: ImportSettings = BY_NAME) -> str:
    """An import of customers with these names, as far as the preview."""
    for n, name in enumerate(names, 1):
        house.shop.add(ActorType.CUSTOMER, f"C{n}", NAME=name, NUMBER2=n)
    token = house.begin()
    house.stage(token)
    if house.shop.actors.get(ActorType.PERSON):
        house.stage(token, ActorType.PERSON)
    settings_step.save(house.rooms, ADMIN, token, chosen)
    assert preview.start(house.rooms, house.jobs, ADMIN, token).state == "done"
    return token


def lines(house: House, token: str) -> list[PlanLine]:
    with reading(house.rooms.engine) as tx:
        return plan_pages.page(tx, imports.get(house.rooms, ADMIN, token).import_.id, PlanFilter(), 0, 1000)[0]


def statuses(house: House, token: str) -> list[str]:
    return [line.planned.status.value for line in lines(house, token)]


def decide(house: House, token: str, row: int, wish: Wish, entity: str | None = None, user: User = ADMIN) -> None:
    decisions.decide(house.rooms, user, token, row, wish, entity)


def numbers(house: House) -> dict[str, list[int | None]]:
    """The numbers of the companies in the CRM by name."""
    found: dict[str, list[int | None]] = {}
    with house.rooms.engine.connect() as tx:
        for row in tx.execute(select(hosts.company).order_by(hosts.company.c.id)):
            found.setdefault(row.name, []).append(row.number)
    return found


@everywhere
def test_the_chosen_record_is_changed_and_linked(house: House) -> None:
    _, second = crm_has(house, "Acme", "ACME")
    token = planned(house, "Acme")
    (row,) = (line.planned.row for line in lines(house, token))
    decide(house, token, row, Wish.ENTITY, second)
    (line,) = lines(house, token)
    assert (line.planned.status, line.planned.match.entity) == (Status.CHANGED, second)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert numbers(house) == {"Acme": [None, 1]}, "Replace writes the ERP's spelling too"
    with house.rooms.engine.connect() as tx:
        assert tx.scalar(select(tables.link.c.entity_id)) == second


def test_where_all_are_added_the_chosen_record_is_merged(house: House) -> None:
    first, _ = crm_has(house, "Acme", "Acme")
    token = planned(house, "ACME")
    decide(house, token, lines(house, token)[0].planned.row, Wish.ENTITY, first)
    always = replace(BY_NAME, company=DuplicateSettings("name", Action.ADD))
    settings_step.save(house.rooms, ADMIN, token, always)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    (line,) = lines(house, token)
    assert line.planned.status is Status.CHANGED
    assert [f.field for change in line.planned.changes for f in change.fields] == ["number"]


def test_a_similar_record_can_be_the_one(house: House) -> None:
    (only,) = crm_has(house, "Nordlys Trading")
    token = planned(house, "Nordlys Tradin", chosen=replace(BY_NAME, suggest=True))
    (line,) = lines(house, token)
    assert (line.planned.status, [one.entity_id for one in line.planned.similar]) == (Status.NEW, [only])
    every = decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.ONLY, None, PlanFilter(similar=True))
    assert every == Decided(1, 0)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert numbers(house) == {"Nordlys Tradin": [1]}


def test_a_new_record_is_made_although_two_match(house: House) -> None:
    crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme")
    decide(house, token, lines(house, token)[0].planned.row, Wish.NEW)
    assert statuses(house, token) == ["new"]
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert numbers(house) == {"Acme": [None, None, 1]}


@everywhere
def test_a_row_that_is_left_out_names_who_did_it_and_frees_its_double(house: House) -> None:
    token = planned(house, "Acme", "ACME")
    assert statuses(house, token) == ["undecided", "undecided"]
    first = lines(house, token)[0].planned.row
    decide(house, token, first, Wish.LEAVE_OUT)
    out, free = (line.planned for line in lines(house, token))
    assert out.reason is not None
    assert (out.reason.code, out.reason.params["name"]) == (ReasonCode.DECIDED_OUT, "Admin")
    assert free.status is Status.NEW
    decide(house, token, first, Wish.AGAIN)
    assert statuses(house, token) == ["undecided", "undecided"]


def test_a_double_that_is_new_leaves_the_other_undecided_and_both_can_be_made(engine: object) -> None:
    house = build(engine, chunk=1)  # type: ignore[arg-type]
    token = planned(house, "Acme", "ACME")
    first, second = (line.planned.row for line in lines(house, token))
    decide(house, token, first, Wish.NEW)
    assert statuses(house, token) == ["new", "undecided"]
    decide(house, token, second, Wish.NEW)
    assert statuses(house, token) == ["new", "new"]
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert numbers(house) == {"Acme": [1], "ACME": [2]}, "the one that was made is no surprise to the other"


@everywhere
def test_a_decided_row_takes_the_record_from_one_that_matches_it(house: House) -> None:
    chosen = replace(BY_NAME, company=DuplicateSettings("vat_number", Action.REPLACE))
    (acme,) = crm_has(house, "Acme", vat_number="111111111")
    _, _ = crm_has(house, "Bakery", "Baker", vat_number="222222222")
    house.shop.add(ActorType.CUSTOMER, "C8", NAME="Acme", VATNO="111111111")
    house.shop.add(ActorType.CUSTOMER, "C9", NAME="Bakery", VATNO="222222222")
    token = planned(house, chosen=chosen)
    one, other = (line.planned.row for line in lines(house, token))
    assert statuses(house, token) == ["changed", "undecided"] or statuses(house, token) == ["unchanged", "undecided"]
    decide(house, token, other, Wish.ENTITY, acme)
    taken, decided = (line.planned for line in lines(house, token))
    assert taken.reason is not None
    assert (taken.row, taken.reason.code) == (one, ReasonCode.SAME_ENTITY)
    assert decided.match.entity == acme
    with pytest.raises(Refused, match="“Bakery” of this import is that record already"):
        decide(house, token, one, Wish.ENTITY, acme)


@everywhere
def test_contacts_follow_the_decision_about_their_company(house: House) -> None:
    crm_has(house, "Acme", "Acme")
    house.shop.add(ActorType.PERSON, "P1", ActorRef(ActorType.CUSTOMER, "C1"), FIRSTNAME="Kari", LASTNAME="Moe")
    house.shop.add(ActorType.PERSON, "P2", FIRSTNAME="Ola", LASTNAME="Lie", COMPANY="Acme")
    token = planned(house, "Acme")
    assert statuses(house, token) == ["undecided", "skipped", "undecided"]
    decide(house, token, lines(house, token)[0].planned.row, Wish.NEW)
    company, by_parent, by_name = (line.planned for line in lines(house, token))
    assert by_parent.depends_on == company.row
    assert by_name.reason is not None
    assert by_name.reason.code is ReasonCode.SEVERAL_COMPANIES
    with pytest.raises(Refused, match="not certain which company"):
        decide(house, token, by_name.row, Wish.NEW)
    decide(house, token, by_name.row, Wish.LEAVE_OUT)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    with house.rooms.engine.connect() as tx:
        (person,) = tx.execute(select(hosts.person)).all()
        assert tx.scalar(select(hosts.company.c.number).where(hosts.company.c.id == person.company_id)) == 1


def test_a_chosen_record_that_is_gone_needs_another_decision(house: House) -> None:
    first, second = crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme")
    row = lines(house, token)[0].planned.row
    decide(house, token, row, Wish.ENTITY, first)
    with house.rooms.engine.begin() as tx:
        tx.execute(hosts.company.delete().where(hosts.company.c.id == int(first)))
    preview.start(house.rooms, house.jobs, ADMIN, token)
    planned_row = lines(house, token)[0].planned
    assert planned_row.reason is not None
    assert (planned_row.status, planned_row.reason.code) == (Status.UNDECIDED, ReasonCode.CHOSEN_GONE)
    decide(house, token, row, Wish.ENTITY, second)
    assert statuses(house, token) == ["changed"]


@pytest.mark.parametrize("wish", [Wish.ENTITY, Wish.NEW])
def test_a_record_that_comes_after_the_decision_holds_the_row(house: House, wish: Wish) -> None:
    first, _ = crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme")
    decide(house, token, lines(house, token)[0].planned.row, wish, first)
    crm_has(house, "Acme")
    importing.start(house.rooms, house.jobs, ADMIN, token)
    accounts = imports.get(house.rooms, ADMIN, token).import_.accounts
    assert accounts is not None
    assert (accounts.held, accounts.written) == (1, 0)


def test_a_chosen_record_that_no_longer_matches_is_the_chosen_one_all_the_same(house: House) -> None:
    first, _ = crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme", chosen=replace(BY_NAME, company=DuplicateSettings("name", Action.MERGE)))
    decide(house, token, lines(house, token)[0].planned.row, Wish.ENTITY, first)
    with house.rooms.engine.begin() as tx:
        tx.execute(hosts.company.update().where(hosts.company.c.id == int(first)).values(name="Acme of old"))
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert numbers(house) == {"Acme of old": [1], "Acme": [None]}


def test_an_actor_that_was_imported_before_can_only_be_left_out(house: House) -> None:
    token = planned(house, "Acme", "Bakery")
    importing.start(house.rooms, house.jobs, ADMIN, token)
    with house.rooms.engine.begin() as tx:  # the two were merged in the CRM
        one = tx.scalar(select(tables.link.c.entity_id).where(tables.link.c.erp_key == "C1"))
        tx.execute(tables.link.update().values(entity_id=one))
    again = planned(house, "Acme", "Bakery")
    assert statuses(house, again) == ["undecided", "undecided"]
    first = lines(house, again)[0].planned.row
    with pytest.raises(Refused, match="imported before"):
        decide(house, again, first, Wish.NEW)
    decide(house, again, first, Wish.LEAVE_OUT)
    assert statuses(house, again)[0] == "skipped"
    assert statuses(house, again)[1] in ("changed", "unchanged")


def test_the_second_to_decide_sees_who_was_first_and_changes_nothing(house: House) -> None:
    first, _ = crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme")
    row = lines(house, token)[0].planned.row
    decisions.decide(house.rooms, ADMIN, token, row, Wish.NEW, seen="")
    before = lines(house, token)
    with pytest.raises(Overtaken, match="Admin decided this row") as overtaken:
        decisions.decide(house.rooms, CHIEF, token, row, Wish.ENTITY, first, seen="")
    assert overtaken.value.decision is not None
    assert lines(house, token) == before
    decisions.decide(house.rooms, ADMIN, token, row, Wish.NEW, seen="")  # pressed twice: no error
    seen = decisions.mark(overtaken.value.decision)
    decisions.decide(house.rooms, CHIEF, token, row, Wish.ENTITY, first, seen=seen)
    assert lines(house, token)[0].planned.match.entity == first


def test_who_may_not_is_refused_and_nothing_is_decided_while_sync_is_on(house: House) -> None:
    crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme", "Certain")
    row, certain = (line.planned.row for line in lines(house, token))
    for user, error in ((NOBODY, NotAllowed), (OTHER, NotFound)):
        with pytest.raises(error):
            decide(house, token, row, Wish.NEW, user=user)
        with pytest.raises(error):
            decisions.decide_all(house.rooms, house.jobs, user, token, Wish.NEW, [row])
    with pytest.raises(Refused, match="nothing to decide"):
        decide(house, token, certain, Wish.NEW)
    with pytest.raises(Refused, match="not in the CRM"):
        decide(house, token, row, Wish.ENTITY, "999")
    with pytest.raises(NotFound):
        decide(house, token, 999, Wish.NEW)
    house.sync.on = True
    with pytest.raises(SyncIsOn):
        decide(house, token, row, Wish.NEW)
    house.sync.on = False
    importing.start(house.rooms, house.jobs, ADMIN, token)
    with pytest.raises(Refused, match="already been started"):
        decide(house, token, row, Wish.NEW)
    assert statuses(house, token) == ["undecided", "new"]


@everywhere
def test_the_same_for_many_rows_leaves_alone_what_it_does_not_fit(house: House) -> None:
    crm_has(house, "Acme", "Acme", "Bakery", "Cafe")
    token = planned(house, "Acme", "Bakery", "BAKERY", "Cafe", "CAFE", "New one")
    assert statuses(house, token) == ["undecided"] * 5 + ["new"]
    rows = [line.planned.row for line in lines(house, token)]
    decide(house, token, rows[4], Wish.LEAVE_OUT)
    assert decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.ONLY, rows[:3]) == Decided(0, 3), (
        "two candidates, and two rows for one candidate"
    )
    assert decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.ONLY, rows[1:2]) == Decided(1, 0)
    assert decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.NEW, rows) == Decided(2, 4)
    assert statuses(house, token) == ["new", "changed", "new", "changed", "skipped", "new"]
    again = decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.AGAIN, None, PlanFilter(decided=True))
    assert again == Decided(4, 0)
    assert statuses(house, token) == ["undecided"] * 5 + ["new"]


def test_very_many_rows_are_decided_in_the_background(engine: object) -> None:
    house = build(engine, chunk=3)  # type: ignore[arg-type]
    names = [f"Twin {n // 2}" for n in range(10)]
    token = planned(house, *names)
    done = decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.NEW, None, UNDECIDED)
    assert done == Decided(10, 0, in_background=True)
    assert statuses(house, token) == ["new"] * 10


def test_a_plan_without_the_decisions_that_are_kept_cannot_be_imported(engine: object) -> None:
    house = build(engine, chunk=3)  # type: ignore[arg-type]
    token = planned(house, *[f"Twin {n // 2}" for n in range(10)])
    JobStore(house.rooms.engine).create("fetch", token, ADMIN.id)
    with pytest.raises(Refused):
        decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.NEW, None, UNDECIDED)
    with reading(house.rooms.engine) as tx:
        assert not decision_store.of_rows(tx, [line.planned.row for line in lines(house, token)])


def test_taking_a_decision_back_twice_is_no_error(house: House) -> None:
    crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme")
    row = lines(house, token)[0].planned.row
    decide(house, token, row, Wish.NEW)
    with reading(house.rooms.engine) as tx:
        seen = decisions.mark(decision_store.of_rows(tx, [row])[row])
    for _ in range(2):
        decisions.decide(house.rooms, ADMIN, token, row, Wish.AGAIN, seen=seen)
        assert statuses(house, token) == ["undecided"]


def test_one_row_is_never_decided_to_be_a_record_that_is_not_named(house: House) -> None:
    crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme")
    row = lines(house, token)[0].planned.row
    for entity in (None, "", "999"):
        with pytest.raises(Refused, match="not in the CRM"):
            decide(house, token, row, Wish.ONLY, entity)
    with reading(house.rooms.engine) as tx:
        assert not decision_store.of_rows(tx, [row])


@everywhere
def test_the_number_of_statements_does_not_depend_on_the_rows(house: House) -> None:
    crm_has(house, *[f"Twin {n}" for n in range(60)] * 2)
    token = planned(house, *[f"Twin {n}" for n in range(60)])
    rows = [line.planned.row for line in lines(house, token)]
    counts = []
    for some in (rows[:25], rows[25:]):
        with hosts.statements(house.rooms.engine) as seen:
            decisions.decide_all(house.rooms, house.jobs, ADMIN, token, Wish.NEW, some)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_actor_that_is_removed_takes_its_decision_along(house: House) -> None:
    crm_has(house, "Acme", "Acme")
    token = planned(house, "Acme", "Bakery")
    row = lines(house, token)[0].planned.row
    decide(house, token, row, Wish.NEW)
    staging.remove(house.rooms, ADMIN, token, [row])
    with reading(house.rooms.engine) as tx:
        assert decision_store.of_rows(tx, [row]) == {}


@everywhere
def test_the_page_counts_decisions_and_leads_from_row_to_row(house: House) -> None:
    crm_has(house, "Acme", "Acme", "Bakery")
    token = planned(house, "Acme", "Bakery", "BAKERY")
    first, second, third = (line.planned.row for line in lines(house, token))
    decide(house, token, second, Wish.NEW)
    found = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter(decided=True))
    assert (found.decided, found.similar) == (1, 0)
    assert [line.planned.row for line in found.page.rows] == [second]
    shown = preview.row(house.rooms, ADMIN, token, third)
    assert [entity.id for entity in shown.candidates] == ["3"]
    assert [actor.row for actor in shown.others] == [second]
    assert shown.next_open is not None
    assert shown.next_open.row == first
