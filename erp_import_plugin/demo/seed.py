"""What a new demo CRM holds: users, lists, and some thousand companies and contacts with the usual gaps.

Made from ``people``, so it is the same on every machine. The gaps and slips come from one fixed random seed: about
one company in six has no VAT number, some have no phone or address, a few stand twice under nearly the same name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from . import people, tables
from .people import CompanyFacts, PersonFacts
from .preferences import AUTOMATIC_SYNC, MANDATORY_COMPANY, OFF

USERS = (
    ("admin", "Alex Admin", "admin-demo", "administrator"),
    ("kari", "Kari Nordmann", "kari-demo", "administrator"),
    ("user", "Una User", "user-demo", "user"),
)
GROUPS = {"Administration": ("admin", "kari"), "Sales": ("kari", "user")}

_COUNTRY_CODES = (
    "NO", "SE", "DK", "FI", "IS", "DE", "NL", "BE", "LU", "FR", "GB", "IE", "ES", "PT", "IT", "AT", "CH", "PL", "CZ",
    "EE", "LV", "LT", "US", "CA",
)  # fmt: skip
_LISTS: dict[str, tuple[str, ...]] = {
    "category": people.CATEGORIES,
    "business": people.BUSINESSES,
    "position": people.POSITIONS,
    "interest": ("Newsletter", "Trade fair", "Product news", "Golf tournament", "Christmas card"),
    "payment_terms": ("10 days net", "14 days net", "30 days net", "Cash on delivery"),
    "legal_basis": ("Legitimate interest", "Consent", "Contract"),
    "consent_source": ("Import", "Web form", "Phone call", "Trade fair"),
}
_DEFAULTS = {
    "category": "Prospect",
    "country": "Norway",
    "legal_basis": "Legitimate interest",
    "consent_source": "Import",
}
_DOUBLES = 15
_PROJECTS = 100
_START = datetime(2024, 1, 8, 8, 0)
_SALESPEOPLE = tuple(login for login, *_ in USERS)

Row = dict[str, Any]
Items = dict[tuple[str, str], int]


def seed(session: Session) -> None:
    """Fill the empty tables; the caller's transaction makes it all or nothing."""
    _users(session)
    items = _lists(session)
    _preferences(session, items)
    chance = random.Random(20_240_108)
    companies = _companies(session, items, chance)
    persons = _persons(session, items, companies, chance)
    _projects(session, companies, chance)
    _selections(session, companies, persons)
    _continue_sequences(session)


def _users(session: Session) -> None:
    ids = {login: number for number, (login, *_) in enumerate(USERS, 1)}
    _insert(
        session,
        tables.User,
        [
            {"id": ids[login], "login": login, "name": name, "role": role, "active": True,
             "password_hash": generate_password_hash(password)}
            for login, name, password, role in USERS
        ],
    )  # fmt: skip
    _insert(session, tables.UserGroup, [{"id": number, "name": name} for number, name in enumerate(GROUPS, 1)])
    members = [
        {"user_id": ids[login], "group_id": number}
        for number, logins in enumerate(GROUPS.values(), 1)
        for login in logins
    ]
    _insert(session, tables.UserGroupMember, members)


def _lists(session: Session) -> Items:
    territories = Locale("en").territories
    entries: list[tuple[str, str, str | None]] = [("country", territories[code], code) for code in _COUNTRY_CODES]
    entries += [(list_name, name, None) for list_name, names in _LISTS.items() for name in names]
    rows: list[Row] = [
        {"id": number, "list_name": list_name, "name": name, "code": code, "active": True, "rank": number}
        for number, (list_name, name, code) in enumerate(entries, 1)
    ]
    _insert(session, tables.ListItem, rows)
    by_name = {(row["list_name"], row["name"]): row["id"] for row in rows}
    return by_name | {("country", row["code"]): row["id"] for row in rows if row["code"]}


def _preferences(session: Session, items: Items) -> None:
    values = {MANDATORY_COMPANY: OFF, AUTOMATIC_SYNC: OFF}
    values |= {f"default_{list_name}": str(items[list_name, name]) for list_name, name in _DEFAULTS.items()}
    _insert(session, tables.Preference, [{"key": key, "value": value} for key, value in values.items()])


def _companies(session: Session, items: Items, chance: random.Random) -> dict[tuple[str, int], int]:
    facts = [people.company(country, i) for country, count in people.CRM_COMPANIES.items() for i in range(count)]
    rows = [_company_row(number, fact, items, chance) for number, fact in enumerate(facts, 1)]
    channels = [line for number, fact in enumerate(facts, 1) for line in _company_channels(number, fact, chance)]
    for number, original in enumerate(chance.sample(rows, _DOUBLES), len(rows) + 1):
        double = {"id": number, "name": original["name"].upper(), "number": None, "code": None}
        rows.append(original | double)
    _insert(session, tables.Company, rows)
    _insert(session, tables.CompanyChannel, channels)
    return {(fact.country_code, fact.index): number for number, fact in enumerate(facts, 1)}


def _company_row(number: int, fact: CompanyFacts, items: Items, chance: random.Random) -> Row:
    located = chance.random() > 0.08
    return {
        "id": number,
        "name": fact.name,
        "department": fact.department or None,
        "number": str(10_000 + number) if chance.random() > 0.4 else None,
        "code": f"{fact.name[:3].strip().upper()}{number}" if chance.random() > 0.7 else None,
        "vat_number": _vat(fact, chance),
        "category_id": items["category", fact.category],
        "business_id": items["business", fact.business] if chance.random() > 0.2 else None,
        "country_id": items["country", fact.country_code],
        "payment_terms_id": items["payment_terms", "30 days net"] if chance.random() > 0.5 else None,
        "note": None,
        "street_address_1": fact.street if located else None,
        "street_zip": fact.zip if located else None,
        "street_city": fact.city,
        "street_county": fact.county if chance.random() > 0.5 else None,
        "postal_address_1": fact.postal_address or None,
        "postal_zip": fact.zip if fact.postal_address else None,
        "postal_city": fact.city if fact.postal_address else None,
        **_stamp(chance),
    }


