"""The reference workload by all contenders in one run: ``python -m benchmarks.reference [--short] [--on sqlite …]``.

Each measurement has a process and a database of its own; the contenders take turns, and the median counts. Prints a
table, and with ``--json FILE`` keeps everything that was measured.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Engine

from benchmarks import by_hand, dlt_merge, import_export, orm, ours
from benchmarks.databases import NAMES, empty_database
from benchmarks.workload import Workload, check, fill

FULL, SHORT = Workload(100_000, 50_000), Workload(10_000, 5_000)
_SAMPLE = 5_000


def _ours(engine: Engine, workload: Workload) -> dict[str, float]:
    ticked = ours.prepare(engine, workload)
    times = ours.run(ticked)
    return {"seconds": times.all, "stage": times.stage, "plan": times.plan, "write": times.write}


def _timed(run: Callable[[Engine, Workload], object]) -> Callable[[Engine, Workload], dict[str, float]]:
    def timed(engine: Engine, workload: Workload) -> dict[str, float]:
        before = perf_counter()
        run(engine, workload)
        return {"seconds": perf_counter() - before}

    return timed


def _sampled(run: Callable[[Engine, Workload, int], int]) -> Callable[[Engine, Workload], dict[str, float]]:
    """Measured on the first rows only: it takes minutes, and each row as long as the one before."""

    def sampled(engine: Engine, workload: Workload) -> dict[str, float]:
        before = perf_counter()
        done = run(engine, workload, _SAMPLE)
        return {"seconds": (perf_counter() - before) * workload.incoming / done, "rows": done}

    return sampled


def _dlt(engine: Engine, workload: Workload) -> dict[str, float]:
    return {"seconds": dlt_merge.merge(engine, workload), "rows": workload.incoming}


CONTENDERS: Mapping[str, Callable[[Engine, Workload], dict[str, float]]] = {
    "floor": _timed(by_hand.floor),
    "set-based SQL by hand": _timed(by_hand.set_based),
    "erp-import-plugin": _ours,
    "SQLAlchemy ORM row by row": _sampled(orm.row_by_row),
    "django-import-export": _sampled(import_export.preview_and_import),
    "dlt, from dicts": _dlt,
}


_NEEDS = {"django-import-export": "import_export", "dlt, from dicts": "dlt"}


def main(arguments: Sequence[str]) -> int:
    """Measure. Gives the exit status."""
    options = _options(arguments)
    workload = SHORT if options.short else FULL
    if options.only:
        print(json.dumps(_measure(options.only, options.on[0], workload)))
        return 0
    measured: dict[str, dict[str, list[dict[str, float]]]] = {}
    for database in options.on:
        for _ in range(options.rounds):
            for name in _present(database):
                found = _apart(name, database, short=options.short)
                measured.setdefault(database, {}).setdefault(name, []).append(found)
        _print(database, workload, measured[database])
    if options.json:
        options.json.write_text(json.dumps(_about() | {"measured": measured}, indent=2), encoding="utf-8")
    return 0


def _present(database: str) -> list[str]:
    """The contenders that are installed and know the database."""
    absent = {name for name, module in _NEEDS.items() if find_spec(module) is None or database == "mariadb"}
    return [name for name in CONTENDERS if name not in absent]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of the rows")
    parser.add_argument("--on", nargs="+", choices=NAMES, default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", choices=CONTENDERS, help="one measurement in this process, as JSON")
    return parser.parse_args(arguments)


def _apart(name: str, database: str, *, short: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reference", "--only", name, "--on", database]
    done = subprocess.run([*command, *(["--short"] if short else [])], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} on {database}:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measure(name: str, database: str, workload: Workload) -> dict[str, float]:
    with empty_database(database) as engine:
        fill(engine, workload)
        idle = _peak()
        found = CONTENDERS[name](engine, workload)
        if "rows" not in found:
            check(engine, workload)
        return found | {"mebibytes": _peak() - idle}


def _peak() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _print(database: str, workload: Workload, measured: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
    seconds = {name: median(one["seconds"] for one in some) for name, some in measured.items()}
    mine = seconds["erp-import-plugin"]
    print(f"{database}: {workload.incoming:,} actors, {workload.existing:,} companies")
    for name, took in seconds.items():
        print(f"  {name:28}{took:9.2f} s {workload.incoming / took:12,.0f} rows/s {mine / took:9.2f} x ours")
    last = measured["erp-import-plugin"][-1]
    print("  ours: " + ", ".join(f"{step} {last[step]:.2f} s" for step in ("stage", "plan", "write")))


def _about() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "sqlalchemy": version("SQLAlchemy"),
        "plugin": version("erp-import-plugin"),
        "machine": platform.machine(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
