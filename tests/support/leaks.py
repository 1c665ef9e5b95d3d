"""Looking for a password where none may be: in files, answers and logs, in clear or as a machine would write it."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import Engine, MetaData, Select, select

DATABASES = ("*.sqlite", "*.sqlite-wal", "*.sqlite-shm", "*.sqlite-journal")
LOGS = ("*.log",)


def forms(secret: str) -> frozenset[bytes]:
    """The ways in which a secret could have been written down."""
    texts = {secret, json.dumps(secret)[1:-1], quote(secret), quote_plus(secret), repr(secret)[1:-1]}
    texts |= {secret.encode().hex(), base64.b64encode(secret.encode()).decode().rstrip("=")}
    return frozenset(text.encode(code) for text in texts for code in ("utf-8", "utf-16-le"))


def holds(content: bytes, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets stands there; a workbook is unpacked first."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content += b"".join(packed.read(name) for name in packed.namelist())
    return any(form in content for secret in secrets for form in forms(secret))


def leaking_files(folder: Path, secrets: Iterable[str], patterns: Iterable[str] = (*DATABASES, *LOGS)) -> list[Path]:
    """The databases and logs below a folder in which one of the secrets stands."""
    files = {file for pattern in patterns for file in folder.rglob(pattern) if file.is_file()}
    return sorted(file for file in files if _file_holds(file, secrets))


def _file_holds(file: Path, secrets: Iterable[str]) -> bool:
    try:
        return holds(file.read_bytes(), secrets)
    except FileNotFoundError:  # the log of a database goes when its last connection does
        return False


def dump(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every table of a database, as its own dump would write it."""
    found = MetaData()
    found.reflect(engine)
    for name, table in sorted(found.tables.items()):
        yield name, _postgresql(engine, name) if engine.dialect.name == "postgresql" else _rows(engine, select(table))


def _postgresql(engine: Engine, name: str) -> bytes:
    with engine.connect() as connection:
        raw: Any = connection.connection.cursor()
        with raw as cursor, cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
            return b"".join(bytes(part) for part in copy)


def _rows(engine: Engine, statement: Select[Any]) -> bytes:
    with engine.connect() as connection:
        return "\n".join("\t".join(map(str, row)) for row in connection.execute(statement)).encode()
