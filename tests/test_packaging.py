"""What is shipped is whole: built, installed into an empty environment elsewhere, and used there."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("erp_import_plugin", "connectors_plugins", "templates")
SHIPPED = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", *SOURCES)
NO_CODE = shutil.ignore_patterns("__pycache__", "*.pyc")

Run = Callable[[str], str]


@pytest.fixture(scope="session")
def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was built from it, neither built in the repository."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=NO_CODE)
        else:
            shutil.copy(ROOT / name, source / name)
    _run([sys.executable, "-m", "build", "--outdir", str(built), str(source)], source)
    return built


@pytest.fixture(scope="session")
def installed(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs Python code where nothing but the wheel and what it asks for is installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    (wheel,) = distributions.glob("*.whl")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, f"{wheel}[demo]"], folder)
    return lambda code: _run([python, "-c", code], folder)


def _run(command: list[str], folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    answer = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True)
    assert answer.returncode == 0, f"{answer.stdout[-3000:]}\n{answer.stderr[-3000:]}"
    return answer.stdout


def _files(*folders: str) -> set[str]:
    """What lies in the source folders, with the names that it has once it is installed."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    names = {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}
    return {name.replace("templates/", "erp_import_plugin/templates/", 1) for name in names}


def _is_tool(name: str) -> bool:
    """Whether a file serves those who work on the source only."""
    return name.endswith((".po", "babel.cfg"))


def test_the_list_of_packages_is_that_of_the_folders(setup: configparser.ConfigParser) -> None:
    listed = setup["options"]["packages"].split()
    folders = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for folder in ("erp_import_plugin", "connectors_plugins")
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert listed == sorted(listed, key=lambda name: (name.startswith("connectors"), name))
    assert set(listed) == folders | {"erp_import_plugin.templates"}


def test_templates_are_no_package() -> None:
    assert not list((ROOT / "templates").rglob("*.py"))


def test_the_wheel_holds_every_file(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    inside = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {name for name in _files(*SOURCES) if not _is_tool(name)}
    assert wanted - inside == set()
    assert {name for name in inside - wanted if not _is_tool(name)} == set()


def test_the_sdist_holds_every_file_the_wheel_is_made_of(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {path.relative_to(ROOT).as_posix() for folder in SOURCES for path in (ROOT / folder).rglob("*.*")}
    wanted = {name for name in wanted if "__pycache__" not in name and not _is_tool(name) and (ROOT / name).is_file()}
    assert wanted - inside == set()


def test_installed_elsewhere_it_can_be_imported(installed: Run) -> None:
    code = "import erp_import_plugin as plugin; print(plugin.__file__, plugin.__version__, plugin.ErpImport.__name__)"
    where, version, name = installed(code).split()
    assert str(ROOT) not in where
    assert (version, name) == (_version(), "ErpImport")


def test_installed_elsewhere_it_brings_its_connectors(installed: Run) -> None:
    code = (
        "from importlib.metadata import entry_points\n"
        "for point in entry_points(group='erp_import_plugin.connectors'): print(point.name, bool(point.load()))"
    )
    assert sorted(installed(code).splitlines()) == ["tryton True", "workbook True"]


def test_installed_elsewhere_it_brings_the_commands_of_flask(installed: Run) -> None:
    code = (
        "from importlib.metadata import entry_points\n"
        "(point,) = entry_points(group='flask.commands', name='erp-import')\n"
        "print(*point.load().list_commands(None))"
    )
    assert {"connections", "doctor", "import", "worker"} <= set(installed(code).split())


def test_installed_elsewhere_it_brings_pages_texts_and_looks(installed: Run) -> None:
    code = (
        "from importlib.resources import files\n"
        "root = files('erp_import_plugin')\n"
        "for part in ('templates/erp_import', 'templates/demo', 'web/static', 'translations/nb/LC_MESSAGES'):\n"
        "    print(part, len([entry for entry in root.joinpath(*part.split('/')).iterdir() if entry.is_file()]))"
    )
    counts = dict(line.rsplit(" ", 1) for line in installed(code).splitlines())
    assert {part for part, count in counts.items() if count == "0"} == set()


def test_installed_elsewhere_it_serves_every_page(installed: Run) -> None:
    """Of the demo host, with the plugin's pages in it: every address that names no record, as its administrator."""
    answers = dict(line.rsplit(" ", 1) for line in installed(_EVERY_PAGE).splitlines())
    assert {page: status for page, status in answers.items() if status not in ("200", "302")} == {}
    assert answers["/"] == "200"


_EVERY_PAGE = """
import pathlib, tempfile
from erp_import_plugin.demo import create_app
from erp_import_plugin.demo.preparing import prepare

folder = tempfile.mkdtemp(dir=".")
database = "sqlite:///" + str(pathlib.Path(folder, "crm.sqlite").resolve())
app = create_app(database, INSTANCE_PATH=str(pathlib.Path(folder).resolve()), WTF_CSRF_ENABLED=False)
prepare(app.extensions["demo_database"])
client = app.test_client()
client.post("/sign-in", data={"login": "admin", "password": "admin-demo"})
for rule in app.url_map.iter_rules():
    if "GET" in rule.methods and not rule.arguments and "sign" not in rule.rule:
        print(rule.rule, client.get(rule.rule).status_code)
"""


def _version() -> str:
    text = (ROOT / "erp_import_plugin" / "version.py").read_text(encoding="utf-8")
    return text.split('"')[-2]
