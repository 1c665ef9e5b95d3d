"""A filled CRM, copied for every test, and people signed in to it.

The fixtures are not named ``app`` and ``client``: with those names pytest-flask keeps one request open around the
whole test, and whoever signs in first would stay signed in for every client.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from erp_import_plugin.demo import create_app
from erp_import_plugin.demo.database import Database, address, connect
from erp_import_plugin.demo.preparing import prepare
from tests.support.requirements import leave_out

SERVERS = {
    "postgresql": os.environ.get("ERP_IMPORT_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres"),
    "mariadb": os.environ.get("ERP_IMPORT_TEST_MARIADB", "mariadb://root@127.0.0.1:3306/mysql"),
}

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("demo") / "crm.sqlite"
    database = connect(f"sqlite:///{file}")
    prepare(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.engine.dispose()
    return file


@pytest.fixture
def crm(filled: Path, tmp_path: Path) -> Iterator[Flask]:
    shutil.copy(filled, tmp_path / "crm.sqlite")
    app = create_app(
        f"sqlite:///{tmp_path}/crm.sqlite", INSTANCE_PATH=str(tmp_path), TESTING=True, WTF_CSRF_ENABLED=False
    )
    yield app
    app.extensions["demo_database"].engine.dispose()


@pytest.fixture
def database(crm: Flask) -> Database:
    found: Database = crm.extensions["demo_database"]
    return found


@pytest.fixture
def sign_in(crm: Flask) -> SignIn:
    def signed_in(login: str) -> FlaskClient:
        client = crm.test_client()
        answer = client.post("/sign-in", data={"login": login, "password": f"{login}-demo"})
        assert answer.status_code == 302
        return client

    return signed_in


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in("admin")


@pytest.fixture
def user(sign_in: SignIn) -> FlaskClient:
    return sign_in("user")


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of its own on a server, if one is there."""
    server = address(SERVERS[request.param])
    name = f"demo_test_{uuid.uuid4().hex[:10]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        engine.dispose()
        leave_out(request.param, f"There is no {request.param} server at {server}. Name one in ERP_IMPORT_TEST_….")
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()


def text_of(answer: object) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))  # type: ignore[attr-defined]
