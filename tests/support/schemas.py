"""What the tables in a database have otherwise than ``store/tables.py``."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from erp_import_plugin.store import migrate, tables


def differences(engine: Engine) -> list[Any]:
    """What a new migration would have to change."""

    def ours(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or str(name) in tables.metadata.tables

    with engine.connect() as connection:
        options = {"version_table": migrate.VERSION_TABLE, "include_object": ours}
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata)
    return found
