"""One import by one Celery worker, and by several side by side."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from celery import Celery
from sqlalchemy import Engine, text

from benchmarks import ours
from benchmarks.cases import Bar, Case, Figures, Measured, table
from benchmarks.databases import connected
from benchmarks.workload import Workload, check
from benchmarks.workload import fill as fill_companies
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.jobs import Execution, Jobs, Team
from erp_import_plugin.jobs.celery_runner import CeleryRunner, Post, celery_of
from erp_import_plugin.store.job_parts import PartStore
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.workflow import importing, preview, settings, staging
from erp_import_plugin.workflow.handlers import handlers, helpers
from erp_import_plugin.workflow.rooms import Rooms

TITLE = "Several workers"
TEXT = """\
The reference workload with twice as many actors, staged; then planned and imported by Celery workers on Redis, each a
process with one thread, on the machine that has the database and the broker as well. So two workers have what the
database leaves them of the cores. The data are compared afterwards."""

BROKER = os.environ.get("ERP_IMPORT_BENCH_REDIS", "redis://127.0.0.1:6379/0")
_LEASE = 60.0
_SIZES = {"tiny": (2_000, 2_000, 1), "short": (20_000, 20_000, 3), "full": (100_000, 100_000, 3)}
_STEPS = ("plan", "plan_cpu", "plan_server_cpu", "write", "seconds")
ONE, TWO = "1 worker", "2 workers"


def cases(size: str, databases: Sequence[str]) -> Iterator[Case]:
    """One and two workers; on SQLite, which has one writer at a time, several are of no use."""
    existing, incoming, rounds = _SIZES[size]
    for database in databases:
        for workers, side in enumerate((ONE, TWO), start=1):
            if database != "sqlite":
                numbers = {"existing": existing, "incoming": incoming, "workers": workers}
                yield Case("workers", side, database, rounds, numbers, "companies")


def fill(engine: Engine, case: Case) -> None:
    """The companies."""
    fill_companies(engine, case.numbers["existing"])


def measure(engine: Engine, case: Case) -> Figures:
    """Plan and import what is staged, and compare the data."""
    workload = Workload(case.numbers["existing"], case.numbers["incoming"])
    ticked = ours.prepare(engine, workload)
    rooms, token = ticked.rooms, ticked.token
    staging.add(rooms, ticked.jobs, ours.ADMIN, token)
    chosen = ImportSettings(company=DuplicateSettings("vat_number", Action.REPLACE), suggest=False)
    settings.save(rooms, ours.ADMIN, token, chosen)
    with _workers(engine, case) as (app, pids):
        jobs = _jobs(rooms, app)[0]
        begun, before, server = perf_counter(), [_cpu(pid) for pid in pids], _server_cpu(engine)
        preview.start(rooms, jobs, ours.ADMIN, token)
        planned, after = _ended(jobs, token), [_cpu(pid) for pid in pids]
        server = _server_cpu(engine) - server
        importing.start(rooms, jobs, ours.ADMIN, token)
        written = _ended(jobs, token)
    check(engine, workload)
    busiest = max(then - now for now, then in zip(before, after, strict=True))
    chunks = -(-workload.incoming // rooms.config.chunk)
    return {
        "plan": planned - begun,
        "write": written - planned,
        "seconds": written - begun,
        "plan_cpu": busiest,
        "plan_server_cpu": server,
        "plan_chunk_milliseconds": (planned - begun) / chunks * 1000,
    }


def page(measured: Measured) -> Iterator[str]:
    """A row for each number of workers."""
    rows = [
        (
            f"{side}, {database}",
            *(f"{measured.median(database, side, step):,.1f} s" for step in _STEPS),
            f"{measured.median(database, side, 'plan_chunk_milliseconds'):,.0f} ms",
            f"{measured.ratio(database, ONE, side, 'plan'):.2f}",
            f"{measured.ratio(database, ONE, side):.2f}",
        )
        for database in measured.databases
        for side in measured.sides(database)
    ]
    faster = ("plan: times as fast as one", "both: times as fast as one")
    head = (
        "plan",
        "busiest worker's CPU in it",
        "database's CPU in it",
        "write",
        "both",
        "a chunk planned every",
        *faster,
    )
    yield from table(("workers, database", *head), rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """Two beside one."""
    for database in measured.databases:
        if measured.has(database, ONE, TWO):
            ratio = measured.ratio(database, ONE, TWO)
            yield Bar(f"two workers beside one, {database}", "faster", f"{ratio:.2f} times as fast", ratio > 1)


def serve(url: str, queue: str, existing: int, incoming: int) -> None:
    """What a worker's process does."""
    app = _app(queue)
    with connected(url) as engine:
        rooms, _ = ours.enter(engine, Workload(existing, incoming))
        _, runner = _jobs(rooms, app)
        name = f"{os.getpid()}@%h"
        app.worker_main(
            ["worker", "--pool", "threads", "--concurrency", "1", "--hostname", name, "--loglevel", "ERROR"]
        )
        runner.close()


def _jobs(rooms: Rooms, app: Celery) -> tuple[Jobs, CeleryRunner]:
    store, post = JobStore(rooms.engine), Post(app, _LEASE)
    team = Team(rooms.engine, PartStore(rooms.engine, _LEASE), post)
    execution = Execution(store, handlers(rooms), _LEASE, team=team, helpers=helpers(rooms))
    runner = CeleryRunner(post, execution, rooms.engine)
    return Jobs(store, execution, runner), runner


def _app(queue: str) -> Celery:
    app = celery_of(BROKER)
    app.conf.task_default_queue = queue
    return app


@contextmanager
def _workers(engine: Engine, case: Case) -> Iterator[tuple[Celery, list[int]]]:
    """The Celery app and the processes of the workers of a case, once they are ready."""
    app = _app(f"erp_import_bench_{uuid4().hex[:8]}")
    url = engine.url.render_as_string(hide_password=False)
    arguments = (url, app.conf.task_default_queue, case.numbers["existing"], case.numbers["incoming"])
    command = [sys.executable, "-c", f"from benchmarks.workers import serve; serve(*{arguments!r})"]
    pids = []
    with ExitStack() as ends:
        for _ in range(case.numbers["workers"]):
            process = ends.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL))
            ends.callback(process.kill)
            pids.append(process.pid)
        while len(app.control.ping(timeout=0.5)) < case.numbers["workers"]:
            pass
        yield app, pids


def _cpu(pid: int) -> float:
    """The seconds that a process has computed for until now; nothing where the system does not tell."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _server_cpu(engine: Engine) -> float:
    """The seconds that PostgreSQL has computed for this database's connections, where it is on this machine."""
    if engine.dialect.name != "postgresql":
        return 0.0
    with engine.connect() as tx:
        pids = tx.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).scalars()
        return sum(_cpu(pid) for pid in pids)


def _ended(jobs: Jobs, token: str) -> float:
    """When the work had ended well."""
    while True:
        job = jobs.latest(token)
        if job is not None and job.ended:
            break
        time.sleep(0.02)
    if job.state != "done":
        raise RuntimeError(f"The work has not ended well: {job}")
    return perf_counter()
