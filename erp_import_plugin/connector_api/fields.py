"""Fields: what an actor type offers, and what a connection must be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from erp_import_plugin.connector_api.restrictions import Operator

FieldValue: TypeAlias = "str | int | Decimal | bool | date | datetime | tuple[str, ...] | None"
"""A field's value; a list field holds the item's key, a multiple list field a tuple of keys. None is empty."""

ConfigValue: TypeAlias = "str | int | Decimal | bool | datetime | None"


class FieldType(str, Enum):
    """The type of an ERP field; what Python value stands for it is said per member."""

    TEXT = "text"  # str
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # decimal.Decimal, never float
    DATE = "date"  # datetime.date
    DATETIME = "datetime"  # datetime.datetime, aware
    BOOLEAN = "boolean"  # bool
    LIST = "list"  # str: the key of an item of the field's list


@dataclass(frozen=True, slots=True)
class ErpField:
    """One field of an actor type.

    ``operators`` are those the connector pushes to its ERP: for them ``Session.search`` must return at least every
    actor that matches (more is allowed, the platform filters again). All other operators of the type are offered to
    the admin as well and done by the platform alone. ``rank`` orders the fields on screen, lowest first.
    """

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    tooltip: str = ""
    list_name: str | None = None
    multiple: bool = False
    max_length: int | None = None
    mandatory: bool = False
    read_only: bool = False
    searchable: bool = True
    operators: frozenset[Operator] = frozenset()
    rank: int = 100


class ConfigType(str, Enum):
    """The input a config field is shown as."""

    TEXT = "text"
    PASSWORD = "password"  # noqa: S105 - the name of an input, not a secret
    INTEGER = "integer"
    DECIMAL = "decimal"
    CHECKBOX = "checkbox"
    DATETIME = "datetime"
    LIST = "list"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a config field of type LIST."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One field of the connection dialog. A PASSWORD is kept encrypted and never shown again."""

    key: str
    label: str
    type: ConfigType = ConfigType.TEXT
    tooltip: str = ""
    mandatory: bool = False
    read_only: bool = False
    default: ConfigValue = None
    max_length: int | None = None
    choices: tuple[Choice, ...] = field(default=())

    @property
    def secret(self) -> bool:
        """Whether the value must be encrypted at rest."""
        return self.type is ConfigType.PASSWORD
