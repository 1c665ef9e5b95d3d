"""The accounts: every row read is counted once, under what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum


class Status(str, Enum):
    """What becomes of a row, in the plan and in the result."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    UNDECIDED = "undecided"
    HELD = "held"
    FAILED = "failed"

    @property
    def writes(self) -> bool:
        """Whether a row of this status is written to the CRM."""
        return self in (Status.NEW, Status.CHANGED, Status.REMOVED)


class UnbalancedError(AssertionError):
    """Rows were lost or counted twice: a defect of ours, never of the data."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """read = new + changed + removed + unchanged + skipped + undecided + held + failed; only an undo removes."""

    read: int
    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    undecided: int = 0
    held: int = 0
    failed: int = 0

    @classmethod
    def of(cls, read: int, counts: Mapping[Status, int]) -> Accounts:
        """The accounts of ``read`` rows; raises :class:`UnbalancedError` if the counts do not add up to it."""
        accounts = cls(read, **{status.value: counts.get(status, 0) for status in Status})
        parts = sum(asdict(accounts).values()) - read
        if parts != read or any(count < 0 for count in counts.values()):
            raise UnbalancedError(f"{read} rows were read, but {parts} are accounted for: {accounts}")
        return accounts

    @property
    def written(self) -> int:
        """The rows that reach the CRM."""
        return self.new + self.changed + self.removed
