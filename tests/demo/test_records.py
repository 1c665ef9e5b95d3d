"""Companies, contacts and projects: list, open, edit, delete."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from erp_import_plugin.demo.database import Database
from erp_import_plugin.demo.preferences import MANDATORY_COMPANY, switch
from erp_import_plugin.demo.tables import (
    Company,
    CompanyChannel,
    Person,
    PersonChannel,
    PersonInterest,
    Project,
    Selection,
    SelectionMember,
)

from .conftest import SignIn, text_of


def form_of(page: str) -> dict[str, str | list[str]]:
    """What a browser would send when nothing on the page's form is changed."""
    values: dict[str, str | list[str]] = {}
    for name, value in re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page):
        values[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL):
        values[name] = html.unescape(value)
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        values[name] = re.findall(r'<option selected value="([^"]*)"', options)
    return values


def test_a_list_says_how_many_there_are_and_pages_through_all(user: FlaskClient, database: Database) -> None:
    with database.reading() as session:
        total = session.scalar(select(func.count()).select_from(Company)) or 0
    first = user.get("/companies/")
    assert f"1 to 50 of {total:,}" in text_of(first)
    last = text_of(user.get("/companies/?page=99999"))
    assert f"of {total:,}" in last
    assert "Next page" not in last
    assert "Previous page" in last
    names = [
        re.findall(r'scope="row"><a[^>]*>([^<]*)', user.get(f"/companies/?page={n}").get_data(as_text=True))
        for n in (1, 2)
    ]
    assert len(names[0]) == len(names[1]) == 50
    assert not set(names[0]) & set(names[1])


@pytest.mark.parametrize("page", ["0", "-3", "x", "9999999999999999999999"])
def test_an_odd_page_number_shows_a_page(user: FlaskClient, page: str) -> None:
    assert user.get("/companies/", query_string={"page": page}).status_code == 200


def test_a_search_minds_neither_case_nor_wildcards(user: FlaskClient, database: Database) -> None:
    with database.writing() as session:
        session.execute(insert(Company).values(name="ÅSGÅRD 50% Øl_AS"))
    for wanted in ("åsgård", "ÅSGÅRD", "50% ø", "l_as"):
        assert "ÅSGÅRD 50% Øl_AS" in text_of(user.get("/companies/", query_string={"q": wanted})), wanted
    assert "1 to 1 of 1" in text_of(user.get("/companies/", query_string={"q": "%"}))
    assert "Nothing found" in text_of(user.get("/companies/", query_string={"q": "no\x00such"}))


def test_contacts_are_found_by_name_and_company_together(user: FlaskClient, database: Database) -> None:
    with database.reading() as session:
        person = session.get(Person, 20)
        company = session.get(Company, person.company_id)  # type: ignore[union-attr]
        wanted = f"{person.first_name} {company.name}"  # type: ignore[union-attr]
    assert f'href="/contacts/{20}"' in user.get("/contacts/", query_string={"q": wanted}).get_data(as_text=True)


def test_a_company_shows_all_it_has(user: FlaskClient, database: Database) -> None:
    with database.writing() as session:
        session.execute(
            insert(CompanyChannel),
            [
                {"company_id": 1, "kind": "phone", "value": "+47 99 88 77 66"},
                {"company_id": 1, "kind": "url", "value": "javascript:alert(1)"},
            ],
        )
        contact = session.scalar(select(Person).where(Person.company_id == 1).limit(1))
        company = session.get(Company, 1)
    page = user.get("/companies/1").get_data(as_text=True)
    assert company is not None
    assert contact is not None
    for shown in (
        company.name,
        company.street_city,
        contact.last_name,
        'href="tel:+4799887766"',
        "javascript:alert(1)",
    ):
        assert str(shown) in page
    assert 'href="javascript:' not in page


def test_saving_an_untouched_form_changes_nothing(user: FlaskClient, database: Database) -> None:
    for path, model, channel in (
        ("/companies/3", Company, CompanyChannel),
        ("/contacts/20", Person, PersonChannel),
        ("/projects/1", Project, None),
    ):
        record_id = int(path.rpartition("/")[2])
        before = snapshot(database, model, record_id, channel)
        answer = user.post(f"{path}/edit", data=form_of(user.get(f"{path}/edit").get_data(as_text=True)))
        assert answer.status_code == 302, text_of(answer)
        assert snapshot(database, model, record_id, channel) == before


def snapshot(database: Database, model: type, record_id: int, channel: type | None) -> object:
    with database.reading() as session:
        record = session.get(model, record_id)
        assert record is not None
        ours = {"updated_at", "updated_by"}
        columns = {c.key: getattr(record, c.key) for c in record.__table__.columns if c.key not in ours}
        channels = []
        if channel is not None:
            owner = next(c for c in channel.__table__.c if c.foreign_keys)  # type: ignore[attr-defined]
            rows = session.execute(select(channel.kind, channel.value).where(owner == record_id))  # type: ignore[attr-defined]
            channels = sorted(tuple(row) for row in rows)
        interests = sorted(session.scalars(select(PersonInterest.item_id).where(PersonInterest.person_id == record_id)))
        return columns, channels, interests if model is Person else []


