"""Workbooks as an ERP: XLSX, ODS and CSV files in the host's ERP files folder. See README.md for the layout."""

from __future__ import annotations

from collections.abc import Sequence

from connectors_plugins.workbook.connector import WorkbookConnector
from erp_import_plugin.connector_api import Connector, hookimpl


@hookimpl
def erp_connectors() -> Sequence[Connector]:
    """The workbook connector."""
    return [WorkbookConnector()]
