"""Makes and changes the plugin's own tables. The host's tables and its own migrations are never touched.

While nothing is released, ``versions/0001_first_tables.py`` is written anew whenever ``tables.py`` changes, with
``python -m tests.support.new_migration``; after the first release each change is a script of its own, made with
``python -m tests.support.new_migration "what changes"``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

VERSION_TABLE = "erp_import_alembic_version"

_LOCK = "erp_import_migrate"
_LOCK_NUMBER = 6_402_371_945  # PostgreSQL's advisory locks have numbers
_LOCK_SECONDS = 120


def config() -> Config:
    """Alembic's configuration: our scripts, wherever the package is installed."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(engine: Engine) -> None:
    """Bring the plugin's tables to this version. Does nothing when they are, and waits for another that does it."""
    settings = config()
    with _alone(engine) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def current(engine: Engine) -> str | None:
    """The version of the plugin's tables in the database, None when there are none."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision()


def pending(engine: Engine) -> bool:
    """Whether ``upgrade`` has something to do."""
    return current(engine) != ScriptDirectory.from_config(config()).get_current_head()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name in ("mysql", "mariadb"):
        with _named_lock(engine), engine.begin() as connection:
            yield connection
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        elif engine.dialect.name == "sqlite":
            _lock_sqlite(connection)
        yield connection


@contextmanager
def _named_lock(engine: Engine) -> Iterator[None]:
    # Every DDL statement commits here, so the lock is held by a connection of its own.
    with engine.connect() as holder:
        names = {"name": _LOCK, "seconds": _LOCK_SECONDS}
        if not holder.execute(text("SELECT GET_LOCK(CONCAT(DATABASE(), :name), :seconds)"), names).scalar():
            raise TimeoutError("Another process has been changing the plugin's tables for two minutes.")
        try:
            yield
        finally:
            holder.execute(text("SELECT RELEASE_LOCK(CONCAT(DATABASE(), :name))"), names)


def _lock_sqlite(connection: Connection) -> None:
    if not getattr(connection.connection.dbapi_connection, "in_transaction", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # The host has begun a transaction that only reads so far; any write makes it the writer.
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS erp_import_migrating (id INTEGER)")
    connection.exec_driver_sql("DROP TABLE erp_import_migrating")
