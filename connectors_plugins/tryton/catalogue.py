"""What is offered of each actor type. The keys are those that map themselves to the CRM where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors_plugins.tryton import columns, domains, reading
from connectors_plugins.tryton.columns import Column
from connectors_plugins.tryton.server import PARTY, PROJECT
from erp_import_plugin.connector_api import ActorType

_PARTY_CHILDREN = ("addresses", "contact_mechanisms", "identifiers")


@dataclass(frozen=True)
class Offer:
    """One actor type: the model behind it, its columns by field key, and what is read of every record.

    ``children`` are the relations whose records belong to it: when they change, it has changed.
    """

    model: str
    columns: Mapping[str, Column]
    children: tuple[str, ...]
    reads: tuple[str, ...] = ()


def offer_of(actor_type: ActorType) -> Offer:
    """What there is of an actor type, in a Tryton that has every module."""
    return _OFFERS[actor_type]


def _offer(model: str, children: tuple[str, ...], given: list[Column], reads: tuple[str, ...] = ()) -> Offer:
    ranked = [
        replace(column, field=replace(column.field, rank=10 * place))
        for place, column in enumerate([*given, *columns.history(children)], 1)
    ]
    return Offer(model, {column.field.key: column for column in ranked}, children, (*columns.dates(children), *reads))


_NUMBERS = tuple(f"identifiers.{name}" for name in ("type", "code", "active"))
_TAX_NUMBERS = (*_NUMBERS, "tax_identifier.code", "tax_identifier.active")
_CONTACT = (
    "relations.type",
    "relations.active",
    "relations.to.active",
    "relations.to.name",
    "relations.to.categories",
)


def _party_lists() -> list[Column]:
    pushed = domains.one_of("categories")
    several = columns.items(
        "CATEGORIES", "All categories", columns.CATEGORIES, ("categories",), reading.categories, pushed
    )
    return [
        columns.items(
            "CATEGORY",
            "First category",
            columns.CATEGORIES,
            ("categories",),
            lambda row: next(iter(reading.categories(row)), None),
            pushed,
        ),
        replace(several, field=replace(several.field, multiple=True)),
        columns.items(
            "LANGUAGE",
            "Language",
            columns.LANGUAGES,
            ("lang.code",),
            lambda row: reading.related(row, "lang").get("code"),
        ),
    ]


_COMPANY = _offer(
    PARTY,
    _PARTY_CHILDREN,
    [
        columns.plain("NAME", "Name", "name"),
        columns.plain("NUMBER1", "Code", "code"),
        columns.text(
            "NUMBER2",
            "Other number",
            _TAX_NUMBERS,
            reading.other_number,
            domains.number_text("identifiers.code"),
            "The first identifier that is not the tax number.",
        ),
        columns.text("VATNO", "Tax number", _TAX_NUMBERS, reading.tax_number, domains.number_text("identifiers.code")),
        columns.contact("PHONE", "Phone", "phone"),
        columns.contact("PHONE_OTHER", "Second phone", "phone", 1),
        columns.contact("PHONE_MOBILE", "Mobile phone", "mobile"),
        columns.contact("FAX", "Fax", "fax"),
        columns.contact("EMAIL", "E-mail", "email"),
        columns.contact("EMAIL_OTHER", "Second e-mail", "email", 1),
        columns.contact("URL", "Website", "website"),
        *columns.postal("POSTAL", "First address", 0),
        columns.address_country("COUNTRY"),
        *columns.postal("STREET", "Second address", 1),
        *_party_lists(),
    ],
)

_PERSON = _offer(
    PARTY,
    _PARTY_CHILDREN,  # not the relations: Tryton dates them by the moment they are read
    [
        columns.text(
            "FIRSTNAME",
            "First name",
            ("name",),
            lambda row: reading.name_parts(row["name"])[0],
            domains.part_of("name"),
            "What stands before the last word of the name, or behind a comma.",
        ),
        columns.text(
            "LASTNAME",
            "Last name",
            ("name",),
            lambda row: reading.name_parts(row["name"])[1],
            domains.part_of("name"),
            "The last word of the name, or what stands before a comma.",
        ),
        columns.plain("NAME", "Name", "name"),
        columns.plain("NUMBER", "Code", "code"),
        columns.text(
            "COMPANY",
            "Company",
            _CONTACT,
            lambda row: reading.company(row).get("name"),
            domains.text("relations.to.name"),
        ),
        columns.items(
            "RELATION",
            "Relation to the company",
            columns.RELATIONS,
            _CONTACT,
            reading.relation_type,
            domains.one_of("relations.type"),
        ),
        columns.contact("PHONE_DIRECT", "Phone", "phone"),
        columns.contact("PHONE_MOBILE", "Mobile phone", "mobile"),
        columns.contact("PHONE_OTHER", "Second phone", "phone", 1),
        columns.contact("EMAIL", "E-mail", "email"),
        columns.contact("EMAIL_OTHER", "Second e-mail", "email", 1),
        columns.contact("URL", "Website", "website"),
        *columns.postal("POSTAL", "First address", 0),
        columns.address_country("POSTALCOUNTRY"),
        *_party_lists(),
    ],
    _CONTACT,
)

_PROJECT = _offer(
    PROJECT,
    (),
    [
        columns.plain("NAME", "Name", "name"),
        columns.plain("NUMBER", "Number", "number"),
        columns.text("TEXT", "Comment", ("comment",), lambda row: row.get("comment")),
        columns.text(
            "COMPANY",
            "Company",
            ("party.name",),
            lambda row: reading.company(row).get("name"),
            domains.text("party.name"),
        ),
        columns.items(
            "STATUS",
            "Status",
            columns.STATUSES,
            ("status",),
            lambda row: str(row["status"]) if row.get("status") else None,
            domains.one_of("status"),
        ),
    ],
    ("party.name", "party.active", "party.categories"),
)

_OFFERS = {
    ActorType.CUSTOMER: _COMPANY,
    ActorType.SUPPLIER: _COMPANY,
    ActorType.PARTNER: _COMPANY,
    ActorType.PERSON: _PERSON,
    ActorType.PROJECT: _PROJECT,
}
