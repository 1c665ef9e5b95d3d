"""What was measured with, and how busy the machine was."""

from __future__ import annotations

import os
import platform
import resource
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from benchmarks import databases

_PACKAGES = (
    "erp-import-plugin", "SQLAlchemy", "psycopg", "PyMySQL", "rapidfuzz", "recordlinkage",
    "Django", "django-import-export", "dlt", "pyarrow", "Flask-Admin",
)  # fmt: skip
_STATUS = Path("/proc/self/status")


def about(used: Iterable[str]) -> dict[str, Any]:
    """The machine, the databases that are used, and the versions of everything that is measured."""
    return {
        "cpus": os.cpu_count(),
        "cpu": _cpu(),
        "gibibytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "databases": {name: databases.version(name) for name in used},
        "packages": dict(_versions()),
    }


def load() -> float:
    """How many processes have wanted a CPU, on average over the last minute."""
    return round(os.getloadavg()[0], 2)


def mebibytes_now() -> float:
    """The memory of this process that is resident now; where the system does not tell, the most it ever was."""
    return _status("VmRSS") or mebibytes_at_most()


def mebibytes_at_most() -> float:
    """The most memory of this process that was ever resident."""
    # ru_maxrss is the first choice elsewhere; on Linux it begins with that of the process that started this one.
    unit = 2**20 if platform.system() == "Darwin" else 2**10
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _status(name: str) -> float | None:
    if not _STATUS.exists():
        return None
    lines = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="utf-8").splitlines() if ":" in line)
    return int(lines[name].split()[0]) / 1024


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _versions() -> Iterable[tuple[str, str]]:
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            yield name, version_of(name)
