"""What a database says of itself: which one it is, how its transactions are, what time it has, how much room."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, text

from erp_import_plugin.store.tables import rate
from erp_import_plugin.store.transactions import reading, writing

_CLOCKS = {
    "postgresql": "SELECT clock_timestamp() AT TIME ZONE 'UTC'",
    "mysql": "SELECT UTC_TIMESTAMP(6)",
    "mariadb": "SELECT UTC_TIMESTAMP(6)",
}
_PRAGMAS = ("journal_mode", "busy_timeout")


@dataclass(frozen=True, slots=True)
class Health:
    """``isolation`` is that of writing transactions; ``clock`` is None where it is this machine's.

    ``pragmas`` and ``room`` (bytes that the file may still grow by) are SQLite's.
    """

    product: str
    version: tuple[int, ...]
    isolation: str
    clock: datetime | None
    pragmas: Mapping[str, str] = field(default_factory=dict)
    room: int | None = None


def look(engine: Engine) -> Health:
    """Ask the database; raises what its driver raises."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as tx:
            return Health("sqlite", _version(tx), tx.get_isolation_level(), None, _pragmas(tx), _room(tx, engine))
    with writing(engine) as tx:
        product = "mariadb" if getattr(tx.dialect, "is_mariadb", False) else tx.dialect.name
        clock: datetime | None = tx.scalar(text(_CLOCKS[product])) if product in _CLOCKS else None
        return Health(product, _version(tx), tx.get_isolation_level(), clock and clock.replace(tzinfo=timezone.utc))


def try_to_write(engine: Engine, now: datetime) -> None:
    """Write a row that is taken back at once; raises what the driver raises."""
    try:
        with writing(engine) as tx:
            tx.execute(insert(rate).values(bucket="doctor", empty_at=now))
            raise _TakenBack
    except _TakenBack:
        pass


class _TakenBack(Exception):
    """Rolls a transaction back."""


def _version(tx: Connection) -> tuple[int, ...]:
    return tuple(part for part in tx.dialect.server_version_info or () if isinstance(part, int))


def _pragmas(tx: Connection) -> dict[str, str]:
    return {name: str(tx.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in _PRAGMAS}


def _room(tx: Connection, engine: Engine) -> int | None:
    """The least of what the disk has free and what the file's own limit leaves; None for a database in memory."""
    names = ("page_count", "freelist_count", "max_page_count", "page_size")
    pages, free, most, size = (int(tx.exec_driver_sql(f"PRAGMA {name}").scalar() or 0) for name in names)
    file = engine.url.database
    if not file or file == ":memory:":
        return None
    return min(shutil.disk_usage(Path(file).resolve().parent).free, (most - pages + free) * size)
