"""Which ERP field fills which CRM field; the known keys map themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType
from erp_import_plugin.host_api import CrmField, CrmType, CrmValue, EntityKind, EntitySchema

KIND_OF: Mapping[ActorType, EntityKind] = {
    ActorType.CUSTOMER: EntityKind.COMPANY,
    ActorType.SUPPLIER: EntityKind.COMPANY,
    ActorType.PARTNER: EntityKind.COMPANY,
    ActorType.PERSON: EntityKind.PERSON,
    ActorType.PROJECT: EntityKind.PROJECT,
}


def _address(erp: str, crm: str) -> dict[str, str]:
    lines = {f"{erp}AD{n}": f"{crm}_address_{n}" for n in (1, 2, 3)}
    return lines | {f"{erp}{part.upper()}": f"{crm}_{part}" for part in ("zip", "city", "county", "state")}


# Mission "Known keys"; CATEGORY, BUSINESS, INTERESTS and PAYTERMS are lists every CRM of this kind has.
_COMPANY_KEYS = {
    "NAME": "name",
    "NUMBER1": "code",
    "NUMBER2": "number",
    "DEPARTMENT": "department",
    "PHONE": "phone",
    "FAX": "fax",
    "EMAIL": "email",
    "URL": "url",
    "COUNTRY": "country",
    "VATNO": "vat_number",
    "CATEGORY": "category",
    "BUSINESS": "business",
    "PAYTERMS": "payment_terms",
    **_address("POSTAL", "postal"),
    **_address("STREET", "street"),
}
_PERSON_KEYS = {
    "FIRSTNAME": "first_name",
    "MIDDLENAME": "middle_name",
    "LASTNAME": "last_name",
    "TITLE": "title",
    "NUMBER": "number",
    "PHONE_DIRECT": "phone_direct",
    "PHONE_PRIVATE": "phone_private",
    "PHONE_MOBILE": "phone_mobile",
    "PHONE_OTHER": "phone_other",
    "EMAIL": "email",
    "POSITION": "position",
    "BIRTHDATE": "birth_date",
    "URL": "url",
    "POSTALCOUNTRY": "country",
    "COMPANY": "company_name",
    "INTERESTS": "interests",
    **_address("POSTAL", "postal"),
}
_PROJECT_KEYS = {
    "NAME": "name",
    "TEXT": "text",
    "NUMBER": "number",
    "URL": "url",
    "ENDDATE": "end_date",
    "COMPANY": "company_name",
}
KNOWN_KEYS: Mapping[EntityKind, Mapping[str, str]] = {
    EntityKind.COMPANY: _COMPANY_KEYS,
    EntityKind.PERSON: _PERSON_KEYS,
    EntityKind.PROJECT: _PROJECT_KEYS,
}

COMPANY_NAME = CrmField("company_name", "Company name")
"""Not a field of any entity: the name by which the company of a person or project is looked up."""

_TEXTUAL = frozenset({CrmType.TEXT, CrmType.PHONE, CrmType.EMAIL, CrmType.URL})
_COMPATIBLE: Mapping[FieldType, frozenset[CrmType]] = {
    FieldType.TEXT: _TEXTUAL | {CrmType.LIST},
    FieldType.INTEGER: frozenset({CrmType.TEXT, CrmType.INTEGER, CrmType.DECIMAL, CrmType.PHONE}),
    FieldType.DECIMAL: frozenset({CrmType.TEXT, CrmType.DECIMAL}),
    FieldType.DATE: frozenset({CrmType.TEXT, CrmType.DATE}),
    FieldType.DATETIME: frozenset({CrmType.TEXT, CrmType.DATE, CrmType.DATETIME}),
    FieldType.BOOLEAN: frozenset({CrmType.BOOLEAN}),
    FieldType.LIST: frozenset({CrmType.LIST, CrmType.TEXT}),
}


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One ERP field as it was when it was mapped, and where it goes.

    ``crm_field`` None means nowhere; ``active`` off keeps the choice without importing it.
    """

    erp: ErpField
    crm_field: str | None = None
    active: bool = True
    show_in_search: bool = False

    @property
    def imports(self) -> bool:
        """Whether the field's values reach the CRM."""
        return self.active and self.crm_field is not None


@dataclass(frozen=True, slots=True)
class ActorMapping:
    """Everything about importing one actor type of a connection.

    ``defaults`` fill what the ERP leaves empty; ``ask`` names the CRM fields whose default is asked for at import.
    """

    actor_type: ActorType
    kind: EntityKind
    fields: tuple[FieldMapping, ...]
    active: bool = True
    defaults: Mapping[str, CrmValue] = field(default_factory=dict)
    ask: frozenset[str] = frozenset()

    def imported(self) -> tuple[FieldMapping, ...]:
        """The mappings that reach the CRM."""
        return tuple(mapping for mapping in self.fields if mapping.imports)

    def maps(self, crm_fields: Iterable[str]) -> bool:
        """Whether all of these CRM fields get a value from the ERP."""
        targets = {mapping.crm_field for mapping in self.imported()}
        return all(key in targets for key in crm_fields)


def compatible(erp: ErpField, crm: CrmField) -> bool:
    """Whether values of the ERP field can be written to the CRM field without loss."""
    if crm.read_only and crm.key != "id":
        return False
    if erp.multiple and not crm.many:
        return False
    return crm.type in _COMPATIBLE[erp.type]


def known_target(erp: ErpField, schema: EntitySchema) -> CrmField | None:
    """The CRM field that a known ERP field key maps to by itself, where the host has it and the types agree."""
    key = KNOWN_KEYS[schema.kind].get(erp.key.upper())
    if key is None:
        return None
    target = COMPANY_NAME if key == COMPANY_NAME.key else schema.fields.get(key)
    return target if target and compatible(erp, target) else None
