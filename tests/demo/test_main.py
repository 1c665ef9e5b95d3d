"""``python -m erp_import_plugin.demo`` as a person starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(database: Path, port: int) -> Iterator[tuple[list[str], subprocess.Popen[str]]]:
    """The running demo and what it printed, up to the line it ends with."""
    environment = {**os.environ, "PORT": str(port), "ERP_DEMO_DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, "-m", "erp_import_plugin.demo"]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl+C" in line:
                break
        try:
            yield lines, process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


def test_it_says_where_it_is_and_keeps_its_data(tmp_path: Path) -> None:
    port = free_port()
    for state in ("new", "kept"):
        with started(tmp_path / "crm.sqlite", port) as (lines, process):
            assert f"http://127.0.0.1:{port}/ ({state} database" in lines[0]
            assert "sign in as admin with admin-demo" in lines[1]
            answer = httpx.get(f"http://127.0.0.1:{port}/sign-in")
            assert answer.status_code == 200
            assert httpx.get(f"http://127.0.0.1:{port}/sign-in", headers={"Host": "evil.example"}).status_code == 400
        assert process.returncode == 0


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(tmp_path / "crm.sqlite", taken.getsockname()[1]) as (lines, process):
            assert lines == []
            assert process.wait(20) == 2


def test_a_database_that_is_away_is_said_in_a_sentence_without_its_password() -> None:
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/none"}
    environment.pop("ERP_DEMO_DATABASE_URL", None)
    command = [sys.executable, "-m", "erp_import_plugin.demo"]
    done = subprocess.run(command, env=environment, cwd=ROOT, text=True, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert "The database cannot be used" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
