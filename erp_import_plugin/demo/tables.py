"""The CRM's tables. Every class has its ``__table__``, for statements over many rows at once."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from flask_login import UserMixin
from sqlalchemy import DateTime, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

LISTS = (
    "category", "business", "position", "country", "interest", "payment_terms", "legal_basis", "consent_source",
)  # fmt: skip
COMPANY_CHANNELS = ("phone", "fax", "email", "url")
PERSON_CHANNELS = ("phone_direct", "phone_mobile", "phone_private", "phone_other", "email", "url")
PROJECT_CHANNELS = ("url",)
ROLES = ("administrator", "user")

_LONG = Text().with_variant(Text(4_000_000), "mysql", "mariadb")
_MOMENT = DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")


def now() -> datetime:
    """This moment in UTC, without time zone, as the columns hold it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: String(255), datetime: _MOMENT}


# MariaDB compares "Ås" and "As" as equal unless told otherwise; the other databases never do.
_MYSQL = {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}
# An id that was deleted must not come back: whoever remembers it would take the new record for the old one.
_OPTIONS: dict[str, Any] = {"sqlite_autoincrement": True}
_OPTIONS |= {f"{dialect}_{key}": value for dialect in ("mysql", "mariadb") for key, value in _MYSQL.items()}


def _table_args(*items: Any) -> tuple[Any, ...]:
    return (*items, _OPTIONS)


class Keyed:
    id: Mapped[int] = mapped_column(primary_key=True)


class Stamped:
    """When a record was made and last changed, and by whom; kept by whoever writes it."""

    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str | None]


class PostalAddress:
    postal_address_1: Mapped[str | None]
    postal_address_2: Mapped[str | None]
    postal_address_3: Mapped[str | None]
    postal_zip: Mapped[str | None]
    postal_city: Mapped[str | None]
    postal_county: Mapped[str | None]
    postal_state: Mapped[str | None]


class StreetAddress:
    street_address_1: Mapped[str | None]
    street_address_2: Mapped[str | None]
    street_address_3: Mapped[str | None]
    street_zip: Mapped[str | None]
    street_city: Mapped[str | None]
    street_county: Mapped[str | None]
    street_state: Mapped[str | None]


class ListItem(Keyed, Base):
    """One item of one of the ``LISTS``; deactivated, not deleted, since records hold them.

    Only the undo of an import deletes the items that it added, where no record holds them.
    """

    __tablename__ = "list_item"
    __table_args__ = _table_args(UniqueConstraint("list_name", "name"))

    list_name: Mapped[str] = mapped_column(String(40))
    name: Mapped[str]
    code: Mapped[str | None] = mapped_column(String(40))
    """ISO 3166-1 alpha-2 for a country."""
    active: Mapped[bool] = mapped_column(default=True)
    rank: Mapped[int] = mapped_column(default=0)


def _list_item() -> Any:
    return mapped_column(ForeignKey("list_item.id"))


class Company(Keyed, PostalAddress, StreetAddress, Stamped, Base):
    __tablename__ = "company"
    __table_args__ = _table_args(Index(None, "name", "id"))

    name: Mapped[str]
    department: Mapped[str | None]
    number: Mapped[str | None] = mapped_column(index=True)
    code: Mapped[str | None] = mapped_column(index=True)
    vat_number: Mapped[str | None] = mapped_column(index=True)
    category_id: Mapped[int | None] = _list_item()
    business_id: Mapped[int | None] = _list_item()
    country_id: Mapped[int | None] = _list_item()
    payment_terms_id: Mapped[int | None] = _list_item()
    note: Mapped[str | None] = mapped_column(_LONG)


class Person(Keyed, PostalAddress, Stamped, Base):
    __tablename__ = "person"
    __table_args__ = _table_args(Index(None, "last_name", "first_name", "id"))

    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id", ondelete="SET NULL"), index=True)
    first_name: Mapped[str | None]
    middle_name: Mapped[str | None]
    last_name: Mapped[str | None]
    title: Mapped[str | None]
    number: Mapped[str | None] = mapped_column(index=True)
    position_id: Mapped[int | None] = _list_item()
    birth_date: Mapped[date | None]
    country_id: Mapped[int | None] = _list_item()
    sales_legal_basis_id: Mapped[int | None] = _list_item()
    sales_consent_source_id: Mapped[int | None] = _list_item()

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)


class PersonInterest(Base):
    __tablename__ = "person_interest"
    __table_args__ = _table_args()

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("list_item.id"), primary_key=True)


class Project(Keyed, Stamped, Base):
    __tablename__ = "project"
    __table_args__ = _table_args(Index(None, "name", "id"))

    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    text: Mapped[str | None] = mapped_column(_LONG)
    number: Mapped[str | None] = mapped_column(index=True)
    end_date: Mapped[date | None]


class Channel(Keyed):
    """A phone, e-mail address or URL; a record has any number of each kind."""

    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return _table_args(Index(None, "kind", "value"))


class CompanyChannel(Channel, Base):
    __tablename__ = "company_channel"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)


class PersonChannel(Channel, Base):
    __tablename__ = "person_channel"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class ProjectChannel(Channel, Base):
    __tablename__ = "project_channel"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)


class User(Keyed, UserMixin, Base):  # type: ignore[misc]  # Flask-Login has no types
    __tablename__ = "user"
    __table_args__ = _table_args()

    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def is_administrator(self) -> bool:
        return self.role == "administrator"


class UserGroup(Keyed, Base):
    __tablename__ = "user_group"
    __table_args__ = _table_args()

    name: Mapped[str] = mapped_column(unique=True)


class UserGroupMember(Base):
    __tablename__ = "user_group_member"
    __table_args__ = _table_args()

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("user_group.id", ondelete="CASCADE"), primary_key=True)


class Preference(Base):
    __tablename__ = "preference"
    __table_args__ = _table_args()

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str]


class DoNotRecreate(Keyed, Base):
    """Who was erased on request, as digests only: see ``erasure``."""

    __tablename__ = "do_not_recreate"
    __table_args__ = _table_args()

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    entity: Mapped[str] = mapped_column(String(20))
    erased_at: Mapped[datetime] = mapped_column(default=now)


class Selection(Keyed, Base):
    __tablename__ = "selection"
    __table_args__ = _table_args()

    name: Mapped[str]
    entity: Mapped[str] = mapped_column(String(20))
    """"company", "person" or "project"."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str | None]


class SelectionMember(Base):
    __tablename__ = "selection_member"
    __table_args__ = _table_args()

    selection_id: Mapped[int] = mapped_column(ForeignKey("selection.id", ondelete="CASCADE"), primary_key=True)
    entity_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


class Backup(Keyed, Base):
    __tablename__ = "backup"
    __table_args__ = _table_args()

    path: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str | None]
    size: Mapped[int]
    """Bytes."""
