"""What a database that refuses is said to have: real refusals where they can be had, the drivers' own where not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pymysql
import pytest
from sqlalchemy import Engine, create_engine, insert, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

from erp_import_plugin.store.transactions import is_passing
from erp_import_plugin.store.troubles import Trouble, trouble_of
from tests.support import databases, hosts


def said(orig: Exception) -> DBAPIError:
    return OperationalError("SELECT 1", {}, orig)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (said(psycopg.errors.AdminShutdown()), Trouble.AWAY),
        (said(psycopg.errors.ConnectionFailure()), Trouble.AWAY),
        (said(psycopg.errors.DeadlockDetected()), Trouble.BUSY),
        (said(psycopg.errors.LockNotAvailable()), Trouble.BUSY),
        (said(psycopg.errors.QueryCanceled()), Trouble.BUSY),
        (said(psycopg.errors.DiskFull()), Trouble.FULL),
        (said(pymysql.err.OperationalError(1927, "Connection was killed")), Trouble.AWAY),
        (said(pymysql.err.OperationalError(1205, "Lock wait timeout exceeded", sqlstate="HY000")), Trouble.BUSY),
        (said(pymysql.err.OperationalError(1213, "Deadlock found", sqlstate="40001")), Trouble.BUSY),
        (said(pymysql.err.OperationalError(1114, "The table 'company' is full")), Trouble.FULL),
        (said(pymysql.err.OperationalError(1290, "running with the --read-only option")), Trouble.READ_ONLY),
        (said(sqlite3.OperationalError("disk I/O error")), Trouble.AWAY),
        (said(sqlite3.OperationalError("database is locked")), Trouble.BUSY),
        (said(sqlite3.OperationalError("database or disk is full")), Trouble.FULL),
        (TimeoutError("QueuePool limit of size 5 overflow 10 reached"), Trouble.BUSY),
        (said(psycopg.errors.UniqueViolation()), None),
        (said(pymysql.err.DataError(1406, "Data too long for column 'name'")), None),
        (said(sqlite3.IntegrityError("NOT NULL constraint failed: company.name")), None),
        (ValueError("disk I/O error"), None),
    ],
)
def test_the_state_of_the_database_is_told_from_what_is_wrong_with_the_data(
    error: Exception, trouble: Trouble | None
) -> None:
    assert trouble_of(error) is trouble
    assert is_passing(error) == (trouble in (Trouble.AWAY, Trouble.BUSY))


@pytest.mark.parametrize("name", ["postgresql+psycopg", "mariadb+pymysql"])
def test_a_server_that_does_not_answer_is_away(name: str) -> None:
    nobody = create_engine(f"{name}://nobody@127.0.0.1:9/none")
    with pytest.raises(OperationalError) as refused:
        nobody.connect()
    assert trouble_of(refused.value) is Trouble.AWAY


def test_a_folder_that_is_gone_is_a_database_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(OperationalError) as refused:
        databases.sqlite(tmp_path / "gone" / "crm.sqlite").connect()
    assert trouble_of(refused.value) is Trouble.AWAY


def _read_only(engine: Engine) -> str:
    return {
        "sqlite": "PRAGMA query_only = ON",
        "postgresql": "SET default_transaction_read_only = ON",
        "mariadb": "SET SESSION TRANSACTION READ ONLY",
    }[make_url(engine.url).get_backend_name()]


def test_a_database_that_is_open_for_reading_only_is_told(engine: Engine) -> None:
    hosts.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(text(_read_only(engine)))
        connection.commit()
        with pytest.raises(DBAPIError) as refused:
            connection.execute(insert(hosts.company).values(name="Acme"))
        connection.invalidate()
    assert trouble_of(refused.value) is Trouble.READ_ONLY
