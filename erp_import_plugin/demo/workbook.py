"""Writes the demo's ERP: a workbook of about 5,000 actors in six countries, the same on every machine.

``python -m erp_import_plugin.demo.workbook`` writes ``data/demo-erp.xlsx`` beside this file. Several hundred companies
and persons are also in the demo's CRM: some just the same, some with another phone, address, category or spelling.
There are doubles, near doubles and the odd data every ERP has collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from . import people
from .people import CompanyFacts, PersonFacts

PATH = Path(__file__).with_name("data") / "demo-erp.xlsx"

_CUSTOMERS = {"NO": 1_000, "SE": 500, "DK": 300, "DE": 300, "NL": 150, "GB": 150}
_SUPPLIERS = {"NO": 450, "SE": 260, "DK": 170, "DE": 160, "NL": 80, "GB": 80}
_PERSONS = {"NO": 500, "SE": 270, "DK": 180, "DE": 170, "NL": 90, "GB": 90}
_PROJECTS = 100
_BOTH = 20  # companies per country that are customer and supplier
_START = datetime(2024, 1, 1, 6, 0)

_COMPANY_HEADER = (
    "KEY", "NUMBER1", "NUMBER2", "NAME", "DEPARTMENT", "VATNO", "CATEGORY", "BUSINESS", "PAYTERMS", "PHONE", "FAX",
    "EMAIL", "URL", "POSTALAD1", "POSTALZIP", "POSTALCITY", "STREETAD1", "STREETZIP", "STREETCITY", "STREETCOUNTY",
    "COUNTRY", "Credit limit", "Discount", "Since", "Blocked", "LASTMODIFIED",
)  # fmt: skip
_PERSON_HEADER = (
    "KEY", "NUMBER", "FIRSTNAME", "MIDDLENAME", "LASTNAME", "TITLE", "POSITION", "BIRTHDATE", "PHONE_DIRECT",
    "PHONE_MOBILE", "PHONE_PRIVATE", "EMAIL", "POSTALAD1", "POSTALZIP", "POSTALCITY", "POSTALCOUNTRY", "PARENT",
    "PARENTTYPE", "LASTMODIFIED",
)  # fmt: skip
_PROJECT_HEADER = ("KEY", "NUMBER", "NAME", "TEXT", "URL", "ENDDATE", "PARENT", "PARENTTYPE", "LASTMODIFIED")

_CATEGORY_KEYS = {"Customer": "CU", "Prospect": "PR", "Supplier": "SU", "Partner": "PA"}
_BUSINESS_KEYS = {name: f"B{number:02d}" for number, name in enumerate(people.BUSINESSES, 1)}
_POSITION_KEYS = {name: f"P{number}" for number, name in enumerate(people.POSITIONS, 1)}
_PAYTERMS = ("N10", "N14", "N30", "N45", "COD", "PRE")
_LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "CATEGORY": (*((key, name) for name, key in _CATEGORY_KEYS.items()), ("KA", "Key account"), ("DI", "Distributor")),
    "BUSINESS": (*((key, name) for name, key in _BUSINESS_KEYS.items()), ("B98", "Fishery"), ("B99", "Tourism")),
    "COUNTRY": (
        ("NO", "Norway"), ("SE", "Sweden"), ("DK", "Denmark"), ("DE", "Germany"), ("NL", "Netherlands"),
        ("GB", "United Kingdom"), ("FO", "Faroe Islands"),
    ),
    "PAYTERMS": (
        ("N10", "10 days net"), ("N14", "14 days net"), ("N30", "30 days net"), ("N45", "45 days net"),
        ("COD", "Cash on delivery"), ("PRE", "Prepayment"),
    ),
    "POSITION": (*((key, name) for name, key in _POSITION_KEYS.items()), ("P20", "Data protection officer")),
}  # fmt: skip

_ODD_COMPANIES = (
    "شركة النور للتجارة", "חברת הצפון בע״מ", "O'Neill & Sons Ltd", "L'Été «Chez Nous»", "<b>Bold</b> Trading AS",
    "<script>alert('ERP')</script>", "=1+1", '=HYPERLINK("http://erp.example";"Open")', "+47 Import", "@SUM(A1:A9)",
    "-5 Grader AS", "Robert'); DROP TABLE company;--", "NULL", "", "   ", "Emoji 🚀 Bakeri", "Cafe\u0301 Norden AS",
    "Null\u200bbredde Regnskap AS", "Alle gode ting er tre og et veldig langt navn " * 8, "R&D; 100 % \\ \"Quoted\" AS",
)  # fmt: skip
_ODD_PERSONS = (
    ("D'Arcy", "O'Brien"), ("", "Uten-Fornavn"), ("Bare Fornavn", ""), ("", ""), ("محمد", "العربي"),
    ("<i>Kari</i>", "=2+2"), ("Anne-Marie Sofie", "von und zu Lütjensee-Holdenbrück"), ("  Ola ", " Nordmann  "),
)  # fmt: skip

Row = list[Any]


@dataclass(frozen=True)
class _Company:
    """A company as the ERP has it; ``number`` counts within its sheet."""

    number: int
    facts: CompanyFacts
    category: str
    phone: str


def write(path: Path = PATH) -> None:
    """Write the workbook; its folder must exist."""
    customers, suppliers = _customers(), _suppliers()
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _START
    _sheet(book, "Customers", _COMPANY_HEADER, (_company_row("CU", 200_000, one) for one in customers))
    _sheet(book, "Suppliers", _COMPANY_HEADER, (_company_row("SU", 300_000, one) for one in suppliers))
    _sheet(book, "Persons", _PERSON_HEADER, _persons(_parents(customers, suppliers)))
    _sheet(book, "Projects", _PROJECT_HEADER, _projects(len(customers)))
    for name, items in _LISTS.items():
        _sheet(book, f"List {name}", ("key", "label"), (list(item) for item in items))
    book.save(path)


def _sheet(book: Workbook, title: str, header: Sequence[str], rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(list(header))
    for row in rows:
        sheet.append([_text_cell(sheet, value) if isinstance(value, str) else value for value in row])


def _text_cell(sheet: Any, value: str) -> Any:
    """Text as text: openpyxl would take what begins with = for a formula."""
    cell = WriteOnlyCell(sheet, value or None)
    if value:
        cell.data_type = "s"
    return cell


def _customers() -> list[_Company]:
    facts = [people.company(country, index) for country in _CUSTOMERS for index in _customer_indexes(country)]
    varied = [_varied(number, one) for number, one in enumerate(facts, 1)]
    return [*varied, *_doubles(varied), *_odd(len(varied) + 30)]


def _suppliers() -> list[_Company]:
    facts = [people.company(country, index) for country in _SUPPLIERS for index in _supplier_indexes(country)]
    return [_varied(number, replace(one, category="Supplier")) for number, one in enumerate(facts, 1)]


def _customer_indexes(country: str) -> range:
    """The last fifth of the CRM's companies, and others the CRM has never heard of."""
    start = people.CRM_COMPANIES[country] * 4 // 5
    return range(start, start + _CUSTOMERS[country])


