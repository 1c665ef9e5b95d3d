"""``erp-import connectors``"""

from __future__ import annotations

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.printing import table
from erp_import_plugin.translations import say
from erp_import_plugin.workflow import connections
from erp_import_plugin.workflow.connections import Connectors


@click.command("connectors")
@acting
def connectors(desk: Desk) -> int:
    """List the connectors that are installed, and those that cannot be loaded."""
    found = connections.connectors(desk.rooms, desk.user)
    desk.show(shapes.connectors(found), lambda: _text(found))
    return DONE


def _text(found: Connectors) -> str:
    loaded = [(one.key, one.name, one.distribution, one.version) for one in found.loaded]
    text = table(("KEY", "NAME", "DISTRIBUTION", "VERSION"), loaded)
    if not found.broken:
        return text
    broken = [(one.entry_point, one.distribution, one.version, say(one.reason)) for one in found.broken]
    return f"{text}\n\n{table(('NOT LOADED', 'DISTRIBUTION', 'VERSION', 'REASON'), broken)}"
