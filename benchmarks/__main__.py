"""``python -m benchmarks [SUITE …]``: measure and print; ``--docs`` writes it down in ``docs/performance.md``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import databases, machine, report
from benchmarks.cases import SIZES
from benchmarks.running import Results, run
from benchmarks.suites import SUITES

_DOCS = Path(__file__).parent.parent / "docs"


def main(arguments: Sequence[str]) -> int:
    """Measure what is asked for. Gives the exit status: 1 where a measurement did not end as it should."""
    options = _options(arguments)
    if options.fresh:
        options.results.unlink(missing_ok=True)
    results = Results.opened(options.results, options.size, machine.about(options.on))
    failed = sum(run(results, suite, options.on, options.rounds, _say) for suite in options.suites or SUITES)
    for bar in report.goals(results):
        print(f"{'met' if bar.met else 'MISSED':8}{bar.goal}: {bar.measured} ({bar.bar})")
    if options.docs:
        report.write(_DOCS / "performance.md", _DOCS / "images" / "performance.svg", results)
    return int(failed > 0)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}; all without any")
    parser.add_argument("--size", choices=SIZES, default="short")
    parser.add_argument("--on", nargs="+", choices=databases.NAMES, default=list(databases.NAMES))
    parser.add_argument("--rounds", type=int, help="instead of each suite's own number")
    parser.add_argument("--results", type=Path, default=Path("var/bench.json"), help="where figures are kept")
    parser.add_argument("--fresh", action="store_true", help="forget what was measured before")
    parser.add_argument("--docs", action="store_true", help="write the page and its picture")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
