"""Who takes little of the plugin loads little."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import click
import pytest
from flask import Flask

import erp_import_plugin
from erp_import_plugin.cli import command
from erp_import_plugin.config import Config
from erp_import_plugin.web.blueprint import make_blueprint
from erp_import_plugin.workflow.handlers import LATE as HANDLERS

_LOADED = "import sys; {statement}; print(*sorted(sys.modules))"
_WHEN_CALLED = ("alembic", "openpyxl", "erp_import_plugin.web.views.", "erp_import_plugin.cli.")


def _loaded(statement: str) -> set[str]:
    command = [sys.executable, "-c", _LOADED.format(statement=statement)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "statement", ["import erp_import_plugin.connector_api", "import erp_import_plugin; erp_import_plugin.__version__"]
)
def test_a_connector_loads_no_framework(statement: str) -> None:
    assert _loaded(statement) & {"flask", "sqlalchemy", "wtforms", "flask_babel", "werkzeug", "jinja2"} == set()


def test_a_host_that_implements_the_contract_loads_no_framework() -> None:
    assert _loaded("import erp_import_plugin.host_api") & {"flask", "sqlalchemy"} == set()


def test_what_the_front_door_names_is_there() -> None:
    for name in erp_import_plugin.__all__:
        assert getattr(erp_import_plugin, name)
    with pytest.raises(AttributeError, match="no attribute 'ErpImprot'"):
        erp_import_plugin.ErpImprot  # type: ignore[attr-defined]  # noqa: B018


def test_an_app_loads_no_page_and_no_command_before_somebody_asks_for_it() -> None:
    loaded = _loaded("from erp_import_plugin import ErpImport")
    assert not [name for name in loaded if name.startswith(_WHEN_CALLED)]


def test_what_is_loaded_late_is_there_and_has_its_name() -> None:
    """Flask-WTF asks each view for its name, too."""
    app = Flask("test")
    app.register_blueprint(make_blueprint(Config()))
    ours = {*app.view_functions.values(), *HANDLERS}
    homes = {(one.__module__, one.__name__) for one in ours if one.__module__.startswith("erp_import_plugin.")}
    assert len(homes) > 30
    for module, name in homes:
        assert callable(getattr(import_module(module), name)), (module, name)


def test_each_command_has_its_name() -> None:
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        assert found.name == name
    assert command.get_command(context, "improt") is None
