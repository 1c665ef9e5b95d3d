"""The preview and the CRM's tables, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.browser.crm_tables import Entity, Values
from tests.browser.reading import Promised

Written = dict[Entity, dict[str, tuple[Values, Values]]]


def as_written(promised: Mapping[str, Sequence[Promised]], made: Mapping[tuple[str, str], int]) -> Written:
    """What the tables differ in if the preview is kept; ``made``: the ids of what is new, by kind and row name."""
    return {
        (one.kind, one.entity if one.entity is not None else made[one.kind, name]): _differing(one)
        for name, row in promised.items()
        for one in row
    }


def _differing(one: Promised) -> dict[str, tuple[Values, Values]]:
    return {label: (old, new) for label, (old, new) in one.fields.items() if old != new}
