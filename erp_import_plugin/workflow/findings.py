"""What the doctor has found, and what to do about it. Plain English: it is read by who runs the server."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(str, Enum):
    """How bad it is, the worst last."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """A larger number is worse."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` is the name of what was looked at, one of ``docs/operating.md``; there is advice unless all is well."""

    check: str
    level: Level
    found: str
    advice: str = ""


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, Level.OK, found)


def warning(check: str, found: str, advice: str) -> Finding:
    """It works, but something is to be seen to."""
    return Finding(check, Level.WARNING, found, advice)


def error(check: str, found: str, advice: str) -> Finding:
    """Something does not work, or is open to others."""
    return Finding(check, Level.ERROR, found, advice)
