"""The rooms import downwards only: the contracts in pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr[-2000:]
    assert "0 broken" in answer.stdout


def test_a_door_broken_through_is_noticed(tmp_path: Path) -> None:
    """The contracts are read at all: a copy in which a lower room imports a higher one is refused."""
    for name, text in {
        "pyproject.toml": (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        "erp_import_plugin/__init__.py": "import erp_import_plugin.extension, erp_import_plugin.store.crm",
        "erp_import_plugin/store/crm.py": "",
        "erp_import_plugin/engine/__init__.py": "import flask",
        "erp_import_plugin/connector_api/__init__.py": "import erp_import_plugin.engine",
        "connectors_plugins/__init__.py": "import erp_import_plugin.engine",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    rooms = "web workflow jobs store connector_host host_api demo translations"
    for room in [*rooms.split(), "web/forms", "web/views"]:
        (tmp_path / "erp_import_plugin" / room).mkdir(parents=True, exist_ok=True)
        (tmp_path / "erp_import_plugin" / room / "__init__.py").touch()
    for module in ("extension", "cli", "config", "errors", "late", "watching"):
        (tmp_path / "erp_import_plugin" / f"{module}.py").touch()
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    for rule in ("The rooms, from the roof down", "knows no framework", "only what an outsider may use"):
        assert any(rule in line and "BROKEN" in line for line in answer.stdout.splitlines()), answer.stdout
