"""Larger and larger imports into a CRM of the same size: time per actor, and memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from time import perf_counter

from sqlalchemy import Engine

from benchmarks import machine, ours
from benchmarks.cases import Bar, Case, Figures, Measured, table
from benchmarks.workload import Workload, check
from benchmarks.workload import fill as fill_companies

TITLE = "Growth and memory"
TEXT = """\
The reference workload, with more and more actors into a CRM of the same size. *Memory* is the most that the process had
above what it had when all modules were loaded, during stage, plan, import and undo; it includes what the ERP of this
benchmark gives, a page at a time. *Undo* is the plan of the undo and the undo; afterwards the CRM is compared again."""

_SIZES = {
    "tiny": (1_000, (100, 1_000)),
    "short": (20_000, (2_000, 20_000)),
    "full": (1_000_000, (10_000, 100_000, 1_000_000)),
}
_MEBIBYTES, _GROWTH = 64, 1.3


def cases(size: str, databases: Sequence[str]) -> Iterator[Case]:
    """Each number of actors once on each database; what is small is told less exactly, so it has more rounds."""
    existing, all_incoming = _SIZES[size]
    for database in databases:
        for incoming in all_incoming:
            numbers = {"existing": existing, "incoming": incoming}
            rounds = 3 if incoming <= 20_000 else 1
            yield Case("growth", f"{incoming:,} actors", database, rounds, numbers, "companies")


def fill(engine: Engine, case: Case) -> None:
    """The companies."""
    fill_companies(engine, case.numbers["existing"])


def measure(engine: Engine, case: Case) -> Figures:
    """Import, undo, and compare the data after each."""
    workload = Workload(**case.numbers)
    ticked = ours.prepare(engine, workload)
    idle = machine.mebibytes_now()
    times = ours.run(ticked)
    imported = machine.mebibytes_at_most() - idle
    check(engine, workload)
    before = perf_counter()
    ours.undo(ticked)
    undo = perf_counter() - before
    mebibytes = machine.mebibytes_at_most() - idle
    check(engine, Workload(workload.existing, 0, workload.incoming))
    return {
        **asdict(times),
        "undo": undo,
        "microseconds_per_actor": times.all / workload.incoming * 1e6,
        "mebibytes": mebibytes,
        "mebibytes_import": imported,
    }


def page(measured: Measured) -> Iterator[str]:
    """A row for each number of actors."""
    head = ("actors, database", "stage", "plan", "write", "undo", "an actor, without undo", "memory")
    rows = [
        (
            f"{side}, {database}",
            *(f"{measured.median(database, side, step):,.1f} s" for step in ("stage", "plan", "write", "undo")),
            f"{measured.median(database, side, 'microseconds_per_actor'):,.0f} µs",
            f"{measured.most(database, side, 'mebibytes'):,.0f} MiB",
        )
        for database in measured.databases
        for side in measured.sides(database)
    ]
    yield from table(head, rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """The most actors beside the fewest, and the memory of the most."""
    for database in measured.databases:
        sides = measured.sides(database)
        few, many = sides[0], sides[-1]
        if len(sides) > 1:
            name = "microseconds_per_actor"
            ratio = measured.median(database, many, name) / measured.median(database, few, name)
            goal = f"time per actor, {many} beside {few}, {database}"
            yield Bar(goal, f"at most {_GROWTH} times", f"{ratio:.2f}", ratio <= _GROWTH)
        most = max(measured.most(database, side, "mebibytes") for side in sides)
        goal = f"memory above the idle process, up to {many}, {database}"
        yield Bar(goal, f"at most {_MEBIBYTES} MiB", f"{most:.0f} MiB", most <= _MEBIBYTES)
