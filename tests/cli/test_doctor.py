from __future__ import annotations

import json
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Engine, create_engine

from erp_import_plugin import ErpImport
from erp_import_plugin.cli import command
from erp_import_plugin.store import migrate
from tests.cli.conftest import Shell, shell_on
from tests.support.rooms import House


def _doctor(shell: Shell, *args: str) -> Result:
    return shell.run("doctor", *args, user=None)


def _on(house: House, engine: Engine, **config: Any) -> Result:
    """What the doctor says of an app that is made when it is loaded."""

    def create_app() -> Flask:
        app = Flask("host")
        app.config.update(SECRET_KEY="5f352379324c22463451387a0aec5d2f", **config)
        ErpImport(app, engine=engine, host=house.rooms.host, plugins=[house.shop])
        return app

    runner = Flask("nobody").test_cli_runner()
    return runner.invoke(command, ["doctor", "--json"], obj=ScriptInfo(create_app=create_app))


def _only_error(result: Result) -> tuple[str, str]:
    (found,) = json.loads(result.stdout)["findings"]
    assert (result.exit_code, found["level"]) == (2, "error")
    assert found["advice"]
    return found["check"], found["found"]


@pytest.mark.parametrize(
    ("secret", "runner", "status"),
    [
        ("5f352379324c22463451387a0aec5d2f", "thread", 0),
        ("5f352379324c22463451387a0aec5d2f", "inline", 1),
        ("s", "inline", 2),
    ],
)
def test_the_status_is_that_of_the_worst_finding(
    house: House, engine: Engine, secret: str, runner: str, status: int
) -> None:
    shell = shell_on(house, engine, ERP_IMPORT_RUNNER=runner)
    shell.app.config["SECRET_KEY"] = secret
    answer = _doctor(shell)
    assert answer.exit_code == status, answer.output
    assert f"Errors: {int(status == 2)}, warnings: {int(runner == 'inline')}." in answer.stdout


def test_a_finding_is_said_with_what_to_do(house: House, engine: Engine) -> None:
    lines = _doctor(shell_on(house, engine, ERP_IMPORT_RUNNER="inline")).stdout.splitlines()
    (number,) = [number for number, line in enumerate(lines) if " runner " in line]
    assert lines[number].startswith("warning  runner         Long work is done within the request")
    assert lines[number + 1].strip() == 'Set ERP_IMPORT_RUNNER to "thread", "worker" or "celery".'


def test_a_base_template_that_is_not_there_is_told(house: House, engine: Engine) -> None:
    found = json.loads(_on(house, engine, ERP_IMPORT_BASE_TEMPLATE="crm/base.html").stdout)["findings"]
    (bad,) = [one for one in found if one["level"] == "error"]
    assert bad["check"] == "template"
    assert bad["found"] == "ERP_IMPORT_BASE_TEMPLATE cannot be used: TemplateNotFound: crm/base.html."


def test_the_app_is_loaded_with_the_configuration_that_is_wrong(house: House, engine: Engine) -> None:
    check, found = _only_error(_on(house, engine, ERP_IMPORT_CHUNKS=5))
    assert (check, "Did you mean ERP_IMPORT_CHUNK?" in found) == ("configuration", True)
    check, found = _only_error(_on(house, engine, ERP_IMPORT_CHUNK="many"))
    assert (check, "ERP_IMPORT_CHUNK must be a whole number" in found) == ("configuration", True)


def test_a_database_that_is_away_keeps_the_app_from_being_loaded(house: House) -> None:
    away = create_engine("postgresql+psycopg://someone:hunter2@127.0.0.1:1/crm")
    answer = _on(house, away)
    assert _only_error(answer) == ("database", "The database cannot be reached, or it has ended the connection.")
    assert "hunter2" not in answer.output


def test_tables_of_a_newer_version_keep_the_app_from_being_loaded(house: House, engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as tx:
        tx.exec_driver_sql(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '9999'")
    assert _only_error(_on(house, engine))[0] == "tables"


def test_an_app_without_the_plugin() -> None:
    answer = Flask("host").test_cli_runner().invoke(command, ["doctor"], obj=ScriptInfo(create_app=lambda: Flask("h")))
    assert (answer.exit_code, "This app has no ERP import." in answer.output) == (2, True)


def test_the_commands_are_there_before_an_app_is_loaded() -> None:
    setup = ConfigParser()
    setup.read(Path(__file__).parents[2] / "setup.cfg", encoding="utf-8")
    assert setup["options.entry_points"]["flask.commands"].strip() == "erp-import = erp_import_plugin.cli:command"
