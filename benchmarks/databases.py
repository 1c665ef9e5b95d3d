"""Empty databases for one measurement each: SQLite in a file, PostgreSQL and MariaDB on servers that are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, event, make_url, text

SERVERS = {
    "postgresql": ("ERP_IMPORT_BENCH_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"),
    "mariadb": ("ERP_IMPORT_BENCH_MARIADB", "mariadb+pymysql://root@127.0.0.1:3306/mysql"),
}
NAMES = ("sqlite", *SERVERS)


@contextmanager
def empty_database(name: str) -> Iterator[Engine]:
    """An engine on a new database, which is removed afterwards."""
    if name == "sqlite":
        with TemporaryDirectory() as folder:
            engine = create_engine(f"sqlite:///{Path(folder) / 'bench.sqlite'}")
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
            yield engine
            engine.dispose()
        return
    variable, default = SERVERS[name]
    url = make_url(os.environ.get(variable, default))
    own = f"erp_import_bench_{uuid4().hex[:8]}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {own}{' CHARACTER SET utf8mb4' if name == 'mariadb' else ''}"))
    engine = create_engine(url.set(database=own))
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {own}{' WITH (FORCE)' if name == 'postgresql' else ''}"))
        server.dispose()


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        raw.execute(f"PRAGMA {pragma}")
