"""What a search asks, as the admin typed it, and as restrictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from erp_import_plugin.connector_api import ErpField, Restriction
from erp_import_plugin.engine.mapping import ActorMapping


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the criteria list: ``operator`` is the value of an Operator or of a Relative, ``values`` are texts."""

    field: str
    operator: str
    values: tuple[str, ...] = ()
    active: bool = True


CriteriaSet: TypeAlias = tuple[Criterion, ...]
"""Criteria that must all be fulfilled."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Sets of criteria of which one must be fulfilled."""

    sets: tuple[CriteriaSet, ...] = ((),)


def to_data(criteria: Criteria) -> Any:
    raise NotImplementedError


def from_data(data: Any) -> Criteria:
    raise NotImplementedError


def default_criteria(mapping: ActorMapping) -> Criteria:
    raise NotImplementedError


def restrictions(
    criteria: Criteria,
    fields: Sequence[ErpField],
    today: date,
    lists: Mapping[str, Mapping[str, str]] | None = None,
) -> list[list[Restriction]]:
    raise NotImplementedError


def operators_of(field: ErpField) -> tuple[str, ...]:
    raise NotImplementedError


def parse_where(text: str) -> Criterion:
    raise NotImplementedError
