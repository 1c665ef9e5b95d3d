"""Writes what ``store/tables.py`` has more than the last release as the newest migration.

``python -m tests.support.new_migration``: the scripts of released versions stay as they are for ever; what came after
them is one script, written anew. When a version is released, raise ``RELEASED`` to the number of its last script.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import create_engine

from erp_import_plugin.store import migrate

RELEASED = 1
"""The last script that is in somebody's database."""


def main(words: list[str]) -> None:
    versions = Path(migrate.__file__).parent / "migrations" / "versions"
    for old in versions.glob("0*.py"):
        if int(old.name[:4]) > RELEASED:
            old.unlink()
    number = f"{RELEASED + 1:04}"
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.sqlite")
        migrate.upgrade(engine)
        settings = migrate.config()
        settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        with engine.begin() as connection:
            settings.attributes["connection"] = connection
            command.revision(settings, " ".join(words) or "Since the release", autogenerate=True, rev_id=number)
        engine.dispose()
    for made in versions.glob(f"{number}_*.py"):
        lines = made.read_text(encoding="utf-8").splitlines(keepends=True)
        made.write_text(_able_to_go_on("".join(line for line in lines if "###" not in line)), encoding="utf-8")
    for tool in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(versions)], check=True)


def _able_to_go_on(script: str) -> str:
    """Columns are added unless they are there, as tables and indexes are (``env.py``)."""
    ours = "from alembic import op\nfrom erp_import_plugin.store.migrate import add_column\n"
    return script.replace("op.add_column(", "add_column(").replace("from alembic import op\n", ours)


if __name__ == "__main__":
    main(sys.argv[1:])
