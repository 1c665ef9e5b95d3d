"""When a lease has run out. What is alive is told by the clock alone, and a clock may be set back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, or_

from erp_import_plugin.config import LONGEST_LEASE

_FAR = timedelta(seconds=LONGEST_LEASE + 60)  # a minute, for clocks that do not quite agree


def run_out(lease_until: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Whether nobody holds it any more. One that ends later than any can was given before the clock was set back."""
    return or_(lease_until <= now, lease_until > now + _FAR)


def has_run_out(lease_until: datetime | None, now: datetime) -> bool:
    """The same, of a row that was read."""
    return lease_until is not None and not now < lease_until <= now + _FAR
