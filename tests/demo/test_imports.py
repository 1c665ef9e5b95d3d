"""The Import page: backups, sources, and the CRM's own CSV source."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, func, select
from werkzeug.test import TestResponse

from erp_import_plugin.demo import backups
from erp_import_plugin.demo.database import Database, connect
from erp_import_plugin.demo.preparing import prepare
from erp_import_plugin.demo.sources import ImportSource, add_import_sources
from erp_import_plugin.demo.tables import Backup, Base, Company, CompanyChannel
from tests.support.requirements import leave_out

from .conftest import text_of
from .test_preparing import counts


def upload(client: FlaskClient, content: bytes) -> TestResponse:
    answer = client.post("/settings/import/csv", data={"file": (io.BytesIO(content), "companies.csv")})
    # The test client writes a large body to a temporary file and leaves it open.
    answer.request.environ["wsgi.input"].close()
    return answer


def test_the_page_advises_a_backup_and_says_when_the_last_was_made(admin: FlaskClient) -> None:
    assert "No backup has been made yet." in text_of(admin.get("/settings/import/"))
    page = text_of(admin.post("/settings/import/backup", follow_redirects=True))
    assert "The backup is made: crm-" in page
    assert "The last backup was made" in page
    assert "by admin" in page


def test_a_backup_is_the_whole_database(admin: FlaskClient, database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        session.add(Company(name="Written just before"))
    admin.post("/settings/import/backup")
    with database.writing() as session:
        session.add(Company(name="Written just after"))
    with database.reading() as session:
        made = session.scalars(select(Backup)).one()
    file = Path(made.path)
    assert file.parent == tmp_path / "backups"
    assert file.stat().st_size == made.size
    assert file.stat().st_mode & 0o077 == 0
    restored = connect(f"sqlite:///{file}")
    now, then = counts(database), counts(restored)
    with restored.reading() as session:
        names = session.scalars(select(Company.name).where(Company.name.startswith("Written"))).all()
    restored.engine.dispose()
    assert names == ["Written just before"]
    assert then == now | {"company": now["company"] - 1, "backup": 0}


def test_a_backup_that_fails_says_why_and_leaves_nothing(admin: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    page = text_of(admin.post("/settings/import/backup", follow_redirects=True))
    assert "No backup was made" in page
    assert "No backup has been made yet." in page


def test_a_server_is_backed_up_by_its_own_program(crm: Flask, server_url: str, tmp_path: Path) -> None:
    database = connect(server_url)
    prepare(database)
    with crm.test_request_context():
        if backups.why_not(database.engine):
            leave_out(database.engine.dialect.name, str(backups.why_not(database.engine)))
        file = backups.make(database.engine, tmp_path / "made")
    content = file.read_bytes()
    database.engine.dispose()
    assert all(table.name.encode() in content for table in Base.metadata.sorted_tables)
    assert len(content) > 100_000
    assert [made.name for made in (tmp_path / "made").iterdir()] == [file.name]


def test_without_the_program_the_page_says_so(crm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with crm.test_request_context():
        assert backups.why_not(engine) == "The program pg_dump is not installed on this server."


def test_a_server_that_is_away_makes_no_backup(crm: Flask, tmp_path: Path) -> None:
    engine = create_engine("postgresql+psycopg://nobody:secret@127.0.0.1:1/none")
    with crm.test_request_context():
        if backups.why_not(engine):
            leave_out("postgresql", "pg_dump is not installed. On Debian: apt install postgresql-client.")
        with pytest.raises(backups.BackupFailed) as failed:
            backups.make(engine, tmp_path / "made")
    assert "secret" not in str(failed.value)
    assert list((tmp_path / "made").iterdir()) == []


def test_sources_of_others_are_listed_with_what_keeps_them_off(crm: Flask, admin: FlaskClient) -> None:
    off = ImportSource("erp", "ERP Sync", "From an ERP", "/erp", active=False, reason="Sync is on.", reason_url="/sync")
    add_import_sources(crm, lambda: [off])
    page = admin.get("/settings/import/")
    assert "Sync is on." in text_of(page)
    assert 'href="/sync"' in page.get_data(as_text=True)
    assert 'href="/erp"' not in page.get_data(as_text=True)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_file_becomes_companies(admin: FlaskClient, database: Database, separator: str, encoding: str) -> None:
    lines = [
        ["Name", "VAT number", "phone", "Country", "Shoe size"],
        ["Blåbær AS", "923456783", "22 33 44 55", "no", "43"],
        ["", "1", "", "", ""],
        ["<b>Fet</b>", "", "", "", ""],
    ]
    content = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    page = text_of(upload(admin, content))
    assert "2 companies can be imported" in page
    assert "These columns are not read: shoe_size." in page
    assert "Line 3: There is no name." in page
    with database.reading() as session:
        assert session.scalar(select(Company).where(Company.name == "Blåbær AS")) is None
    assert admin.post("/settings/import/csv/import").status_code == 302
    with database.reading() as session:
        company = session.scalars(select(Company).where(Company.name == "Blåbær AS")).one()
        phone = session.scalars(select(CompanyChannel.value).where(CompanyChannel.company_id == company.id)).one()
        assert session.scalar(select(Company.id).where(Company.name == "<b>Fet</b>")) is not None
    assert (company.vat_number, phone, company.updated_by) == ("923456783", "22 33 44 55", "admin")
    assert company.country_id is not None


def test_pressing_import_twice_imports_once(admin: FlaskClient, database: Database, tmp_path: Path) -> None:
    upload(admin, b"name\nOnce AS\n")
    admin.post("/settings/import/csv/import")
    assert "imported already" in text_of(admin.post("/settings/import/csv/import", follow_redirects=True))
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Company.name == "Once AS")) == 1
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Choose a file that is not empty."),
        (b"city;zip\nOslo;0155\n", "The first row has no column"),
        (b"name,name\nA,B\n", "A column stands there twice: name."),
        (b"PK\x03\x04\x00\x00binary", "This is not a text file."),
        (b"name\n" + b"x" * (10 * 1024 * 1024), "larger than 10 MB"),
        (b'name\n"' + b"x" * 140_000 + b'"\n', "cannot be read"),
        (b"name\n\x81\x8d\n", "The letters of this file cannot be read."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(admin: FlaskClient, content: bytes, message: str) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert message in text_of(answer)


# Werkzeug leaves the temporary file of an upload that is cut to be closed when it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("declared", "status", "told"),
    [
        (10, 422, "Choose a file that is not empty."),
        (400, 400, "The server did not understand what was sent."),
        (1 << 40, 413, "What you sent is larger than this server takes."),
    ],
)
def test_an_upload_that_lies_about_its_size_adds_nothing_and_says_what_to_do(
    admin: FlaskClient, database: Database, declared: int, status: int, told: str
) -> None:
    before = counts(database)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    answer = admin.post(
        "/settings/import/csv",
        input_stream=io.BytesIO(head + b"name\r\nAcme\r\n--x--\r\n"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(declared)},
    )
    assert answer.status_code == status
    assert told in text_of(answer)
    assert counts(database) == before


def test_a_value_that_is_too_long_leaves_out_its_line_only(admin: FlaskClient) -> None:
    page = text_of(upload(admin, b"name,code\nGood AS,1\n" + b"x" * 256 + b",2\n"))
    assert "1 company can be imported" in page
    assert "name has more than 255 characters." in page


def test_a_backup_can_be_taken_while_someone_writes(database: Database, crm: Flask, tmp_path: Path) -> None:
    with closing(database.engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("DELETE FROM person_interest")
        with crm.test_request_context():
            file = backups.make(database.engine, tmp_path / "made")
        cursor.execute("ROLLBACK")
        cursor.close()
    restored = connect(f"sqlite:///{file}")
    assert counts(restored)["person_interest"] > 0
    restored.engine.dispose()
