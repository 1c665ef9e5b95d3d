"""How the plugin reads and writes a host's CRM: in bulk, in transactions it is given.

A host with SQLAlchemy tables takes the ready ``erp_import_plugin.SqlAlchemyCrm``; any other host implements this.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from erp_import_plugin.host_api.access import User
from erp_import_plugin.host_api.schema import CrmListItem, CrmSchema, CrmValue, Entity, EntityKind, Preferences

Transaction: TypeAlias = Any
"""The ``sqlalchemy.engine.Connection`` on which the plugin has begun a transaction. Never commit or roll back on it."""


class MatchRule(Protocol):
    """A way of telling that an actor and an entity are the same: one equal key means the same."""

    @property
    def name(self) -> str:
        """A stable name, at most 40 characters, of how ``keys`` are made."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The CRM fields the keys are made of, in order."""

    @property
    def regional(self) -> bool:
        """Whether the keys depend on ``region``."""

    @property
    def at_most(self) -> int | None:
        """A key that more entities have is of no use and may be left out; None where every one counts."""

    def keys(self, values: Mapping[str, CrmValue], region: str) -> tuple[str, ...]:
        """The normalised keys, each of at most 64 characters and none twice.

        A field with several values (e-mails, phones) gives a key for each. Where the fields are empty there are none,
        and nothing matches. ``region`` is the ISO code of the entity's country, else of ``Preferences.region``.
        """


@dataclass(frozen=True, slots=True)
class EntityUpdate:
    """New values for some fields of one entity; all other fields stay."""

    id: str
    values: Mapping[str, CrmValue]


@dataclass(frozen=True, slots=True)
class Attached:
    """Data of the CRM that hangs on an entity: ``label`` says what, ``count`` how many.

    Where they are entities themselves, such as the contacts of a company, ``kind`` and ``ids`` name them all.
    """

    label: str
    count: int
    kind: EntityKind | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changed an entity last, by name, and when (aware); either may be unknown."""

    by: str = ""
    at: datetime | None = None


class Crm(Protocol):
    """The host's CRM. Every method takes and gives any number of rows in a fixed number of statements."""

    def schema(self) -> CrmSchema:
        """The entities, fields and lists. Labels may depend on the reader's language."""

    def preferences(self, tx: Transaction) -> Preferences:
        """The preferences as they are now."""

    def list_items(self, tx: Transaction, list_name: str) -> Sequence[CrmListItem]:
        """The items of a list that can be chosen."""

    def add_list_items(self, tx: Transaction, list_name: str, labels: Sequence[str]) -> Sequence[CrmListItem]:
        """Add items, none of which exists, and give them in the same order."""

    def find(
        self, tx: Transaction, kind: EntityKind, rule: MatchRule, keys: Collection[str], *, prepared: bool = False
    ) -> Mapping[str, Sequence[str]]:
        """The ids of the entities one of whose ``rule.keys`` is in ``keys``, by key; keys without any are left out.

        What is found has the key now. What is not found must not be there, and must not come before the transaction
        ends; with ``prepared``, which only follows :meth:`prepare`, it may have come since then.
        """

    def prepare(self, tx: Transaction, kind: EntityKind, rule: MatchRule, after: object = None) -> object:
        """Do a part, of seconds, of whatever makes :meth:`find` fast by this rule.

        Called before many are looked for, in one transaction after the other, each time with what the last call gave;
        None says that all is done. A CRM that needs nothing of the kind gives None.
        """

    def count(self, tx: Transaction, kind: EntityKind) -> int:
        """How many entities of this kind there are."""

    def read(
        self, tx: Transaction, kind: EntityKind, ids: Collection[str], fields: Collection[str]
    ) -> Mapping[str, Entity]:
        """The entities with these ids, by id; those that do not exist are left out."""

    def create(
        self, tx: Transaction, kind: EntityKind, rows: Sequence[Mapping[str, CrmValue]], by: User
    ) -> Sequence[str]:
        """Create entities and give their ids in the order of ``rows``."""

    def update(self, tx: Transaction, kind: EntityKind, updates: Sequence[EntityUpdate], by: User) -> None:
        """Write new values. A tuple replaces all values of its field."""

    def attached(self, tx: Transaction, kind: EntityKind, ids: Collection[str]) -> Mapping[str, Sequence[Attached]]:
        """What hangs on entities beyond their own fields and their places in selections, by id; none: left out."""

    def delete(self, tx: Transaction, kind: EntityKind, ids: Collection[str], by: User) -> None:
        """Delete entities that nothing is attached to, with all their values and their places in selections."""

    def remove_list_items(self, tx: Transaction, list_name: str, ids: Collection[str]) -> Sequence[str]:
        """Remove those of the items that no entity holds any more, and give the ids of the removed ones."""

    def edits(self, tx: Transaction, kind: EntityKind, ids: Collection[str]) -> Mapping[str, Edit]:
        """The last edit of entities by id, as far as the CRM knows."""

    def erased(self, tx: Transaction, kind: EntityKind, rows: Sequence[Mapping[str, CrmValue]]) -> Sequence[bool]:
        """For each entity that would be created: whether it was erased on request and must not be created again."""
