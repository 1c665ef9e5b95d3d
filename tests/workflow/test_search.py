from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, delete, insert

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, GiveUp, ListItem, Page, Query
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.store.tables import link
from erp_import_plugin.workflow import connections, imports, search
from erp_import_plugin.workflow.access import NotAllowed, SyncIsOn
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.search import SearchResults
from tests.support import databases, hosts
from tests.support.hosts import statements
from tests.support.killing import killed_at
from tests.support.rooms import ADMIN, NOBODY, OTHER, House, build
from tests.support.shop import ShopSession

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)

NORWAY = Criteria(((Criterion("COUNTRY", "one_of", ("NO",)),),))


def shown(house: House, token: str, **wanted: object) -> SearchResults:
    found = search.results(house.rooms, house.jobs, ADMIN, token, **wanted)  # type: ignore[arg-type]
    assert found is not None
    return found


def keys(found: SearchResults) -> list[str]:
    return [row.key for row in found.rows]


def column(found: SearchResults, key: str) -> list[str]:
    place = [one.key for one in found.columns].index(key)
    return [row.cells[place] for row in found.rows]


@everywhere
def test_results_come_paged_with_list_values_by_label(house: House) -> None:
    house.shop.add_companies(25)
    token = house.begin()
    house.search(token)

    found = shown(house, token, page=3)

    assert (found.found, found.read, found.total, found.pages, found.page) == (25, 25, 25, 3, 3)
    assert keys(found) == ["C0021", "C0022", "C0023", "C0024", "C0025"]
    assert column(found, "COUNTRY") == ["Norway", "Sweden", "Norway", "Sweden", "Norway"]
    assert not found.filtered
    assert found.job is not None
    assert found.job.state == "done"


@everywhere
def test_results_sort_by_any_column_both_ways(house: House) -> None:
    house.shop.add_companies(12)
    house.shop.change(ActorType.CUSTOMER, "C0001", NUMBER2=-7)
    house.shop.change(ActorType.CUSTOMER, "C0002", NAME="åse")
    token = house.begin()
    house.search(token)

    by_number = keys(shown(house, token, sort=1))
    by_number_down = keys(shown(house, token, sort=1, descending=True))
    by_name = keys(shown(house, token, sort=0, page=2))

    assert by_number[:3] == ["C0001", "C0002", "C0003"]
    assert by_number_down[:3] == ["C0012", "C0011", "C0010"]
    assert "C0002" in by_name or keys(shown(house, token, sort=0))[0] == "C0002"  # where å sorts differs


@everywhere
@pytest.mark.parametrize("descending", [False, True])
def test_pages_from_the_beginning_and_from_the_end_are_of_one_order(house: House, descending: bool) -> None:
    house.shop.add_companies(37)
    token = house.begin()
    house.search(token)
    sort = [one.key for one in shown(house, token).columns].index("COUNTRY")  # of which many have the same

    pages = [shown(house, token, page=number, sort=sort, descending=descending) for number in range(1, 5)]

    found = [
        (country, row.position) for one in pages for country, row in zip(column(one, "COUNTRY"), one.rows, strict=True)
    ]
    by_position = sorted(found, key=lambda one: one[1])
    assert found == sorted(by_position, key=lambda one: one[0], reverse=descending)
    assert len({position for _, position in found}) == 37


@everywhere
def test_criteria_the_erp_cannot_do_are_done_here_and_said(house: House) -> None:
    house.shop.add_companies(10)
    token = house.begin()
    house.search(token, criteria=NORWAY)

    found = shown(house, token)

    assert found.found == 5
    assert found.read == 10
    assert found.filtered
    fields = {field.key: field for field in search.form(house.rooms, ADMIN, token).fields}
    assert fields["COUNTRY"].needs_reading
    assert not fields["CATEGORY"].needs_reading
    assert "this_week" in fields["SINCE"].pushed


def test_or_finds_each_actor_once(house: House) -> None:
    house.shop.add_companies(10)
    token = house.begin()
    house.search(token, criteria=Criteria((*NORWAY.sets, (Criterion("NAME", "begins", ("company",)),))))
    assert shown(house, token).found == 10


def test_linked_actors_are_marked_with_their_entity(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    house.search(token)
    imported = imports.get(house.rooms, ADMIN, token).import_
    with house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.company).values(id=77, name="Company two"))
        tx.execute(
            insert(link).values(
                connection_id=imported.connection_id,
                actor_type="Customer",
                legal_entity="",
                erp_key="C0002",
                kind="company",
                entity_id="77",
                created_at=house.rooms.now(),
            )
        )

    found = shown(house, token)

    assert [row.entity_id for row in found.rows] == [None, "77"]
    assert found.entity_urls == {"77": "/company/77"}
    assert found.kind is EntityKind.COMPANY
    with house.rooms.engine.begin() as tx:
        tx.execute(delete(hosts.company))
    assert [row.entity_id for row in shown(house, token).rows] == [None, None]


