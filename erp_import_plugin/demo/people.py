"""Invented companies and persons that are always the same.

``company("NO", 17)`` gives equal facts on every call and every machine, so two programs that ask for the same
country and index speak of the same company. The demo's CRM and the demo's ERP workbook overlap in just this way:

* the CRM holds the companies ``0 .. CRM_COMPANIES[country] - 1`` of each country (with gaps, see ``seed``);
* the CRM holds the persons ``0 .. CRM_PERSONS[country] - 1`` of each country.

Indexes from 0 to ``MOST - 1`` give different names, VAT numbers and phones. Nothing here is random, and nothing
here is real: e-mail addresses and sites lie under the reserved top level domain ``example`` (RFC 2606).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.de import vat as de_vat
from stdnum.dk import cvr
from stdnum.gb import vat as gb_vat
from stdnum.nl import btw
from stdnum.no import orgnr
from stdnum.se import vat as se_vat

from .people_data import COUNTRIES, Country

MOST = 3_000
"""How many companies, and persons, each country can have."""

CRM_COMPANIES = {"NO": 1_000, "SE": 600, "DK": 450, "DE": 450, "NL": 250, "GB": 250}
CRM_PERSONS = {country: count * 4 // 3 for country, count in CRM_COMPANIES.items()}

BUSINESSES = (
    "Construction", "Plumbing", "Electrical", "Machinery", "Transport", "Accounting", "Marine", "Carpentry",
    "Real estate", "Food", "Energy", "Information technology", "Retail", "Repair", "Advertising", "Bakery",
    "Services", "Consulting", "Furniture", "Agriculture",
)  # fmt: skip
CATEGORIES = ("Customer", "Prospect", "Supplier", "Partner")
POSITIONS = (
    "Managing director", "Purchasing manager", "Sales manager", "Accountant", "Project manager", "Engineer",
    "Warehouse manager", "Office manager",
)  # fmt: skip

_SPREAD = 7_919  # prime and no factor of any table's size: index * _SPREAD mod size visits every slot once
_VAT_FIRST = {
    "NO": 910_000_000, "SE": 5_560_000_000, "DK": 21_000_000, "DE": 210_000_000, "NL": 810_000_000, "GB": 310_000_000,
}  # fmt: skip
_VAT_SUFFIX = {"SE": "01", "NL": "B01"}
_VAT_WINDOW = 100
_VALID: dict[str, Callable[[str], bool]] = {
    "NO": orgnr.is_valid, "SE": se_vat.is_valid, "DK": cvr.is_valid, "DE": de_vat.is_valid, "NL": btw.is_valid,
    "GB": gb_vat.is_valid,
}  # fmt: skip
_BRANCHES = ("Partner", "Invest", "Team", "Nord", "Plus", "Holding")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss", "đ": "d", "ł": "l"})


@dataclass(frozen=True)
class CompanyFacts:
    """One company. Texts are never None; ``""`` stands for what the company does not have."""

    country_code: str
    """ISO 3166-1 alpha-2."""
    index: int
    name: str
    department: str
    vat_number: str
    """In national form without country prefix (``923456783``), valid by its check digits."""
    phone: str
    """Landline in national format."""
    fax: str
    email: str
    url: str
    postal_address: str
    street: str
    """Street with house number."""
    zip: str
    city: str
    county: str
    category: str
    """One of ``CATEGORIES``."""
    business: str
    """One of ``BUSINESSES``."""


@dataclass(frozen=True)
class PersonFacts:
    """One person. Texts are never None; ``""`` stands for what the person does not have."""

    country_code: str
    index: int
    company_index: int | None
    """Index of the employer in the same country; None for a person without company."""
    first_name: str
    middle_name: str
    last_name: str
    title: str
    position: str
    """One of ``POSITIONS``, or ``""`` for a person without company."""
    birth_date: date
    email: str
    phone_direct: str
    phone_mobile: str
    """Mobile number in national format."""
    phone_private: str
    street: str
    zip: str
    city: str
    county: str


def company(country: str, index: int) -> CompanyFacts:
    """The company with this index in this country.

    Args:
        country: one of ``COUNTRIES`` ("NO", "SE", "DK", "DE", "NL", "GB").
        index: 0 to ``MOST - 1``.

    Raises:
        KeyError: the country is not one of them.
        ValueError: the index is out of range.
    """
    data = COUNTRIES[country]
    _require_index(index)
    place = data.places[index * 5 % len(data.places)]
    name, trade = _company_name(data, index)
    slug = _slug(name.removesuffix(data.form))
    return CompanyFacts(
        country_code=country,
        index=index,
        name=name,
        department=place.city if index % 23 == 7 else "",
        vat_number=_vat_number(country, index),
        phone=_digits(place.landline, index, 11),
        fax=_digits(place.landline, index, 500_017) if index % 6 == 1 else "",
        email=f"post@{slug}.example",
        url=f"https://www.{slug}.example",
        postal_address=data.box.format(100 + index) if index % 4 == 2 else "",
        street=_street(data, index),
        zip=place.zip,
        city=place.city,
        county=place.county,
        category=CATEGORIES[index * 3 % 7 % len(CATEGORIES)],
        business=BUSINESSES[trade],
    )


def person(country: str, index: int) -> PersonFacts:
    """The person with this index in this country; every company has one or two, every 25th person has none.

    Args and errors as for ``company``.
    """
    data = COUNTRIES[country]
    _require_index(index)
    employer = None if index % 25 == 24 else index * 3 // 4
    first, last = _person_name(data, index)
    place = data.places[index * 7 % len(data.places)]
    return PersonFacts(
        country_code=country,
        index=index,
        company_index=employer,
        first_name=first,
        middle_name=data.first_names[index % len(data.first_names)] if index % 9 == 4 else "",
        last_name=last,
        title="Dr." if index % 41 == 13 else "",
        position="" if employer is None else POSITIONS[index * 5 % len(POSITIONS)],
        birth_date=date(1955, 1, 1) + timedelta(days=index * 613 % 17_500),
        email=_person_email(country, index, employer, first, last),
        phone_direct=_digits(place.landline, index, 250_007) if index % 3 == 0 else "",
        phone_mobile=_digits(data.mobile, index, 4_001),
        phone_private=_digits(place.landline, index, 750_019) if index % 11 == 5 else "",
        street=_street(data, index + 1_511),
        zip=place.zip,
        city=place.city,
        county=place.county,
    )


def _require_index(index: int) -> None:
    if not 0 <= index < MOST:
        raise ValueError(f"index must be 0 to {MOST - 1}, not {index}")


def _company_name(data: Country, index: int) -> tuple[str, int]:
    names = len(data.heads) * len(data.trades)
    head, trade = divmod(index * _SPREAD % names, len(data.trades))
    words = [data.heads[head], data.trades[trade]]
    if index >= names:
        words.append(_BRANCHES[index // names - 1])
    return " ".join([*words, data.form]), trade


def _person_name(data: Country, index: int) -> tuple[str, str]:
    names = len(data.first_names) * len(data.last_names)
    first, last = divmod(index * _SPREAD % names, len(data.last_names))
    return data.first_names[first], data.last_names[last]


def _person_email(country: str, index: int, employer: int | None, first: str, last: str) -> str:
    name = f"{_slug(first)}.{_slug(last)}"
    if employer is None:
        return f"{name}{index}@mail.example"
    return f"{name}@{company(country, employer).email.partition('@')[2]}"


def _street(data: Country, index: int) -> str:
    street, number = data.streets[index * 3 % len(data.streets)], index * 17 % 140 + 1
    return f"{number} {street}" if data.number_first else f"{street} {number}"


def _vat_number(country: str, index: int) -> str:
    """The first valid number in this company's own window of candidates, so that no two companies share one."""
    valid = _VALID[country]
    window = _VAT_FIRST[country] + index * _SPREAD % 90_000 * _VAT_WINDOW
    suffix = _VAT_SUFFIX.get(country, "")
    offsets = ((index * 37 + step) % _VAT_WINDOW for step in range(_VAT_WINDOW))
    candidates = (f"{window + offset}{suffix}" for offset in offsets)
    return next(number for number in candidates if valid(number))


def _digits(pattern: str, index: int, salt: int) -> str:
    """The pattern with its # filled; different for different indexes as long as they fit."""
    count = pattern.count("#")
    digits = iter(f"{(index * _SPREAD + salt) % 10**count:0{count}d}")
    return "".join(next(digits) if sign == "#" else sign for sign in pattern)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
