"""Has every case measured, round by round, and keeps what was measured in a file as soon as it is there.

Started again, it goes on where it was stopped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks import databases, machine
from benchmarks.cases import Case, Figures, Measured
from benchmarks.databases import Database
from benchmarks.suites import SUITES


class Failed(Exception):
    """A measurement has not ended as it should; the text says which, and why."""


@dataclass
class Results:
    """The file with all figures: ``{"size": …, "about": …, "measured": {suite: {database: {side: [figures, …]}}}}``."""

    path: Path
    size: str
    about: dict[str, Any]
    measured: dict[str, dict[str, dict[str, list[Figures]]]] = field(default_factory=dict)

    @classmethod
    def opened(cls, path: Path, size: str, about: dict[str, Any]) -> Results:
        """What was measured before, where it was of the same size. Raises Failed when it was of another machine."""
        if not path.exists():
            return cls(path, size, about)
        found = cls.read(path)
        if found.size != size:
            return cls(path, size, about)
        if (found.about["cpu"], found.about["cpus"]) != (about["cpu"], about["cpus"]):
            raise Failed(f"{path} has figures of another machine. Begin anew with --fresh.")
        databases_of_both = found.about["databases"] | about["databases"]
        return cls(path, size, about | {"databases": databases_of_both}, found.measured)

    @classmethod
    def read(cls, path: Path) -> Results:
        """What a file holds."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(path, data["size"], data["about"], data["measured"])

    def of(self, suite: str) -> Measured:
        """The figures of one suite."""
        return Measured(self.measured.get(suite, {}))

    def rounds(self, case: Case) -> int:
        """How often the case has been measured."""
        return len(self.measured.get(case.suite, {}).get(case.database, {}).get(case.side, []))

    def add(self, case: Case, figures: Figures) -> None:
        """Keep the figures of one round."""
        of_database = self.measured.setdefault(case.suite, {}).setdefault(case.database, {})
        of_database.setdefault(case.side, []).append(figures)
        self.save()

    def save(self) -> None:
        """Write the file, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = {"size": self.size, "about": self.about, "measured": self.measured}
        beside = self.path.with_suffix(".tmp")
        beside.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        beside.replace(self.path)


def run(results: Results, suite: str, on: Sequence[str], rounds: int | None, say: Callable[[str], None]) -> int:
    """Measure what is still missing of a suite; ``rounds`` instead of the suite's own.

    Who fails is left out of the rounds that follow. Gives how many have failed.
    """
    failed = 0
    for _, group in groupby(SUITES[suite].cases(results.size, on), lambda case: case.database):
        lost: set[str] = set()
        with ExitStack() as stack:
            originals: dict[str, Database] = {}
            for case in _turns(results, list(group), rounds):
                if case.side not in lost and not _add(results, case, originals, stack, say):
                    lost.add(case.side)
        failed += len(lost)
    return failed


def _add(
    results: Results, case: Case, originals: dict[str, Database], stack: ExitStack, say: Callable[[str], None]
) -> bool:
    """Measure once and keep the figures; whether that went well."""
    try:
        if case.filling and case.filling not in originals:
            originals[case.filling] = stack.enter_context(_filled(case))
        load = machine.load()
        figures = _measure(case, originals.get(case.filling))
    except Failed as error:
        say(str(error))
        return False
    results.add(case, {**figures, "load": load})
    say(f"{case.suite}, {case.database or 'no database'}, {case.side}: {_told(figures)} (load {load})")
    return True


def _turns(results: Results, cases: Sequence[Case], rounds: int | None) -> Iterator[Case]:
    """The cases side by side, round after round, without what has been measured."""
    for number in range(max(rounds or case.rounds for case in cases)):
        for case in cases:
            if results.rounds(case) <= number < (rounds or case.rounds):
                yield case


@contextmanager
def _filled(case: Case) -> Iterator[Database]:
    """A database that is filled once, to be copied."""
    with databases.empty(case.database) as database:
        _child("fill", case, database)
        yield database


def _measure(case: Case, original: Database | None) -> Figures:
    if original is None:
        return _child("measure", case, None)
    with databases.copied(original) as database:
        return _child("measure", case, database)


def _child(step: str, case: Case, database: Database | None) -> Figures:
    asked = {"step": step, "case": case.to_data(), "url": database.url if database else ""}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child"], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{case.suite}, {case.database}, {case.side} ({step}):\n{done.stderr[-4000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _told(figures: Figures) -> str:
    return ", ".join(f"{name} {figure:,.4g}" for name, figure in figures.items())
