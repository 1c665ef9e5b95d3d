from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, Uuid, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from erp_import_plugin.host_api import Attached, CrmType, Edit, EntityKind
from erp_import_plugin.store import migrate
from erp_import_plugin.store.crm import Channel, EntityTable, ListTable, SqlAlchemyCrm
from erp_import_plugin.store.transactions import writing
from tests.support import hosts
from tests.support.hosts import KARI, statements

COMPANY, PERSON, PROJECT = EntityKind.COMPANY, EntityKind.PERSON, EntityKind.PROJECT


@pytest.fixture
def crm(engine: Engine) -> SqlAlchemyCrm:
    hosts.metadata.create_all(engine)
    migrate.upgrade(engine)
    return hosts.crm()


@pytest.fixture
def tx(engine: Engine, crm: SqlAlchemyCrm) -> Iterator[Connection]:
    with writing(engine, locking=True) as connection:
        yield connection


def company(crm: SqlAlchemyCrm, tx: Connection, **values: Any) -> str:
    return crm.create(tx, COMPANY, [{"name": "ACME", **values}], KARI)[0]


def count(tx: Connection, table: Any) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


def test_nothing_is_attached_to_an_entity_of_its_own(crm: SqlAlchemyCrm, tx: Connection) -> None:
    (golf,) = crm.add_list_items(tx, "interest", ["Golf"])
    made = company(crm, tx, phone=("1",), interest=(golf.id,))
    tx.execute(insert(hosts.member).values(selection="company 1", entity_id=made))
    assert crm.attached(tx, COMPANY, [made, "999", "no id"]) == {}
    assert crm.attached(tx, PERSON, []) == {}


def test_contacts_are_named_and_other_rows_counted(crm: SqlAlchemyCrm, tx: Connection) -> None:
    one, other = company(crm, tx), company(crm, tx)
    people = crm.create(tx, PERSON, [{"last_name": "A", "company": one}, {"last_name": "B", "company": one}], KARI)
    tx.execute(insert(hosts.note), [{"company_id": int(other), "text": "Call"}] * 3)
    tx.execute(insert(hosts.offer), [{"about": "company", "about_id": one}, {"about": "person", "about_id": other}])
    tx.execute(insert(hosts.company_channel).values(company_id=int(other), kind="pager", value="7"))
    found = crm.attached(tx, COMPANY, [one, other])
    assert found[other] == [Attached("company_channel", 1), Attached("note", 3)]
    offers, contacts = found[one]
    assert offers == Attached("Offers", 1)
    assert (contacts.label, contacts.count, contacts.kind, set(contacts.ids)) == ("Contact", 2, PERSON, set(people))
    assert crm.attached(tx, PERSON, people) == {}


def test_what_is_deleted_takes_its_values_and_memberships_along(crm: SqlAlchemyCrm, tx: Connection) -> None:
    (golf,) = crm.add_list_items(tx, "interest", ["Golf"])
    gone, stays = (company(crm, tx, phone=("1", "2"), email=("a@b.example",), interest=(golf.id,)) for _ in range(2))
    places = [(place, key) for place in ("company 1", "person 1") for key in (gone, stays)]
    tx.execute(insert(hosts.member), [{"selection": place, "entity_id": key} for place, key in places])
    crm.delete(tx, COMPANY, [gone], KARI)
    crm.delete(tx, COMPANY, [], KARI)
    assert set(crm.read(tx, COMPANY, [gone, stays], ["name"])) == {stays}
    assert {tuple(row) for row in tx.execute(select(hosts.member))} == {
        ("company 1", stays), ("person 1", gone), ("person 1", stays),
    }  # fmt: skip
    assert (count(tx, hosts.company_channel), count(tx, hosts.company_interest)) == (3, 1)
    persons = crm.create(tx, PERSON, [{"last_name": "A", "email": ("a@b.example",)}, {"last_name": "B"}], KARI)
    crm.delete(tx, PERSON, persons[:1], KARI)
    assert set(crm.read(tx, PERSON, persons, [])) == {persons[1]}
    assert count(tx, hosts.person_channel) == 0


