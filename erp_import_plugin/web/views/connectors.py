"""The connectors that are installed, and those that could not be loaded."""

from __future__ import annotations

from erp_import_plugin.web import here
from erp_import_plugin.web.connection_lines import connector_mark
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.sync_tabs import CONNECTORS, sync_tabs
from erp_import_plugin.workflow import connections


def show() -> str:
    """The list."""
    return render(
        "connectors",
        connectors=connections.connectors(here.rooms(), here.user()),
        ready=connector_mark(works=True),
        broken=connector_mark(works=False),
        tabs=sync_tabs(CONNECTORS),
    )
