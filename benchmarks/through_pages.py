"""A whole import as an administrator does it, page by page, with another import under way beside its preview."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from statistics import median
from types import MappingProxyType
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from benchmarks import machine, ours
from benchmarks.cases import Bar, Case, Figures, Measured, table
from benchmarks.workload import Workload, check
from benchmarks.workload import fill as fill_companies
from erp_import_plugin import ErpImport

TITLE = "A whole import through the pages"
TEXT = """\
Every step by the forms of its page: connection, search, ticking all results, adding them, settings, preview, import;
jobs in threads of the same process. Then the first, middle and last pages of the next preview are asked for, while
the import of a tenth as many actors is written beside it. *Memory* is the most that the process had above what it had
after the start, both imports and whoever asks for the pages included."""

_SIDE = "through the pages"
_SIZES = {"tiny": (1_000, 500), "short": (20_000, 10_000), "full": (1_000_000, 1_000_000)}
_MEBIBYTES = 64
_LOOK = 0.2  # seconds between two looks at the progress
_TURNS = 7
_BUSY = re.compile('<progress|value="stop"')
_FORMS = {"search": "erp-search-form", "settings": "erp-settings-form", "importing": "erp-import-form"}
_STEPS = ("search", "stage", "plan", "write")


def cases(size: str, databases: Sequence[str]) -> Iterator[Case]:
    """Once on each database; the largest size on PostgreSQL only, as it takes long."""
    existing, incoming = _SIZES[size]
    for database in databases:
        if size != "full" or database == "postgresql":
            yield Case("through_pages", _SIDE, database, 1, {"existing": existing, "incoming": incoming}, "companies")


def fill(engine: Engine, case: Case) -> None:
    """The companies."""
    fill_companies(engine, case.numbers["existing"])


def measure(engine: Engine, case: Case) -> Figures:
    """Import, compare the data, and look at pages while the next import is written."""
    workload = Workload(**case.numbers)
    browser = _Browser(_app(engine, workload))
    few = _Browser(_app(engine, Workload(workload.existing, workload.incoming // 10, workload.incoming)))
    browser.begin()
    few.begin()
    idle = machine.mebibytes_now()
    seconds = dict(zip(_STEPS[:3], browser.plan(), strict=True))
    tuple(few.plan())
    alone = browser.page_seconds()
    few.press("importing", "start")
    beside = browser.page_seconds()
    few.wait("importing")
    seconds["write"] = browser.write()
    mebibytes = machine.mebibytes_at_most() - idle
    check(engine, workload)
    return {**seconds, "page_alone": alone, "page_beside": beside, "mebibytes": mebibytes}


def page(measured: Measured) -> Iterator[str]:
    """A row for each database."""
    head = ("database", *_STEPS, "a preview page, alone", "beside an import", "memory")
    rows = [
        (
            database,
            *(f"{measured.median(database, _SIDE, step):,.1f} s" for step in _STEPS),
            *(f"{1000 * measured.median(database, _SIDE, name):,.1f} ms" for name in ("page_alone", "page_beside")),
            f"{measured.most(database, _SIDE, 'mebibytes'):,.0f} MiB",
        )
        for database in measured.databases
    ]
    yield from table(head, rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """Memory."""
    for database in measured.databases:
        most = measured.most(database, _SIDE, "mebibytes")
        goal = f"memory of an import through the pages, another beside it, {database}"
        yield Bar(goal, f"at most {_MEBIBYTES} MiB", f"{most:.0f} MiB", most <= _MEBIBYTES)


def _app(engine: Engine, workload: Workload) -> Flask:
    app = Flask("bench")
    app.config.update(SECRET_KEY=token_hex(), ERP_IMPORT_CONFIRM_ABOVE=None)
    CSRFProtect(app)
    installed = ErpImport(plugins=[ours.Erp(workload)]).init_app(app, engine=engine, host=ours.host())
    with app.app_context():
        installed.add_connection(ours.ADMIN.id, "bench", f"Benchmark of {workload.incoming}", {})
    return app


@dataclass
class _Browser:
    """Somebody with one import, who fills in forms and presses buttons."""

    app: Flask
    path: str = ""

    def __post_init__(self) -> None:
        from webtest import TestApp  # an extra of its own

        self._client: Any = TestApp(self.app)

    def begin(self) -> None:
        """Choose the newest connection, and customers."""
        form = self._client.get("/erp-import/connection").forms["erp-connection-form"]
        form["connection"] = form["connection"].options[-1][0]
        form["actor_type"] = "Customer"
        self.path = form.submit().location.rpartition("/")[0]

    def plan(self) -> Iterator[float]:
        """Search, add everything, and plan; gives the seconds of each."""
        before = time.perf_counter()
        self.press("search", "find")
        self.wait("search")
        yield time.perf_counter() - before
        self.press("search", "all")
        before = time.perf_counter()
        self.press("search", "add-ticked")
        self.wait("staging")
        yield time.perf_counter() - before
        before = time.perf_counter()
        self.press("settings", "next", {"company-match": "vat_number", "company-action": "replace", "suggest": None})
        self.wait("preview")
        yield time.perf_counter() - before

    def write(self) -> float:
        """Import what was previewed; the seconds it takes."""
        before = time.perf_counter()
        self.press("importing", "start")
        self.wait("importing")
        return time.perf_counter() - before

    def press(self, page: str, button: str, chosen: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Send the form of a page, with some of its fields filled in."""
        form = self._client.get(f"{self.path}/{page}").forms[_FORMS[page]]
        for name, value in chosen.items():
            form[name] = value
        sent = [(name, value) for name, value in form.submit_fields() if name != "do"]
        self._client.post(form.action or f"{self.path}/{page}", [*sent, ("do", button)])

    def wait(self, page: str) -> None:
        """Until the page shows no more progress."""
        while _BUSY.search(self._look(page)):
            time.sleep(_LOOK)

    def page_seconds(self) -> float:
        """How long a page of the preview takes, the first, middle and last in turns."""
        last = int(max(re.findall(r"[?&;]page=(\d+)", self._look("preview")), key=int, default="1"))
        times = []
        for number in (1, (last + 1) // 2, last) * _TURNS:
            before = time.perf_counter()
            self._look(f"preview?page={number}")
            times.append(time.perf_counter() - before)
        return median(times)

    def _look(self, page: str) -> str:
        text: str = self._client.get(f"{self.path}/{page}").maybe_follow().text
        return text
