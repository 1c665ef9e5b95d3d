"""Actors: the records of the ERP, and the pages they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from erp_import_plugin.connector_api.fields import FieldValue


class ActorType(str, Enum):
    """What a record is on the ERP side; the value is what is stored and sent."""

    CUSTOMER = "Customer"
    SUPPLIER = "Supplier"
    PARTNER = "Partner"  # both customer and supplier
    PERSON = "Person"
    PROJECT = "Project"


@dataclass(frozen=True, slots=True)
class ActorRef:
    """Another actor of the same connection and legal entity, by type and ERP key."""

    actor_type: ActorType
    key: str


@dataclass(frozen=True, slots=True)
class Actor:
    """One record of the ERP.

    ``key`` is stable and unique per actor type and legal entity, at most 255 characters. ``last_modified`` is opaque
    but ordered as text: a later change compares greater. ``values`` holds the wanted fields by their keys; a missing
    key and None both mean empty. ``parent`` is the company a person or project belongs to.
    """

    actor_type: ActorType
    key: str
    values: Mapping[str, FieldValue]
    last_modified: str = ""
    parent: ActorRef | None = None
    legal_entity: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some actors and how to go on.

    ``next`` is given back as the next call's cursor; None ends the stream. A cursor must not depend on the session
    that made it. ``total`` is the number of actors of the whole search where the ERP tells it.
    """

    actors: tuple[Actor, ...]
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item of an ERP list: the key a list field holds, and the text to show."""

    key: str
    label: str
