"""One step of a measurement in a process of its own; :mod:`benchmarks.running` starts it.

Reads from standard input what to do, and writes the figures as the last line of standard output.
"""

from __future__ import annotations

import json
import sys

from sqlalchemy import create_engine

from benchmarks import machine
from benchmarks.cases import Case, Figures
from benchmarks.databases import connected
from benchmarks.suites import SUITES


def main() -> None:
    """Fill the database of a case, or measure the case."""
    asked = json.load(sys.stdin)
    case = Case(**asked["case"])
    figures: Figures = {}
    if asked["step"] == "fill":
        with connected(asked["url"]) as engine:
            SUITES[case.suite].fill(engine, case)
    else:
        figures = _measured(case, asked["url"])
    print(json.dumps(figures))


def _measured(case: Case, url: str) -> Figures:
    suite = SUITES[case.suite]
    if not case.database:
        return suite.measure(create_engine("sqlite://"), case)
    with connected(url) as engine:
        engine.connect().close()
        idle = machine.mebibytes_now()
        return {**suite.measure(engine, case), "idle_mebibytes": idle}


if __name__ == "__main__":
    main()
