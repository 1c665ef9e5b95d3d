from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from erp_import_plugin.demo.database import Database
from erp_import_plugin.demo.erasure import digests
from erp_import_plugin.demo.tables import Company, DoNotRecreate, Person, PersonChannel

from .conftest import text_of


def test_one_person_gives_the_same_digests_however_written() -> None:
    written = digests(
        emails=["Ola@Example.NO "], mobiles=["412 34 567"], country_code="NO", name="OLA  Nordmann", company="Acme AS"
    )
    again = digests(emails=["ola@example.no"], mobiles=["+4741234567"], name="Ola Nordmann", company="ACME as")
    assert written == again
    assert len(written) == 3


@pytest.mark.parametrize(
    "facts",
    [
        {"emails": ["kari@example.no"]},
        {"mobiles": ["+4741234568"]},
        {"name": "Ola Nordmann", "company": "Other AS"},
        {"name": "Ola Nordmann", "birth_date": date(1970, 1, 1)},
    ],
)
def test_another_person_gives_other_digests(facts: dict[str, object]) -> None:
    erased = digests(emails=["ola@example.no"], mobiles=["+4741234567"], name="Ola Nordmann", company="Acme AS")
    other = digests(**facts)  # type: ignore[arg-type]
    assert other
    assert not erased & other


@pytest.mark.parametrize(
    "facts", [{}, {"name": "Ola Nordmann"}, {"company": "Acme AS"}, {"mobiles": ["x", ""]}, {"emails": [" "]}]
)
def test_what_identifies_nobody_gives_no_digest(facts: dict[str, object]) -> None:
    assert digests(**facts) == frozenset()  # type: ignore[arg-type]


def test_a_digest_shows_nothing_of_the_person() -> None:
    (digest,) = digests(emails=["ola@example.no"])
    assert len(digest) == 64
    assert int(digest, 16)


def test_erasing_deletes_the_contact_and_remembers_it(admin: FlaskClient, database: Database) -> None:
    with database.writing() as session:
        session.execute(
            insert(PersonChannel),
            [
                {"person_id": 20, "kind": "email", "value": "erase.me@example.no"},
                {"person_id": 20, "kind": "phone_mobile", "value": "412 99 887"},
            ],
        )
        person = session.get(Person, 20)
        assert person is not None
        employer = session.get(Company, person.company_id)
        assert employer is not None
    assert "Erase" in text_of(admin.get("/contacts/20/erase"))
    assert admin.post("/contacts/20/erase").status_code == 302
    assert admin.post("/contacts/20/erase").status_code == 404
    with database.reading() as session:
        kept = set(session.scalars(select(DoNotRecreate.digest)))
        assert session.get(Person, 20) is None
        assert session.scalars(select(PersonChannel).where(PersonChannel.person_id == 20)).all() == []
    assert digests(emails=["Erase.Me@example.no"]) <= kept
    assert digests(mobiles=["+47 412 99 887"]) <= kept
    assert digests(name=f"{person.first_name} {person.last_name}", company=employer.name) <= kept


def test_two_contacts_with_one_address_can_both_be_erased(admin: FlaskClient, database: Database) -> None:
    with database.writing() as session:
        session.execute(
            insert(PersonChannel),
            [{"person_id": number, "kind": "email", "value": "shared@example.no"} for number in (21, 22)],
        )
    for number in (21, 22):
        assert admin.post(f"/contacts/{number}/erase").status_code == 302


def test_an_entry_can_be_taken_off_the_list(admin: FlaskClient, database: Database) -> None:
    admin.post("/contacts/20/erase")
    with database.reading() as session:
        entry = session.scalars(select(DoNotRecreate)).first()
    assert entry is not None
    assert entry.digest[:16] in text_of(admin.get("/settings/privacy/"))
    admin.post(f"/settings/privacy/do-not-recreate/{entry.id}/remove")
    with database.reading() as session:
        assert session.get(DoNotRecreate, entry.id) is None
