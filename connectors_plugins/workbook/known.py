"""Names this connector understands: sheets, special columns, and the fields every import knows."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType, FieldType

_SHEETS = {
    ActorType.CUSTOMER: "customer customers kunde kunder kunden kund klant klanten debitor debitorer debitoren",
    ActorType.SUPPLIER: "supplier suppliers vendor vendors leverandør leverandører leverantör leverantörer lieferant"
    " lieferanten leverancier leveranciers kreditor kreditorer kreditoren",
    ActorType.PARTNER: "partner partners partnere partnerer",
    ActorType.PERSON: "person persons people personer personen contact contacts kontakt kontakter kontakte"
    " kontaktperson kontaktpersoner kontaktpersonen contactpersoon contactpersonen ansprechpartner",
    ActorType.PROJECT: "project projects prosjekt prosjekter projekt projekter projekte projecten",
}
SHEET_NAMES: dict[str, ActorType] = {name: kind for kind, names in _SHEETS.items() for name in names.split()}
KEY_COLUMNS = ("KEY", "ERPKEY", "NUMBER2", "NUMBER")
PARENT, PARENT_TYPE, LAST_MODIFIED, LEGAL_ENTITY = "PARENT", "PARENTTYPE", "LASTMODIFIED", "LEGALENTITY"
SPECIAL_COLUMNS = (PARENT, PARENT_TYPE, LAST_MODIFIED, LEGAL_ENTITY)
_ALIASES = {"parentkey": PARENT, "lastchange": LAST_MODIFIED, "modified": LAST_MODIFIED}


@dataclass(frozen=True, slots=True)
class KnownField:
    """What is known about a field by its key alone."""

    label: str
    type: FieldType = FieldType.TEXT
    list_name: str | None = None
    multiple: bool = False


def _list(label: str, name: str, *, multiple: bool = False) -> KnownField:
    return KnownField(label, FieldType.LIST, name, multiple)


KNOWN_FIELDS: dict[str, KnownField] = {
    "KEY": KnownField("ERP key"),
    "ERPKEY": KnownField("ERP key"),
    "NAME": KnownField("Name"),
    "DEPARTMENT": KnownField("Department"),
    "FIRSTNAME": KnownField("First name"),
    "MIDDLENAME": KnownField("Middle name"),
    "LASTNAME": KnownField("Last name"),
    "TITLE": KnownField("Title"),
    "POSITION": _list("Position", "POSITION"),
    "NUMBER1": KnownField("Code"),
    "NUMBER2": KnownField("Number"),
    "NUMBER": KnownField("Number"),
    "VATNO": KnownField("VAT number"),
    "TEXT": KnownField("Text"),
    "CATEGORY": _list("Category", "CATEGORY"),
    "BUSINESS": _list("Business", "BUSINESS"),
    "INTERESTS": _list("Interests", "INTERESTS", multiple=True),
    "PAYTERMS": _list("Payment terms", "PAYTERMS"),
    "PHONE": KnownField("Phone"),
    "PHONE_DIRECT": KnownField("Direct phone"),
    "PHONE_MOBILE": KnownField("Mobile phone"),
    "PHONE_PRIVATE": KnownField("Private phone"),
    "PHONE_OTHER": KnownField("Other phone"),
    "FAX": KnownField("Fax"),
    "EMAIL": KnownField("E-mail"),
    "URL": KnownField("Web address"),
    "POSTALAD1": KnownField("Postal address 1"),
    "POSTALAD2": KnownField("Postal address 2"),
    "POSTALAD3": KnownField("Postal address 3"),
    "POSTALZIP": KnownField("Postal code"),
    "POSTALCITY": KnownField("Postal city"),
    "POSTALCOUNTY": KnownField("Postal county"),
    "POSTALSTATE": KnownField("Postal state"),
    "POSTALCOUNTRY": _list("Postal country", "COUNTRY"),
    "STREETAD1": KnownField("Street address 1"),
    "STREETAD2": KnownField("Street address 2"),
    "STREETAD3": KnownField("Street address 3"),
    "STREETZIP": KnownField("Street postal code"),
    "STREETCITY": KnownField("Street city"),
    "STREETCOUNTY": KnownField("Street county"),
    "STREETSTATE": KnownField("Street state"),
    "COUNTRY": _list("Country", "COUNTRY"),
    "BIRTHDATE": KnownField("Date of birth", FieldType.DATE),
    "ENDDATE": KnownField("End date", FieldType.DATE),
}


def plain(name: str) -> str:
    """A name as it is compared: without case, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


_BY_PLAIN = {
    **{plain(known.label): key for key, known in reversed(KNOWN_FIELDS.items()) if key not in ("ERPKEY", "NUMBER2")},
    **{plain(key): key for key in (*KNOWN_FIELDS, *SPECIAL_COLUMNS)},
    **_ALIASES,
}


def column_key(header: str) -> str:
    """The field key of a header: a known key by its key or label, else the header itself."""
    return _BY_PLAIN.get(plain(header), header)


def actor_type_of(name: str) -> ActorType | None:
    """The actor type of a sheet's name, or of a parent's type in a cell."""
    return SHEET_NAMES.get(plain(name))
