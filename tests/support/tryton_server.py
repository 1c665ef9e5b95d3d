"""A real Tryton server with some 2,400 parties, for tests and for trying things out.

By hand: ``python -m tests.support.tryton_server --port 8000``. In tests::

    with running_tryton() as tryton:
        ...  # tryton.url, tryton.database, tryton.user, tryton.password

The user is in no group; ``tryton.as_admin(...)`` changes records as somebody in the ERP would.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.tryton_install import (
    ADMIN_PASSWORD,
    DATABASE,
    NEWEST,
    READER_PASSWORD,
    Installation,
    TrytonUnavailable,
    installation,
    write_config,
)

__all__ = ["TrytonServer", "TrytonUnavailable", "running_tryton"]

_PATIENCE = 60  # seconds for the server to answer; a loaded machine needs more than the usual one
_REQUIRE = "ERP_IMPORT_TEST_REQUIRE"


@dataclass
class TrytonServer:
    """One server on a port of 127.0.0.1 with its own copy of the database, which survives stop and start."""

    installed: Installation
    folder: Path
    port: int
    database: str = DATABASE
    user: str = "crm"
    password: str = READER_PASSWORD
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address a connection is given."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_file(self) -> Path:
        """The SQLite file behind the server: the truth to compare with."""
        return self.folder / f"{self.database}.sqlite"

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            TrytonUnavailable: it ended, or does not answer within a minute.
        """
        config = write_config(self.folder, self.port)
        with (self.folder / "server.log").open("ab") as log:
            command = [*self.installed.command("trytond"), "-c", str(config), "-d", self.database]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait()

    def stop(self) -> None:
        """Stop the server; nothing happens if it is not running."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def as_admin(self, method: str, *params: Any) -> Any:
        """Call a method of a model as Tryton's administrator: ``as_admin("model.party.party.write", [7], {...})``."""
        call = {"id": 1, "method": method, "params": [*params, {}]}
        path = f"/{self.database}/rpc/" if self.installed.series >= "8" else f"/{self.database}/"
        answer = httpx.post(self.url + path, json=call, auth=("admin", ADMIN_PASSWORD), timeout=60).raise_for_status()
        body = answer.json()
        if "error" in body:
            raise RuntimeError(f"Tryton refused {method}: {body['error']}")
        return body["result"]

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                httpx.post(self.url, json={}, timeout=5)
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        log = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
        self.stop()
        raise TrytonUnavailable(f"Tryton {self.installed.series} did not start. Its log ends with: {log[-800:]}")


@contextmanager
def running_tryton(series: str = NEWEST, port: int | None = None) -> Iterator[TrytonServer]:
    """A started server of one series ("6.0" to "8.2") with a fresh database; stopped and removed at the end.

    Raises:
        TrytonUnavailable: Tryton cannot be installed or started here.
    """
    installed = installation(series)
    with tempfile.TemporaryDirectory(prefix="tryton-") as folder:
        server = TrytonServer(installed, Path(folder), port or _free_port())
        shutil.copyfile(installed.template, server.database_file)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def tryton_or_skip(series: str = NEWEST) -> Iterator[TrytonServer]:
    """As ``running_tryton``, but a test without Tryton is skipped with the reason.

    Where ERP_IMPORT_TEST_REQUIRE names ``tryton`` or ``all``, it fails instead.
    """
    import pytest

    try:
        server = running_tryton(series)
        tryton = server.__enter__()
    except TrytonUnavailable as error:
        required = os.environ.get(_REQUIRE, "").replace(",", " ").split()
        (pytest.fail if {"tryton", "all"} & set(required) else pytest.skip)(str(error))
    try:
        yield tryton
    finally:
        server.__exit__(None, None, None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Run a server until it is interrupted or told to end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(description="A Tryton server with test data, until you press Ctrl+C.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--series", default=NEWEST, help=f"6.0 to {NEWEST}")
    wanted = parser.parse_args()
    try:
        with running_tryton(wanted.series, wanted.port) as tryton:
            print(f"Tryton {wanted.series} on {tryton.url}, database {tryton.database}", flush=True)
            print(f"For the import: user {tryton.user}, password {tryton.password}", flush=True)
            print(f"To change things: user admin, password {ADMIN_PASSWORD}", flush=True)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    except TrytonUnavailable as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
