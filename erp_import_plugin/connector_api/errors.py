"""Errors of a connector, typed by what is done about them. The message is shown to the admin: no secrets in it."""

from __future__ import annotations


class ConnectorError(Exception):
    """Root of what a connector may raise; anything else counts as :class:`GiveUp`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class GiveUp(ConnectorError):
    """Trying again or changing a setting does not help."""


class TryLater(ConnectorError):
    """The ERP is away or busy. ``wait`` is what it asked for, in seconds; None leaves it to the platform."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class AdminCanFix(ConnectorError):
    """Someone has to change something. ``field`` is the key of the config field at fault, if it is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Cancelled(ConnectorError):
    """The admin stopped the work; raised by :meth:`Platform.check_cancelled`, to be let through."""
