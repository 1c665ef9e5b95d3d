"""The one error of this connector."""

from __future__ import annotations

from erp_import_plugin.connector_api import AdminCanFix


def trouble(sentence: str) -> AdminCanFix:
    """The error for a file someone has to change, or to choose another instead of."""
    return AdminCanFix(sentence, "file")
