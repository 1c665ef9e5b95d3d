from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser
from sqlalchemy import Engine

from tests.support import databases
from tests.support.balancing import unbalanced
from tests.support.browsers import chromium, running_browser
from tests.support.leaks import leaking_files
from tests.support.requirements import leave_out
from tests.support.shop import CONFIG

# How long an example takes depends on the machine and on what else it does; no test may fail of that. In CI the
# examples are the same every time, so that no commit is refused for what it did not do; elsewhere they are new ones.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def no_password_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end: the password that the shop of the tests asks for stands in no database and no log they left."""
    yield
    assert leaking_files(tmp_path_factory.getbasetemp(), [CONFIG["password"]]) == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests; each opens a context of its own."""
    program = chromium()
    if program is None:
        leave_out("browser", "There is no Chromium here. On Debian: apt install chromium.")
    with running_browser(program) as started:
        yield started


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite file; rooms whose work depends on the database have a fixture of this name for each kind."""
    with databases.sqlite_file(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def the_accounts_balance(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with a database: each import in it tells of every actor that it has read, once."""
    tested = request.getfixturevalue("engine") if "engine" in request.fixturenames else None
    yield
    assert tested is None or unbalanced(tested) == []
