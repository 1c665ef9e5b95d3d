"""A small host for tests: its tables, and the map that makes them a CRM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Uuid,
    event,
    select,
)
from sqlalchemy import Column as SqlColumn

from erp_import_plugin.engine.rules import RULES
from erp_import_plugin.host_api import CrmType, EntityKind, MatchRule, Preferences, User
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
)

KARI = User("7", "Kari")

# MariaDB's own default collation finds "Ås" and "as" equal; the map has to work there as well.
metadata = MetaData()

item = Table(
    "item",
    metadata,
    SqlColumn("id", Integer, primary_key=True),
    SqlColumn("list_name", String(40), nullable=False),
    SqlColumn("name", String(255), nullable=False),
    SqlColumn("code", String(2)),
    SqlColumn("active", Boolean, nullable=False, default=True),
    SqlColumn("rank", Integer, nullable=False, server_default="5"),
)
company = Table(
    "company",
    metadata,
    SqlColumn("id", Integer, primary_key=True),
    SqlColumn("name", String(100), nullable=False),
    SqlColumn("department", String(100)),
    SqlColumn("number", Integer),
    SqlColumn("code", String(20)),
    SqlColumn("vat_number", String(20)),
    SqlColumn("category_id", ForeignKey("item.id")),
    SqlColumn("country_id", ForeignKey("item.id")),
    SqlColumn("revenue", Numeric(12, 2)),
    SqlColumn("score", Float),
    SqlColumn("founded", Date),
    SqlColumn("seen_at", DateTime),
    SqlColumn("customer", Boolean, nullable=False, default=False),
    SqlColumn("source", String(20), nullable=False, server_default="crm"),
    SqlColumn("note", Text),
    SqlColumn("updated_at", DateTime),
    SqlColumn("updated_by", String(64)),
)
person = Table(
    "person",
    metadata,
    SqlColumn("id", Uuid, primary_key=True, default=uuid4),
    SqlColumn("first_name", String(100)),
    SqlColumn("last_name", String(100)),
    SqlColumn("number", String(40)),
    SqlColumn("country_id", ForeignKey("item.id")),
    SqlColumn("company_id", ForeignKey("company.id")),
)
project = Table(
    "project",
    metadata,
    SqlColumn("id", String(20), primary_key=True, default=lambda: uuid4().hex[:20]),
    SqlColumn("name", String(100), nullable=False),
    SqlColumn("number", String(40)),
)
company_channel = Table(
    "company_channel",
    metadata,
    SqlColumn("id", Integer, primary_key=True),
    SqlColumn("company_id", ForeignKey("company.id", ondelete="CASCADE"), nullable=False, index=True),
    SqlColumn("kind", String(20), nullable=False),
    SqlColumn("value", String(255), nullable=False),
    SqlColumn("remark", String(255)),
)
person_channel = Table(
    "person_channel",
    metadata,
    SqlColumn("id", Integer, primary_key=True),
    SqlColumn("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    SqlColumn("kind", String(20), nullable=False),
    SqlColumn("value", String(255), nullable=False),
)
company_interest = Table(
    "company_interest",
    metadata,
    SqlColumn("company_id", ForeignKey("company.id", ondelete="CASCADE"), primary_key=True),
    SqlColumn("item_id", ForeignKey("item.id"), primary_key=True),
)
note = Table(
    "note",
    metadata,
    SqlColumn("id", Integer, primary_key=True),
    SqlColumn("company_id", ForeignKey("company.id"), nullable=False),
    SqlColumn("text", String(100), nullable=False),
)
offer = Table(
    "offer",
    metadata,
    SqlColumn("id", Integer, primary_key=True),
    SqlColumn("about", String(20), nullable=False),
    SqlColumn("about_id", String(64), nullable=False),
)
member = Table(
    "member",
    metadata,
    SqlColumn("selection", String(20), primary_key=True),
    SqlColumn("entity_id", String(64), primary_key=True),
)
preference = Table("preference", metadata, SqlColumn("region", String(2), primary_key=True))
erased = Table("erased", metadata, SqlColumn("digest", String(64), primary_key=True))


def crm() -> SqlAlchemyCrm:
    """The host's tables as a CRM."""
    return SqlAlchemyCrm(
        [_company(), _person(), _project()],
        [_list(name) for name in ("category", "country", "interest")],
        preferences=_preferences,
        erased=Erased(erased.c.digest),
    )