def test_what_is_edited_is_saved_with_time_and_name(user: FlaskClient, database: Database) -> None:
    form = form_of(user.get("/companies/3/edit").get_data(as_text=True))
    form |= {"name": "  New <b>name</b>\x07 ", "phone": "22 33 44 55\r\n\r\n 22 33 44 56 \r\n22 33 44 55", "code": ""}
    answer = user.post("/companies/3/edit", data=form)
    assert answer.status_code == 302
    with database.reading() as session:
        company = session.get(Company, 3)
        phones = session.scalars(
            select(CompanyChannel.value).where(CompanyChannel.company_id == 3, CompanyChannel.kind == "phone")
        ).all()
    assert company is not None
    assert (company.name, company.code, company.updated_by) == ("New <b>name</b>", None, "user")
    assert phones == ["22 33 44 55", "22 33 44 56"]
    assert "New &lt;b&gt;name&lt;/b&gt;" in user.get("/companies/3").get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter the company's name."),
        ("name", "x" * 256, "255"),
        ("email", "nobody", "“nobody” is not an e-mail address."),
        ("phone", "1" * 256, "A line may have 255 characters at most."),
        ("category_id", "9999999", "Category"),
        ("category_id", "x", "Category"),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_typed_is_lost(
    user: FlaskClient, database: Database, field: str, value: str, message: str
) -> None:
    form = form_of(user.get("/companies/3/edit").get_data(as_text=True)) | {
        "department": "Typed just now",
        field: value,
    }
    page = user.post("/companies/3/edit", data=form).get_data(as_text=True)
    assert message in html.unescape(page)
    assert f'href="#{field}"' in page
    assert "Typed just now" in page
    with database.reading() as session:
        assert session.get(Company, 3).department != "Typed just now"  # type: ignore[union-attr]


def test_a_stale_form_overwrites_nobody(sign_in: SignIn, database: Database) -> None:
    slow, quick = sign_in("admin"), sign_in("user")
    stale = form_of(slow.get("/companies/3/edit").get_data(as_text=True))
    fresh = form_of(quick.get("/companies/3/edit").get_data(as_text=True))
    assert quick.post("/companies/3/edit", data=fresh | {"department": "Quick"}).status_code == 302
    answer = slow.post("/companies/3/edit", data=stale | {"department": "Slow"})
    assert "Someone has changed this" in text_of(answer)
    with database.reading() as session:
        assert session.get(Company, 3).department == "Quick"  # type: ignore[union-attr]


def test_a_contact_is_tied_to_the_company_one_names(user: FlaskClient, database: Database) -> None:
    with database.reading() as session:
        name = session.get(Company, 5).name  # type: ignore[union-attr]
    for typed in (name, "#5", f"{name} (#5)"):
        answer = user.post("/contacts/new", data={"last_name": "Prøve", "company": typed})
        assert answer.status_code == 302, typed
        with database.reading() as session:
            assert session.scalars(select(Person).order_by(Person.id.desc())).first().company_id == 5  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["No such company", "#99999999", "#999999999999999999999"])
def test_an_unknown_company_is_refused(user: FlaskClient, typed: str) -> None:
    answer = user.post("/contacts/new", data={"last_name": "Prøve", "company": typed})
    assert "There is no company" in text_of(answer)


def test_a_name_two_companies_share_asks_for_the_id(user: FlaskClient, database: Database) -> None:
    with database.writing() as session:
        session.execute(insert(Company), [{"name": "Twin AS"}, {"name": "Twin AS"}])
    answer = user.post("/projects/new", data={"name": "Prøve", "company": "Twin AS"})
    assert "Several companies have this name" in text_of(answer)


def test_a_contact_without_company_follows_the_preference(user: FlaskClient, database: Database) -> None:
    assert user.post("/contacts/new", data={"last_name": "Alone"}).status_code == 302
    with database.writing() as session:
        switch(session, MANDATORY_COMPANY, True)
    assert "A contact needs a company here." in text_of(user.post("/contacts/new", data={"last_name": "Alone"}))


def test_interests_are_saved(user: FlaskClient, database: Database) -> None:
    form = form_of(user.get("/contacts/20/edit").get_data(as_text=True))
    page = user.get("/contacts/20/edit").get_data(as_text=True)
    options = re.search(r'<select[^>]*name="interests".*?</select>', page, re.DOTALL)
    assert options is not None
    ids = re.findall(r'value="(\d+)"', options.group())[:2]
    user.post("/contacts/20/edit", data=form | {"interests": ids})
    with database.reading() as session:
        saved = session.scalars(select(PersonInterest.item_id).where(PersonInterest.person_id == 20)).all()
    assert sorted(saved) == sorted(map(int, ids))


def test_deleting_a_company_keeps_its_contacts(admin: FlaskClient, database: Database) -> None:
    with database.writing() as session:
        session.execute(insert(Selection).values(id=90, name="S", entity="company"))
        session.execute(insert(Selection).values(id=91, name="P", entity="person"))
        session.execute(
            insert(SelectionMember),
            [{"selection_id": 90, "entity_id": 1}, {"selection_id": 91, "entity_id": 1}],
        )
        staff = session.scalars(select(Person.id).where(Person.company_id == 1)).all()
    assert staff
    assert "Delete" in text_of(admin.get("/companies/1/delete"))
    assert admin.post("/companies/1/delete").status_code == 302
    assert admin.post("/companies/1/delete").status_code == 404
    with database.reading() as session:
        assert session.get(Company, 1) is None
        assert session.scalars(select(Person.company_id).where(Person.id.in_(staff))).all() == [None] * len(staff)
        assert session.scalars(select(CompanyChannel).where(CompanyChannel.company_id == 1)).all() == []
        assert session.scalars(select(SelectionMember.selection_id).where(SelectionMember.entity_id == 1)).all() == [91]
