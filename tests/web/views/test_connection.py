"""Select ERP connection."""

from __future__ import annotations

from erp_import_plugin.workflow import connections
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site

PATH = "/erp-import/connection"


def types(page: Page) -> list[str]:
    (chosen,) = [select for select in page.all("select") if select["name"] == "actor_type"]
    return [option["value"] for option in chosen.inside if option.tag == "option"]


def test_ok_opens_the_search(site: Site) -> None:
    (choice,) = connections.usable(site.house.rooms, ADMIN)
    address = site.post(PATH, connection=choice.id, actor_type="Supplier")
    assert isinstance(address, str)
    assert address.endswith("/search")
    assert "Supplier" in site.get(address).text


def test_the_second_list_follows_the_first(site: Site) -> None:
    fields = site.house.shop.fields
    site.house.shop.fields = {actor_type: fields[actor_type] for actor_type in list(fields)[:1]}
    second = site.house.connect("Shop two")
    assert types(site.get(PATH)) == ["Customer", "Supplier", "Person", "Project"]
    assert types(site.get(f"{PATH}?connection={second}")) == ["Customer"]


def test_what_is_not_offered_is_refused_beside_its_field(site: Site) -> None:
    (choice,) = connections.usable(site.house.rooms, ADMIN)
    page = site.post(PATH, 422, connection=choice.id, actor_type="Nonsense")
    assert isinstance(page, Page)
    assert page.by_id("erp-actor_type-error").text == "Choose an actor type."
    assert page.one("a", href="#erp-actor_type").text == "Choose an actor type."
    assert isinstance(site.post(PATH, 422, connection="x", actor_type="Customer"), Page)
    assert isinstance(site.post(PATH, 422, connection=choice.id, actor_type="Partner"), Page)


def test_a_connection_out_of_scope_is_not_there(site: Site) -> None:
    site.post(PATH, 404, connection=4711, actor_type="Customer")


def test_without_a_connection_the_page_says_what_to_do(site: Site) -> None:
    (choice,) = connections.usable(site.house.rooms, ADMIN)
    with site.house.rooms.engine.begin() as tx:
        tx.exec_driver_sql(f"UPDATE erp_import_connection SET active = 0 WHERE id = {choice.id}")
    page = site.get(PATH)
    assert "There is no ERP connection you may use" in page.text
    assert page.one("a", href="/erp-import/sync/connections").text == "Open Connections"
