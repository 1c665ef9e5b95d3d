"""What the plugin costs an app before anybody uses it, beside Flask-Admin: loading it, and registering it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from benchmarks.cases import Bar, Case, Figures, Measured, table

TITLE = "Loading and registering"
TEXT = """\
Each in a new process that has loaded Flask and SQLAlchemy: the time to import the front door, then to register it with
an app of one table. Our own tables are there, as they are from the second start on. Flask-Admin gets one model view."""

OURS, FLASK_ADMIN = "erp-import-plugin", "Flask-Admin"

_BEFORE = """
import json, sys, time
import flask, sqlalchemy
from sqlalchemy import orm
app = flask.Flask("bench")
app.secret_key = "bench"
engine = sqlalchemy.create_engine("sqlite:///" + sys.argv[1])
class Base(orm.DeclarativeBase): pass
class Company(Base):
    __tablename__ = "company"
    id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
    name = sqlalchemy.Column(sqlalchemy.String(100))
Base.metadata.create_all(engine)
moments = [time.perf_counter()]
"""
_AFTER = """
moments.append(time.perf_counter())
print(json.dumps({"loaded": moments[1] - moments[0], "registered": moments[2] - moments[1]}))
"""
_REGISTERED = {
    OURS: """
from erp_import_plugin import ErpImport
moments.append(time.perf_counter())
from erp_import_plugin import Column, EntityTable, SqlAlchemyCrm
from erp_import_plugin.host_api import EntityKind, Host
columns = Company.__table__.c
crm = SqlAlchemyCrm([EntityTable(EntityKind.COMPANY, "Companies", columns.id, {"name": Column(columns.name, "Name")})])
ErpImport(app, engine=engine, host=Host(crm, *[object()] * 4))
""",
    FLASK_ADMIN: """
from flask_admin import Admin
moments.append(time.perf_counter())
from flask_admin.contrib.sqla import ModelView
Admin(app).add_view(ModelView(Company, orm.Session(engine)))
""",
}


def cases(size: str, _databases: Sequence[str]) -> Iterator[Case]:
    """Both, in turns."""
    for side, package in ((OURS, "erp_import_plugin"), (FLASK_ADMIN, "flask_admin")):
        if find_spec(package):
            yield Case("front_door", side, rounds=3 if size == "tiny" else 9)


def fill(engine: Engine, case: Case) -> None:
    """There is nothing to fill."""


def measure(_engine: Engine, case: Case) -> Figures:
    """The second start of an app."""
    with TemporaryDirectory() as folder:
        return [_started(case.side, f"{folder}/bench.sqlite") for _ in range(2)][-1]


def page(measured: Measured) -> Iterator[str]:
    """Milliseconds of both."""
    rows = [
        (side, *(f"{1000 * measured.median('', side, name):,.0f} ms" for name in ("loaded", "registered")))
        for side in measured.sides("")
    ]
    yield from table(("", "import of the front door", "registration"), rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """As little as Flask-Admin's."""
    for name, what in (("loaded", "import of the front door"), ("registered", "registration")):
        if measured.has("", OURS, FLASK_ADMIN):
            ratio = measured.ratio("", OURS, FLASK_ADMIN, name)
            yield Bar(f"{what} beside Flask-Admin's", "at most its time", f"{ratio:.2f}", ratio <= 1)


def _started(side: str, path: str) -> Figures:
    program = _BEFORE + _REGISTERED[side] + _AFTER
    done = subprocess.run([sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True, check=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures
