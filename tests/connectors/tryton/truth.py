"""The truth to compare with: Tryton's SQLite file, asked directly."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

_ROLE = """
    SELECT party.id FROM party_party party
    JOIN "{rel}" rel ON rel.party = party.id
    JOIN party_category category ON category.id = rel.category
    WHERE party.active AND category.name = ?
"""
_CATEGORY_TABLES = ("party_party-party_category", "party_category_rel")
_FIRST_CITY = """
    SELECT party, city FROM (
        SELECT party, city, row_number() OVER (PARTITION BY party ORDER BY sequence IS NULL, sequence, id) AS place
        FROM party_address WHERE active
    ) WHERE place = 1
"""


class Truth:
    """Read-only questions to the database behind the server."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Any rows."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
            return database.execute(statement, values).fetchall()

    def change(self, statement: str) -> None:
        """What no call to Tryton can do."""
        with closing(sqlite3.connect(self._file)) as database, database:
            database.execute(statement)

    def of_role(self, category: str) -> set[str]:
        """Keys of the parties with this category."""
        # Series 8 has given this table another name.
        ((rel,),) = self.rows("SELECT name FROM sqlite_master WHERE name IN (?, ?)", *_CATEGORY_TABLES)
        return {str(key) for (key,) in self.rows(_ROLE.format(rel=rel), category)}

    def in_city(self, city: str) -> set[str]:
        """Keys of the parties whose first address is in this city."""
        return {str(party) for party, found in self.rows(_FIRST_CITY) if found == city}

    def companies_of_contacts(self) -> dict[str, str]:
        """The company's key by the contact person's."""
        return {str(person): str(company) for person, company in self.rows('SELECT from_, "to" FROM party_relation')}
