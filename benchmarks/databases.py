"""Databases for one measurement each: SQLite in a file, PostgreSQL and MariaDB on servers that are there.

What the cases of a suite begin with is filled in once and copied for each, as far as the database can copy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

SERVERS = {
    "postgresql": ("ERP_IMPORT_BENCH_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"),
    "mariadb": ("ERP_IMPORT_BENCH_MARIADB", "mariadb+pymysql://root@127.0.0.1:3306/mysql"),
}
NAMES = ("sqlite", *SERVERS)


@dataclass(frozen=True)
class Database:
    """An own database: which kind, and its address with password."""

    kind: str
    url: str


def version(name: str) -> str:
    """The version of a database, or "" where there is none."""
    try:
        with empty(name) as database, connected(database.url) as engine, engine.connect() as connection:
            asked = "SELECT sqlite_version()" if name == "sqlite" else "SELECT version()"
            words = str(connection.execute(text(asked)).scalar_one()).split()
    except SQLAlchemyError:
        return ""
    return words[1] if name == "postgresql" else words[0]


@contextmanager
def empty(name: str) -> Iterator[Database]:
    """A new, empty database, which is removed afterwards."""
    if name == "sqlite":
        with TemporaryDirectory() as folder:
            path = Path(folder) / "bench.sqlite"
            path.touch()
            yield Database(name, f"sqlite:///{path}")
        return
    with _of_server(name) as database:
        _on_server(name, f"CREATE DATABASE {_own(database)}{' CHARACTER SET utf8mb4' if name == 'mariadb' else ''}")
        yield database


@contextmanager
def copied(original: Database) -> Iterator[Database]:
    """A copy of a database that nobody uses, which is removed afterwards."""
    if original.kind == "postgresql":
        with _of_server(original.kind) as database:
            _on_server(original.kind, f"CREATE DATABASE {_own(database)} TEMPLATE {_own(original)}")
            yield database
        return
    with empty(original.kind) as database:
        if original.kind == "sqlite":
            shutil.copyfile(str(make_url(original.url).database), str(make_url(database.url).database))
        else:
            with connected(database.url) as engine, engine.connect() as connection:
                _copy_tables(connection, _own(original))
        yield database


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """An engine on a database, as a careful host sets it up."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _of_server(name: str) -> Iterator[Database]:
    """The address of a database with a name of its own; what then has this name is removed."""
    url = _server(name).set(database=f"erp_import_bench_{uuid4().hex[:8]}")
    try:
        yield Database(name, url.render_as_string(hide_password=False))
    finally:
        _on_server(name, f"DROP DATABASE IF EXISTS {url.database}{' WITH (FORCE)' if name == 'postgresql' else ''}")


def _server(name: str) -> Any:
    variable, default = SERVERS[name]
    return make_url(os.environ.get(variable, default))


def _on_server(name: str, statement: str) -> None:
    server = create_engine(_server(name), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(statement))
    server.dispose()


def _own(database: Database) -> str:
    return str(make_url(database.url).database)


def _copy_tables(connection: Connection, original: str) -> None:
    """MariaDB copies no database: its tables are made again, foreign keys and all, and filled from the original."""
    connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0, UNIQUE_CHECKS = 0")
    for (name,) in connection.exec_driver_sql(f"SHOW TABLES FROM `{original}`").all():
        made = connection.exec_driver_sql(f"SHOW CREATE TABLE `{original}`.`{name}`").one()[1]
        connection.exec_driver_sql(made.replace("%", "%%"))
        connection.exec_driver_sql(f"INSERT INTO `{name}` SELECT * FROM `{original}`.`{name}`")
    connection.commit()
    connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 1, UNIQUE_CHECKS = 1")


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        raw.execute(f"PRAGMA {pragma}")
