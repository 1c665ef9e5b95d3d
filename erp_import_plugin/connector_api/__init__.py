"""What a connector author imports. Nothing here loads Flask or SQLAlchemy."""

from erp_import_plugin.connector_api.actors import Actor, ActorRef, ActorType, ListItem, Page
from erp_import_plugin.connector_api.connector import Capabilities, Connector, Platform, Query, Session
from erp_import_plugin.connector_api.errors import AdminCanFix, Cancelled, ConnectorError, GiveUp, TryLater
from erp_import_plugin.connector_api.fields import (
    Choice,
    ConfigField,
    ConfigType,
    ConfigValue,
    ErpField,
    FieldType,
    FieldValue,
)
from erp_import_plugin.connector_api.hookspecs import ENTRY_POINT_GROUP, hookimpl
from erp_import_plugin.connector_api.restrictions import (
    BOOLEAN_OPERATORS,
    DATE_OPERATORS,
    LIST_OPERATORS,
    NUMBER_OPERATORS,
    TEXT_OPERATORS,
    Operator,
    Restriction,
    RestrictionValue,
    Sort,
)

__all__ = [
    "BOOLEAN_OPERATORS",
    "DATE_OPERATORS",
    "ENTRY_POINT_GROUP",
    "LIST_OPERATORS",
    "NUMBER_OPERATORS",
    "TEXT_OPERATORS",
    "Actor",
    "ActorRef",
    "ActorType",
    "AdminCanFix",
    "Cancelled",
    "Capabilities",
    "Choice",
    "ConfigField",
    "ConfigType",
    "ConfigValue",
    "Connector",
    "ConnectorError",
    "ErpField",
    "FieldType",
    "FieldValue",
    "GiveUp",
    "ListItem",
    "Operator",
    "Page",
    "Platform",
    "Query",
    "Restriction",
    "RestrictionValue",
    "Session",
    "Sort",
    "TryLater",
    "hookimpl",
]
