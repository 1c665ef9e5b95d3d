"""``flask erp-import …``: the same workflow without a browser. Its options and JSON shapes: ``docs/cli.md``."""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click
from flask.cli import AppGroup

__all__ = ["command"]

_HOMES = {
    "audit": "audit",
    "connections": "connections",
    "connectors": "connectors",
    "decide": "decide",
    "discover": "mappings",
    "doctor": "doctor",
    "import": "importing",
    "map": "mappings",
    "mappings": "mappings",
    "preview": "preview",
    "prune": "prune",
    "rotate-keys": "keys",
    "run": "run",
    "runs": "runs",
    "saved": "saved",
    "search": "search",
    "undo": "undo",
    "unmap": "mappings",
    "worker": "worker",
}
"""The module of each command. In it, the command has its name; a keyword of Python has an underscore after it."""


class _Commands(AppGroup):
    """Loads a command when it is asked for: an app that only serves pages loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _HOMES:
            return None
        module = import_module(f"{__name__}.{_HOMES[cmd_name]}")
        name = cmd_name.replace("-", "_")
        return cast("click.Command", getattr(module, name, None) or getattr(module, f"{name}_"))


command = _Commands("erp-import", help="Import customers, suppliers, persons and projects from an ERP.")
