"""The tabs of *Quote/Sync > Sync*: the host's own page, then ours."""

from __future__ import annotations

from flask import url_for

from erp_import_plugin.host_api import SetUpPage
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.steps import Tab

CONNECTIONS, CONNECTORS, AUDIT = "connections", "connectors", "audit"


def set_up_pages() -> tuple[SetUpPage, ...]:
    """Our pages; the key of each is its endpoint."""
    pages = ((CONNECTIONS, _("Connections")), (CONNECTORS, _("Connectors")), (AUDIT, _("Audit log")))
    return tuple(SetUpPage(key, label, url_for(f"erp_import.{key}")) for key, label in pages)


def sync_tabs(current: str) -> list[Tab]:
    """The tabs; ``current`` is the key of the one that is shown."""
    host = here.rooms().host.links.sync()
    tabs = [Tab(page.label, page.url, page.key == current) for page in set_up_pages()]
    return [Tab(_("Automatic sync"), host, False), *tabs] if host else tabs
