"""What is wrong with a database that refuses: with its state, not with the data it was to keep."""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import DBAPIError, TimeoutError

from erp_import_plugin.errors import Sentence


class Trouble(Enum):
    """A state of the database in which no statement is to blame; each with what a person is told."""

    AWAY = Sentence("The database cannot be reached, or it has ended the connection.")
    BUSY = Sentence("The database was kept busy by other work for too long.")
    FULL = Sentence("The disk of the database is full. Have it made larger, or something removed from it.")
    READ_ONLY = Sentence("The database takes no changes now: it is open for reading only.")

    @property
    def passes(self) -> bool:
        """Whether it may be gone in a moment, without anybody doing anything."""
        return self in (Trouble.AWAY, Trouble.BUSY)


# PostgreSQL tells states (the first two characters are a class), MariaDB numbers, SQLite words.
_CODES: dict[str | int, Trouble] = {
    **dict.fromkeys(("08", "53300", "57P01", "57P02", "57P03"), Trouble.AWAY),
    **dict.fromkeys((1040, 1053, 1927, 2002, 2003, 2006, 2013), Trouble.AWAY),
    **dict.fromkeys(("40001", "40P01", "55P03", "57014"), Trouble.BUSY),
    **dict.fromkeys((1205, 1213, 1317, 3024), Trouble.BUSY),
    **dict.fromkeys(("53100", 1021, 1114), Trouble.FULL),
    **dict.fromkeys(("25006", 1290, 1792, 1836), Trouble.READ_ONLY),
}
_WORDS = {
    "disk I/O error": Trouble.AWAY,
    "unable to open database file": Trouble.AWAY,
    "connection failed": Trouble.AWAY,  # PostgreSQL's driver, where no server has answered
    "database is locked": Trouble.BUSY,
    "database table is locked": Trouble.BUSY,
    "database or disk is full": Trouble.FULL,
    "attempt to write a readonly database": Trouble.READ_ONLY,
}


def trouble_of(error: BaseException) -> Trouble | None:
    """The state of the database that an error tells of; None for any other error."""
    if isinstance(error, TimeoutError):  # all connections of the pool are in use
        return Trouble.BUSY
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    if error.connection_invalidated:
        return Trouble.AWAY
    # MariaDB's driver tells a state as well, which says less than its number.
    told = (*error.orig.args[:1], state := str(getattr(error.orig, "sqlstate", None) or ""), state[:2])
    known = next((_CODES[code] for code in told if code in _CODES), None)
    if known is not None:
        return known
    said = str(error.orig)
    return next((trouble for words, trouble in _WORDS.items() if words in said), None)