@everywhere
def test_ticks_are_kept_per_row_and_for_all(house: House) -> None:
    house.shop.add_companies(15)
    token = house.begin()
    house.search(token)
    positions = [row.position for row in shown(house, token).rows]

    search.tick(house.rooms, ADMIN, token, True)
    search.tick(house.rooms, ADMIN, token, False, positions[:4])

    found = shown(house, token)
    assert found.ticked == 11
    assert [row.ticked for row in found.rows] == [False] * 4 + [True] * 6


def test_form_opens_with_the_default_then_with_what_was_searched(house: House) -> None:
    token = house.begin()
    first = search.form(house.rooms, ADMIN, token)
    assert [line.field for line in first.criteria.sets[0]] == ["NAME", "NUMBER2", "VATNO"]
    assert first.search is None
    assert first.other_actor_types == (ActorType.SUPPLIER, ActorType.PERSON, ActorType.PROJECT)

    house.search(token, criteria=NORWAY)

    again = search.form(house.rooms, ADMIN, token)
    assert again.criteria == NORWAY
    assert again.search is not None
    assert again.search.criteria == NORWAY
    other = search.form(house.rooms, ADMIN, token, ActorType.PERSON)
    assert [line.field for line in other.criteria.sets[0]] == ["FIRSTNAME", "LASTNAME", "NUMBER"]


def test_criteria_can_be_kept_without_searching(house: House) -> None:
    token = house.begin()
    search.keep(house.rooms, ADMIN, token, ActorType.SUPPLIER, NORWAY)
    form = search.form(house.rooms, ADMIN, token)
    assert (form.actor_type, form.criteria, form.search) == (ActorType.SUPPLIER, NORWAY, None)


def test_short_lists_come_whole_and_long_ones_by_what_is_typed(house: House) -> None:
    house.shop.lists["countries"] = {f"K{n}": f"Land {n}" for n in range(300)} | {"NO": "Norway"}
    token = house.begin()
    house.search(token, criteria=NORWAY)

    form = search.form(house.rooms, ADMIN, token)

    assert form.list_items["categories"] == {"A": "Best", "B": "Good", "C": "Former"}
    assert form.long_lists == {"countries"}
    assert form.list_items["countries"] == {"NO": "Norway"}
    assert search.list_items(house.rooms, ADMIN, token, "countries", "nOrW") == (ListItem("NO", "Norway"),)
    assert len(search.list_items(house.rooms, ADMIN, token, "countries", "land")) == 20
    assert search.list_items(house.rooms, ADMIN, token, "no such list", "x") == ()


def test_wrong_criteria_start_nothing(house: House) -> None:
    token = house.begin()
    wrong = Criteria(((Criterion("NUMBER2", "equals", ("many",)),),))
    with pytest.raises(Invalid) as refused:
        search.start(house.rooms, house.jobs, ADMIN, token, ActorType.CUSTOMER, wrong)
    assert list(refused.value.errors) == ["0.0"]
    assert search.results(house.rooms, house.jobs, ADMIN, token) is None


def on_page(house: House, number: int, act: Callable[[], None]) -> None:
    """Do something when the shop is asked for this page."""
    pages = 0

    def called(method: str) -> None:
        nonlocal pages
        pages += method == "search"
        if method == "search" and pages == number:
            act()

    house.shop.fail = called


@everywhere
def test_erp_that_fails_half_way_keeps_the_pages_and_says_so(house: House) -> None:
    house.shop.add_companies(30)
    house.shop.page_size = 10
    token = house.begin()

    def fail() -> None:
        raise GiveUp("The shop burns.")

    on_page(house, 3, fail)
    house.search(token)

    found = shown(house, token)
    assert found.found == 20
    assert found.job is not None
    assert found.job.state == "failed"
    assert "The shop burns." in found.job.note
    search.tick(house.rooms, ADMIN, token, True)
    assert shown(house, token).ticked == 20


def test_search_that_is_stopped_keeps_what_it_found(house: House) -> None:
    house.shop.add_companies(30)
    house.shop.page_size = 10
    token = house.begin()

    def stop() -> None:
        search.stop(house.rooms, house.jobs, ADMIN, token)
        time.sleep(0.8)  # a job learns of it within half a second

    on_page(house, 2, stop)
    house.search(token)

    found = shown(house, token)
    assert found.found == 10
    assert found.job is not None
    assert found.job.state == "cancelled"


def test_new_search_takes_the_place_of_the_one_before(house: House) -> None:
    house.shop.add_companies(30)
    house.shop.page_size = 10
    token = house.begin()
    on_page(house, 2, lambda: house.search(token, criteria=NORWAY))

    house.search(token)

    found = shown(house, token)
    assert found.found == 15
    assert found.search.criteria == NORWAY


@everywhere
def test_search_that_was_cut_begins_anew(house: House) -> None:
    house.shop.add_companies(30)
    house.shop.page_size = 10
    token = house.begin()
    with killed_at(house.rooms.engine, "INSERT INTO erp_import_search_result", 3):
        house.search(token)
    job = shown(house, token).job
    assert job is not None
    assert (job.state, shown(house, token).found) == ("interrupted", 20)

    house.jobs.resume(job.id)

    found = shown(house, token)
    assert (found.found, found.read) == (30, 30)


