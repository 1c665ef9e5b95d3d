"""The tabs of *Quote/Sync > Sync*: the host's own page, then ours."""

from __future__ import annotations

from flask import url_for

from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.steps import Tab

CONNECTIONS, CONNECTORS = "connections", "connectors"


def sync_tabs(current: str) -> list[Tab]:
    """The tabs; ``current`` is the endpoint of the one that is shown."""
    host = here.rooms().host.links.sync()
    own = [(CONNECTIONS, _("Connections")), (CONNECTORS, _("Connectors"))]
    tabs = [Tab(label, url_for(f".{endpoint}"), endpoint == current) for endpoint, label in own]
    return [Tab(_("Automatic sync"), host, False), *tabs] if host else tabs
