"""Decisions: what an admin chose for rows that are not certain. They outlive the plan they were made for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


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