def _supplier_indexes(country: str) -> list[int]:
    """Some more of the CRM's companies, some that are customers as well, and new ones."""
    in_crm = range(people.CRM_COMPANIES[country] * 3 // 4, people.CRM_COMPANIES[country] * 4 // 5)
    end = _customer_indexes(country).stop
    return [*in_crm, *range(end - _BOTH, end - _BOTH + _SUPPLIERS[country] - len(in_crm))]


def _varied(number: int, facts: CompanyFacts) -> _Company:
    """Two companies in six stand here just as ``people`` has them, the others with one difference."""
    kind = number % 6
    category, phone = _CATEGORY_KEYS[facts.category], facts.phone
    if kind == 1:
        phone = _other_phone(facts.phone)
    elif kind == 2:
        facts = replace(facts, street=f"{facts.street} B")
    elif kind == 3:
        category = ("KA", facts.category.lower(), "Wholesale")[number % 9 // 3]
    elif kind == 4:
        facts = replace(facts, name=f"{facts.name.upper()} " if number % 12 == 4 else facts.name.replace(" ", "  ", 1))
    return _Company(number, facts, category, phone)


def _other_phone(phone: str) -> str:
    return phone[:-1] + str((int(phone[-1]) + 1) % 10)


def _doubles(companies: Sequence[_Company]) -> Iterator[_Company]:
    """Fifteen companies entered twice, and fifteen nearly so: a letter missing and no VAT number."""
    for step, original in enumerate(companies[50::75][:30], 1):
        facts = original.facts
        if step > 15:
            facts = replace(facts, name=facts.name[:2] + facts.name[3:], vat_number="", email="")
        yield replace(original, number=len(companies) + step, facts=facts)


def _odd(before: int) -> Iterator[_Company]:
    for step, name in enumerate(_ODD_COMPANIES, 1):
        facts = replace(people.company("NO", people.MOST - step), name=name, email="not an address", url="")
        yield _Company(before + step, facts, "CU", "0" if step % 2 else "+47 22 00 00 00 ext. 5")


def _company_row(prefix: str, base: int, company: _Company) -> Row:
    number, facts = company.number, company.facts
    postal = bool(facts.postal_address)
    return [
        f"{prefix}-{number:06d}", f"{facts.country_code}{number:05d}" if number % 3 == 0 else "", str(base + number),
        facts.name, facts.department, facts.vat_number if number % 13 else "", company.category,
        _BUSINESS_KEYS[facts.business] if number % 17 else "B98", _PAYTERMS[number % len(_PAYTERMS)], company.phone,
        facts.fax, facts.email, facts.url, facts.postal_address, facts.zip if postal else "",
        facts.city if postal else "", facts.street, facts.zip, facts.city, facts.county, facts.country_code,
        number * 7 % 40 * 5_000, number % 5 * 2.5, date(2005, 1, 3) + timedelta(days=number * 11 % 7_000),
        number % 50 == 0, _changed(number),
    ]  # fmt: skip


def _parents(customers: Sequence[_Company], suppliers: Sequence[_Company]) -> dict[tuple[str, int], tuple[str, str]]:
    """Key and type of the company with a country and index; a customer before a supplier."""
    keys = {_place(one): (f"SU-{one.number:06d}", "Supplier") for one in suppliers}
    return keys | {_place(one): (f"CU-{one.number:06d}", "Customer") for one in reversed(customers)}


def _place(company: _Company) -> tuple[str, int]:
    return company.facts.country_code, company.facts.index


def _persons(parents: dict[tuple[str, int], tuple[str, str]]) -> Iterator[Row]:
    facts = [people.person(country, index) for country in _PERSONS for index in _person_indexes(country)]
    number = 0
    for number, one in enumerate(facts, 1):
        place = (one.country_code, one.company_index if one.company_index is not None else -1)
        yield _person_row(number, one, *parents.get(place, ("", "")))
    for step, (first, last) in enumerate(_ODD_PERSONS, 1):
        odd = replace(people.person("NO", people.MOST - step), first_name=first, last_name=last)
        yield _person_row(number + step, odd, "CU-999999" if step % 2 else "", "Customer" if step % 2 else "")


def _person_indexes(country: str) -> range:
    """The last tenth of the CRM's persons, and new colleagues of theirs."""
    start = people.CRM_PERSONS[country] * 9 // 10
    return range(start, start + _PERSONS[country])


def _person_row(number: int, facts: PersonFacts, parent: str, parent_type: str) -> Row:
    mobile = _other_phone(facts.phone_mobile) if number % 6 == 1 else facts.phone_mobile
    at_home = not parent
    return [
        f"PE-{number:06d}", str(400_000 + number), facts.first_name, facts.middle_name,
        facts.last_name.upper() if number % 6 == 4 else facts.last_name, facts.title,
        _position(number, facts.position), facts.birth_date if number % 2 else None, facts.phone_direct, mobile,
        facts.phone_private, facts.email if number % 8 else "", facts.street if at_home else "",
        facts.zip if at_home else "", facts.city if at_home else "", facts.country_code, parent, parent_type,
        _changed(number),
    ]  # fmt: skip


def _position(number: int, name: str) -> str:
    if number % 19 == 0:
        return "P20"
    return _POSITION_KEYS.get(name, "")


def _projects(customers: int) -> Iterator[Row]:
    works = ("New building", "Extension", "Maintenance", "Pilot", "Roll-out")
    for number in range(1, _PROJECTS + 1):
        yield [
            f"PJ-{number:04d}", str(9_000 + number), f"{works[number % 5]} {number}",
            f"Ordered in week {number % 52 + 1}",
            f"https://projects.example/{number}" if number % 3 else "",
            date(2025, 1, 31) + timedelta(days=number * 9) if number % 4 else None,
            f"CU-{number * 23 % customers + 1:06d}", "Customer", _changed(number),
        ]  # fmt: skip


def _changed(number: int) -> datetime:
    return _START + timedelta(minutes=number * 97 % 900_000)


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    write()
