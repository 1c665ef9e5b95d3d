"""What a host implements. Nothing here loads Flask or SQLAlchemy."""

from erp_import_plugin.host_api.access import Access, Group, ManyUsers, SetUpAccess, User
from erp_import_plugin.host_api.crm import Attached, Crm, Edit, EntityUpdate, MatchRule, Transaction
from erp_import_plugin.host_api.host import Backup, BackupMade, Host, ImportSource, Links, Selections, SetUpPage, Sync
from erp_import_plugin.host_api.schema import (
    CHANNELS,
    CrmField,
    CrmList,
    CrmListItem,
    CrmSchema,
    CrmType,
    CrmValue,
    Entity,
    EntityKind,
    EntitySchema,
    Preferences,
)

__all__ = [
    "CHANNELS",
    "Access",
    "Attached",
    "Backup",
    "BackupMade",
    "Crm",
    "CrmField",
    "CrmList",
    "CrmListItem",
    "CrmSchema",
    "CrmType",
    "CrmValue",
    "Edit",
    "Entity",
    "EntityKind",
    "EntitySchema",
    "EntityUpdate",
    "Group",
    "Host",
    "ImportSource",
    "Links",
    "ManyUsers",
    "MatchRule",
    "Preferences",
    "Selections",
    "SetUpAccess",
    "SetUpPage",
    "Sync",
    "Transaction",
    "User",
]
