"""Column types that mean the same on every database."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT
from sqlalchemy.types import TypeDecorator, TypeEngine

Long: TypeEngine[str] = Text().with_variant(LONGTEXT(), "mysql", "mariadb")
"""Text of any length."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC to the microsecond."""

    impl = DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """UTC without an offset, which every database can hold."""
        return value and value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Aware again."""
        return value and value.replace(tzinfo=timezone.utc)