def rule(kind: EntityKind, name: str) -> MatchRule:
    """One of the duplicate rules."""
    return RULES[kind][name]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that this thread executes meanwhile; a job's heart beats in another one."""
    seen: list[str] = []
    thread = get_ident()

    def see(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if get_ident() == thread:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", see)


def _company() -> EntityTable:
    c = company.c
    return EntityTable(
        EntityKind.COMPANY,
        "Company",
        c.id,
        {
            "name": Column(c.name, "Name"),
            "department": Column(c.department, "Department"),
            "number": Column(c.number, "Number"),
            "code": Column(c.code, "Code"),
            "vat_number": Column(c.vat_number, "VAT number"),
            "category": Column(c.category_id, "Category", list_name="category"),
            "country": Column(c.country_id, "Country", list_name="country"),
            "revenue": Column(c.revenue, "Revenue"),
            "score": Column(c.score, "Score", type=CrmType.DECIMAL),
            "founded": Column(c.founded, "Founded"),
            "seen_at": Column(c.seen_at, "Seen"),
            "customer": Column(c.customer, "Customer"),
            "source": Column(c.source, "Source"),
            "note": Column(c.note, "Note"),
            "phone": _channel(company_channel, "company_id", "phone", CrmType.PHONE),
            "email": _channel(company_channel, "company_id", "email", CrmType.EMAIL),
            "interest": Items(company_interest.c.item_id, company_interest.c.company_id, "interest", "Interests"),
        },
        on_create={"updated_by": lambda _, user: f"made by {user.id}"},
        on_update={"updated_by": lambda _, user: user.id, "updated_at": lambda now, _: now.replace(tzinfo=None)},
        edited_by=c.updated_by,
        edited_at=c.updated_at,
        attached=[Attachment(offer.c.about_id, "Offers", offer.c.about == "company")],
        memberships=[Membership(member.c.entity_id, member.c.selection.startswith("company"))],
    )


def _person() -> EntityTable:
    c = person.c
    return EntityTable(
        EntityKind.PERSON,
        "Contact",
        c.id,
        {
            "first_name": Column(c.first_name, "First name"),
            "last_name": Column(c.last_name, "Last name"),
            "number": Column(c.number, "Number"),
            "country": Column(c.country_id, "Country", list_name="country"),
            "company": Column(c.company_id, "Company", type=CrmType.COMPANY),
            "phone_mobile": _channel(person_channel, "person_id", "mobile", CrmType.PHONE),
            "email": _channel(person_channel, "person_id", "email", CrmType.EMAIL),
        },
    )


def _project() -> EntityTable:
    c = project.c
    fields = {"name": Column(c.name, "Name"), "number": Column(c.number, "Number")}
    return EntityTable(EntityKind.PROJECT, "Project", c.id, fields)


def _channel(table: Table, owner: str, kind: str, type_: CrmType) -> Channel:
    return Channel(table.c.value, table.c[owner], type_, kind.capitalize(), where={"kind": kind})


def _list(name: str) -> ListTable:
    where = {"list_name": name}
    code = item.c.code if name == "country" else None
    return ListTable(name, name.capitalize(), item.c.id, item.c.name, where, code, item.c.active, _DEFAULTS.get(name))


_DEFAULTS: dict[str, Any] = {"category": "1", "country": lambda: "2"}


def _preferences(tx: Connection) -> Preferences:
    region = tx.execute(select(preference.c.region)).scalar()
    return Preferences(region=region or "")
