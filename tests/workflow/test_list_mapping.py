from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType
from erp_import_plugin.errors import NotFound
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.workflow import connections, list_mapping
from erp_import_plugin.workflow.access import NotAllowed
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.item_lines import ItemLine, ItemShow
from erp_import_plugin.workflow.list_mapping import ItemChoice, ItemEdit, ListPage
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, NOBODY, OTHER, House

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)

COUNTRIES = ("countries", "country")
CATEGORIES = ("categories", "category")


@pytest.fixture
def connection(house: House) -> int:
    house.shop.lists["countries"] = {"NO": "Norway", "S": "Sverige", "DE": "Germany", "N2": "Norge"}
    return house.connect()


def page(house: House, connection: int, lists: tuple[str, str] = COUNTRIES, **asked: object) -> ListPage:
    return list_mapping.page(house.rooms, ADMIN, connection, lists, **asked)  # type: ignore[arg-type]


def line(house: House, connection: int, key: str, lists: tuple[str, str] = COUNTRIES) -> ItemLine:
    return next(one for one in page(house, connection, lists).lines.rows if one.key == key)


def edit(house: House, connection: int, key: str, text: str = "", *, none: bool = False) -> ItemEdit:
    now = line(house, connection, key)
    return ItemEdit(key, ItemChoice(text, none), ItemChoice(now.text, now.none))


def save(house: House, connection: int, *edits: ItemEdit, lists: tuple[str, str] = COUNTRIES) -> bool:
    return list_mapping.save(house.rooms, ADMIN, connection, lists, edits)


def refused(house: House, connection: int, *edits: ItemEdit) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        save(house, connection, *edits)
    return error.value.errors


def kept(house: House, connection: int) -> dict[tuple[str, str, str], str | None]:
    with house.rooms.engine.connect() as tx:
        return dict(mapping_store.list_items(tx, connection))


def test_the_lists_are_those_of_imported_fields(house: House, connection: int) -> None:
    shown = list_mapping.page(house.rooms, ADMIN, connection)
    assert [(one.erp_list, one.crm_list, one.crm_label, one.fields) for one in shown.pairs] == [
        ("categories", "category", "Category", ("Category",)),
        ("countries", "country", "Country", ("Country",)),
    ]
    assert shown.pair == shown.pairs[0]
    house.shop.fields = {ActorType.PROJECT: (ErpField("NAME", "Name"),)}
    other = house.connect("Shop two")
    assert list_mapping.page(house.rooms, ADMIN, other).pair is None


def test_equal_names_are_the_same(house: House, connection: int) -> None:
    lines = {one.key: (one.text, one.same_name) for one in page(house, connection).lines.rows}
    assert lines == {"NO": ("", "Norway"), "S": ("", ""), "DE": ("", ""), "N2": ("", "")}
    assert page(house, connection).counts == {
        ItemShow.ALL: 4,
        ItemShow.OPEN: 3,
        ItemShow.MAPPED: 1,
        ItemShow.FAULTY: 0,
    }
    assert kept(house, connection) == {}


@everywhere
def test_items_are_mapped_left_out_and_let_go(house: House, connection: int) -> None:
    assert save(house, connection, edit(house, connection, "S", "sweden"), edit(house, connection, "DE", none=True))
    assert kept(house, connection) == {("country", "countries", "S"): "3", ("country", "countries", "DE"): None}
    assert (line(house, connection, "S").text, line(house, connection, "DE").none) == ("Sweden", True)

    assert save(house, connection, edit(house, connection, "S"), edit(house, connection, "DE"))
    assert kept(house, connection) == {}
    assert not save(house, connection, edit(house, connection, "S"))


def test_a_name_the_crm_does_not_have_is_refused(house: House, connection: int) -> None:
    errors = refused(house, connection, edit(house, connection, "S", "Swedn"), edit(house, connection, "DE", "Sweden"))
    assert errors == {"S": "The CRM's list has no item “Swedn”."}
    assert kept(house, connection) == {}
    both = refused(house, connection, edit(house, connection, "S", "Sweden", none=True))
    assert both == {"S": "Choose an item or “No selection”, not both."}


def test_one_item_of_the_crm_goes_to_one_of_the_erp(house: House, connection: int) -> None:
    said = "“%s” is taken by “%s” already. Each item of the CRM goes to one item of the ERP."
    assert refused(house, connection, edit(house, connection, "N2", "Norway")) == {"N2": said % ("Norway", "Norway")}
    both = refused(house, connection, edit(house, connection, "S", "Sweden"), edit(house, connection, "DE", "Sweden"))
    assert both == {"S": said % ("Sweden", "Germany"), "DE": said % ("Sweden", "Sverige")}
    moved = (edit(house, connection, "N2", "Norway"), edit(house, connection, "NO", none=True))
    assert save(house, connection, *moved)
    assert kept(house, connection)[("country", "countries", "N2")] == "2"


def test_items_that_have_one_name_are_marked_and_refuse_nothing(house: House, connection: int) -> None:
    house.shop.lists["countries"]["X"] = " norway "
    connections.discover(house.rooms, ADMIN, connection)
    assert (line(house, connection, "NO").double, line(house, connection, "X").double) == ("norway", "Norway")
    assert page(house, connection).counts[ItemShow.FAULTY] == 2
    assert save(house, connection, edit(house, connection, "S", "Sweden"))


