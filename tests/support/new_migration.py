"""Writes the plugin's migrations from ``store/tables.py``: ``python -m tests.support.new_migration [what changes]``.

Without words, which is right only while nothing is released, the first script is written anew; with words one is added.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import create_engine

from erp_import_plugin.store import migrate


def main(words: list[str]) -> None:
    versions = Path(migrate.__file__).parent / "migrations" / "versions"
    if not words:
        for old in versions.glob("0*.py"):
            old.unlink()
    number = f"{len(list(versions.glob('0*.py'))) + 1:04}"
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.sqlite")
        if words:
            migrate.upgrade(engine)
        settings = migrate.config()
        settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        with engine.begin() as connection:
            settings.attributes["connection"] = connection
            command.revision(settings, " ".join(words) or "First tables", autogenerate=True, rev_id=number)
        engine.dispose()
    for made in versions.glob(f"{number}_*.py"):
        lines = made.read_text(encoding="utf-8").splitlines(keepends=True)
        made.write_text("".join(line for line in lines if "###" not in line), encoding="utf-8")
    for tool in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(versions)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
