"""What the Tryton test server is filled with: companies and persons of six countries, the same ones every time.

They are those of ``erp_import_plugin.demo.people`` around the last one the demo's CRM holds, so that about half of
them are in the CRM already. Some are changed here to be like real data: other cities, no number, odd names.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from erp_import_plugin.demo.people import CRM_COMPANIES, CompanyFacts, PersonFacts, company, person

SHARED_PER_COUNTRY = 90
NEW_PER_COUNTRY = 80
"""Companies per country that the demo's CRM holds, and that it does not hold."""

CONTACT_RELATION = "Contact person of"
"""The relation from a person to the company; its reverse is :data:`REVERSE_RELATION`."""

REVERSE_RELATION = "Has contact person"

COUNTRY_NAMES = {
    "NO": "Norway", "SE": "Sweden", "DK": "Denmark", "DE": "Germany", "NL": "Netherlands", "GB": "United Kingdom",
}  # fmt: skip
_LANGUAGES = {"NO": "nb", "SE": "sv", "DK": "da", "DE": "de", "NL": "nl", "GB": "en"}
_DIALLING = {"NO": "+47", "SE": "+46", "DK": "+45", "DE": "+49", "NL": "+31", "GB": "+44"}
_TAX_TYPES = {
    "NO": ("no_vat", "no_mva"), "SE": ("se_vat",), "DK": ("dk_vat", "dk_cvr"), "DE": ("de_vat",),
    "NL": ("nl_vat", "nl_btw"), "GB": ("gb_vat",),
}  # fmt: skip
"""Tryton's identifier types, newest first: the series do not agree on some."""

_ODD_NAMES = (
    "100 % Rein AS",
    "Snake_Case Systems",
    "Back\\slash & Sønner",
    "<b>Fett</b> Trykkeri",
    '"Quoted" Goods',
    "Große Straße GmbH",
    "=SUM(A1:A9) Holding",
    "שלום Import",
)
_ROLES = (("Customer",), ("Supplier",), ("Customer", "Supplier"), ("Customer",), ("Supplier",), ("Customer",), ())


@dataclass(frozen=True)
class Party:
    """One party to create. ``company`` is the place of the person's company among the companies, or None."""

    name: str
    language: str
    addresses: tuple[dict[str, str], ...]
    mechanisms: tuple[tuple[str, str], ...]
    identifiers: tuple[tuple[tuple[str, ...], str], ...] = ()
    categories: tuple[str, ...] = ()
    active: bool = True
    company: int | None = None


def facts() -> dict[str, Any]:
    """Everything the loader creates, as plain data for JSON."""
    slots = [(country, index) for country in CRM_COMPANIES for index in _indexes(country)]
    companies = [_company(company(*slot), place) for place, slot in enumerate(slots)]
    places = {slot: place for place, slot in enumerate(slots) if companies[place].active}
    persons = [one for country in CRM_COMPANIES for one in _persons(country, places)]
    return {
        "countries": list(COUNTRY_NAMES.items()),
        "categories": list(dict.fromkeys(name for one in (*companies, *persons) for name in one.categories)),
        "relations": [CONTACT_RELATION, REVERSE_RELATION],
        "companies": [asdict(one) for one in companies],
        "persons": [asdict(one) for one in persons],
        "projects": [_project(companies[place].name, place) for place in range(0, 200, 5) if companies[place].active],
    }


def _indexes(country: str) -> range:
    last = CRM_COMPANIES[country]
    return range(last - SHARED_PER_COUNTRY, last + NEW_PER_COUNTRY)


def _company(one: CompanyFacts, place: int) -> Party:
    return Party(
        name=_ODD_NAMES[place] if place < len(_ODD_NAMES) else one.name,
        language=_LANGUAGES[one.country_code],
        addresses=_company_addresses(one),
        mechanisms=_company_mechanisms(one),
        identifiers=() if one.index % 9 == 8 else _identifiers(one),
        categories=(*_ROLES[one.index % len(_ROLES)], *([one.business] if one.index % 3 else [])),
        active=one.index % 40 != 39,
    )


def _company_addresses(one: CompanyFacts) -> tuple[dict[str, str], ...]:
    city = "Bergen" if one.country_code == "NL" and one.index % 8 == 1 else one.city
    visit = {"street": one.street, "postal_code": one.zip, "city": city, "country": one.country_code}
    if one.index % 7 == 0:
        visit["street"] = f"c/o Reception\n{one.street}"
    return ({**visit, "street": one.postal_address}, visit) if one.postal_address else (visit,)


def _company_mechanisms(one: CompanyFacts) -> tuple[tuple[str, str], ...]:
    found = [("phone", f"{_DIALLING[one.country_code]} {one.phone}" if one.index % 2 else one.phone)]
    if one.index % 4 == 0:
        found.append(("phone", company(one.country_code, one.index + 200).phone))
    found += [("fax", one.fax)] if one.fax else []
    found += [("email", one.email)]
    return (*found, ("website", one.url)) if one.index % 5 else tuple(found)


def _identifiers(one: CompanyFacts) -> tuple[tuple[tuple[str, ...], str], ...]:
    number = one.vat_number
    if one.country_code == "NO":
        organisation = (("no_orgnr",), f"{number[:3]} {number[3:6]} {number[6:]}")
        return (organisation, (_TAX_TYPES["NO"], f"{number}MVA")) if one.index % 2 else (organisation,)
    return ((_TAX_TYPES[one.country_code], number),)


def _persons(country: str, places: dict[tuple[str, int], int]) -> list[Party]:
    indexes = _indexes(country)
    first, last = -(-indexes.start * 4 // 3), indexes.stop * 4 // 3
    return [_person(person(country, index), places) for index in range(first, last)]


def _person(one: PersonFacts, places: dict[tuple[str, int], int]) -> Party:
    name = f"{one.first_name} {one.last_name}"
    where = {"street": one.street, "postal_code": one.zip, "city": one.city, "country": one.country_code}
    employer = None if one.company_index is None else places.get((one.country_code, one.company_index))
    return Party(
        name=f"{one.last_name}, {one.first_name}" if one.index % 9 == 0 else name,
        language=_LANGUAGES[one.country_code],
        addresses=(where,) if one.index % 3 else (),
        mechanisms=tuple(
            (kind, value)
            for kind, value in (
                ("email", one.email),
                ("mobile", f"{_DIALLING[one.country_code]} {one.phone_mobile.lstrip('0')}"),
                ("phone", one.phone_direct),
            )
            if value
        ),
        categories=("Customer",) if one.company_index is None else ("Newsletter",) if one.index % 5 == 0 else (),
        company=employer,
    )


def _project(customer: str, place: int) -> dict[str, Any]:
    return {"name": f"{customer}, phase {place}", "company": place, "comment": f"Agreed with {customer}.\nTwo parts."}
