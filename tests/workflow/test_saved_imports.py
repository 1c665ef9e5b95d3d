"""Saved imports: kept under a name, and run again with what is new or changed in the ERP since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, delete, select, update

from erp_import_plugin.connector_api import ActorRef, ActorType, GiveUp
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.jobs import Execution, InlineRunner, Jobs, JobView
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import saved_imports as saved_store
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import connections, importing, imports, preview, results, saved_imports, undo
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from erp_import_plugin.workflow.handlers import handlers
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.results import ResultList
from tests.support import databases, hosts
from tests.support.hosts import statements
from tests.support.repeating import REPLACE, counts, found, imported, opened, rows, run, saved, write
from tests.support.rooms import ADMIN, CHIEF, OTHER, House, build, jobs_of

ALL = pytest.mark.parametrize("engine", ["sqlite", "postgresql", "mariadb"], indirect=True)
CUSTOMER, PERSON = ActorType.CUSTOMER, ActorType.PERSON


@pytest.fixture
def shop_of_six(house: House) -> House:
    house.shop.add_companies(6)
    return house


def vat_numbers(engine: Engine) -> dict[str, str | None]:
    with engine.connect() as tx:
        return {row.name: row.vat_number for row in tx.execute(select(hosts.company))}


def to_the_crm(seen: list[str]) -> list[str]:
    writes = [one for one in seen if one.lstrip().split()[0].upper() in ("INSERT", "UPDATE", "DELETE")]
    return [one for one in writes if "erp_import_" not in one]


def switch_email(house: House, *, active: bool) -> None:
    """Import the e-mail address of customers from now on, or not."""
    connection_id = connections.usable(house.rooms, ADMIN)[0].id
    with writing(house.rooms.engine) as tx:
        mapping = mapping_store.of(tx, connection_id)[CUSTOMER]
        fields = tuple(replace(one, active=active if one.erp.key == "EMAIL" else one.active) for one in mapping.fields)
        mapping_store.save(tx, connection_id, replace(mapping, fields=fields))


def tokens(house: House) -> list[str]:
    lines, _ = imports.listed(house.rooms, house.jobs, CHIEF)
    return [line.import_.token for line in lines]


MODES: dict[str, Callable[[Engine], House]] = {
    "marks": build,
    "changes": lambda engine: build(engine, changes=True),
    "neither": lambda engine: _without_marks(build(engine)),
}


def _without_marks(house: House) -> House:
    house.shop.marks = False
    return house


@pytest.fixture(params=MODES)
def any_shop(request: pytest.FixtureRequest, engine: Engine) -> House:
    """An ERP that marks its changes, one that tells of them, and one that does neither, with six companies each."""
    house = MODES[request.param](engine)
    house.shop.add_companies(6)
    return house


def test_nothing_new_writes_nothing_to_the_crm(any_shop: House, engine: Engine) -> None:
    saved_id = saved(any_shop)
    with statements(engine) as seen:
        token = run(any_shop, saved_id)
    assert to_the_crm(seen) == []
    assert counts(any_shop, token) == (0, 0, 6, 0)
    done = opened(any_shop, token)
    assert done.state is ImportState.DONE
    page = results.page(any_shop.rooms, any_shop.jobs, ADMIN, token, ResultList.NEW)
    assert (page.accounts.read, page.left) == (0, 0)


def test_exactly_what_is_new_or_changed_is_shown(any_shop: House, engine: Engine) -> None:
    saved_id = saved(any_shop)
    any_shop.shop.moment = 2
    any_shop.shop.add(CUSTOMER, "C0099", NAME="Newcomer", NUMBER2=99)
    any_shop.shop.change(CUSTOMER, "C0002", VATNO="NO999")
    any_shop.shop.remove(CUSTOMER, "C0005")
    token = run(any_shop, saved_id)
    assert counts(any_shop, token) == (1, 1, 4, 1)
    assert rows(any_shop, token) == {"Newcomer": Status.NEW, "Company 0002": Status.CHANGED}
    (gone,) = saved_imports.page(any_shop.rooms, any_shop.jobs, ADMIN, token).gone.rows
    assert (gone.label, gone.place.key) == ("Company 0005", "C0005")
    write(any_shop, token)
    assert vat_numbers(engine)["Company 0002"] == "NO999"
    assert "Company 0005" in vat_numbers(engine)
    assert counts(any_shop, run(any_shop, saved_id)) == (0, 0, 6, 1)


def test_a_mark_that_moves_without_the_mapped_values_is_no_change(any_shop: House) -> None:
    saved_id = saved(any_shop)
    any_shop.shop.moment = 2
    any_shop.shop.change(CUSTOMER, "C0003", REVENUE=7)
    any_shop.shop.got.clear()
    assert counts(any_shop, run(any_shop, saved_id)) == (0, 0, 6, 0)
    assert "C0003" in any_shop.shop.got
    any_shop.shop.got.clear()
    assert counts(any_shop, run(any_shop, saved_id)) == (0, 0, 6, 0)


def test_only_what_may_have_changed_is_read_in_full(any_shop: House) -> None:
    saved_id = saved(any_shop)
    any_shop.shop.moment = 2
    any_shop.shop.change(CUSTOMER, "C0002", VATNO="NO2")
    write(any_shop, run(any_shop, saved_id))
    any_shop.shop.got.clear()
    run(any_shop, saved_id)
    everything = [f"C{n:04}" for n in range(1, 7)]
    # What changed in the very moment of the watermark may have changed again since.
    expected = {(False, True): [], (True, True): ["C0002"], (False, False): everything}
    assert any_shop.shop.got == expected[any_shop.shop.changes, any_shop.shop.marks]


def test_rows_that_were_not_imported_come_again(any_shop: House, engine: Engine) -> None:
    saved_id = saved(any_shop)
    any_shop.shop.moment = 2
    any_shop.shop.change(CUSTOMER, "C0001", VATNO="NO1")
    any_shop.shop.add(CUSTOMER, "C0098", NAME="Unticked", NUMBER2=98)
    any_shop.shop.moment = 3
    any_shop.shop.change(CUSTOMER, "C0004", VATNO="NO4")
    token = run(any_shop, saved_id)
    page = preview.page(any_shop.rooms, any_shop.jobs, ADMIN, token, PlanFilter())
    some = [line.planned.row for line in page.page.rows if line.planned.label in ("Unticked", "Company 0001")]
    preview.tick(any_shop.rooms, ADMIN, token, False, some)
    write(any_shop, token)
    assert vat_numbers(engine)["Company 0004"] == "NO4"
    again = run(any_shop, saved_id)
    assert rows(any_shop, again) == {"Unticked": Status.NEW, "Company 0001": Status.CHANGED}
    write(any_shop, again)
    assert counts(any_shop, run(any_shop, saved_id)) == (0, 0, 7, 0)


def test_what_is_undone_comes_again(any_shop: House, engine: Engine) -> None:
    saved_id = saved(any_shop)
    any_shop.shop.moment = 2
    any_shop.shop.change(CUSTOMER, "C0003", VATNO="NO3")
    token = run(any_shop, saved_id)
    write(any_shop, token)
    assert counts(any_shop, run(any_shop, saved_id)) == (0, 0, 6, 0)
    back = undo.start(any_shop.rooms, any_shop.jobs, ADMIN, token)
    write(any_shop, back)
    assert vat_numbers(engine)["Company 0003"] == "NO000000003"
    again = run(any_shop, saved_id)
    assert rows(any_shop, again) == {"Company 0003": Status.CHANGED}
    write(any_shop, again)
    assert vat_numbers(engine)["Company 0003"] == "NO3"


def test_what_sales_people_typed_is_left_alone(any_shop: House, engine: Engine) -> None:
    saved_id = saved(any_shop)
    with engine.begin() as tx:
        tx.execute(update(hosts.company).values(vat_number="typed"))
    assert counts(any_shop, run(any_shop, saved_id)) == (0, 0, 6, 0)
    assert set(vat_numbers(engine).values()) == {"typed"}


def test_criteria_hold_for_the_next_run_too(any_shop: House) -> None:
    oslo = Criteria(((Criterion("POSTALCITY", "equals", ("Oslo",)),),))
    saved_id = saved(any_shop, criteria=oslo)
    any_shop.shop.moment = 2
    any_shop.shop.change(CUSTOMER, "C0001", VATNO="NO1")  # not in Oslo
    any_shop.shop.change(CUSTOMER, "C0003", POSTALCITY="Bergen")
    any_shop.shop.change(CUSTOMER, "C0002", POSTALCITY="Oslo")
    token = run(any_shop, saved_id)
    repeat = found(any_shop, token)
    assert (repeat.new, repeat.changed, repeat.same, repeat.gone, repeat.outside) == (1, 0, 1, 0, 1)
    assert rows(any_shop, token) == {"Company 0002": Status.NEW}


def test_other_settings_make_everything_count_as_changed(any_shop: House) -> None:
    saved_id = saved(any_shop)
    settings_step_other = replace(REPLACE, company=DuplicateSettings("name", Action.MERGE))
    switch_email(any_shop, active=False)
    first = run(any_shop, saved_id)
    assert found(any_shop, first).everything
    assert counts(any_shop, first) == (0, 6, 0, 0)
    write(any_shop, first)
    assert not found(any_shop, run(any_shop, saved_id)).everything
    other = any_shop.begin()
    any_shop.stage(other)
    settings_step.save(any_shop.rooms, ADMIN, other, settings_step_other)
    saved_imports.save(any_shop.rooms, ADMIN, other, "Nightly", replace=True)
    assert counts(any_shop, run(any_shop, saved_id)) == (0, 6, 0, 0)


def test_a_person_that_moves_to_another_company_has_changed(house: House) -> None:
    house.shop.add_companies(2)
    kari = {"FIRSTNAME": "Kari", "LASTNAME": "Nordmann", "EMAIL": "kari@nordmann.example"}
    house.shop.add(PERSON, "P1", ActorRef(CUSTOMER, "C0001"), **kari)
    saved_id = saved(house, actor_type=PERSON)
    assert counts(house, run(house, saved_id)) == (0, 0, 1, 0)
    house.shop.moment = 2
    house.shop.add(PERSON, "P1", ActorRef(CUSTOMER, "C0002"), **kari)
    assert counts(house, run(house, saved_id)) == (0, 1, 0, 0)


def test_what_left_both_the_erp_and_the_crm_is_not_told_of(shop_of_six: House, engine: Engine) -> None:
    saved_id = saved(shop_of_six)
    shop_of_six.shop.remove(CUSTOMER, "C0001")
    shop_of_six.shop.remove(CUSTOMER, "C0002")
    with engine.begin() as tx:
        ids = select(hosts.company.c.id).where(hosts.company.c.name == "Company 0001")
        tx.execute(delete(hosts.company_channel).where(hosts.company_channel.c.company_id.in_(ids.scalar_subquery())))
        tx.execute(delete(hosts.company).where(hosts.company.c.name == "Company 0001"))
    token = run(shop_of_six, saved_id)
    assert found(shop_of_six, token).gone == 1
    (gone,) = saved_imports.page(shop_of_six.rooms, shop_of_six.jobs, ADMIN, token).gone.rows
    assert gone.label == "Company 0002"


def test_an_import_saved_at_its_preview_is_known_once_it_is_imported(shop_of_six: House) -> None:
    token = shop_of_six.begin()
    shop_of_six.stage(token)
    settings_step.save(shop_of_six.rooms, ADMIN, token, REPLACE)
    preview.start(shop_of_six.rooms, shop_of_six.jobs, ADMIN, token)
    saved_id = saved_imports.save(shop_of_six.rooms, ADMIN, token, "Early")
    first = run(shop_of_six, saved_id)
    assert counts(shop_of_six, first) == (6, 0, 0, 0)
    assert found(shop_of_six, first).since is None
    write(shop_of_six, token)
    again = run(shop_of_six, saved_id)
    assert counts(shop_of_six, again) == (0, 0, 6, 0)
    assert found(shop_of_six, again).since is not None


def test_a_run_that_is_cut_goes_on_where_it_was(engine: Engine) -> None:
    house = build(engine)
    house.shop.page_size = 2
    house.shop.add_companies(6)
    saved_id = saved(house)
    house.shop.moment = 2
    for n in range(1, 7):
        house.shop.change(CUSTOMER, f"C{n:04}", VATNO=f"NO{n}")
    house.shop.got.clear()

    def cut(method: str) -> None:
        if method == "get" and len(house.shop.got) >= 4:
            raise GiveUp("The shop is closed.")

    house.shop.fail = cut
    token = saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)
    job = house.jobs.latest(token)
    assert job is not None
    assert (job.state, house.shop.got) == ("failed", ["C0001", "C0002", "C0003", "C0004"])
    house.shop.fail = lambda _method: None
    importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert house.shop.got[4:] == ["C0005", "C0006"]
    assert counts(house, token) == (0, 6, 0, 0)
    assert len(rows(house, token)) == 6


def test_more_than_an_import_holds_comes_in_the_next_run(engine: Engine) -> None:
    house = build(engine, changes=True)
    house.shop.add_companies(2)
    saved_id = saved(house)
    house = replace(house, rooms=replace(house.rooms, config=replace(house.rooms.config, max_actors=3)))
    house = replace(house, jobs=jobs_of(house.rooms))
    house.shop.moment = 2
    house.shop.add_companies(6)
    first = run(house, saved_id)
    assert found(house, first).cut
    assert len(rows(house, first)) == 3
    write(house, first)
    second = run(house, saved_id)
    assert not found(house, second).cut
    assert set(rows(house, second)) == {"Company 0006"}


def test_what_did_not_fit_is_told_though_the_last_part_was_as_before(engine: Engine) -> None:
    """An ERP that gives pages longer than the parts in which they are compared."""
    house = build(engine)
    house.shop.page_size = 500
    house.shop.add_companies(260)
    saved_id = saved(house)
    house = replace(house, rooms=replace(house.rooms, config=replace(house.rooms.config, max_actors=2)))
    house = replace(house, jobs=jobs_of(house.rooms))
    house.shop.moment = 2
    for n in range(1, 5):
        house.shop.change(CUSTOMER, f"C{n:04}", VATNO=f"NO{n}")
    token = run(house, saved_id)
    assert found(house, token).cut
    assert len(rows(house, token)) == 2


def test_what_was_undone_before_the_first_run_comes_again(any_shop: House, engine: Engine) -> None:
    token = imported(any_shop)
    saved_id = saved_imports.save(any_shop.rooms, ADMIN, token, "Nightly")
    write(any_shop, undo.start(any_shop.rooms, any_shop.jobs, ADMIN, token))
    assert vat_numbers(engine) == {}
    again = run(any_shop, saved_id)
    assert counts(any_shop, again) == (0, 6, 0, 0)
    write(any_shop, again)
    assert len(vat_numbers(engine)) == 6


def test_a_run_left_half_way_does_not_move_the_mark(engine: Engine) -> None:
    """What it had not come to has changed since, whatever of it is imported."""
    house = build(engine, changes=True)
    house.shop.page_size = 2
    house.shop.add_companies(6)
    saved_id = saved(house)
    house.shop.moment = 2
    house.shop.change(CUSTOMER, "C0006", VATNO="NO6")
    house.shop.moment = 3
    house.shop.change(CUSTOMER, "C0001", VATNO="NO1")

    def cut(method: str) -> None:
        if method == "search" and house.shop.calls[-2:] == ["get", "search"]:
            raise GiveUp("The shop is closed.")

    house.shop.fail = cut
    token = saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)
    house.shop.fail = lambda _method: None
    settings_step.save(house.rooms, ADMIN, token, REPLACE)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    assert rows(house, token) == {"Company 0001": Status.CHANGED}
    write(house, token)
    with reading(engine) as tx:
        kept = saved_store.get(tx, saved_id)
    assert kept is not None
    assert kept.watermark < "2"
    assert rows(house, run(house, saved_id)) == {"Company 0006": Status.CHANGED}


def test_a_run_that_is_imported_after_a_later_one_leaves_its_list_of_the_gone_alone(shop_of_six: House) -> None:
    house = shop_of_six
    saved_id = saved(house)
    house.shop.moment = 2
    house.shop.add(CUSTOMER, "C0007", NAME="Company 0007", NUMBER2=7)
    first = run(house, saved_id)
    second = run(house, saved_id)
    write(house, first)
    assert counts(house, second) == (1, 0, 6, 0)
    assert saved_imports.page(house.rooms, house.jobs, ADMIN, second).gone.rows == ()


def test_a_run_of_another_mapping_than_now_is_not_remembered(shop_of_six: House, engine: Engine) -> None:
    house = shop_of_six
    house.connect()
    switch_email(house, active=False)
    saved_id = saved(house)
    house.shop.moment = 2
    house.shop.change(CUSTOMER, "C0003", VATNO="NO3", EMAIL="other@company.example")
    early = run(house, saved_id)
    switch_email(house, active=True)
    run(house, saved_id)
    write(house, early)
    assert rows(house, run(house, saved_id))["Company 0003"] is Status.CHANGED


def test_a_run_of_what_was_replaced_is_an_import_of_its_own(shop_of_six: House) -> None:
    house = shop_of_six
    saved_id = saved(house)
    house.shop.moment = 2
    house.shop.change(CUSTOMER, "C0003", VATNO="NO3")
    early = run(house, saved_id)
    other = imported(house, chosen=replace(REPLACE, company=DuplicateSettings("number", Action.MERGE)))
    assert saved_imports.save(house.rooms, ADMIN, other, "Nightly", replace=True) == saved_id
    assert opened(house, early).saved_import_id is None
    assert opened(house, other).saved_import_id == saved_id


@ALL
def test_every_database_tells_the_same(engine: Engine) -> None:
    house = build(engine, changes=True)
    house.shop.add_companies(6)
    saved_id = saved(house)
    assert counts(house, run(house, saved_id)) == (0, 0, 6, 0)
    house.shop.moment = 2
    house.shop.add(CUSTOMER, "c0001", NAME="Small letters", NUMBER2=99)
    house.shop.change(CUSTOMER, "C0002", VATNO="NO999")
    house.shop.remove(CUSTOMER, "C0005")
    token = run(house, saved_id)
    assert counts(house, token) == (1, 1, 4, 1)
    page = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter())
    some = [line.planned.row for line in page.page.rows if line.planned.label == "Small letters"]
    preview.tick(house.rooms, ADMIN, token, False, some)
    write(house, token)
    write(house, undo.start(house.rooms, house.jobs, ADMIN, token))
    again = run(house, saved_id)
    assert rows(house, again) == {"Small letters": Status.NEW, "Company 0002": Status.CHANGED}
    (gone,) = saved_imports.page(house.rooms, house.jobs, ADMIN, again).gone.rows
    assert gone.place.key == "C0005"
    saved_imports.delete(house.rooms, ADMIN, saved_id)


@ALL
def test_a_run_takes_as_many_statements_for_many_actors_as_for_few(engine: Engine) -> None:
    seen_by = []
    for count in (2, 100):
        databases.empty(engine)
        house = build(engine)
        house.shop.add_companies(count)
        saved_id = saved(house)
        with statements(engine) as seen:
            run(house, saved_id)
        seen_by.append(len(seen))
    assert seen_by[0] == seen_by[1]


# Who may do what, and what is in the way.


def test_one_run_at_a_time(shop_of_six: House) -> None:
    saved_id = saved(shop_of_six)
    told: list[str] = []

    def second(method: str) -> None:
        if method == "search" and not told:
            told.append("")
            with pytest.raises(Refused) as refused:
                saved_imports.run(shop_of_six.rooms, shop_of_six.jobs, OTHER, saved_id)
            told[0] = refused.value.message

    saved_imports.rename(shop_of_six.rooms, ADMIN, saved_id, "Nightly", shared=True)
    shop_of_six.shop.fail = second
    run(shop_of_six, saved_id)
    assert told == ["Admin is at work with “Nightly” already. Wait until that has ended, or cancel it."]


def test_two_runs_in_the_same_instant_are_one(shop_of_six: House) -> None:
    """The second is asked for when the first is begun and its work is about to be."""
    house, saved_id = shop_of_six, saved(shop_of_six)
    before, told = len(tokens(house)), list[str]()

    class Late(Jobs):
        def start(self, kind: str, subject: str, user_id: str) -> JobView:
            self._ask_again()
            return super().start(kind, subject, user_id)

        def ensure(self, job_id: int) -> JobView:
            self._ask_again()
            return super().ensure(job_id)

        def _ask_again(self) -> None:
            if not told:
                told.append("")
                with pytest.raises(Refused) as refused:
                    saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)
                told[0] = refused.value.message

    store = JobStore(house.rooms.engine)
    execution = Execution(store, handlers(house.rooms), 60.0)
    saved_imports.run(house.rooms, Late(store, execution, InlineRunner(execution)), ADMIN, saved_id)
    assert told == ["Admin is at work with “Nightly” already. Wait until that has ended, or cancel it."]
    assert len(tokens(house)) == before + 1


def test_one_that_goes_on_waits_for_the_other(shop_of_six: House) -> None:
    house = shop_of_six
    saved_id = saved(house)

    def close(_method: str) -> None:
        raise GiveUp("The shop is closed.")

    house.shop.fail = close
    first = saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)

    def go_on(method: str) -> None:
        if method == "search":
            house.shop.fail = lambda _method: None
            importing.resume(house.rooms, house.jobs, ADMIN, first)

    house.shop.fail = go_on
    second = saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)
    assert counts(house, second) == (0, 0, 6, 0)
    job = house.jobs.latest(first)
    assert job is not None
    assert job.note == "Admin is at work with “Nightly” already. Wait until that has ended, or cancel it."


def test_the_exact_name_goes_before_one_in_other_capitals_and_a_name_before_an_id(shop_of_six: House) -> None:
    token = imported(shop_of_six)
    ids = [saved_imports.save(shop_of_six.rooms, ADMIN, token, name) for name in ("NIGHTLY", "Nightly", "1")]

    def find(name: str) -> int:
        return saved_imports.find(shop_of_six.rooms, ADMIN, name).id

    assert [find("NIGHTLY"), find("Nightly"), find("nightly"), find("1"), find("2")] == [*ids[:2], ids[0], ids[2], 2]


def test_private_ones_are_not_there_for_others(shop_of_six: House) -> None:
    saved_id = saved(shop_of_six)
    rooms = shop_of_six.rooms
    assert [line.saved.id for line in saved_imports.listed(rooms, ADMIN).rows] == [saved_id]
    assert saved_imports.listed(rooms, OTHER).rows == ()
    for act in (
        lambda: saved_imports.get(rooms, OTHER, saved_id),
        lambda: saved_imports.run(rooms, shop_of_six.jobs, OTHER, saved_id),
        lambda: saved_imports.delete(rooms, OTHER, saved_id),
        lambda: saved_imports.rename(rooms, OTHER, saved_id, "Mine", shared=False),
    ):
        with pytest.raises(NotFound):
            act()
    assert saved_imports.get(rooms, CHIEF, saved_id).line.own


def test_shared_ones_are_read_and_run_by_all_and_changed_by_their_owner(shop_of_six: House) -> None:
    token = imported(shop_of_six)
    rooms = shop_of_six.rooms
    saved_id = saved_imports.save(rooms, ADMIN, token, "  For   all ", shared=True)
    (line,) = saved_imports.listed(rooms, OTHER).rows
    assert (line.saved.name, line.own, line.problem) == ("For all", False, "")
    assert saved_imports.run(rooms, shop_of_six.jobs, OTHER, saved_id)
    with pytest.raises(Refused, match="Only Admin"):
        saved_imports.delete(rooms, OTHER, saved_id)


def test_names_are_there_once(shop_of_six: House) -> None:
    token = imported(shop_of_six)
    rooms = shop_of_six.rooms
    saved_imports.save(rooms, ADMIN, token, "One")
    two = saved_imports.save(rooms, ADMIN, token, "Two")
    for name in ("", "  ", "x" * 101, "One"):
        with pytest.raises(Invalid) as invalid:
            saved_imports.save(rooms, ADMIN, token, name)
        assert set(invalid.value.errors) == {"name"}
        with pytest.raises(Invalid):
            saved_imports.rename(rooms, ADMIN, two, name, shared=False)


def test_what_is_in_the_way_is_told_and_nothing_is_lost(shop_of_six: House) -> None:
    saved_id = saved(shop_of_six)
    rooms = shop_of_six.rooms
    connection = saved_imports.get(rooms, ADMIN, saved_id).line.saved.what.connection_id
    with writing(rooms.engine) as tx:
        connection_store.set_active(tx, connection, False)
    (line,) = saved_imports.listed(rooms, ADMIN).rows
    assert line.problem == "Its ERP connection “Shop one” is not active."
    with pytest.raises(Refused, match="is not active"):
        saved_imports.run(rooms, shop_of_six.jobs, ADMIN, saved_id)
    with writing(rooms.engine) as tx:
        connection_store.set_active(tx, connection, True)
    bare = replace(rooms, registry=type(rooms.registry).from_plugins([]))
    assert "is not installed" in saved_imports.listed(bare, ADMIN).rows[0].problem
    assert counts(shop_of_six, run(shop_of_six, saved_id)) == (0, 0, 6, 0)


def test_a_deleted_one_leaves_its_imports(shop_of_six: House) -> None:
    saved_id = saved(shop_of_six)
    token = run(shop_of_six, saved_id)
    assert saved_imports.delete(shop_of_six.rooms, ADMIN, saved_id) == "Nightly"
    assert saved_imports.listed(shop_of_six.rooms, ADMIN).rows == ()
    page = saved_imports.page(shop_of_six.rooms, shop_of_six.jobs, ADMIN, token)
    assert (page.saved, page.imported.state) == (None, ImportState.DONE)


def test_settings_that_no_longer_hold_stop_the_run_with_what_to_do(shop_of_six: House) -> None:
    saved_id = saved(shop_of_six)
    shop_of_six.shop.moment = 2
    shop_of_six.shop.change(CUSTOMER, "C0001", VATNO="NO1")
    with writing(shop_of_six.rooms.engine) as tx:
        connection = saved_imports.get(shop_of_six.rooms, ADMIN, saved_id).line.saved.what.connection_id
        mapping = mapping_store.of(tx, connection)[CUSTOMER]
        fields = tuple(replace(one, active=one.erp.key != "NUMBER2") for one in mapping.fields)
        mapping_store.save(tx, connection, replace(mapping, fields=fields))
    token = saved_imports.run(shop_of_six.rooms, shop_of_six.jobs, ADMIN, saved_id)
    job = shop_of_six.jobs.latest(token)
    assert job is not None
    assert (job.state, job.note) == ("failed", "“Number” cannot be used: no ERP field is mapped to Number.")
    chosen = replace(REPLACE, company=DuplicateSettings("name", Action.REPLACE))
    settings_step.save(shop_of_six.rooms, ADMIN, token, chosen)
    assert preview.start(shop_of_six.rooms, shop_of_six.jobs, ADMIN, token).state == "done"


def test_the_settings_of_a_run_are_not_those_last_chosen(shop_of_six: House) -> None:
    saved_id = saved(shop_of_six)
    token = shop_of_six.begin()
    shop_of_six.stage(token)
    chosen = replace(REPLACE, company=DuplicateSettings("name", Action.SKIP))
    settings_step.save(shop_of_six.rooms, ADMIN, token, chosen)
    run(shop_of_six, saved_id)
    new = shop_of_six.begin()
    assert settings_step.form(shop_of_six.rooms, ADMIN, new).settings.company.action is Action.SKIP
