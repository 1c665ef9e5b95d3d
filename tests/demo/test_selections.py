from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select

from erp_import_plugin.demo.database import Database
from erp_import_plugin.demo.deleting import delete_members
from erp_import_plugin.demo.tables import Company, Person, Selection, SelectionMember

from .conftest import text_of


def members(database: Database, selection_id: int) -> set[int]:
    with database.reading() as session:
        query = select(SelectionMember.entity_id).where(SelectionMember.selection_id == selection_id)
        return set(session.scalars(query))


def test_the_list_counts_the_members(user: FlaskClient, database: Database) -> None:
    page = text_of(user.get("/selections/"))
    assert f"Spring campaign, Norway Companies {len(members(database, 1))}" in page


def test_a_selection_shows_its_members_paged(user: FlaskClient, database: Database) -> None:
    page = text_of(user.get("/selections/1?page=2"))
    assert f"51 to 100 of {len(members(database, 1))}" in page


def test_a_member_taken_out_stays_in_the_crm(user: FlaskClient, database: Database) -> None:
    before = members(database, 1)
    one = min(before)
    assert user.post("/selections/1/remove", data={"member": one}).status_code == 302
    assert members(database, 1) == before - {one}
    with database.reading() as session:
        assert session.get(Company, one) is not None


def test_deleting_the_members_deletes_just_them(admin: FlaskClient, database: Database) -> None:
    doomed = members(database, 1)
    with database.writing() as session:
        session.execute(insert(Selection).values(id=50, name="Overlap", entity="company"))
        session.execute(
            insert(SelectionMember),
            [{"selection_id": 50, "entity_id": number} for number in (min(doomed), 2_999)],
        )
        total = session.scalar(select(func.count()).select_from(Company)) or 0
        persons = session.scalar(select(func.count()).select_from(Person))
    page = text_of(admin.get("/selections/1/delete-members"))
    assert f"Delete {len(doomed)} records from the CRM?" in page
    assert admin.post("/selections/1/delete-members").status_code == 302
    with database.reading() as session:
        assert session.scalars(select(Company.id).where(Company.id.in_(doomed))).all() == []
        assert session.scalar(select(func.count()).select_from(Company)) == total - len(doomed)
        assert session.scalar(select(func.count()).select_from(Person)) == persons
    assert members(database, 1) == set()
    assert members(database, 50) == {2_999}
    assert "This selection is empty." in text_of(admin.get("/selections/1"))


def test_deleting_takes_as_many_statements_for_many_as_for_one(database: Database) -> None:
    with database.writing() as session:
        selections = [{"id": number, "name": str(number), "entity": "person"} for number in (60, 61)]
        session.execute(insert(Selection), selections)
        session.execute(insert(SelectionMember).values(selection_id=60, entity_id=1))
        session.execute(insert(SelectionMember), [{"selection_id": 61, "entity_id": n} for n in range(2, 1_002)])
    one, many = statements_to_delete(database, 60), statements_to_delete(database, 61)
    assert one == many > 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Person.id < 1_002)) == 0


def statements_to_delete(database: Database, selection_id: int) -> int:
    statements: list[str] = []

    def note(*args: Any) -> None:
        statements.append(args[2])

    with database.writing() as session:
        selection = session.get(Selection, selection_id)
        assert selection is not None
        event.listen(database.engine, "before_cursor_execute", note)
        delete_members(session, selection)
        event.remove(database.engine, "before_cursor_execute", note)
    return len(statements)


def test_deleting_the_selection_keeps_what_it_holds(admin: FlaskClient, database: Database) -> None:
    held = members(database, 2)
    assert admin.post("/selections/2/delete").status_code == 302
    assert admin.get("/selections/2").status_code == 404
    assert members(database, 2) == set()
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Person.id.in_(held))) == len(held)
