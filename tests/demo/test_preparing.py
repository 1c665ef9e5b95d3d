from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from erp_import_plugin.demo import create_app, preparing
from erp_import_plugin.demo.database import Database, connect
from erp_import_plugin.demo.preparing import prepare
from erp_import_plugin.demo.tables import Base, Company, Person, User


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_an_empty_database_is_filled_once(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/crm.sqlite")
    assert prepare(database) is True
    before = counts(database)
    assert before["company"] > 3_000
    assert before["person"] > 3_900
    assert before["project"] == 100
    with database.writing() as session:
        session.execute(update(Company).where(Company.id == 1).values(name="Changed by hand"))
    database.engine.dispose()

    again = connect(f"sqlite:///{tmp_path}/crm.sqlite")
    assert prepare(again) is False
    assert counts(again) == before
    with again.reading() as session:
        assert session.get(Company, 1).name == "Changed by hand"  # type: ignore[union-attr]
    again.engine.dispose()


def test_a_seed_that_breaks_off_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = connect(f"sqlite:///{tmp_path}/crm.sqlite")

    def half(session: object) -> None:
        session.execute(insert(User).values(login="a", name="A", password_hash="", role="user", active=True))  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr(preparing, "seed", half)
    with pytest.raises(KeyboardInterrupt):
        prepare(database)
    monkeypatch.undo()
    assert prepare(database) is True
    database.engine.dispose()


def test_the_seed_has_gaps_and_doubles_to_work_on(filled: Path) -> None:
    database = connect(f"sqlite:///{filled}")
    with database.reading() as session:
        total = session.scalar(select(func.count()).select_from(Company)) or 0
        without_vat = session.scalar(select(func.count()).where(Company.vat_number.is_(None))) or 0
        shared = select(Company.vat_number).group_by(Company.vat_number).having(func.count() > 1).subquery()
        doubles = session.scalar(select(func.count()).select_from(shared)) or 0
        alone = session.scalar(select(func.count()).where(Person.company_id.is_(None))) or 0
    database.engine.dispose()
    assert 0.1 < without_vat / total < 0.25
    assert doubles >= 5
    assert alone > 100


def test_a_database_server_serves_the_same_crm(server_url: str, tmp_path: Path) -> None:
    app = create_app(server_url, INSTANCE_PATH=str(tmp_path), TESTING=True, WTF_CSRF_ENABLED=False)
    database: Database = app.extensions["demo_database"]
    assert prepare(database) is True
    assert prepare(database) is False
    client = app.test_client()
    client.post("/sign-in", data={"login": "admin", "password": "admin-demo"})
    assert "Nordlys" in client.get("/companies/?q=nordlys").get_data(as_text=True)
    answer = client.post("/companies/new", data={"name": "Blåbær & Sønn 🫐", "phone": "22 11 33 44\n22 11 33 45"})
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Blåbær &amp; Sønn 🫐" in page
    assert "22 11 33 45" in page
    assert "Blåbær" in client.get("/companies/?q=BLÅBÆR").get_data(as_text=True)
    upload = {"file": (io.BytesIO(b"name;country\nFirst\nSecond;NO\n"), "a.csv")}
    client.post("/settings/import/csv", data=upload)
    assert client.post("/settings/import/csv/import").status_code == 302
    assert "Second" in client.get("/companies/?q=second").get_data(as_text=True)
    assert client.post("/selections/1/delete-members").status_code == 302
    for path in ("/contacts/", "/projects/", "/selections/", "/settings/privacy/", "/settings/import/"):
        assert client.get(path).status_code == 200, path
    database.engine.dispose()
