"""``docs/host.md``: the host on the page works as it stands, its examples run, its tables say what the code does."""

from __future__ import annotations

import ast
import csv
import importlib.util
import io
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import erp_import_plugin
from erp_import_plugin import host_api
from erp_import_plugin.config import PREFIX, Config
from erp_import_plugin.engine.mapping import KNOWN_KEYS
from erp_import_plugin.engine.rules import RULES
from erp_import_plugin.host_api import CrmType, EntityKind, EntityUpdate, Host, ImportSource, User
from erp_import_plugin.store.transactions import writing
from tests.support import pages
from tests.support.reading import Element, Page
from tests.support.waiting import wait_until

KARI = User("kari", "Kari Nordmann")
STATIC = pages.DOCS.parent / "erp_import_plugin" / "web" / "static"
TEMPLATES = pages.DOCS.parent / "templates" / "erp_import"
TEXT = pages.text("host.md")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Any]:
    """The module ``crm.py`` of the page in a folder of its own, with the page's other files."""
    for name, text in pages.files("host.md").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("crm_of_the_page", tmp_path / "crm.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    module.app.extensions["erp_import"].runner.close()
    module.engine.dispose()
    del sys.modules[spec.name]


@pytest.fixture
def further(host: Any) -> Any:
    """The module, continued by all other examples of the page in their order."""
    examples = re.findall(r"(?<!`:\n\n)```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(examples) >= 6
    for example in examples:
        exec(compile(example, "docs/host.md", "exec"), host.__dict__)  # noqa: S102  our own page
    host.Base.metadata.create_all(host.engine)
    return host


class Visitor:
    """Somebody at a browser: opens pages, fills in their forms, presses their buttons."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self.page = Page("<html></html>")
        self.at = ""

    def open(self, path: str) -> Page:
        answer = self._client.get(path, follow_redirects=True)
        assert answer.status_code == 200, answer.get_data(as_text=True)[-2000:]
        self.at, self.page = answer.request.full_path.rstrip("?"), Page(answer.get_data(as_text=True))
        return self.page

    def press(self, form: str, **changes: str) -> Page:
        """Send the form whose address ends so, with what it holds and with these changes."""
        (found,) = [one for one in self.page.all("form", method="post") if one["action"].split("?")[0].endswith(form)]
        answer = self._client.post(found["action"], data=_held(found) | changes)
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)[-2000:]
        return self.open(answer.headers["Location"])

    def wait(self) -> Page:
        """Look again until the page no longer asks for itself, because the work on it has ended."""
        wait_until(lambda: not any(one["hx-trigger"].startswith("every ") for one in self.open(self.at).elements))
        return self.page

    def file(self, path: str) -> bytes:
        with self._client.get(path) as answer:
            assert answer.status_code == 200
            return bytes(answer.data)


def _held(form: Element) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for one in form.inside:
        if one.tag == "input" and one["name"] and (one["type"] not in ("checkbox", "radio") or "checked" in one):
            data.setdefault(one["name"], []).append(one["value"])
        elif one.tag == "select":
            options = [option for option in one.inside if option.tag == "option"]
            data[one["name"]] = next((o["value"] for o in options if "selected" in o), options[0]["value"])
    return data


def _commands() -> list[list[str]]:
    shown = "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
    found = [shlex.split(line) for line in shown.splitlines()]
    return [line[3:] for line in found if line[:4] == ["flask", "--app", "crm", "erp-import"]]


def _rows(module: Any, statement: Any) -> list[Any]:
    with Session(module.engine) as db:
        return [tuple(row) for row in db.execute(statement)]


def _workbook(file: Path) -> None:
    book = Workbook()
    customers = book.active
    assert customers is not None
    customers.title = "Customers"
    for row in (
        ["NUMBER2", "NAME", "VATNO", "STREETCITY", "PHONE"],
        ["7", "Nordlys AS", "NO 1", "Tromsø", "+4777000000"],
    ):
        customers.append(row)
    contacts = book.create_sheet("Contacts")
    for row in (["KEY", "FIRSTNAME", "LASTNAME", "PARENT"], ["p1", "Åse", "Lund", "7"], ["p2", "Per", "Dahl", "7"]):
        contacts.append(row)
    book.save(file)


def test_the_commands_of_the_page_connect_and_import(host: Any) -> None:
    runner = host.app.test_cli_runner()
    for command in _commands():
        result = runner.invoke(args=command)
        assert result.exit_code == 0, result.output
    found = _rows(host, select(host.Company.name, host.Company.number, host.Company.city).order_by(host.Company.number))
    wanted = csv.DictReader(io.StringIO(pages.files("host.md")["erp-files/customers.csv"]))
    assert found == [(one["NAME"], one["NUMBER2"], one["STREETCITY"]) for one in wanted]
    assert len(_rows(host, select(host.CompanyPhone.id))) == 2
    assert "Ås Båt" in Visitor(host.app).open("/selections/1").text


def test_the_id_of_a_deleted_company_is_not_taken_for_another_one(host: Any) -> None:
    runner = host.app.test_cli_runner()
    for command in _commands():
        runner.invoke(args=command)
    with Session(host.engine) as db:
        db.execute(delete(host.Company).where(host.Company.name == "Nord Kaffe"))
        db.add(host.Company(name="Somebody else"))
        db.commit()
    again = runner.invoke(args=[*_commands()[-1], "--company-action", "replace"])
    assert again.exit_code == 0, again.output
    names = [name for (name,) in _rows(host, select(host.Company.name))]
    assert sorted(names) == ["Fjord Fisk AS", "Nord Kaffe", "Somebody else", "Ås Båt"]


def test_a_whole_import_through_the_pages_of_the_host(host: Any, tmp_path: Path) -> None:
    _workbook(tmp_path / "erp-files" / "erp.xlsx")
    extension = host.app.extensions["erp_import"]
    with host.app.app_context():
        extension.add_connection("kari", "workbook", "Book", {"file": "erp.xlsx"})
    kari = Visitor(host.app)
    assert "Sign in as Kari" in kari.open("/erp-import/").text  # whoever is not signed in is sent to do so
    kari.press("/sign-in")
    assert kari.page.one("h1").text == "Import"
    kari.open("/erp-import/connection")
    kari.press("/connection", actor_type="Customer")
    token = kari.at.split("/")[3]
    for actor_type in ("Customer", "Person"):
        kari.open(f"/erp-import/imports/{token}/search?type={actor_type}")
        kari.press("/search", do="find")
        kari.wait()
        kari.press("/search", do="all")
        kari.press("/search", do="add-ticked")
        assert kari.at.endswith("/staging")
        kari.wait()
    kari.open(f"/erp-import/imports/{token}/settings")
    kari.press("/settings", **{"company-match": "number", "person-match": "name"})
    kari.wait()
    assert kari.at.endswith("/preview")
    assert {"Nordlys AS", "Åse Lund", "Per Dahl"} <= {one.text for one in kari.page.all("a")}
    assert _rows(host, select(host.Company.id)) == []
    kari.open(next(a["href"] for a in kari.page.all("a") if a.text == "Åse Lund"))
    kari.open(f"/erp-import/imports/{token}/importing")
    kari.press("/importing")
    kari.wait()
    kari.open(f"/erp-import/imports/{token}/done")
    assert kari.page.one("h1").text == "3 actors imported"
    company = _rows(host, select(host.Company.id, host.Company.name))
    assert [name for _, name in company] == ["Nordlys AS"]
    people = _rows(host, select(host.Person.last_name, host.Person.company_id).order_by(host.Person.last_name))
    assert people == [("Dahl", company[0][0]), ("Lund", company[0][0])]
    assert _rows(host, select(host.CompanyPhone.number)) == [("+4777000000",)]
    selections = [a["href"] for a in kari.page.all("a") if a["href"].startswith("/selections/")]
    assert len(selections) == 2
    assert any("Lund" in Visitor(host.app).open(one).text for one in selections)
    assert "Nordlys AS" in kari.file(f"/erp-import/imports/{token}/done.csv").decode("utf-8-sig")
    assert is_zipfile(io.BytesIO(kari.file(f"/erp-import/imports/{token}/done.xlsx")))
    assert "Book" in kari.open("/erp-import/imports").text
    _undo(host, kari, f"/erp-import/imports/{token}/done")


def _undo(host: Any, kari: Visitor, result: str) -> None:
    """Undo an import on its pages: the CRM is empty again, and so are the selections."""
    kari.open(result)
    kari.press("/undo")
    kari.wait()
    assert kari.page.one("h1").text == "Preview of the undo"
    kari.open(kari.at.replace("/preview", "/importing"))
    kari.press("/importing")
    kari.wait()
    kari.open(kari.at.replace("/importing", "/done"))
    assert kari.page.one("h1").text == "3 rows undone"
    for column in (host.Company.id, host.Person.id, host.CompanyPhone.number, host.SelectionMember.entity_id):
        assert _rows(host, select(column)) == []


def test_the_app_factory_serves_the_pages_where_it_says(further: Any) -> None:
    app = further.create_app()
    client = app.test_client()
    with client.session_transaction() as session:
        session["user"] = "kari"
    assert client.get("/settings/import/erp-sync/").status_code == 200
    app.extensions["erp_import"].runner.close()


def test_the_import_page_of_the_host_lists_the_source(further: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = further.app.test_client()
    assert client.get("/import").json["reason"]
    with client.session_transaction() as session:
        session["user"] = "kari"
    assert client.get("/import").json == {"source": "ERP Sync", "icon": "erp-sync", "url": "/erp-import/"}
    monkeypatch.setattr(further.Sync, "is_on", lambda _self: True)
    assert client.get("/import").json["reason"].startswith("Automatic sync is on.")
    assert {one.name for one in fields(ImportSource)} == {"label", "icon", "url", "active", "reason"}


def test_the_larger_map_writes_and_reads_every_kind_of_field(further: Any) -> None:
    kind, crm = EntityKind.PERSON, further.larger_crm
    with writing(further.engine) as tx:
        norway, golf = (crm.add_list_items(tx, name, [label])[0].id for name, label in LISTS)
        (company,) = crm.create(tx, EntityKind.COMPANY, [{"name": "Nordlys AS"}], KARI)
        values = {
            "first_name": "Åse", "last_name": "Lund", "company": company, "country": norway, "interests": (golf,),
            "phone_mobile": ("+4790000000",), "email": ("ase@nordlys.example", "aase@nordlys.example"),
        }  # fmt: skip
        (made,) = crm.create(tx, kind, [values], KARI)
        assert crm.read(tx, kind, [made], list(values))[made].values == values
        crm.update(tx, kind, [EntityUpdate(made, {"first_name": "Aase"})], KARI)
        assert first_default(crm) == norway
    (row,) = _rows(further, select(further.Contact.first_name, further.Contact.created_by, further.Contact.changed_by))
    assert row == ("Aase", "kari", "kari")
    assert _rows(further, select(further.Contact.changed_at))[0][0] is not None


LISTS = (("country", "Norway"), ("interest", "Golf"))


def first_default(crm: Any) -> str | None:
    default: str | None = crm.schema().lists["country"].default
    return default


def test_who_was_erased_as_the_page_says_is_not_created_again(further: Any) -> None:
    crm = further.larger_crm
    with Session(further.engine) as db:
        contact = further.Contact(last_name="Lund")
        db.add(contact)
        db.flush()
        further.erase(db, contact, ["ase@nordlys.example"], ["90 00 00 00"])
        db.commit()
    rows = [{"last_name": "Lund", "phone_mobile": ("+47 90000000",)}, {"last_name": "Lund"}]
    with writing(further.engine) as tx:
        assert list(crm.erased(tx, EntityKind.PERSON, rows)) == [True, False]


def test_the_host_hears_of_every_record_that_is_written(further: Any) -> None:
    crm = further.IndexedCrm([further.companies])
    with writing(further.engine) as tx:
        ids = crm.create(tx, EntityKind.COMPANY, [{"name": "A"}, {"name": "B"}], KARI)
        crm.update(tx, EntityKind.COMPANY, [EntityUpdate(ids[1], {"name": "C"})], KARI)
    assert [one for (one,) in _rows(further, select(further.Reindex.entity_id))] == [*ids, ids[1]]


def test_the_backup_of_the_page_holds_the_records(further: Any) -> None:
    backup = further.Backup()
    assert backup.last() is None
    made = backup.make(KARI)
    assert (backup.last(), made.at.tzinfo is not None) == (made, True)
    with further.sqlite3.connect(further.Backup.folder / made.where) as copy:
        assert copy.execute("SELECT count(*) FROM company").fetchone() == (0,)
    copy.close()


def test_generated_migrations_of_the_host_leave_our_tables_alone(further: Any) -> None:
    def only_tables(_object: Any, _name: str, type_: str, _reflected: bool, _to: Any) -> bool:
        return type_ == "table"

    with further.engine.connect() as connection:
        for options, wanted in (({"include_name": further.include_name}, False), ({}, True)):
            context = MigrationContext.configure(connection, opts={**options, "include_object": only_tables})
            assert bool(compare_metadata(context, further.Base.metadata)) is wanted


def test_a_template_of_the_host_takes_the_place_of_ours(host: Any, tmp_path: Path) -> None:
    for name, block in (("source.html", "body"), ("connection.html", "lede")):
        file = tmp_path / "templates" / "erp_import" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        page = f"{{% extends 'erp_import/layout.html' %}}{{% block {block} %}}Ask Kari first{{% endblock %}}"
        file.write_text(page, encoding="utf-8")
    kari = Visitor(host.app)
    kari.open("/")
    kari.press("/sign-in")
    assert "Ask Kari first" in kari.page.text
    assert "Ask Kari first" in kari.open("/erp-import/connection").text


def test_the_frame_and_the_headers_of_the_host_are_taken(host: Any, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    frame = "<html><title>{% block title %}{% endblock %} in the CRM</title>{% block head %}{% endblock %}"
    (tmp_path / "templates" / "frame.html").write_text(frame + "<main>{% block content %}{% endblock %}</main></html>")
    app = Flask("framed", root_path=str(tmp_path))
    app.config.update(SECRET_KEY="a long random text", ERP_IMPORT_BASE_TEMPLATE="frame.html")

    @app.after_request
    def own(answer: Any) -> Any:
        answer.headers["Content-Security-Policy"] = "default-src 'self'"
        return answer

    erp_import_plugin.ErpImport(app, engine=host.engine, host=app_host(host))
    client = app.test_client()
    with client.session_transaction() as session:
        session["user"] = "kari"
    answer = client.get("/erp-import/")
    assert "<title>Import in the CRM</title>" in answer.text
    assert len(Page(answer.text).all("h1")) == 1
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"


def app_host(host: Any) -> Host:
    return Host(host.crm, host.Access(), host.Sync(), host.Selections(), host.Links())


def test_the_page_has_every_key_of_the_configuration_with_its_default() -> None:
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \| `(.+?)` \| .+ \|$", TEXT, re.MULTILINE)
    shown = {key: ast.literal_eval(default) for key, default in rows}
    assert shown == {PREFIX + one.name.upper(): one.default for one in fields(Config)}


def test_the_page_says_only_keys_that_there_are() -> None:
    known = {PREFIX + one.name.upper() for one in fields(Config)}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", TEXT)) == known


@pytest.mark.parametrize("name", [*host_api.__all__, *erp_import_plugin.__all__])
def test_the_page_names_what_a_host_imports(name: str) -> None:
    assert name == "__version__" or re.search(rf"\b{name}\b", TEXT)


@pytest.mark.parametrize("part", [host_api.Access, host_api.Sync, host_api.Selections, host_api.Links, host_api.Backup])
def test_the_page_tells_every_method_of_a_part(part: type) -> None:
    methods = [name for name in vars(part) if callable(vars(part)[name]) and not name.startswith("_")]
    assert methods
    for method in methods:
        assert re.search(rf"`{method}\(|`{method}`|def {method}\(", TEXT), method
    assert part.__name__.lower() in {one.name for one in fields(Host)}


def test_the_page_names_every_field_key_the_plugin_knows() -> None:
    section = TEXT.split("## Field keys")[1].split("\n## ")[0]
    known = {key for keys in KNOWN_KEYS.values() for key in keys.values()}
    ruled = {key for rules in RULES.values() for rule in rules.values() for key in rule.fields}
    for key in known | ruled | {"company", "legal_basis", "consent_source"}:
        assert f"`{key}`" in section, key


def test_the_page_tells_the_value_of_every_type() -> None:
    for one in CrmType:
        assert f"`CrmType.{one.name}`" in TEXT


def test_the_page_names_the_colours_that_the_stylesheet_takes() -> None:
    css = (STATIC / "erp_import.css").read_text(encoding="utf-8").split(".erp *")[0]
    taken = set(re.findall(r"var\((--(?!erp-)[\w-]+),", css))
    assert taken
    table = TEXT.split("**Your colours.**")[1].split("\n\n")[1]
    assert set(re.findall(r"`(--[\w-]+)`", table)) == taken


@pytest.mark.parametrize("template", ["_base.html", "layout.html"])
def test_the_page_names_the_blocks_of_our_templates(template: str) -> None:
    blocks = set(re.findall(r"{% block (\w+) %}", (TEMPLATES / template).read_text(encoding="utf-8")))
    section = TEXT.split("**Your frame.**")[1].split("**Forms**")[0]
    for block in blocks:
        assert f"`{block}`" in section, block


def test_the_links_of_the_page_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in re.findall(r"^#+ (.*)$", TEXT, re.M)
    }
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", TEXT):
        page, _, anchor = target.partition("#")
        assert not page or (pages.DOCS / page).is_file(), target
        assert page or anchor in anchors, target
