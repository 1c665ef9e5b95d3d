"""Writes what was measured into a page, between two marks, and draws the picture beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks import picture
from benchmarks.cases import Bar, table
from benchmarks.running import Results
from benchmarks.suites import SUITES

_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_MET = {True: "yes", False: "**no**", None: "not told"}


def write(page: Path, image: Path, results: Results) -> None:
    """Put the figures into a page that has the two marks, and the picture where the page refers to it."""
    picture.draw(image, results.of("reference"))
    before, rest = page.read_text(encoding="utf-8").split(_BEGIN)
    after = rest.split(_END)[1]
    lines = "\n".join(_lines(results, image.relative_to(page.parent).as_posix()))
    page.write_text(f"{before}{_BEGIN}\n\n{lines}\n{_END}{after}", encoding="utf-8")


def goals(results: Results) -> Iterator[Bar]:
    """All bars that the figures tell about."""
    for name, suite in SUITES.items():
        if name in results.measured:
            yield from suite.bars(results.of(name))


def _lines(results: Results, image: str) -> Iterator[str]:
    yield from _about(results)
    yield ""
    yield f"![Actors per second of each contender, by database]({image})"
    yield ""
    yield "## The goals"
    yield ""
    rows = [(bar.goal, bar.bar, bar.measured, _MET[bar.met]) for bar in goals(results)]
    yield from table(("goal", "bar", "measured", "met"), rows)
    for name, suite in SUITES.items():
        if name in results.measured:
            yield from (f"## {suite.TITLE}", "", suite.TEXT, "")
            yield from suite.page(results.of(name))


def _about(results: Results) -> Iterator[str]:
    about = results.about
    loads = [figures["load"] for sides in _by_side(results) for figures in sides]
    databases = ", ".join(f"{name} {version}" for name, version in about["databases"].items())
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    yield f"- Size: {results.size}. Median of the rounds of each suite; contenders take turns within a round."
    yield f"- Machine: {about['cpus']} CPUs ({about['cpu']}), {about['gibibytes']} GiB, {about['system']}."
    yield f"- Load average when a measurement began: {min(loads):.1f} to {max(loads):.1f}."
    yield f"- Databases: {databases}."
    yield f"- Python {about['python']}; {packages}."


def _by_side(results: Results) -> Iterator[list[dict[str, float]]]:
    for of_suite in results.measured.values():
        for of_database in of_suite.values():
            yield from ([dict(figures) for figures in rounds] for rounds in of_database.values())
