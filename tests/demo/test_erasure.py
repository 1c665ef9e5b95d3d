from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select

from erp_import_plugin.demo.database import Database
from erp_import_plugin.demo.erasure import digests_of
from erp_import_plugin.demo.tables import DoNotRecreate, ListItem, Person, PersonChannel
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store.crm import erasure_digests

from .conftest import text_of

PERSON = 20


def give(database: Database, person_id: int, *channels: tuple[str, str]) -> None:
    """Let the contact have just these phones and addresses."""
    with database.writing() as session:
        session.execute(delete(PersonChannel).where(PersonChannel.person_id == person_id))
        if channels:
            rows = [{"person_id": person_id, "kind": kind, "value": value} for kind, value in channels]
            session.execute(insert(PersonChannel), rows)


def listed(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(DoNotRecreate.digest)))


def test_erasing_deletes_the_contact_and_an_import_knows_it_again(admin: FlaskClient, database: Database) -> None:
    give(
        database, PERSON, ("email", "erase.me@EXAMPLE.no"), ("phone_mobile", "412 99 887"), ("phone_other", "22112211")
    )
    assert "Erase" in text_of(admin.get(f"/contacts/{PERSON}/erase"))
    assert admin.post(f"/contacts/{PERSON}/erase").status_code == 302
    assert admin.post(f"/contacts/{PERSON}/erase").status_code == 404
    with database.reading() as session:
        assert session.get(Person, PERSON) is None
        assert session.scalars(select(PersonChannel).where(PersonChannel.person_id == PERSON)).all() == []
    kept = listed(database)
    assert len(kept) == 2
    assert erasure_digests(EntityKind.PERSON, {"email": ("erase.me@example.no",)}) <= kept
    assert erasure_digests(EntityKind.PERSON, {"phone_mobile": ("+47 41 29 98 87",)}) <= kept
    assert not erasure_digests(EntityKind.PERSON, {"email": ("keep.me@example.no",)}) & kept


def test_a_number_without_prefix_is_read_in_the_contacts_own_country(database: Database) -> None:
    give(database, PERSON, ("phone_mobile", "070-123 45 67"))
    with database.writing() as session:
        person = session.get(Person, PERSON)
        assert person is not None
        person.country_id = session.scalar(select(ListItem.id).where(ListItem.code == "SE"))
        assert digests_of(session, person) == erasure_digests(EntityKind.PERSON, {"phone_mobile": ("+46701234567",)})


def test_the_list_shows_nothing_of_the_person(admin: FlaskClient, database: Database) -> None:
    give(database, PERSON, ("email", "erase.me@example.no"))
    admin.post(f"/contacts/{PERSON}/erase")
    with database.reading() as session:
        entry = session.scalars(select(DoNotRecreate)).one()
    assert len(entry.digest) == 64
    assert int(entry.digest, 16)
    assert "erase.me" not in text_of(admin.get("/settings/privacy/"))


def test_a_contact_nothing_tells_is_erased_with_a_warning(admin: FlaskClient, database: Database) -> None:
    give(database, PERSON)
    page = text_of(admin.post(f"/contacts/{PERSON}/erase", follow_redirects=True))
    assert "an import cannot recognise it" in page
    assert listed(database) == set()
    with database.reading() as session:
        assert session.get(Person, PERSON) is None


def test_two_contacts_with_one_address_can_both_be_erased(admin: FlaskClient, database: Database) -> None:
    for number in (21, 22):
        give(database, number, ("email", "shared@example.no"))
    for number in (21, 22):
        assert "1 entry on the do-not-recreate list" in text_of(
            admin.post(f"/contacts/{number}/erase", follow_redirects=True)
        )
    assert len(listed(database)) == 1


def test_an_entry_can_be_taken_off_the_list(admin: FlaskClient, database: Database) -> None:
    give(database, PERSON, ("email", "erase.me@example.no"))
    admin.post(f"/contacts/{PERSON}/erase")
    with database.reading() as session:
        entry = session.scalars(select(DoNotRecreate)).one()
    assert entry.digest[:16] in text_of(admin.get("/settings/privacy/"))
    admin.post(f"/settings/privacy/do-not-recreate/{entry.id}/remove")
    assert listed(database) == set()
