"""ERP Sync: an import source for the CRM of any Flask app.

The names below load what they need when they are first used, so that a connector author, who imports only
``erp_import_plugin.connector_api``, loads neither Flask nor SQLAlchemy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from erp_import_plugin.version import __version__

if TYPE_CHECKING:
    from erp_import_plugin.extension import ErpImport
    from erp_import_plugin.store.crm import (
        Attachment,
        Channel,
        Column,
        EntityTable,
        Erased,
        Items,
        ListTable,
        Membership,
        SqlAlchemyCrm,
        erasure_digests,
    )

__all__ = [
    "Attachment",
    "Channel",
    "Column",
    "EntityTable",
    "Erased",
    "ErpImport",
    "Items",
    "ListTable",
    "Membership",
    "SqlAlchemyCrm",
    "__version__",
    "erasure_digests",
]

_CRM = "erp_import_plugin.store.crm"
_HOMES = {
    "Attachment": _CRM,
    "Channel": _CRM,
    "Column": _CRM,
    "EntityTable": _CRM,
    "Erased": _CRM,
    "ErpImport": "erp_import_plugin.extension",
    "Items": _CRM,
    "ListTable": _CRM,
    "Membership": _CRM,
    "SqlAlchemyCrm": _CRM,
    "erasure_digests": _CRM,
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
