"""Tryton in an environment of its own, and a filled database to copy: both made once and kept in a cache folder."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.tryton_facts import facts

NEWEST = "8.2"
DATABASE = "erp"
ADMIN_PASSWORD = "Skog-3691-elvb"
READER_PASSWORD = "Fjord-2718-quay"

_MODULES = ("party", "company", "country", "currency", "party_relationship", "project")
_OLD = {"6.0": ("werkzeug<2.1", "setuptools<70", "python-sql<1.5", "bcrypt<4.1")}
"""What a series needs older than pip would choose."""

_LOADER = Path(__file__).with_name("tryton_load.py")
_CONFIG = "[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n"


class TrytonUnavailable(RuntimeError):
    """Tryton could not be installed here; the message says how to get it."""


@dataclass(frozen=True)
class Installation:
    """A Tryton series ready to run. ``template`` is a filled database, to be copied and never to be run."""

    series: str
    environment: Path
    template: Path

    def command(self, name: str) -> list[str]:
        """How to start one of Tryton's programs."""
        return [str(self.environment / "bin" / "python"), str(self.environment / "bin" / name)]


def installation(series: str = NEWEST) -> Installation:
    """The installed series and its template database; both are made if they are not there yet.

    Raises:
        TrytonUnavailable: the packages cannot be had, or the database cannot be made.
    """
    folder = cache_folder() / f"tryton-{series}-py{sys.version_info.major}{sys.version_info.minor}"
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "lock"):
        environment = _environment(folder, series)
        return Installation(series, environment, _template(folder, environment, series))


def write_config(folder: Path, port: int = 8000) -> Path:
    """The configuration of a server whose databases lie in ``folder``."""
    path = folder / "trytond.conf"
    path.write_text(_CONFIG.format(folder=folder, port=port), encoding="utf-8")
    return path


def cache_folder() -> Path:
    """Where to keep what is costly to make: ERP_IMPORT_TEST_CACHE, else the user's cache, else the temporary folder."""
    if named := os.environ.get("ERP_IMPORT_TEST_CACHE"):
        return Path(named)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        home = Path(tempfile.gettempdir())
    return home / "erp-import-plugin"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two test runs may start at once; the second waits for what the first makes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _environment(folder: Path, series: str) -> Path:
    environment, ready = folder / "venv", folder / "venv" / "ready"
    if not ready.exists():
        shutil.rmtree(environment, ignore_errors=True)
        _run("make an environment", [sys.executable, "-m", "venv", str(environment)])
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run(f"install Tryton {series}", [*pip, *_requirements(series)])
        ready.touch()
    return environment


def _requirements(series: str) -> list[str]:
    names = ["trytond", "proteus", *(f"trytond-{module.replace('_', '-')}" for module in _MODULES)]
    return [*(f"{name}~={series}.0" for name in names), "python-stdnum", *_OLD.get(series, ("bcrypt",))]


def _template(folder: Path, environment: Path, series: str) -> Path:
    content = json.dumps(facts(), sort_keys=True)
    mark = hashlib.sha256((content + _LOADER.read_text(encoding="utf-8")).encode()).hexdigest()[:12]
    template = folder / f"template-{mark}.sqlite"
    if not template.exists():
        with tempfile.TemporaryDirectory(dir=folder) as workshop:
            made = _make_database(Path(workshop), Installation(series, environment, template), content)
            made.replace(template)
    return template


def _make_database(workshop: Path, tryton: Installation, content: str) -> Path:
    """An empty database, then the modules, then the facts."""
    config, database = write_config(workshop), workshop / f"{DATABASE}.sqlite"
    database.touch()
    (workshop / "password").write_text(ADMIN_PASSWORD, encoding="utf-8")
    (workshop / "facts.json").write_text(content, encoding="utf-8")
    admin = [*tryton.command("trytond-admin"), "-c", str(config), "-d", DATABASE]
    password = {"TRYTONPASSFILE": str(workshop / "password")}
    _run("make a Tryton database", [*admin, "--all", "-p", "--email", "admin@company.example"], password)
    _run("activate Tryton's modules", [*admin, "-u", *_MODULES, "--activate-dependencies"])
    loader = [str(tryton.environment / "bin" / "python"), str(_LOADER), str(config), DATABASE]
    _run("fill the Tryton database", [*loader, str(workshop / "facts.json"), READER_PASSWORD])
    return database


def _run(what: str, command: list[str], environ: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=600, env={**os.environ, **(environ or {})}
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise TrytonUnavailable(
            f"Could not {what}. Tryton comes from the Python package index: make sure that pip can reach it "
            f"(a proxy or PIP_INDEX_URL, perhaps) and run the tests again. What was said last: {said[-600:]}"
        ) from error
