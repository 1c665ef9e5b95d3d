"""Every page that lists rows, of an import of a hundred actors and of one of a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from secrets import token_hex
from statistics import median
from time import perf_counter
from types import SimpleNamespace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from benchmarks import ours
from benchmarks.cases import Bar, Case, Figures, Measured, table
from benchmarks.grown import grow, mix
from benchmarks.ours import ADMIN, Ticked
from benchmarks.workload import Workload
from benchmarks.workload import fill as fill_companies
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import tables
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.translations import ensure_babel
from erp_import_plugin.web.blueprint import make_blueprint
from erp_import_plugin.workflow import importing, preview, settings, staging
from erp_import_plugin.workflow.replanning import count

TITLE = "Pages of long lists"
TEXT = """\
An import of 100 actors and one with many times its rows lie in one database. Each page is asked for of both in turns,
as a browser would, without the way over the network; the milliseconds are the median of the server's time, the ratio is
that of the medians. Both show twenty rows, whatever the list is narrowed to: the short one its first page, the long one
the page that is named. *Anew* is the page after a tick, when what was counted has to be counted again."""

SIDE = "pages"
_ROWS, _SHOWN = 100, 20
_TIMES = {"tiny": (2, 3), "short": (100, 9), "full": (1_000, 15)}
_MOST = 1.5


@dataclass(frozen=True)
class _Asked:
    """A page of an import: its name, its address below the import's, and whether its list is long."""

    name: str
    path: str
    state: ImportState = ImportState.PLANNED
    is_long: bool = False


_DONE = ImportState.DONE
_STATUSES = ("new", "changed", "unchanged", "skipped", "undecided")
_LISTS = ("new", "changed", "rest")
_PAGES: tuple[_Asked, ...] = (
    _Asked("preview", "preview?", is_long=True),
    *(_Asked(f"preview, {one}", f"preview?status={one}", is_long=True) for one in _STATUSES),
    _Asked("preview, unticked", "preview?ticked=no", is_long=True),
    _Asked("preview, similar", "preview?show=similar", is_long=True),
    _Asked("preview, decided", "preview?show=decided", is_long=True),
    _Asked("preview, new and unticked", "preview?status=new&ticked=no", is_long=True),
    _Asked("preview, text of all", "preview?q=company", is_long=True),
    _Asked("preview, text of some", "preview?q={some}", is_long=True),
    _Asked("preview, text of few", "preview?q={few}"),
    _Asked("row", "preview/{row}"),
    _Asked("fields", "preview/fields"),
    _Asked("import", "importing"),
    _Asked("settings", "settings"),
    _Asked("staging", "staging?", is_long=True),
    _Asked("staging, text", "staging?q={few}"),
    _Asked("search", "search?", is_long=True),
    _Asked("search, sorted", "search?sort=0", is_long=True),
    _Asked("search, sorted down", "search?sort=0&desc=1", is_long=True),
    *(_Asked(f"done, {one}", f"done?which={one}", _DONE, is_long=True) for one in _LISTS),
    _Asked("done, text", "done?which=new&q={few}", _DONE),
    _Asked("history", "history?", _DONE, is_long=True),
    _Asked("history, unchanged", "history?status=unchanged", _DONE, is_long=True),
    _Asked("history, text", "history?q={few}", _DONE),
)


@dataclass(frozen=True)
class _Site:
    """The pages of one import in one state."""

    client: FlaskClient
    token: str
    row: int
    rows: int

    def path(self, asked: _Asked, number: int) -> str:
        """The address of a page."""
        is_long = self.rows > _ROWS
        texts = {"some": "42+AS" if is_long else "AS", "few": "4242+AS" if is_long else "AS"}
        path = f"/erp-import/imports/{self.token}/{asked.path.format(row=self.row, **texts)}"
        return f"{path}&page={number}" if number > 1 else path

    def seconds(self, path: str) -> float:
        """How long the server takes for a page. Raises AssertionError unless it is one."""
        before = perf_counter()
        answer = self.client.get(path)
        answer.get_data()
        seconds = perf_counter() - before
        assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("Location"))
        return seconds


def cases(size: str, databases: Sequence[str]) -> Iterator[Case]:
    """All pages, on every database."""
    times, rounds = _TIMES[size]
    for database in databases:
        yield Case("pages", SIDE, database, 1, {"times": times, "rounds": rounds}, SIDE)


def fill(engine: Engine, case: Case) -> None:
    """A planned import and one that is done, each short and long."""
    fill_companies(engine, 10 * _ROWS)
    workload = Workload(existing=10 * _ROWS, incoming=_ROWS)
    first = ours.prepare(engine, workload)
    planned = _planned(first)
    done = _planned(_again(first, planned))
    with engine.begin() as tx:
        mix(tx, planned.id)
    importing.start(first.rooms, first.jobs, ADMIN, done.token)
    for short in (planned, done):
        long = grow(engine, short, case.numbers["times"])
        for one in (short, long):
            _settle(engine, one.id)