def _vat(fact: CompanyFacts, chance: random.Random) -> str | None:
    lot = chance.random()
    if lot < 0.17:
        return None
    if lot < 0.27:
        return f"NO {fact.vat_number} MVA" if fact.country_code == "NO" else fact.country_code + fact.vat_number
    return fact.vat_number


def _company_channels(number: int, fact: CompanyFacts, chance: random.Random) -> Iterator[Row]:
    for kind, value, share in (
        ("phone", fact.phone, 0.8),
        ("fax", fact.fax, 0.9),
        ("email", fact.email, 0.7),
        ("url", fact.url, 0.6),
    ):
        if value and chance.random() < share:
            yield {"company_id": number, "kind": kind, "value": value}


def _persons(session: Session, items: Items, companies: dict[tuple[str, int], int], chance: random.Random) -> int:
    facts = [people.person(country, i) for country, count in people.CRM_PERSONS.items() for i in range(count)]
    rows: list[Row] = []
    channels: list[Row] = []
    interests: list[Row] = []
    for number, fact in enumerate(facts, 1):
        employer = None if fact.company_index is None else companies[fact.country_code, fact.company_index]
        rows.append(_person_row(number, fact, employer, items, chance))
        channels += _person_channels(number, fact, chance)
        if chance.random() < 0.3:
            interests.append({"person_id": number, "item_id": items["interest", chance.choice(_LISTS["interest"])]})
    _insert(session, tables.Person, rows)
    _insert(session, tables.PersonChannel, channels)
    _insert(session, tables.PersonInterest, interests)
    return len(rows)


def _person_row(number: int, fact: PersonFacts, employer: int | None, items: Items, chance: random.Random) -> Row:
    at_home = employer is None
    return {
        "id": number,
        "company_id": employer,
        "first_name": fact.first_name,
        "middle_name": fact.middle_name or None,
        "last_name": fact.last_name,
        "title": fact.title or None,
        "number": str(50_000 + number) if chance.random() > 0.6 else None,
        "position_id": items["position", fact.position] if fact.position and chance.random() > 0.25 else None,
        "birth_date": fact.birth_date if chance.random() > 0.6 else None,
        "country_id": items["country", fact.country_code],
        "postal_address_1": fact.street if at_home else None,
        "postal_zip": fact.zip if at_home else None,
        "postal_city": fact.city if at_home else None,
        "sales_legal_basis_id": items["legal_basis", "Legitimate interest"],
        "sales_consent_source_id": items["consent_source", chance.choice(_LISTS["consent_source"])],
        **_stamp(chance),
    }


def _person_channels(number: int, fact: PersonFacts, chance: random.Random) -> Iterator[Row]:
    for kind, value, share in (
        ("phone_direct", fact.phone_direct, 0.9),
        ("phone_mobile", fact.phone_mobile, 0.7),
        ("phone_private", fact.phone_private, 0.9),
        ("email", fact.email, 0.75),
    ):
        if value and chance.random() < share:
            yield {"person_id": number, "kind": kind, "value": value}


def _projects(session: Session, companies: dict[tuple[str, int], int], chance: random.Random) -> None:
    works = ("Refit", "New building", "Maintenance", "Pilot", "Renewal", "Extension")
    ids = list(companies.values())
    rows = [
        {
            "id": number,
            "company_id": chance.choice(ids),
            "name": f"{chance.choice(works)} {2024 + number % 3}-{number:03d}",
            "text": None,
            "number": f"P{number:04d}",
            "end_date": (_START + timedelta(days=chance.randrange(1_500))).date() if chance.random() > 0.3 else None,
            **_stamp(chance),
        }
        for number in range(1, _PROJECTS + 1)
    ]
    _insert(session, tables.Project, rows)
    urls = [
        {"project_id": row["id"], "kind": "url", "value": f"https://projects.example/{row['number']}"} for row in rows
    ]
    _insert(session, tables.ProjectChannel, urls[::3])


def _selections(session: Session, companies: dict[tuple[str, int], int], persons: int) -> None:
    norwegian = [number for (country, _), number in companies.items() if country == "NO"]
    kept = [
        (1, "Spring campaign, Norway", "company", norwegian[::7]),
        (2, "Invited to the open house", "person", list(range(5, persons, 61))),
    ]
    rows = [
        {"id": number, "name": name, "entity": entity, "created_at": _START, "created_by": "kari"}
        for number, name, entity, _ in kept
    ]
    _insert(session, tables.Selection, rows)
    members = [{"selection_id": number, "entity_id": member} for number, *_, ids in kept for member in ids]
    _insert(session, tables.SelectionMember, members)


def _stamp(chance: random.Random) -> Row:
    created = _START + timedelta(minutes=chance.randrange(500_000))
    changed = created + timedelta(minutes=chance.randrange(200_000))
    return {"created_at": created, "updated_at": changed, "updated_by": chance.choice(_SALESPEOPLE)}


def _insert(session: Session, model: type[tables.Base], rows: list[Row]) -> None:
    session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]  # it is a Table


def _continue_sequences(session: Session) -> None:
    """PostgreSQL's sequences do not see ids given by hand."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in tables.Base.metadata.sorted_tables:
        if "id" in table.c:
            top = session.scalar(select(func.max(table.c.id)))
            if top:
                statement = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :top)")
                session.execute(statement, {"table": f'"{table.name}"', "top": top})
