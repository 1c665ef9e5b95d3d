"""Values out of a party or project as Tryton gave it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from connectors_plugins.tryton.wire import Row

T = TypeVar("T")

TAX_NUMBER_TYPES = ("no_orgnr",)
"""Identifiers that are tax numbers although Tryton does not count them: in Norway the organisation number is the
VAT number, written there without "MVA"."""

CONTACT = "contact"
"""Where the relation that makes a person a contact is put in the person's row."""


def related(row: Row, name: str) -> Row:
    """The record a field points to; empty if it points to none or to an archived one."""
    found: Row = row.get(f"{name}.") or {}
    return found if found.get("active", True) else {}


def children(row: Row, name: str) -> list[Row]:
    """The records behind a relation, in Tryton's order and without the archived ones."""
    return [child for child in row.get(f"{name}.") or () if child.get("active", True)]


def address(row: Row, place: int) -> Row:
    """An address of a party, 0 is the first; empty if there are not so many."""
    return _at(children(row, "addresses"), place) or {}


def street_line(row: Row, place: int, line: int) -> str | None:
    """One line of an address's street, 0 is the first. The third holds all that is left."""
    lines = [text.strip() for text in (address(row, place).get("street") or "").splitlines() if text.strip()]
    return ", ".join(lines[2:]) if line == 2 else _at(lines, line)


def mechanism(row: Row, kind: str, place: int = 0) -> str | None:
    """A phone number, e-mail address and so on: the first of its kind, or a later one."""
    return _at([one["value"] for one in children(row, "contact_mechanisms") if one["type"] == kind], place)


def tax_number(row: Row) -> str | None:
    """What Tryton takes for the tax identifier, else one that is as good; without blanks."""
    numbers = [related(row, "tax_identifier").get("code")]
    numbers += [one["code"] for one in children(row, "identifiers") if one["type"] in TAX_NUMBER_TYPES]
    return next((_compact(number) for number in numbers if number), None)


def other_number(row: Row) -> str | None:
    """The first identifier that is not the tax number; without blanks."""
    taken = tax_number(row)
    numbers = (_compact(one["code"]) for one in children(row, "identifiers") if one["code"])
    return next((number for number in numbers if number != taken), None)


def country(row: Row) -> str | None:
    """The key of a country's list item: its ISO code, else Tryton's id."""
    return row.get("code") or (str(row["id"]) if "id" in row else None)


def categories(row: Row) -> tuple[str, ...]:
    """The keys of a party's categories."""
    return tuple(str(one) for one in row.get("categories") or ())


def name_parts(name: str | None) -> tuple[str, str]:
    """First and last name: Tryton keeps one name only. "Hansen, Kari" and "Kari Hansen" are both understood."""
    text = " ".join((name or "").split())
    if ", " in text:
        last, first = text.split(", ", 1)
        return first, last
    first, _, last = text.rpartition(" ")
    return first, last


def company(row: Row) -> Row:
    """The company a person (by the relation put under ``CONTACT``) or a project belongs to; empty for none."""
    return related(related(row, CONTACT), "to") or related(row, "party")


def relation_type(row: Row) -> str | None:
    """The list key of the relation that makes a person a contact."""
    tie = related(row, CONTACT)
    return str(tie["type"]) if tie else None


def latest_change(row: Row, names: Sequence[str]) -> datetime | None:
    """The last moment at which the record or one of these children was made or changed."""
    rows = [row, *(child for name in names for child in row.get(f"{name}.") or ())]
    moments = [moment for one in rows for moment in (one.get("create_date"), one.get("write_date"))]
    return max((moment for moment in moments if isinstance(moment, datetime)), default=None)


def _compact(number: str) -> str:
    return "".join(number.split())


def _at(items: Sequence[T], place: int) -> T | None:
    return items[place] if place < len(items) else None
