"""The reference workload by all contenders: by hand, the plugin, an ORM row by row, django-import-export and dlt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from time import perf_counter
from typing import TypeAlias

from sqlalchemy import Engine

from benchmarks import by_hand, dlt_merge, import_export, machine, orm, ours
from benchmarks.cases import Bar, Case, Figures, Measured, table
from benchmarks.workload import Workload, check
from benchmarks.workload import fill as fill_companies

TITLE = "The reference workload"
TEXT = """\
A CRM of companies with 20 columns; actors of which half are new, 30 % changed in two fields and 20 % unchanged; they
match on the VAT number. *Set-based SQL by hand* is the yardstick: it stages (COPY on PostgreSQL), plans with a guard
against double matches, inserts, updates, links, and logs every changed field, in statements over all rows, and works
for this one table only. The floors are told all ids and decide nothing. All end in the same data, which is compared
value by value. The seconds are of all steps from ticked results to the imported whole; what is slow is measured on a
part of the actors, and its seconds are of as many as for the others. *Beside ours* is the median of the ratios within
each round."""

OURS, BY_HAND = "erp-import-plugin", "set-based SQL by hand"
_ORM, _IMPORT_EXPORT = "SQLAlchemy ORM, row by row", "django-import-export, preview + import"
_DLT, _ARROW = "dlt merge, from dicts", "dlt merge, from Arrow"


@dataclass(frozen=True)
class _Size:
    existing: int
    incoming: int
    sample: int
    rounds: int


_SIZES = {
    "tiny": _Size(1_000, 500, 200, 1),
    "short": _Size(20_000, 10_000, 500, 3),
    "full": _Size(100_000, 50_000, 1_000, 5),
}


_Work: TypeAlias = "Callable[[], ours.Times | None]"


@dataclass(frozen=True)
class _Contender:
    """Somebody who imports. What ``ready`` makes is the work that is measured.

    ``sampled``: only with a part of the actors, each of which takes as long as the one before. ``links``: it keeps the
    links and the log of :mod:`benchmarks.by_hand`.
    """

    ready: Callable[[Engine, Workload], AbstractContextManager[_Work]]
    sampled: bool = False
    needs: str = ""
    filling: str = "companies"
    table: str = "company"
    links: bool = False


def _at_once(work: Callable[[Engine, Workload], None]) -> Callable[[Engine, Workload], AbstractContextManager[_Work]]:
    """There is nothing to make ready."""
    return lambda engine, workload: nullcontext(partial(work, engine, workload))


def _ours(engine: Engine, workload: Workload) -> AbstractContextManager[_Work]:
    return nullcontext(partial(ours.run, ours.prepare(engine, workload)))


_CONTENDERS: Mapping[str, _Contender] = {
    "floor: write what is told": _Contender(_at_once(by_hand.floor)),
    "floor with link and log": _Contender(_at_once(by_hand.floor_with_log), links=True),
    BY_HAND: _Contender(_at_once(by_hand.set_based), links=True),
    OURS: _Contender(_ours),
    _ORM: _Contender(_at_once(orm.row_by_row), sampled=True, links=True),
    _IMPORT_EXPORT: _Contender(import_export.previewing_and_importing, sampled=True, needs="import_export"),
    _DLT: _Contender(partial(dlt_merge.merging, arrow=False), needs="dlt", filling=_DLT, table=dlt_merge.TABLE),
    _ARROW: _Contender(partial(dlt_merge.merging, arrow=True), needs="dlt", filling=_ARROW, table=dlt_merge.TABLE),
}


def cases(size: str, databases: Sequence[str]) -> Iterator[Case]:
    """Every contender that is installed, on every database."""
    of = _SIZES[size]
    numbers = {"existing": of.existing, "of": of.incoming}
    for database in databases:
        for side, contender in _CONTENDERS.items():
            if not contender.needs or find_spec(contender.needs):
                incoming = of.sample if contender.sampled else of.incoming
                yield Case("reference", side, database, of.rounds, numbers | {"incoming": incoming}, contender.filling)


def fill(engine: Engine, case: Case) -> None:
    """The companies, in a table of ours or where dlt keeps its own."""
    if case.filling in (_DLT, _ARROW):
        dlt_merge.fill(engine, case.numbers["existing"], arrow=case.filling == _ARROW)
    else:
        fill_companies(engine, case.numbers["existing"])


def measure(engine: Engine, case: Case) -> Figures:
    """Import, compare the data, and give what all actors would take."""
    contender = _CONTENDERS[case.side]
    workload = Workload(**case.numbers)
    idle = machine.mebibytes_now()
    with contender.ready(engine, workload) as work:
        before = perf_counter()
        times = work()
        seconds = perf_counter() - before
    mebibytes = machine.mebibytes_at_most() - idle
    check(engine, workload, contender.table)
    if contender.links:
        by_hand.check_links(engine, workload)
    speed = workload.incoming / seconds
    return {
        "seconds": workload.of / speed,
        "actors_per_second": speed,
        "mebibytes": mebibytes,
        **(asdict(times) if times else {}),
    }


def page(measured: Measured) -> Iterator[str]:
    """A table per database, and the steps of ours."""
    for database in measured.databases:
        rows: list[tuple[str, ...]] = []
        for side in measured.sides(database):
            seconds, speed, memory = (
                measured.median(database, side, name) for name in ("seconds", "actors_per_second", "mebibytes")
            )
            beside = f"{measured.ratio(database, side, OURS):.2f}" if measured.has(database, OURS) else ""
            rows.append((side, f"{seconds:,.2f} s", f"{speed:,.0f}", beside, f"{memory:,.0f} MiB"))
        yield from table((database, "all actors", "actors/s", "time beside ours", "memory"), rows)
    steps = ("stage", "plan", "write")
    rows = [
        (database, *(f"{measured.median(database, OURS, step):.2f} s" for step in steps))
        for database in measured.databases
        if measured.has(database, OURS)
    ]
    yield from table(("ours, by step", *steps), rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """At most so many times the yardstick; at least so many times as fast as the others."""
    for database in measured.databases:
        if measured.has(database, OURS, BY_HAND):
            ratio = measured.ratio(database, OURS, BY_HAND)
            goal = f"stage + plan + import beside set-based SQL by hand, {database}"
            yield Bar(goal, "at most 1.5 times its time", f"{ratio:.2f}", ratio <= 1.5)
        for other, least in ((_IMPORT_EXPORT, 50.0), (_DLT, 3.0), (_ARROW, 1.0), (_ORM, 20.0)):
            if measured.has(database, OURS, other):
                ratio = measured.ratio(database, other, OURS)
                bar = f"at least {least:.0f} times as fast" if least > 1 else "faster"
                yield Bar(f"beside {other}, {database}", bar, f"{ratio:.2f} times as fast", ratio >= least)
