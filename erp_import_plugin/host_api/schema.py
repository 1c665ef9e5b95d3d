"""The CRM as the plugin sees it: entities, their fields, and lists.

Field keys are the host's own, but the plugin knows some by name (see ``docs/host.md``): they are what known ERP field
keys map to and what the duplicate rules compare.

Company: id name department number code vat_number phone fax email url category business country, postal_address_1 …
postal_state, street_address_1 … street_state. Person: id first_name middle_name last_name title number birth_date
position country company company_name phone_direct phone_mobile phone_private phone_other email url, postal_…,
legal_basis consent_source. Project: id name text number end_date url company.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

CrmValue: TypeAlias = "str | int | Decimal | bool | date | datetime | tuple[str, ...] | None"
"""The value of a CRM field. A list field holds the item's id, COMPANY the company's id, both as text; a field with
many values (phones, e-mails, URLs, multiple lists) a tuple, oldest first. None, blank text and () are empty."""


class EntityKind(str, Enum):
    """What a record is on the CRM side, in the order they are imported."""

    COMPANY = "company"
    PERSON = "person"
    PROJECT = "project"


class CrmType(str, Enum):
    """The type of a CRM field."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    LIST = "list"
    COMPANY = "company"  # the company an entity belongs to
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"


CHANNELS = frozenset({CrmType.PHONE, CrmType.EMAIL, CrmType.URL})
"""The types of which an entity has many values."""


@dataclass(frozen=True, slots=True)
class CrmField:
    """One field of an entity. ``list_name`` names the list of a LIST field; ``multiple`` lets it hold several items.

    ``read_only`` fields (such as ``id``) can be matched on but are never written.
    """

    key: str
    label: str
    type: CrmType = CrmType.TEXT
    list_name: str | None = None
    multiple: bool = False
    max_length: int | None = None
    mandatory: bool = False
    read_only: bool = False

    @property
    def many(self) -> bool:
        """Whether the value is a tuple."""
        return self.multiple or self.type in CHANNELS


@dataclass(frozen=True, slots=True)
class CrmList:
    """A list of the CRM. ``default`` is the id of its default item; a list without one cannot use a default."""

    name: str
    label: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class CrmListItem:
    """One item. ``code`` is an ISO 3166-1 alpha-2 code for countries, else empty."""

    id: str
    label: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class EntitySchema:
    """One entity kind of the host with its fields by key, in the order they are shown."""

    kind: EntityKind
    label: str
    fields: Mapping[str, CrmField]


@dataclass(frozen=True, slots=True)
class CrmSchema:
    """Everything a host's CRM holds that an import may touch."""

    entities: Mapping[EntityKind, EntitySchema]
    lists: Mapping[str, CrmList] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preferences:
    """The host's preferences that an import follows.

    ``region`` is the ISO 3166-1 alpha-2 country that phone numbers without a country are read in.
    """

    mandatory_company_on_contact: bool = False
    region: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A record of the CRM as it was read: the asked-for values by field key."""

    id: str
    values: Mapping[str, CrmValue]
