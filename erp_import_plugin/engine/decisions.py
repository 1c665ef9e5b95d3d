"""Decisions: what an admin chose for rows that are not certain. They outlive the plan they were made for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status

_OF_COMPANY = (ReasonCode.SEVERAL_COMPANIES, ReasonCode.COMPANY_LEFT_OUT)


class Choice(str, Enum):
    """What a row is said to be: an entity that is there, a new one, or nothing that this import brings over."""

    ENTITY = "entity"
    NEW = "new"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen for one staged row, by whom and when. ``entity_id`` goes with the choice of an entity."""

    row: int
    choice: Choice
    entity_id: str | None
    by_id: str
    by_name: str
    at: datetime


def candidates(planned: PlannedRow) -> tuple[str, ...]:
    """The entities that the row may be: those that match, the one that was chosen, and the similar ones."""
    chosen = (planned.match.chosen,) if planned.match.chosen else ()
    return tuple(dict.fromkeys((*planned.match.entities, *chosen, *(one.entity_id for one in planned.similar))))


def is_open(planned: PlannedRow) -> bool:
    """Whether the row needs a decision, or has suggestions that nobody has decided about."""
    return planned.status is Status.UNDECIDED or (bool(planned.similar) and not planned.match.decided)


def can_be_decided(planned: PlannedRow) -> bool:
    """Whether there is something to decide about the row, or to decide again."""
    matched = bool(planned.match.entities) and not planned.match.linked and planned.status is not Status.FAILED
    return is_open(planned) or planned.match.decided or matched


def lacks_company(planned: PlannedRow) -> bool:
    """Whether it is the row's company that is not certain, so that the row can only be left out."""
    return planned.reason is not None and planned.reason.code in _OF_COMPANY