def measure(engine: Engine, case: Case) -> Figures:
    """Milliseconds of every page, by its name: of the short import and of the long one."""
    rooms, jobs = ours.enter(engine, Workload(10 * _ROWS, _ROWS))
    rooms = replace(rooms, config=replace(rooms.config, page_size=_SHOWN))
    app = Flask(__name__)
    app.config.update(SECRET_KEY=token_hex(16), WTF_CSRF_ENABLED=False)
    app.extensions["erp_import"] = SimpleNamespace(rooms=rooms, jobs=jobs, config=rooms.config)
    ensure_babel(app, rooms.config.languages)
    app.register_blueprint(make_blueprint(rooms.config))
    sites = {state: _sites(engine, app.test_client(), state) for state in (ImportState.PLANNED, _DONE)}
    rounds = case.numbers["rounds"]
    figures: dict[str, float] = {}
    for asked in _PAGES:
        short, long = sites[asked.state]
        for where, number in _numbers(asked, long.rows // _SHOWN):
            pair = short.path(asked, 1), long.path(asked, number)
            figures |= _in_turns(f"{asked.name}{where}", short, long, pair, rounds)
    return figures | _anew(ours_of=(rooms, jobs), pair=sites[ImportState.PLANNED], rounds=rounds)


def page(measured: Measured) -> Iterator[str]:
    """A table per database: both times, and the ratio."""
    for database in measured.databases:
        rows = []
        for name in _names(measured, database):
            short, long = (measured.median(database, SIDE, f"{name}|{size}") for size in ("short", "long"))
            rows.append((name, f"{short:.1f} ms", f"{long:.1f} ms", f"{long / short:.2f}"))
        yield from table((database, "100 rows", "long", "ratio"), rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """The slowest page beside the same with few rows."""
    for database in measured.databases:
        ratios = {
            name: measured.median(database, SIDE, f"{name}|long") / measured.median(database, SIDE, f"{name}|short")
            for name in _names(measured, database)
            if name.startswith("preview")
        }
        worst = max(ratios, key=lambda name: ratios[name])
        goal = f"any page of the preview of a long import beside one of {_ROWS} rows, {database}"
        told = f"{ratios[worst]:.2f} ({worst})"
        yield Bar(goal, f"at most {_MOST} times its server time", told, ratios[worst] <= _MOST)


def _names(measured: Measured, database: str) -> list[str]:
    return [one.removesuffix("|long") for one in measured.names(database, SIDE) if one.endswith("|long")]


def _again(ticked: Ticked, first: Import) -> Ticked:
    """Another import of the same actors."""
    return Ticked(ticked.rooms, ticked.jobs, ours.begin(ticked.rooms, ticked.jobs, first.connection_id))


def _planned(ticked: Ticked) -> Import:
    """The import, fetched and with a preview."""
    staging.add(ticked.rooms, ticked.jobs, ADMIN, ticked.token)
    chosen = ImportSettings(company=DuplicateSettings("vat_number", Action.REPLACE), suggest=False)
    settings.save(ticked.rooms, ADMIN, ticked.token, chosen)
    preview.start(ticked.rooms, ticked.jobs, ADMIN, ticked.token)
    with ticked.rooms.engine.begin() as tx:
        planned = import_store.get(tx, ticked.token)
    assert planned is not None
    return planned


def _settle(engine: Engine, import_id: int) -> None:
    """Have what is kept of the plan as a whole agree with its rows."""
    with engine.begin() as tx:
        imported = import_store.by_id(tx, import_id)
        assert imported is not None
        if imported.state is ImportState.PLANNED:
            count(tx, import_id)


def _sites(engine: Engine, client: FlaskClient, state: ImportState) -> tuple[_Site, _Site]:
    """The short import in a state, and the long one."""
    short, long = (_site(engine, client, one) for one in _in_state(engine, state))
    return short, long


def _in_state(engine: Engine, state: ImportState) -> list[int]:
    with engine.begin() as tx:
        found = select(tables.import_.c.id).where(tables.import_.c.state == state.value).order_by(tables.import_.c.id)
        return list(tx.execute(found).scalars())


def _site(engine: Engine, client: FlaskClient, import_id: int) -> _Site:
    with engine.begin() as tx:
        imported = import_store.by_id(tx, import_id)
        ids = (
            select(tables.plan_row.c.id).where(tables.plan_row.c.import_id == import_id).order_by(tables.plan_row.c.id)
        )
        rows = tx.execute(ids).scalars().all()
    assert imported is not None
    return _Site(client, imported.token, rows[len(rows) // 2], len(rows))


def _numbers(asked: _Asked, pages: int) -> Sequence[tuple[str, int]]:
    """Which pages of a list: any number beyond the last is the last."""
    if not asked.is_long:
        return [("", 1)]
    return [("", 1), (", in the middle", pages // 2), (", the last", 99_999)]


def _in_turns(name: str, short: _Site, long: _Site, paths: tuple[str, str], rounds: int) -> Mapping[str, float]:
    of_both: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for seconds, site, path in zip(of_both, (short, long), paths, strict=True):
            took = site.seconds(path)
            if number:  # the first makes what a process makes once
                seconds.append(took)
    return _figures(name, *of_both)


def _anew(ours_of: tuple[ours.Rooms, ours.Jobs], pair: tuple[_Site, _Site], rounds: int) -> Mapping[str, float]:
    """Ticking a row, all rows, and the pages after it."""
    figures: dict[str, float] = {}
    rooms = ours_of[0]
    ways = {
        "tick a row": lambda site, on: preview.tick(rooms, ADMIN, site.token, on, [site.row]),
        "tick all rows": lambda site, on: preview.tick_all(rooms, ADMIN, site.token, on, PlanFilter()),
    }
    for name, act in ways.items():
        of_both: tuple[list[float], list[float]] = ([], [])
        after: tuple[list[float], list[float]] = ([], [])
        for number in range(min(rounds, 4)):
            for seconds, pages, site in zip(of_both, after, pair, strict=True):
                before = perf_counter()
                act(site, number % 2 == 1)
                seconds.append(perf_counter() - before)
                with suppress(AssertionError):
                    pages.append(site.seconds(f"/erp-import/imports/{site.token}/importing"))
        figures |= _figures(name, *of_both)
        figures |= _figures(f"import anew, after “{name}”", *after)
    return figures


def _figures(name: str, short: Sequence[float], long: Sequence[float]) -> Mapping[str, float]:
    return {f"{name}|short": 1000 * median(short), f"{name}|long": 1000 * median(long)}
