"""Real backups: SQLite's own online backup, or the database server's own program."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import cast

from flask_babel import gettext
from sqlalchemy import Engine
from sqlalchemy.engine import URL

_TIMEOUT_SECONDS = 600
_PROGRAMS = {
    "postgresql": ("pg_dump",),
    "mysql": ("mariadb-dump", "mysqldump"),
    "mariadb": ("mariadb-dump", "mysqldump"),
}
_ENDINGS = {"sqlite": "sqlite", "postgresql": "dump"}


class BackupFailed(Exception):
    """Says to the administrator why no backup was made."""


def why_not(engine: Engine) -> str | None:
    """Why no backup can be made here, in words; None when one can."""
    backend = engine.url.get_backend_name()
    if backend == "sqlite" or _program(backend):
        return None
    names = _PROGRAMS.get(backend, (backend,))
    return str(gettext("The program %(name)s is not installed on this server.", name=names[0]))


def make(engine: Engine, folder: Path) -> Path:
    """Make a backup in the folder and return the file.

    Raises:
        BackupFailed: it could not be made; nothing is left behind.
    """
    backend = engine.url.get_backend_name()
    moment = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S-%f")
    target = folder / f"crm-{moment}.{_ENDINGS.get(backend, 'sql')}"
    part = target.with_suffix(target.suffix + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.touch(mode=0o600)
        if backend == "sqlite":
            _copy_sqlite(engine, part)
        else:
            _dump(engine.url, backend, part)
        part.rename(target)
    except (OSError, sqlite3.Error) as problem:
        raise BackupFailed(str(problem)) from problem
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return target


def _copy_sqlite(engine: Engine, target: Path) -> None:
    source = engine.raw_connection()
    try:
        with contextlib.closing(sqlite3.connect(target)) as copy:
            cast(sqlite3.Connection, source.driver_connection).backup(copy)
    finally:
        source.close()


def _program(backend: str) -> str | None:
    return next(filter(None, map(shutil.which, _PROGRAMS.get(backend, ()))), None)


def _dump(url: URL, backend: str, target: Path) -> None:
    program = _program(backend)
    if program is None:
        raise BackupFailed(gettext("The program %(name)s is not installed on this server.", name=_PROGRAMS[backend][0]))
    # The password goes by the environment: a command line can be read by everyone on the machine.
    secret = {"PGPASSWORD" if backend == "postgresql" else "MYSQL_PWD": url.password or ""}
    arguments = _pg_arguments(url, target) if backend == "postgresql" else _mariadb_arguments(url, target)
    try:
        subprocess.run(  # noqa: S603 - the program is found by name, the arguments are the operator's own
            [program, *arguments],
            env={**os.environ, **({} if not url.password else secret)},
            check=True,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.CalledProcessError as problem:
        raise BackupFailed(problem.stderr.strip() or str(problem)) from problem
    except subprocess.TimeoutExpired as problem:
        raise BackupFailed(
            gettext("It took longer than %(minutes)s minutes.", minutes=_TIMEOUT_SECONDS // 60)
        ) from problem


def _pg_arguments(url: URL, target: Path) -> list[str]:
    return [*_server(url, "--username"), "--no-password", "--format=custom", f"--file={target}", url.database or ""]


def _mariadb_arguments(url: URL, target: Path) -> list[str]:
    return [*_server(url, "--user"), "--single-transaction", f"--result-file={target}", url.database or ""]


def _server(url: URL, user_option: str) -> list[str]:
    options = {"--host": url.host, "--port": url.port, user_option: url.username}
    return [f"{option}={value}" for option, value in options.items() if value]
