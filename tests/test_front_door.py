"""Who takes little of the plugin loads little."""

from __future__ import annotations

import subprocess
import sys

import pytest

import erp_import_plugin

_LOADED = "import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"


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
