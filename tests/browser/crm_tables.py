"""The demo's CRM as it stands in its tables: every entity with every field, under the label the screens give it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from erp_import_plugin.demo import tables

Entity = tuple[str, int]
"""("company", 7)."""
Values = tuple[str, ...]
"""The texts of a field: none where it is empty, several where an entity has many, sorted."""
Crm = dict[Entity, dict[str, Values]]

_COMPANY = {
    "Name": "name", "Department": "department", "Number": "number", "Code": "code", "VAT number": "vat_number",
    "Category": "category_id", "Business": "business_id", "Country": "country_id",
    "Payment terms": "payment_terms_id", "Note": "note",
}  # fmt: skip
_PERSON = {
    "First name": "first_name", "Middle name": "middle_name", "Last name": "last_name", "Title": "title",
    "Number": "number", "Position": "position_id", "Date of birth": "birth_date", "Country": "country_id",
    "Legal basis": "sales_legal_basis_id", "Consent source": "sales_consent_source_id", "Company": "company_id",
}  # fmt: skip
_PROJECT = {"Name": "name", "Text": "text", "Number": "number", "End date": "end_date", "Company": "company_id"}
_PARTS = {
    "address 1": "address_1", "address 2": "address_2", "address 3": "address_3", "postal code": "zip",
    "city": "city", "county": "county", "state": "state",
}  # fmt: skip
_STREET = {f"Street {label}": f"street_{part}" for label, part in _PARTS.items()}
_POSTAL = {f"Postal {label}".replace("Postal postal", "Postal"): f"postal_{part}" for label, part in _PARTS.items()}
_CHANNELS = {
    "phone": "Phone", "fax": "Fax", "email": "E-mail", "url": "Web page", "phone_direct": "Direct phone",
    "phone_mobile": "Mobile phone", "phone_private": "Private phone", "phone_other": "Other phone",
}  # fmt: skip
_ENTITIES = {
    "company": (tables.Company, _COMPANY | _STREET | _POSTAL, tables.CompanyChannel),
    "person": (tables.Person, _PERSON | _POSTAL, tables.PersonChannel),
    "project": (tables.Project, _PROJECT, tables.ProjectChannel),
}


def read(engine: Engine) -> Crm:
    """The whole CRM."""
    with engine.connect() as connection:
        names = _names(connection)
        return {
            (kind, row["id"]): values
            for kind, (table, columns, channels) in _ENTITIES.items()
            for row, values in _entities(connection, table.__table__, columns, channels.__table__, names)
        }


def writers(engine: Engine, kind: str) -> dict[int, str | None]:
    """Who wrote each entity last."""
    table = _ENTITIES[kind][0]
    with engine.connect() as connection:
        return {row.id: row.updated_by for row in connection.execute(select(table.id, table.updated_by))}


def members(engine: Engine, selection: int) -> tuple[str, set[int]]:
    """The kind of a selection and the entities it holds."""
    member = tables.SelectionMember
    with engine.connect() as connection:
        kind = connection.scalar(select(tables.Selection.entity).where(tables.Selection.id == selection))
        ids = connection.scalars(select(member.entity_id).where(member.selection_id == selection))
        return str(kind), set(ids)


def changes(before: Crm, after: Crm) -> dict[Entity, dict[str, tuple[Values, Values]]]:
    """What was written between the two: for each entity the fields with their old and new values."""
    found = {}
    for entity in before.keys() | after.keys():
        old, new = before.get(entity, {}), after.get(entity, {})
        fields = {label: (old.get(label, ()), new.get(label, ())) for label in old.keys() | new.keys()}
        differing = {label: values for label, values in fields.items() if values[0] != values[1]}
        if differing:
            found[entity] = differing
    return found


def _names(connection: Connection) -> dict[tuple[str, int], str]:
    items = connection.execute(select(tables.ListItem.id, tables.ListItem.name))
    companies = connection.execute(select(tables.Company.id, tables.Company.name))
    return {("item", id_): name for id_, name in items} | {("company", id_): name for id_, name in companies}


def _entities(
    connection: Connection, table: Any, columns: dict[str, str], channels: Any, names: dict[tuple[str, int], str]
) -> list[tuple[Any, dict[str, Values]]]:
    owned = _owned(connection, channels, f"{table.name}_id")
    found = []
    for row in connection.execute(select(table)).mappings():
        plain = {label: _text(column, row[column], names) for label, column in columns.items()}
        filled = {label: (text,) for label, text in plain.items() if text}
        many = {label: tuple(sorted(values)) for label, values in owned[row["id"]].items()}
        found.append((row, filled | many))
    return found


def _owned(connection: Connection, channels: Table, owner: str) -> dict[int, dict[str, list[str]]]:
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(select(channels)).mappings():
        found[row[owner]][_CHANNELS[row["kind"]]].append(row["value"])
    return found


def _text(column: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    if value is None or value == "":
        return ""
    if column.endswith("_id"):
        return names["company" if column == "company_id" else "item", value]
    return f"{value:%-d %b %Y}" if column in ("birth_date", "end_date") else str(value)
