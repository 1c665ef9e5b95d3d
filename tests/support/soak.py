"""How long the programs of ``tests/faults`` run, and from which seeds; see CONTRIBUTING.md."""

from __future__ import annotations

import os
from random import SystemRandom

TIMES = int(os.environ.get("ERP_IMPORT_TEST_TIMES", "1"))
"""1 in CI; ``make soak`` has everything tried that many times as often."""


def seeds(count: int) -> list[int]:
    """The seeds of ``count`` runs, times :data:`TIMES`: each is the name of its test, so that a failure says it.

    ``ERP_IMPORT_TEST_SEED`` is the first; without it they are the same in CI every time, and new ones elsewhere.
    """
    return [_FIRST + number for number in range(count * TIMES)]


def _first() -> int:
    given = os.environ.get("ERP_IMPORT_TEST_SEED")
    if given:
        return int(given)
    return 1 if "CI" in os.environ else SystemRandom().randrange(1, 1_000_000)


_FIRST = _first()
