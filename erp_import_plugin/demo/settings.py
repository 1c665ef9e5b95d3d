"""Where the demo keeps its things, and the secret that signs its cookies."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

_URL_VARIABLES = ("ERP_DEMO_DATABASE_URL", "DATABASE_URL")


def database_url(instance: Path) -> str:
    """The address from the environment, or that of a SQLite file in the instance folder."""
    given = (os.environ.get(name) for name in _URL_VARIABLES)
    return next(filter(None, given), f"sqlite:///{(instance / 'crm.sqlite').as_posix()}")


def template_folder() -> Path:
    """The templates inside the package (a wheel), or beside it (a checkout)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def secret_key(instance: Path) -> str:
    """Made at the first start and kept, so that a restart signs nobody out."""
    file = instance / "secret_key"
    if not file.exists():
        # Written aside and linked in whole: of two processes starting at once the first wins, and no one reads half.
        fresh = instance / f"secret_key.{secrets.token_hex(8)}"
        with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_text().strip()
