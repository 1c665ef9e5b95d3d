"""Customers, suppliers, contact persons and projects from a Tryton server."""

from __future__ import annotations

from collections.abc import Iterable

from connectors_plugins.tryton.connector import TrytonConnector
from erp_import_plugin.connector_api import Connector, hookimpl


@hookimpl
def erp_connectors() -> Iterable[Connector]:
    """The one connector this package offers."""
    return (TrytonConnector(),)
