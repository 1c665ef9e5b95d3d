"""The declarative map from a host's tables to the CRM as the plugin sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute

from erp_import_plugin.host_api import CHANNELS, CrmField, CrmType, EntityKind, User

Label: TypeAlias = Any
"""A text, or anything whose ``str()`` is the text in the reader's language."""

Stamp: TypeAlias = Callable[[datetime, User], object]
"""What a column is set to, given the moment (aware, UTC) and who imports."""

_TYPES: tuple[tuple[type[Any], CrmType], ...] = (
    (sa.Boolean, CrmType.BOOLEAN),
    (sa.Integer, CrmType.INTEGER),
    (sa.Numeric, CrmType.DECIMAL),
    (sa.DateTime, CrmType.DATETIME),
    (sa.Date, CrmType.DATE),
)


class _Mapped:
    """Lets a mapped attribute of an ORM class stand for its column."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, QueryableAttribute):
                object.__setattr__(self, name, value.property.columns[0])


@dataclass(frozen=True)
class Column(_Mapped):
    """A field kept in a column of the entity's own table.

    Type, maximum length and whether it is mandatory (NOT NULL without default) are taken from the column unless given.
    ``list_name`` makes it a LIST field, whose column refers to the list's id; ``type=CrmType.COMPANY`` a reference to
    the company. A moment without time zone is UTC.
    """

    column: Any
    label: Label
    type: CrmType | None = None
    list_name: str | None = None
    mandatory: bool | None = None
    read_only: bool = False

    @property
    def crm_type(self) -> CrmType:
        """The type, as given or as the column says."""
        if self.type or self.list_name:
            return self.type or CrmType.LIST
        kind = self.column.type.impl_instance if isinstance(self.column.type, sa.TypeDecorator) else self.column.type
        return next((crm_type for sql, crm_type in _TYPES if isinstance(kind, sql)), CrmType.TEXT)

    def described(self, key: str) -> CrmField:
        """The field as the plugin sees it."""
        column = self.column
        needed = not column.nullable and column.default is None and column.server_default is None
        length = getattr(column.type, "length", None) if self.crm_type is CrmType.TEXT else None
        mandatory = needed if self.mandatory is None else self.mandatory
        return CrmField(key, str(self.label), self.crm_type, self.list_name, False, length, mandatory, self.read_only)


@dataclass(frozen=True)
class Channel(_Mapped):
    """A field with many values (phones, e-mail addresses, URLs), each a row of another table.

    ``value`` and ``owner`` are columns of that table; ``owner`` refers to the entity. ``where`` tells the rows of this
    field from others in the same table, by column name, such as ``{"kind": "fax"}``; new rows get these values too.
    The table has a primary key of one column, which the database or a default gives.
    """

    value: Any
    owner: Any
    type: CrmType
    label: Label
    where: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.type not in CHANNELS:
            raise ValueError(f"A channel is a phone, an e-mail or a URL, not {self.type.value}.")

    def described(self, key: str) -> CrmField:
        """The field as the plugin sees it."""
        return CrmField(key, str(self.label), self.type, max_length=getattr(self.value.type, "length", None))


@dataclass(frozen=True)
class Items(_Mapped):
    """A LIST field with several items, each a row of a table between: ``item`` refers to the list, ``owner`` to us."""

    item: Any
    owner: Any
    list_name: str
    label: Label

    @property
    def value(self) -> Any:
        """The column with the value of a row."""
        return self.item

    @property
    def where(self) -> Mapping[str, Any]:
        """All rows of the table belong to this field."""
        return {}

    def described(self, key: str) -> CrmField:
        """The field as the plugin sees it."""
        return CrmField(key, str(self.label), CrmType.LIST, self.list_name, multiple=True)


Field: TypeAlias = "Column | Channel | Items"


@dataclass(frozen=True)
class Attachment(_Mapped):
    """Rows of another table that hang on an entity and are somebody's work, such as its notes or offers.

    ``owner`` is the column that refers to the entity, ``where`` an SQL condition that tells the rows from others. An
    undo keeps an entity that has any, and names them by ``label``. Tables of the same ``MetaData`` that refer to the
    entity by a foreign key count without being declared, by the table's name.
    """

    owner: Any
    label: Label
    where: Any = None


@dataclass(frozen=True)
class Membership(_Mapped):
    """Rows of another table that go with the entity when it is removed, such as its places in selections."""

    owner: Any
    where: Any = None


@dataclass(frozen=True)
class EntityTable(_Mapped):
    """One entity kind. The read-only field ``id`` is there by itself.

    ``id`` is the primary key (integer, text or UUID). ``country`` names the field with the country that phone numbers
    without a country are read in. ``on_create`` and ``on_update`` set columns, by name, that no field stands for.

    For an undo: ``edited_by`` and ``edited_at`` are columns, or SQL expressions, with the name of who changed an entity
    last, and when; ``attached`` is what keeps an entity from being removed, ``memberships`` what goes with it.
    """

    kind: EntityKind
    label: Label
    id: Any
    fields: Mapping[str, Field]
    country: str = "country"
    on_create: Mapping[str, Stamp] = field(default_factory=dict)
    on_update: Mapping[str, Stamp] = field(default_factory=dict)
    id_label: Label = "ID"
    edited_by: Any = None
    edited_at: Any = None
    attached: Sequence[Attachment] = ()
    memberships: Sequence[Membership] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for key, one in self.fields.items():
            if isinstance(one, Column) and one.column.table is not self.table:
                raise ValueError(f"The column of {key} is in another table than {self.id}: use Channel or Items.")
            if isinstance(one, Column) and one.crm_type in CHANNELS:
                raise ValueError(f"A column holds one value, {key} has many: use Channel, or leave the type out.")

    @property
    def table(self) -> sa.Table:
        """The table with one row per entity."""
        table: sa.Table = self.id.table
        return table

    def columns(self) -> dict[str, Column]:
        """The fields kept in the table itself."""
        return {key: one for key, one in self.fields.items() if isinstance(one, Column)}

    def many(self) -> dict[str, Channel | Items]:
        """The fields kept in tables of their own."""
        return {key: one for key, one in self.fields.items() if not isinstance(one, Column)}


@dataclass(frozen=True)
class ListTable(_Mapped):
    """A list. Several lists may share a table: ``where`` tells this one's rows, and new items get these values.

    ``code`` is the column with the ISO country code, where the list is one of countries; ``active`` a column that is
    false for items which cannot be chosen any more. ``default`` is the id of the default item, or says it when called.
    ``used_by`` are columns that hold items and neither belong to a field nor have a foreign key: an item that an import
    added is removed by its undo when nothing holds it.
    """

    name: str
    label: Label
    id: Any
    item_label: Any
    where: Mapping[str, Any] = field(default_factory=dict)
    code: Any = None
    active: Any = None
    default: str | Callable[[], str | None] | None = None
    used_by: Sequence[Any] = ()

    @property
    def default_item(self) -> str | None:
        """The id of the default item as it is now."""
        return self.default() if callable(self.default) else self.default


@dataclass(frozen=True)
class Erased(_Mapped):
    """The do-not-recreate list: a column of the digests that ``erasure_digests`` gave when the entity was erased."""

    digest: Any
