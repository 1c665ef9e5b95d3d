"""A password of a connection stands nowhere in clear: no table, file, log, page, export, answer or traceback."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from erp_import_plugin import ErpImport
from erp_import_plugin.connector_api import ActorType, AdminCanFix, GiveUp
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.workflow import erp, imports
from tests.support import databases
from tests.support.leaks import dump, forms, holds, leaking_files
from tests.support.rooms import ADMIN, build
from tests.support.shop import CONFIG
from tests.support.site import Site, Visitors

RIGHT, WRONG = CONFIG["password"], "hunter2 <&> Tränenglück"
SECRETS = (RIGHT, WRONG)
CONNECTIONS = "/erp-import/sync/connections"

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    with databases.Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture
def engine(request: pytest.FixtureRequest, servers: databases.Databases) -> Iterator[Engine]:
    engine = servers[request.param]
    databases.empty(engine)
    yield engine
    databases.empty(engine)


class Journey:
    """An admin at the screen and a job at night, on a host of its own; keeps everything that was answered."""

    def __init__(self, engine: Engine) -> None:
        self.house = build(engine)
        self.app = Flask("host")
        self.app.config.update(SECRET_KEY="the key of the host", ERP_IMPORT_RUNNER="inline", ERP_IMPORT_CHUNK=5)
        ErpImport(self.app, engine=engine, host=self.house.rooms.host, plugins=[self.house.shop])
        self.site = Site(self.house, Visitors(), self.app.test_client())
        self.answers: list[tuple[str, bytes]] = []

    def open(self, path: str, status: int = 0, **sent: object) -> None:
        """Ask for a page, or send a form."""
        if sent:
            answer = self.site.client.post(path, data={"csrf_token": self.site.token(), **sent})
        else:
            answer = self.site.client.get(path)
        self.answers.append((path, answer.get_data() + str(answer.headers).encode()))
        answer.close()
        assert answer.status_code == status or answer.status_code < 500, path

    def run(self, *args: str, stdin: str | None = None) -> None:
        """A command, in a text and as JSON."""
        for more in ((), ("--json",)):
            result = self.app.test_cli_runner().invoke(args=["erp-import", *args, *more, "--user", "1"], input=stdin)
            self.answers.append((" ".join(args), result.output.encode() + repr(result.exception).encode()))


@everywhere
def test_no_password_stands_anywhere(
    engine: Engine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "erp_import_plugin"):
        caplog.set_level(logging.DEBUG, name)
    journey = Journey(engine)
    shop = journey.house.shop
    shop.add_companies(12)

    _set_up(journey)
    monkeypatch.setenv("ERP_IMPORT_SECRET_PASSWORD", WRONG)
    journey.run("connections", "add", "shop", "At night", "--set", "server=x")
    monkeypatch.delenv("ERP_IMPORT_SECRET_PASSWORD")
    journey.run(
        "connections", "add", "shop", "Asked for", "--set", "server=x", "--secret", "password", stdin=f"{RIGHT}\n"
    )
    _fail(journey)
    _import(journey)
    _look_back(journey)
    _break(journey, monkeypatch)

    with engine.connect() as connection:
        names = set(connection.exec_driver_sql("SELECT name FROM erp_import_connection").scalars())
        assert connection.exec_driver_sql("SELECT count(*) FROM company").scalar() == 11

    assert {"Mistyped save", "Shop activate", "Asked for"} <= names
    assert [name for name, content in dump(engine) if holds(content, SECRETS)] == []
    assert "erp_import_connection" in [name for name, content in dump(engine) if holds(content, ["x.example"])]
    assert [path for path, content in journey.answers if holds(content, SECRETS)] == []
    assert any("INSERT INTO erp_import_connection" in record.getMessage() for record in caplog.records)
    assert any(record.exc_info for record in caplog.records)
    assert [one.getMessage() for one in caplog.records if holds(_logged(one), SECRETS)] == []
    if engine.dialect.name == "sqlite":
        assert leaking_files(Path(str(engine.url.database)).parent, SECRETS) == []


def _set_up(journey: Journey) -> None:
    """Connections at the screen: one whose password is wrong, one that works, the pages of both."""
    form = {"settings": "yes", "config-server": "x.example"}
    for name, password in (("Mistyped", WRONG), ("Shop", RIGHT)):
        for button in ("test", "activate", "save"):
            sent = {"name": f"{name} {button}", "config-password": password, "do": button}
            journey.open(f"{CONNECTIONS}/new/shop", **form, **sent)
    for page in ("", "/1", "/2", "/1/mappings", "/1/lists", "/1/defaults"):
        journey.open(CONNECTIONS + page)
    journey.run("connections", "list")
    journey.run("connections", "test", "Shop activate")


def _fail(journey: Journey) -> None:
    """An ERP, and a connector, that say the password in their errors."""
    errors = (
        GiveUp(f"401 for user admin, password {RIGHT}"),
        AdminCanFix(f"“{RIGHT}” is not right", "password"),
        RuntimeError(f"postgresql://admin:{RIGHT}@db/erp is away"),
        ValueError(CONFIG),
    )
    for error in errors:

        def fail(_method: str, error: Exception = error) -> None:
            raise error

        journey.house.shop.fail = fail
        token = journey.house.begin()
        journey.open(f"/erp-import/imports/{token}/search", **{"do": "find", "c-0-0-on": "yes"})
        journey.open(f"/erp-import/imports/{token}/search")
        journey.run("search", "--connection", "Shop activate", "--type", "Customer")
        journey.run("connections", "test", "Shop activate")
        journey.answers.append(("traceback of a session", _traceback(journey)))
        journey.house.shop.fail = lambda _method: None


def _traceback(journey: Journey) -> bytes:
    """What a host would log of a session with the ERP that fails, with all that it comes from."""
    rooms = journey.app.extensions["erp_import"].rooms
    with rooms.engine.connect() as tx:
        (connection,) = [one for one in connection_store.listed(tx) if one.name == "Shop activate"]
    with pytest.raises(erp.ErpFailed) as failed, erp.session(rooms, connection) as session:
        session.test()
    return "".join(traceback.format_exception(failed.value)).encode()


def _import(journey: Journey) -> None:
    """An import with a row that needs a decision, looked at on every page and taken out as every file."""
    journey.house.shop.add(ActorType.CUSTOMER, "D1", NAME="Company 0001")
    journey.run("import", "--connection", "Shop activate", "--type", "Customer", "--company-match", "name")
    lines, _ = imports.listed(journey.house.rooms, journey.house.jobs, ADMIN)
    one = f"/erp-import/imports/{lines[0].import_.token}"
    for page in ("history", "done", "done?which=rest", "preview", "search", "settings", "importing"):
        journey.open(f"{one}/{page}")
    for file in ("done.csv", "done.xlsx", "preview.csv", "preview.xlsx", "corrections.xlsx"):
        journey.open(f"{one}/{file}")
    for page in ("", "imports", "connection", "saved", "presets"):
        journey.open(f"/erp-import/{page}")
    journey.run("runs")


def _look_back(journey: Journey) -> None:
    """The audit log, which tells of all that was done to the passwords, after they have got another key."""
    journey.run("rotate-keys")
    for page in ("audit", "audit.csv", "audit.xlsx"):
        journey.open(f"/erp-import/sync/{page}")
    journey.run("audit")
    assert b"keys_rotated" in journey.answers[-1][1]


def _break(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours, in the moment a password is kept: its traceback is logged, and shown by the command."""

    def broken(*given: object) -> None:
        raise RuntimeError(f"broken by {given}")

    monkeypatch.setattr("erp_import_plugin.store.connections.add", broken)
    form = {"settings": "yes", "config-server": "x.example", "config-password": RIGHT, "name": "Last", "do": "save"}
    journey.open(f"{CONNECTIONS}/new/shop", status=500, **form)
    args = ["erp-import", "connections", "add", "shop", "Last", "--set", "server=x", "--secret", "password"]
    result = journey.app.test_cli_runner().invoke(args=[*args, "--user", "1"], input=f"{RIGHT}\n")
    assert result.exc_info is not None
    journey.answers.append(("traceback", "".join(traceback.format_exception(*result.exc_info)).encode()))
    assert b"broken by" in journey.answers[-1][1]


def _logged(record: logging.LogRecord) -> bytes:
    return f"{logging.Formatter().format(record)} {record.args!r}".encode("utf-8", "replace")


@pytest.mark.parametrize("form", sorted(forms(WRONG)))
def test_it_would_be_found(tmp_path: Path, form: bytes) -> None:
    (tmp_path / "some.sqlite").write_bytes(b"SQLite format 3" + form)
    (tmp_path / "some.log").write_bytes(form)
    (tmp_path / "clean.log").write_bytes(form[1:])
    assert {file.name for file in leaking_files(tmp_path, SECRETS)} == {"some.log", "some.sqlite"}
