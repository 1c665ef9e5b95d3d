"""``python -m benchmarks [SUITE …]``: measure, print, and with ``--docs`` write it down in ``docs/performance.md``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import databases, machine
from benchmarks.cases import SIZES
from benchmarks.running import Results, run
from benchmarks.suites import SUITES


def main(arguments: Sequence[str]) -> int:
    """Measure what is asked for. Gives the exit status."""
    options = _options(arguments)
    results = Results.opened(options.results, options.size, machine.about(options.on))
    for suite in options.suites or SUITES:
        run(results, suite, options.on, options.rounds, lambda text: print(text, file=sys.stderr, flush=True))
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}; all without any")
    parser.add_argument("--size", choices=SIZES, default="short")
    parser.add_argument("--on", nargs="+", choices=databases.NAMES, default=list(databases.NAMES))
    parser.add_argument("--rounds", type=int, help="instead of each suite's own number")
    parser.add_argument("--results", type=Path, default=Path("var/bench.json"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
