"""What the doctor asks the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from erp_import_plugin.store import health, migrate
from erp_import_plugin.workflow.findings import Finding, error, ok, warning
from erp_import_plugin.workflow.rooms import Rooms

_OLDEST = {"postgresql": (13,), "mariadb": (10, 6), "sqlite": (3, 35)}
"""The oldest versions that are still looked after by those who make them, or that have what we use."""
_OTHER = "Take PostgreSQL, MariaDB or SQLite."
_NAMES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB", "sqlite": "SQLite", "mysql": "MySQL"}
_DRIFT = 2.0  # seconds between two clocks that are set by the same time server, and that is much
_LITTLE, _TOO_LITTLE = 512 * 2**20, 64 * 2**20  # bytes; an import of 100,000 actors takes a few hundred megabytes
_BUSY = 1000  # milliseconds that a SQLite connection should wait for its turn


def database(rooms: Rooms) -> Iterator[Finding]:
    """It answers, and is one that the plugin knows."""
    seen = health.look(rooms.engine)
    name = f"{_NAMES.get(seen.product, seen.product)} {'.'.join(map(str, seen.version))}"
    oldest = _OLDEST.get(seen.product)
    if oldest is None:
        yield warning("database", f"{name} answers. The plugin is not tried with it.", _OTHER)
    elif seen.version < oldest:
        least = ".".join(map(str, oldest))
        yield warning("database", f"{name} answers. It is old.", f"Take {least} or a later version of it.")
    else:
        yield ok("database", f"{name} answers.")


def transactions(rooms: Rooms) -> Iterator[Finding]:
    """Transactions are isolated as they must be; on SQLite readers and writers do not stop each other."""
    seen = health.look(rooms.engine)
    if seen.product == "sqlite":
        yield from _sqlite(seen.pragmas)
    elif seen.isolation == "READ COMMITTED":
        yield ok("transactions", "Transactions that write are READ COMMITTED.")
    else:
        found = f"Transactions that write are {seen.isolation} instead of READ COMMITTED."
        yield error("transactions", found, "Have nothing between the app and the database change the isolation level.")


def _sqlite(pragmas: Mapping[str, str]) -> Iterator[Finding]:
    run = "Have each new connection run PRAGMA %s."
    waits = int(pragmas["busy_timeout"]) >= _BUSY
    if pragmas["journal_mode"] != "wal":
        yield warning("transactions", "Who reads waits for who writes, and the other way.", run % "journal_mode = WAL")
    if not waits:
        yield warning("transactions", "Nobody waits for their turn to write.", run % "busy_timeout = 30000")
    if waits and pragmas["journal_mode"] == "wal":
        yield ok("transactions", "Readers and writers do not stop each other, and writers wait for their turn.")


def clock(rooms: Rooms) -> Iterator[Finding]:
    """The database's clock and this machine's agree: by the time, work counts as interrupted or not."""
    before = rooms.now()
    theirs = health.look(rooms.engine).clock
    if theirs is None:
        yield ok("clock", "The database takes its time from this machine.")
        return
    apart = (theirs - before).total_seconds()
    took = (rooms.now() - before).total_seconds()
    off = max(-apart, apart - took, 0.0)
    if off < _DRIFT:
        yield ok("clock", "The clocks of the database and of this machine agree.")
        return
    found = f"The database's clock is {off:,.0f} seconds {'behind' if apart < 0 else 'ahead of'} this machine's."
    advice = "Have both machines take their time from the same time server (NTP)."
    # Work whose worker is alive elsewhere would count as interrupted.
    yield (error if off > rooms.config.lease / 3 else warning)("clock", found, advice)


def write(rooms: Rooms) -> Iterator[Finding]:
    """It takes changes."""
    health.try_to_write(rooms.engine, rooms.now())
    yield ok("write", "A row was written, and taken back.")


def disk(rooms: Rooms) -> Iterator[Finding]:
    """There is room for an import; of a server's disk nothing can be seen from here."""
    room = health.look(rooms.engine).room
    if room is None:
        yield ok("disk", "The disk of the database cannot be seen from here.")
        return
    found = f"The database file has room for {room / 2**20:,.0f} MiB more."
    if room >= _LITTLE:
        yield ok("disk", found)
    else:
        made = error if room < _TOO_LITTLE else warning
        yield made("disk", found, "Make room on its disk, or raise its limit, before the next import.")


def tables(rooms: Rooms) -> Iterator[Finding]:
    """The plugin's tables are of this version."""
    version = migrate.current(rooms.engine)
    if migrate.pending(rooms.engine):
        found = f"The plugin's tables are of an older version ({version or 'there are none'})."
        yield error("tables", found, "Start the app: it brings them up to date.")
    else:
        yield ok("tables", f"The plugin's tables are of this version ({version}).")
