"""The hook through which a distribution offers its connectors.

Name your module under the entry point group ``erp_import_plugin.connectors`` and implement the hook in it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from erp_import_plugin.connector_api.connector import Connector

PROJECT = "erp_import_plugin"
ENTRY_POINT_GROUP = "erp_import_plugin.connectors"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def erp_connectors() -> Iterable[Connector]:  # type: ignore[empty-body]
    """The connectors this distribution offers, one instance each."""