def test_values_of_others_in_the_same_table_stay(engine: Engine) -> None:
    """A table for the phones of all kinds of records: the ids of companies and persons are the same numbers."""
    tables = MetaData()
    firm, human = (Table(name, tables, Column("id", Integer, primary_key=True)) for name in ("firm", "human"))
    phone = Table(
        "phone",
        tables,
        Column("id", Integer, primary_key=True),
        Column("of", String(10), nullable=False),
        Column("of_id", Integer, nullable=False),
        Column("value", String(40)),
    )
    tables.create_all(engine)
    migrate.upgrade(engine)
    crm = SqlAlchemyCrm(
        EntityTable(
            kind,
            "",
            table.c.id,
            {"phone": Channel(phone.c.value, phone.c.of_id, CrmType.PHONE, "", {"of": table.name})},
        )
        for kind, table in ((COMPANY, firm), (PERSON, human))
    )
    with writing(engine) as tx:
        ids = {crm.create(tx, kind, [{"phone": (kind.value,)}], KARI)[0] for kind in (COMPANY, PERSON)}
        (same,) = ids
        crm.delete(tx, COMPANY, [same], KARI)
        assert crm.read(tx, PERSON, [same], ["phone"])[same].values == {"phone": ("person",)}
        assert count(tx, phone) == 1


def test_the_database_refuses_what_something_still_needs(engine: Engine, crm: SqlAlchemyCrm) -> None:
    with writing(engine) as tx:
        made = company(crm, tx)
        tx.execute(insert(hosts.note).values(company_id=int(made), text="Call"))
    with pytest.raises(DBAPIError), writing(engine) as tx:
        crm.delete(tx, COMPANY, [made], KARI)


def test_only_items_that_nothing_holds_are_removed(crm: SqlAlchemyCrm, tx: Connection) -> None:
    first, held, free = (item.id for item in crm.add_list_items(tx, "category", ["First", "Held", "Free"]))
    golf, ski = (item.id for item in crm.add_list_items(tx, "interest", ["Golf", "Ski"]))
    assert first == "1"  # the default category of the host
    made = company(crm, tx, category=held, interest=(golf,))
    assert crm.remove_list_items(tx, "category", [first, held, free, golf, "999", "no id"]) == [free]
    assert crm.remove_list_items(tx, "interest", [golf, ski]) == [ski]
    crm.delete(tx, COMPANY, [made], KARI)
    assert crm.remove_list_items(tx, "interest", [golf, ski]) == [golf]
    assert [item.id for item in crm.list_items(tx, "category")] == [first, held]
    assert crm.remove_list_items(tx, "category", []) == []


def test_items_named_in_columns_of_another_type_are_held(engine: Engine) -> None:
    tables = MetaData()
    item = Table("thing", tables, Column("id", Uuid, primary_key=True), Column("name", String(40)))
    setting = Table("setting", tables, Column("name", String(40), primary_key=True), Column("value", String(64)))
    tables.create_all(engine)
    migrate.upgrade(engine)
    crm = SqlAlchemyCrm([], [ListTable("thing", "", item.c.id, item.c.name, used_by=[setting.c.value])])
    with writing(engine, locking=True) as tx:
        held, free = (one.id for one in crm.add_list_items(tx, "thing", ["Held", "Free"]))
        tx.execute(insert(setting).values(name="usual", value=held))
        assert crm.remove_list_items(tx, "thing", [held, free]) == [free]


def test_who_edited_last_and_when(crm: SqlAlchemyCrm, tx: Connection) -> None:
    one, other = company(crm, tx), company(crm, tx)
    at = datetime(2026, 3, 1, 12, 30)
    tx.execute(update(hosts.company).where(hosts.company.c.id == int(one)).values(updated_by="Ola", updated_at=at))
    assert crm.edits(tx, COMPANY, [one, other, "999"]) == {
        one: Edit("Ola", at.replace(tzinfo=timezone.utc)),
        other: Edit("made by 7", None),
    }
    assert crm.edits(tx, PROJECT, crm.create(tx, PROJECT, [{"name": "P"}], KARI)) == {}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
def test_the_number_of_statements_does_not_depend_on_the_rows(
    engine: Engine, crm: SqlAlchemyCrm, tx: Connection
) -> None:
    seen = []
    for rows in (1, 1000):
        ids = crm.create(tx, COMPANY, [{"name": f"{n}", "phone": (str(n),)} for n in range(rows)], KARI)
        items = [item.id for item in crm.add_list_items(tx, "interest", [f"{rows} {n}" for n in range(rows)])]
        with statements(engine) as counted:
            crm.attached(tx, COMPANY, ids)
            crm.edits(tx, COMPANY, ids)
            crm.delete(tx, COMPANY, ids, KARI)
            assert len(crm.remove_list_items(tx, "interest", items)) == rows
        seen.append(len(counted))
    assert seen[0] == seen[1] > 0
