"""A small CRM, an ERP and their values, as the tests of this room need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, FieldValue
from erp_import_plugin.engine.candidates import Candidate, Converter, StagedActor
from erp_import_plugin.engine.changes import EntityChange, Match, NewValue, PlannedRow
from erp_import_plugin.engine.lists import ItemMapping, Lists
from erp_import_plugin.engine.mapping import ActorMapping, FieldMapping
from erp_import_plugin.engine.settings import DuplicateSettings, ImportSettings
from erp_import_plugin.host_api import (
    CrmField,
    CrmList,
    CrmListItem,
    CrmSchema,
    CrmType,
    CrmValue,
    Entity,
    EntityKind,
    EntitySchema,
    Preferences,
)

COMPANY, PERSON, PROJECT = EntityKind.COMPANY, EntityKind.PERSON, EntityKind.PROJECT


def _schema(kind: EntityKind, *fields: CrmField) -> EntitySchema:
    return EntitySchema(kind, kind.value, {field.key: field for field in fields})


def text(key: str, **more: object) -> CrmField:
    return CrmField(key, key, **more)  # type: ignore[arg-type]


def typed(key: str, type_: CrmType, **more: object) -> CrmField:
    return CrmField(key, key, type_, **more)  # type: ignore[arg-type]


def listed(key: str, list_name: str, **more: object) -> CrmField:
    return CrmField(key, key, CrmType.LIST, list_name, **more)  # type: ignore[arg-type]


ID = text("id", read_only=True)
SCHEMA = CrmSchema(
    {
        COMPANY: _schema(
            COMPANY,
            ID,
            text("name", mandatory=True, max_length=40),
            text("code"),
            text("vat_number"),
            text("street_address_1"),
            typed("employees", CrmType.INTEGER),
            typed("turnover", CrmType.DECIMAL),
            typed("founded", CrmType.DATE),
            typed("audited", CrmType.DATETIME),
            typed("active", CrmType.BOOLEAN),
            listed("category", "category"),
            listed("country", "country"),
            typed("phone", CrmType.PHONE),
            typed("fax", CrmType.PHONE),
            typed("email", CrmType.EMAIL),
            typed("url", CrmType.URL, max_length=30),
        ),
        PERSON: _schema(
            PERSON,
            ID,
            text("first_name"),
            text("middle_name"),
            text("last_name"),
            text("title"),
            typed("company", CrmType.COMPANY),
            listed("position", "position"),
            listed("country", "country"),
            listed("interests", "interests", multiple=True),
            typed("phone_direct", CrmType.PHONE),
            typed("phone_mobile", CrmType.PHONE),
            typed("email", CrmType.EMAIL),
            listed("legal_basis", "legal_basis"),
            listed("consent_source", "consent_source"),
        ),
        PROJECT: _schema(PROJECT, ID, text("name", mandatory=True), typed("company", CrmType.COMPANY, mandatory=True)),
    },
    {
        "category": CrmList("category", "Category", "cat-other"),
        "country": CrmList("country", "Country", "c-no"),
        "position": CrmList("position", "Position"),
        "interests": CrmList("interests", "Interests"),
    },
)
ITEMS = {
    "category": (CrmListItem("cat-other", "Other"), CrmListItem("cat-gold", "Gold")),
    "country": (CrmListItem("c-no", "Norway", "NO"), CrmListItem("c-se", "Sweden", "SE")),
    "position": (CrmListItem("pos-boss", "Boss"),),
    "interests": (CrmListItem("int-golf", "Golf"), CrmListItem("int-wine", "Wine")),
}
TYPES = {
    CrmType.INTEGER: FieldType.INTEGER,
    CrmType.DECIMAL: FieldType.DECIMAL,
    CrmType.DATE: FieldType.DATE,
    CrmType.DATETIME: FieldType.DATETIME,
    CrmType.BOOLEAN: FieldType.BOOLEAN,
    CrmType.LIST: FieldType.LIST,
}
ACTOR_TYPES = {COMPANY: ActorType.CUSTOMER, PERSON: ActorType.PERSON, PROJECT: ActorType.PROJECT}


def schema_with(kind: EntityKind, *fields: CrmField) -> CrmSchema:
    """The sample schema with some fields of one kind put in place of those of the same key, or added."""
    entity = SCHEMA.entities[kind]
    changed = replace(entity, fields={**entity.fields, **{field.key: field for field in fields}})
    return replace(SCHEMA, entities={**SCHEMA.entities, kind: changed})


def erp_field(crm: CrmField) -> ErpField:
    """An ERP field of the type and key of a CRM field."""
    return ErpField(
        crm.key, crm.key, TYPES.get(crm.type, FieldType.TEXT), list_name=crm.list_name, multiple=crm.multiple
    )


def mapping_of(kind: EntityKind, *pairs: tuple[ErpField, str], **defaults: CrmValue) -> ActorMapping:
    """A mapping of ERP fields to CRM fields; without any, each CRM field has its ERP field of the same key."""
    fields = SCHEMA.entities[kind].fields.values()
    pairs = pairs or tuple((erp_field(crm), crm.key) for crm in fields if crm.type is not CrmType.COMPANY)
    return ActorMapping(ACTOR_TYPES[kind], kind, tuple(FieldMapping(*pair) for pair in pairs), defaults=defaults)


def lists_of(
    settings: ImportSettings | None = None,
    labels: Mapping[str, Mapping[str, str]] | None = None,
    mapped: ItemMapping | None = None,
) -> Lists:
    """The sample lists under some settings."""
    return Lists(SCHEMA.lists, ITEMS, labels or {}, mapped or {}, settings or ImportSettings())


def staged(kind: EntityKind, values: Mapping[str, FieldValue], row: int = 1) -> StagedActor:
    return StagedActor(row, ACTOR_TYPES[kind], "K1", values, label="the actor")


def converted(
    mapping: ActorMapping, values: Mapping[str, FieldValue], lists: Lists | None = None, schema: CrmSchema = SCHEMA
) -> Candidate:
    """The candidate of one actor with these ERP values."""
    converter = Converter(mapping, schema.entities[mapping.kind], lists or lists_of(), "NO")
    return converter.candidate(staged(mapping.kind, values))


def candidate_of(kind: EntityKind, values: Mapping[str, NewValue], **more: object) -> Candidate:
    return Candidate(1, kind, "the actor", values, region="NO", **more)  # type: ignore[arg-type]


def entity_of(**values: CrmValue) -> Entity:
    return Entity("e1", values)


def settings_of(kind: EntityKind, duplicates: DuplicateSettings, **more: object) -> ImportSettings:
    return ImportSettings(**{kind.value: duplicates}, **more)  # type: ignore[arg-type]


LINK, BY_RULE, SEVERAL = Match("link", ("e1",)), Match("name", ("e1",)), Match("name", ("e1", "e2"))
LENIENT, STRICT = Preferences(region="NO"), Preferences(mandatory_company_on_contact=True, region="NO")


def own(planned: PlannedRow) -> EntityChange:
    change = planned.own_change
    assert change is not None
    return change


def written_by(change: EntityChange) -> dict[str, NewValue]:
    """The new values of a change by field."""
    return {field.field: field.new for field in change.ticked()}
