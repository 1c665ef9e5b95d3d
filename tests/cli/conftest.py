from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Engine

from erp_import_plugin import ErpImport
from tests.support.rooms import House, build


@dataclass
class Shell:
    """The commands of an app, and what they work on."""

    app: Flask
    house: House

    def run(self, *args: str, stdin: str | None = None, user: str | None = "1") -> Result:
        """``flask erp-import …`` as this user."""
        acting = ["--user", user] if user else []
        return self.app.test_cli_runner().invoke(args=["erp-import", *args, *acting], input=stdin)

    def data(self, *args: str, status: int = 0) -> Any:
        """The JSON a command prints, once it has ended with this status."""
        result = self.run(*args, "--json")
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)


@pytest.fixture
def house(engine: Engine) -> House:
    return build(engine)


@pytest.fixture
def shell(house: House, engine: Engine) -> Shell:
    """Commands on a small host, with a shop of 12 companies for an ERP."""
    return shell_on(house, engine)


def shell_on(house: House, engine: Engine, **config: object) -> Shell:
    """The same with some ``ERP_IMPORT_*`` keys of its own."""
    app = Flask("host")
    app.config.update(SECRET_KEY="s", ERP_IMPORT_CHUNK=5, **config)
    ErpImport(app, engine=engine, host=house.rooms.host, plugins=[house.shop])
    house.shop.add_companies(12)
    return Shell(app, house)


@pytest.fixture
def connected(shell: Shell) -> Shell:
    """The same with a connection named Shop one."""
    return connect(shell)


def connect(shell: Shell) -> Shell:
    """Add the connection named Shop one."""
    made = shell.run(
        "connections", "add", "shop", "Shop one", "--set", "server=shop.example", "--secret", "password",
        stdin="open sesame\n",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return shell
