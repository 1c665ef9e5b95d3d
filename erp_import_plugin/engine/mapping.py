"""Which ERP field fills which CRM field; the known keys map themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType
from erp_import_plugin.errors import Sentence
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

COMPANY_NAME = CrmField("company_name", Sentence("Company name"))
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


class Unfit(Enum):
    """Why values of an ERP field cannot be written to a CRM field."""

    READ_ONLY = "read_only"
    SEVERAL = "several"  # the ERP field may hold several values, the CRM field holds one
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One ERP field as it was when the ERP was last read, and where it goes.

    ``crm_field`` None means nowhere; ``active`` off keeps the choice without importing it. ``rank`` is the place on
    screen, None for the one the ERP gives. ``gone`` fields are no longer offered by the ERP; ``declined`` ones have no
    suggestion any more.
    """

    erp: ErpField
    crm_field: str | None = None
    active: bool = True
    show_in_search: bool = False
    rank: int | None = None
    gone: bool = False
    declined: bool = False

    @property
    def imports(self) -> bool:
        """Whether the field's values reach the CRM. One that is gone would only ever clear what the CRM has."""
        return self.active and self.crm_field is not None and not self.gone

    @property
    def order(self) -> int:
        """Its place on screen, lowest first."""
        return self.erp.rank if self.rank is None else self.rank


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

    def in_order(self) -> tuple[FieldMapping, ...]:
        """The fields the ERP offers, in the order they are shown."""
        return tuple(sorted((one for one in self.fields if not one.gone), key=lambda one: one.order))

    def maps(self, crm_fields: Iterable[str]) -> bool:
        """Whether all of these CRM fields get a value from the ERP."""
        targets = {mapping.crm_field for mapping in self.imported()}
        return all(key in targets for key in crm_fields)


def targets(schema: EntitySchema) -> dict[str, CrmField]:
    """What ERP fields can be mapped to, by key: the fields of the entity, and the name its company is found by."""
    named = {} if schema.kind is EntityKind.COMPANY else {COMPANY_NAME.key: COMPANY_NAME}
    own = {key: crm for key, crm in schema.fields.items() if crm.type is not CrmType.COMPANY}
    return {**own, **named}


def unfit(erp: ErpField, crm: CrmField) -> Unfit | None:
    """Why values of the ERP field cannot be written to the CRM field without loss, None where they can."""
    if crm.read_only and crm.key != "id":
        return Unfit.READ_ONLY
    if erp.multiple and not crm.many:
        return Unfit.SEVERAL
    return None if crm.type in _COMPATIBLE[erp.type] else Unfit.TYPE


def compatible(erp: ErpField, crm: CrmField) -> bool:
    """Whether values of the ERP field can be written to the CRM field without loss."""
    return unfit(erp, crm) is None


def doubles(mapping: ActorMapping, schema: EntitySchema) -> dict[str, FieldMapping]:
    """The ERP fields, by key, whose CRM field takes one value and gets it from another ERP field, with that other."""
    by_target: dict[str, list[FieldMapping]] = {}
    for one in mapping.imported():
        by_target.setdefault(one.crm_field or "", []).append(one)
    single = {key for key, crm in targets(schema).items() if not crm.many}
    crowded = [some for key, some in by_target.items() if key in single and len(some) > 1]
    return {one.erp.key: some[0] if one is not some[0] else some[1] for some in crowded for one in some}


def without_source(mapping: ActorMapping, schema: EntitySchema) -> tuple[CrmField, ...]:
    """The fields a new entity needs that get no value: neither from the ERP nor as a default."""
    given = {one.crm_field for one in mapping.imported()} | mapping.defaults.keys() | mapping.ask
    return tuple(
        crm
        for key, crm in schema.fields.items()
        if crm.mandatory and not crm.read_only and crm.type is not CrmType.COMPANY and key not in given
    )


def known_target(erp: ErpField, schema: EntitySchema) -> CrmField | None:
    """The CRM field that a known ERP field key maps to by itself, where the host has it and the types agree."""
    target = targets(schema).get(KNOWN_KEYS[schema.kind].get(erp.key.upper(), ""))
    return target if target and compatible(erp, target) else None
