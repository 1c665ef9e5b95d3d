"""What a suite of measurements is: its cases, how one is measured, and what the figures say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Engine

Figures: TypeAlias = Mapping[str, float]
"""What one measurement gave: seconds, rows, mebibytes, shares, by name."""

SIZES = ("tiny", "short", "full")
"""``tiny`` tries the programs, ``short`` takes minutes, the figures of ``full`` are those that count."""


@dataclass(frozen=True)
class Case:
    """One thing to measure: a side of a suite, on a database, a number of times, each in a process of its own.

    ``numbers`` are the sizes. ``filling`` names what the database holds before; cases of one suite and database with
    the same one begin with a copy of the same database. Without a ``database`` the case needs none.
    """

    suite: str
    side: str
    database: str = ""
    rounds: int = 1
    numbers: Mapping[str, int] = field(default_factory=dict)
    filling: str = ""

    def to_data(self) -> dict[str, Any]:
        """The case as JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class Bar:
    """A goal of the project beside what was measured. ``met`` is None where the run could not tell."""

    goal: str
    bar: str
    measured: str
    met: bool | None


class Measured:
    """All figures of one suite, by database and side, in the order of the rounds."""

    def __init__(self, data: Mapping[str, Mapping[str, Sequence[Figures]]]) -> None:
        self._data = data

    @property
    def databases(self) -> tuple[str, ...]:
        """Those with figures."""
        return tuple(self._data)

    def sides(self, database: str) -> tuple[str, ...]:
        """The sides with figures, as they took turns."""
        return tuple(self._data.get(database, ()))

    def has(self, database: str, *sides: str) -> bool:
        """Whether all these sides have figures."""
        return all(side in self.sides(database) for side in sides)

    def median(self, database: str, side: str, name: str) -> float:
        """The median of one figure over the rounds."""
        return median(figures[name] for figures in self._data[database][side])

    def most(self, database: str, side: str, name: str) -> float:
        """The largest of one figure over the rounds."""
        return max(figures[name] for figures in self._data[database][side])

    def names(self, database: str, side: str) -> tuple[str, ...]:
        """The names of the figures of one side."""
        return tuple(self._data[database][side][0])

    def rounds(self, database: str, side: str) -> int:
        """How often a side was measured."""
        return len(self._data[database][side])

    def ratio(self, database: str, side: str, other: str, name: str = "seconds") -> float:
        """One side by the other: the median of the ratios of each round, where both took their turn."""
        pairs = zip(self._data[database][side], self._data[database][other], strict=False)
        return median(one[name] / two[name] for one, two in pairs)


class Suite(Protocol):
    """A module of measurements. ``TITLE`` heads its section, ``TEXT`` says what is measured and how."""

    TITLE: str
    TEXT: str

    def cases(self, size: str, databases: Sequence[str]) -> Iterator[Case]:
        """What to measure at one of the ``SIZES``; cases of one database stand together and take turns."""

    def fill(self, engine: Engine, case: Case) -> None:
        """Put into an empty database what the case begins with."""

    def measure(self, engine: Engine, case: Case) -> Figures:
        """Measure once. Raises when the work has not ended as it should."""

    def page(self, measured: Measured) -> Iterator[str]:
        """The figures as lines of Markdown."""

    def bars(self, measured: Measured) -> Iterator[Bar]:
        """The goals that these figures tell about."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table as lines of Markdown, with an empty line after it."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
