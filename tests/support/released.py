"""Databases as released versions have left them, from the files that ``release_data`` has made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from sqlalchemy import Connection, Date, DateTime, Engine, MetaData, Numeric, Table, Uuid, insert, text

from erp_import_plugin.store import migrate
from tests.support import hosts
from tests.support.release_data import FOLDER

FILES = sorted(FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Release:
    """What the file of a version holds: its last migration, the tokens of its imports, and all rows by table."""

    migration: str
    imports: dict[str, str]
    tables: dict[str, list[list[Any]]]

    @classmethod
    def of(cls, file: Path) -> Release:
        """Read a file."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))

    def restore(self, engine: Engine) -> None:
        """Make the tables as that version did, in an empty database, and fill them."""
        hosts.metadata.create_all(engine)
        with engine.begin() as tx:
            settings = migrate.config()
            settings.attributes["connection"] = tx
            command.upgrade(settings, self.migration)
        there = MetaData()
        there.reflect(engine)
        with engine.begin() as tx:
            for table in there.sorted_tables:
                self._fill(tx, table)

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table as the file has them."""
        columns, *rows = self.tables[table]
        return (dict(zip(columns, row, strict=True)) for row in rows)

    def _fill(self, tx: Connection, table: Table) -> None:
        rows: Sequence[Any] = [*self.rows(table.name)] if table.name in self.tables else []
        if not rows:
            return
        # A host's table is known by its own types: a reflected one may have lost them.
        known = hosts.metadata.tables.get(table.name, table)
        values = [{key: _typed(known.c[key].type, value) for key, value in row.items()} for row in rows]
        tx.execute(insert(known), values)
        if tx.dialect.name == "postgresql" and isinstance(values[0].get("id"), int):
            name = f"pg_get_serial_sequence('{table.name}', 'id')"
            tx.execute(text(f"SELECT setval({name}, max(id)) FROM {table.name}"))


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    readers = ((DateTime, datetime.fromisoformat), (Date, date.fromisoformat), (Numeric, Decimal), (Uuid, UUID))
    return next((read(str(value)) for type_, read in readers if isinstance(kind, type_)), value)
