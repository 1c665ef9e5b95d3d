"""Our tables as the plugin is told of them: fields, lists, and which column or channel holds what."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from erp_import_plugin import Channel, Column, EntityTable, Erased, Items, ListTable, Membership, SqlAlchemyCrm
from erp_import_plugin.host_api import CrmType, EntityKind, Preferences

from . import preferences
from .database import Database
from .deleting import memberships
from .tables import (
    Company,
    CompanyChannel,
    DoNotRecreate,
    ListItem,
    Person,
    PersonChannel,
    PersonInterest,
    Project,
    ProjectChannel,
    SelectionMember,
    User,
)

_LISTS = {
    "category": _l("Category"),
    "business": _l("Business"),
    "position": _l("Position"),
    "country": _l("Country"),
    "interest": _l("Interests"),
    "payment_terms": _l("Payment terms"),
    "legal_basis": _l("Legal basis"),
    "consent_source": _l("Consent source"),
}


def crm(crm_database: Database) -> SqlAlchemyCrm:
    """Our tables, described once."""
    stamps: dict[str, Any] = {"updated_at": lambda at, _by: _naive(at), "updated_by": lambda _at, by: by.id}
    created = stamps | {"created_at": lambda at, _by: _naive(at)}
    entities: tuple[tuple[EntityKind, Any, Any, dict[str, Column | Channel | Items]], ...] = (
        (EntityKind.COMPANY, _l("Companies"), Company, _company()),
        (EntityKind.PERSON, _l("Contacts"), Person, _person()),
        (EntityKind.PROJECT, _l("Projects"), Project, _project()),
    )
    return SqlAlchemyCrm(
        [
            EntityTable(
                kind,
                label,
                table.id,
                fields,
                on_create=created,
                on_update=stamps,
                edited_by=select(User.name).where(User.login == table.updated_by).scalar_subquery(),
                edited_at=table.updated_at,
                memberships=[Membership(SelectionMember.entity_id, memberships(kind.value))],
            )
            for kind, label, table, fields in entities
        ],
        [_list(crm_database, name, label) for name, label in _LISTS.items()],
        preferences=_preferences,
        erased=Erased(DoNotRecreate.digest),
    )


def _company() -> dict[str, Column | Channel | Items]:
    def channel(kind: str, of: CrmType, label: Any) -> Channel:
        return Channel(CompanyChannel.value, CompanyChannel.company_id, of, label, {"kind": kind})

    return {
        "name": Column(Company.name, _l("Name"), mandatory=True),
        "department": Column(Company.department, _l("Department")),
        "number": Column(Company.number, _l("Number")),
        "code": Column(Company.code, _l("Code")),
        "vat_number": Column(Company.vat_number, _l("VAT number")),
        "category": Column(Company.category_id, _l("Category"), list_name="category"),
        "business": Column(Company.business_id, _l("Business"), list_name="business"),
        "country": Column(Company.country_id, _l("Country"), list_name="country"),
        "payment_terms": Column(Company.payment_terms_id, _l("Payment terms"), list_name="payment_terms"),
        "phone": channel("phone", CrmType.PHONE, _l("Phone")),
        "fax": channel("fax", CrmType.PHONE, _l("Fax")),
        "email": channel("email", CrmType.EMAIL, _l("E-mail")),
        "url": channel("url", CrmType.URL, _l("Web page")),
        **_address(Company, "postal", _POSTAL),
        **_address(Company, "street", _STREET),
        "note": Column(Company.note, _l("Note")),
    }


def _person() -> dict[str, Column | Channel | Items]:
    def channel(kind: str, of: CrmType, label: Any) -> Channel:
        return Channel(PersonChannel.value, PersonChannel.person_id, of, label, {"kind": kind})

    return {
        "first_name": Column(Person.first_name, _l("First name")),
        "middle_name": Column(Person.middle_name, _l("Middle name")),
        "last_name": Column(Person.last_name, _l("Last name"), mandatory=True),
        "title": Column(Person.title, _l("Title")),
        "number": Column(Person.number, _l("Number")),
        "company": Column(Person.company_id, _l("Company"), CrmType.COMPANY),
        "position": Column(Person.position_id, _l("Position"), list_name="position"),
        "birth_date": Column(Person.birth_date, _l("Date of birth")),
        "country": Column(Person.country_id, _l("Country"), list_name="country"),
        "interests": Items(PersonInterest.item_id, PersonInterest.person_id, "interest", _l("Interests")),
        "phone_direct": channel("phone_direct", CrmType.PHONE, _l("Direct phone")),
        "phone_mobile": channel("phone_mobile", CrmType.PHONE, _l("Mobile phone")),
        "phone_private": channel("phone_private", CrmType.PHONE, _l("Private phone")),
        "phone_other": channel("phone_other", CrmType.PHONE, _l("Other phone")),
        "email": channel("email", CrmType.EMAIL, _l("E-mail")),
        "url": channel("url", CrmType.URL, _l("Web page")),
        **_address(Person, "postal", _POSTAL),
        "legal_basis": Column(Person.sales_legal_basis_id, _l("Legal basis"), list_name="legal_basis"),
        "consent_source": Column(Person.sales_consent_source_id, _l("Consent source"), list_name="consent_source"),
    }


def _project() -> dict[str, Column | Channel | Items]:
    owner, value = ProjectChannel.project_id, ProjectChannel.value
    return {
        "name": Column(Project.name, _l("Name"), mandatory=True),
        "company": Column(Project.company_id, _l("Company"), CrmType.COMPANY),
        "text": Column(Project.text, _l("Text")),
        "number": Column(Project.number, _l("Number")),
        "end_date": Column(Project.end_date, _l("End date")),
        "url": Channel(value, owner, CrmType.URL, _l("Web page"), {"kind": "url"}),
    }


_POSTAL = {
    "address_1": _l("Postal address 1"),
    "address_2": _l("Postal address 2"),
    "address_3": _l("Postal address 3"),
    "zip": _l("Postal code"),
    "city": _l("Postal city"),
    "county": _l("Postal county"),
    "state": _l("Postal state"),
}
_STREET = {
    "address_1": _l("Street address 1"),
    "address_2": _l("Street address 2"),
    "address_3": _l("Street address 3"),
    "zip": _l("Street postal code"),
    "city": _l("Street city"),
    "county": _l("Street county"),
    "state": _l("Street state"),
}


def _address(table: Any, which: str, labels: dict[str, Any]) -> dict[str, Column]:
    return {f"{which}_{part}": Column(getattr(table, f"{which}_{part}"), label) for part, label in labels.items()}


def _list(crm_database: Database, name: str, label: Any) -> ListTable:
    def default() -> str | None:
        with crm_database.reading() as session:
            item = preferences.default_item(session, name)
        return None if item is None else str(item)

    has_default = name in preferences.DEFAULT_LISTS
    return ListTable(
        name,
        label,
        ListItem.id,
        ListItem.name,
        {"list_name": name},
        code=ListItem.code if name == "country" else None,
        active=ListItem.active,
        default=default if has_default else None,
    )


def _preferences(tx: Connection) -> Preferences:
    with Session(tx) as session:
        country = preferences.default_item(session, "country")
        item = session.get(ListItem, country) if country is not None else None
        mandatory = preferences.is_on(session, preferences.MANDATORY_COMPANY)
    return Preferences(mandatory, (item.code or "") if item else "")


def _naive(at: datetime) -> datetime:
    return at.astimezone(timezone.utc).replace(tzinfo=None)