def test_an_erp_item_that_is_gone_is_marked_and_can_be_let_go(house: House, connection: int) -> None:
    save(house, connection, edit(house, connection, "S", "Sweden"))
    del house.shop.lists["countries"]["S"]
    house.shop.lists["countries"]["SE2"] = "Svea"
    connections.discover(house.rooms, ADMIN, connection)
    gone = line(house, connection, "S")
    assert (gone.gone, gone.text) == (True, "Sweden")
    assert [one.key for one in page(house, connection, show=ItemShow.FAULTY).lines.rows] == ["S"]
    assert save(house, connection, edit(house, connection, "SE2", "Sweden"))
    assert save(house, connection, edit(house, connection, "S"))
    assert "S" not in {one.key for one in page(house, connection).lines.rows}


def test_a_crm_item_that_is_gone_is_told(house: House, connection: int) -> None:
    save(house, connection, edit(house, connection, "S", "Sweden"))
    with house.rooms.engine.begin() as tx:
        tx.execute(update(hosts.item).where(hosts.item.c.id == 3).values(active=False))
    lost = line(house, connection, "S")
    assert (lost.lost, lost.text) == (True, "")
    assert page(house, connection).counts[ItemShow.OPEN] == 3


def test_crm_items_of_one_name_are_told_apart(house: House, connection: int) -> None:
    with house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.item).values(id=9, list_name="country", name="Sweden"))
    assert page(house, connection).names == ("Norway", "Sweden [3]", "Sweden [9]")
    assert list(refused(house, connection, edit(house, connection, "S", "Sweden"))) == ["S"]
    assert save(house, connection, edit(house, connection, "S", "Sweden [9]"))
    assert kept(house, connection)[("country", "countries", "S")] == "9"


def test_two_erp_lists_may_use_one_crm_list(house: House, connection: int) -> None:
    house.shop.fields[ActorType.PERSON] += (ErpField("POSTALCOUNTRY", "Land", FieldType.LIST, list_name="lands"),)
    house.shop.lists["lands"] = {"S": "Schweden"}
    connections.discover(house.rooms, ADMIN, connection)
    save(house, connection, edit(house, connection, "S", "Sweden"))
    lands = ("lands", "country")
    assert line(house, connection, "S", lands).text == ""
    assert save(house, connection, ItemEdit("S", ItemChoice("Sweden", none=False)), lists=lands)
    assert kept(house, connection) == {("country", "countries", "S"): "3", ("country", "lands", "S"): "3"}


def test_someone_elses_change_is_not_lost(house: House, connection: int) -> None:
    mine, untouched = edit(house, connection, "S", "Sweden"), edit(house, connection, "DE")
    theirs = (edit(house, connection, "S", none=True), edit(house, connection, "DE", none=True))
    list_mapping.save(house.rooms, OTHER, connection, COUNTRIES, theirs)
    said = "Someone else changed this item meanwhile. Save again to keep what you filled in."
    assert refused(house, connection, mine, untouched) == {"S": said}
    assert save(house, connection, replace(mine, seen=ItemChoice("", none=True)), untouched)
    assert kept(house, connection) == {("country", "countries", "S"): "3", ("country", "countries", "DE"): None}


def test_a_hundred_thousand_items_are_paged_and_searched(house: House, connection: int) -> None:
    house.shop.lists["countries"] = {f"K{n}": f"Land {n}" for n in range(99_999)} | {"NO": "Norway"}
    connections.discover(house.rooms, ADMIN, connection)
    shown = page(house, connection, number=10_000)
    assert (shown.lines.total, len(shown.lines.rows), shown.counts[ItemShow.OPEN]) == (100_000, 10, 99_999)
    assert [one.key for one in page(house, connection, text="land 77777").lines.rows] == ["K77777"]
    assert [one.key for one in page(house, connection, show=ItemShow.MAPPED).lines.rows] == ["NO"]


def test_who_may_and_what_is_there(house: House, connection: int) -> None:
    house.sync.on = True  # set-up is open meanwhile
    assert save(house, connection, edit(house, connection, "S", "Sweden"))
    with pytest.raises(NotAllowed):
        list_mapping.page(house.rooms, NOBODY, connection)
    with pytest.raises(NotAllowed):
        list_mapping.save(house.rooms, NOBODY, connection, COUNTRIES, [])
    with pytest.raises(NotFound):
        list_mapping.page(house.rooms, ADMIN, connection + 1)
    for lists in (("countries", "category"), ("", "country")):
        with pytest.raises(NotFound):
            save(house, connection, lists=lists)


def test_the_number_of_statements_does_not_depend_on_the_items(house: House, connection: int) -> None:
    house.shop.lists["countries"] = {f"K{n}": f"Land {n}" for n in range(200)}
    connections.discover(house.rooms, ADMIN, connection)

    def statements(first: int, count: int) -> int:
        choice = ItemChoice("", none=True)
        with hosts.statements(house.rooms.engine) as seen:
            save(house, connection, *(ItemEdit(f"K{n}", choice) for n in range(first, first + count)))
        return len(seen)

    assert statements(0, 1) == statements(1, 150)
