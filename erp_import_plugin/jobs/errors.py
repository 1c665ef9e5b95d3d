"""How a handler is told to stop. Both are let through: what is done stays, and the work can be taken up again."""

from __future__ import annotations


class Cancelled(Exception):
    """Someone asked for the work to stop."""


class LeaseLost(Exception):
    """The worker was silent for too long, or is shutting down; another one may have taken the work over."""