@everywhere
def test_statements_per_page_do_not_depend_on_the_actors(house: House) -> None:
    token = house.begin()
    house.search(token)
    counts = []
    for number in (1, 100):
        house.shop.actors.clear()
        house.shop.add_companies(number)
        with statements(house.rooms.engine) as seen:
            house.search(token)
        counts.append(sum("erp_import_search" in one for one in seen))
    assert counts[0] == counts[1]


def test_search_ends_at_the_most_an_import_can_hold(engine: Engine) -> None:
    house = build(engine, max_actors=15)
    house.shop.add_companies(30)
    house.shop.page_size = 10
    token = house.begin()
    house.search(token)
    found = shown(house, token)
    assert found.found == 15
    assert found.job is not None
    assert "15" in found.job.note


def test_column_that_the_erp_no_longer_has_stays_empty(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    fields = house.shop.fields[ActorType.CUSTOMER]
    house.shop.fields[ActorType.CUSTOMER] = tuple(field for field in fields if field.key != "VATNO")
    house.search(token)
    found = shown(house, token)
    assert found.found == 2
    assert column(found, "VATNO") == ["", ""]


def test_field_that_changed_its_type_is_told_of(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    house.shop.fields[ActorType.CUSTOMER] = (ErpField("NAME", "Name"), ErpField("NUMBER2", "Number", FieldType.BOOLEAN))
    house.search(token, criteria=Criteria(((Criterion("NUMBER2", "equals", ("1",)),),)))
    job = shown(house, token).job
    assert job is not None
    assert job.state == "failed"
    assert "fields have changed" in job.note


def test_another_user_finds_nothing_and_an_ordinary_one_may_not(house: House) -> None:
    token = house.begin()
    house.search(token)
    for user, error in ((OTHER, NotFound), (NOBODY, NotAllowed)):
        for call in (
            lambda: search.form(house.rooms, user, token),  # noqa: B023
            lambda: search.list_items(house.rooms, user, token, "countries", ""),  # noqa: B023
            lambda: search.keep(house.rooms, user, token, ActorType.CUSTOMER, Criteria()),  # noqa: B023
            lambda: search.start(house.rooms, house.jobs, user, token, ActorType.CUSTOMER, Criteria()),  # noqa: B023
            lambda: search.results(house.rooms, house.jobs, user, token),  # noqa: B023
            lambda: search.tick(house.rooms, user, token, True),  # noqa: B023
            lambda: search.stop(house.rooms, house.jobs, user, token),  # noqa: B023
        ):
            with pytest.raises(error):
                call()


def test_nothing_is_searched_while_sync_is_on_and_the_same_import_goes_on_after(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    house.search(token)
    house.sync.on = True
    for call in (
        lambda: search.keep(house.rooms, ADMIN, token, ActorType.CUSTOMER, Criteria()),
        lambda: house.search(token),
        lambda: search.tick(house.rooms, ADMIN, token, True),
    ):
        with pytest.raises(SyncIsOn):
            call()
    house.sync.on = False
    search.tick(house.rooms, ADMIN, token, True)
    assert shown(house, token).ticked == 2


def test_right_that_is_taken_away_stops_the_search_before_the_erp_is_asked(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    house.people.admins.discard(ADMIN.id)
    with pytest.raises(NotAllowed):
        house.search(token)
    assert "search" not in house.shop.calls


def test_import_that_has_been_started_is_not_searched_for_more(house: House) -> None:
    token = house.begin()
    with house.rooms.engine.begin() as tx:
        import_store.set_state(tx, imports.get(house.rooms, ADMIN, token).import_.id, ImportState.IMPORTING)
    with pytest.raises(Refused):
        house.search(token)


def test_connection_that_is_no_longer_for_the_user_cannot_be_searched(house: House) -> None:
    connections.add(house.rooms, OTHER, "shop", "Theirs", {"server": "x", "password": "open sesame"}, everyone=False)
    token = house.begin(user=OTHER)
    with pytest.raises(NotFound):
        search.start(house.rooms, house.jobs, ADMIN, token, ActorType.CUSTOMER, Criteria())


def test_what_is_asked_for_is_a_column(house: House) -> None:
    house.shop.add_companies(3)
    token = house.begin()
    house.search(token, criteria=Criteria(((Criterion("POSTALCITY", "equals", ("Bergen",)),),)))
    keys = [column.key for column in shown(house, token).columns]
    assert keys == ["NAME", "POSTALCITY", "NUMBER2", "VATNO", "EMAIL", "PHONE", "COUNTRY"]


def test_actors_that_the_erp_counts_but_does_not_give_are_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.shop.add_companies(25)
    house.shop.page_size = 10
    give = ShopSession.search

    def losing(session: ShopSession, query: Query, cursor: str | None) -> Page:
        page = give(session, query, cursor)
        return replace(page, actors=page.actors[1:]) if cursor == "10" else page

    monkeypatch.setattr(ShopSession, "search", losing)
    token = house.begin()
    house.search(token)
    job = shown(house, token).job
    assert job is not None
    assert (job.state, shown(house, token).found) == ("done", 24)
    assert job.note == "The ERP counts 25 actors and gave 24 of them. Search again if some are missing."
