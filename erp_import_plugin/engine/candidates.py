"""From a staged actor to a candidate: the same record in the CRM's terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from erp_import_plugin.connector_api import ActorRef, ActorType, ErpField, FieldValue
from erp_import_plugin.engine.changes import FieldProblem, NewItem, NewValue
from erp_import_plugin.engine.lists import Ignored, Lists
from erp_import_plugin.engine.mapping import COMPANY_NAME, ActorMapping
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.host_api import CrmField, CrmType, EntityKind, EntitySchema

_SHOWN = 80  # characters of a bad value


@dataclass(frozen=True, slots=True)
class StagedActor:
    """An actor as it was fetched and saved. ``row`` is its id; ``problems`` are what the ERP's answer had wrong."""

    row: int
    actor_type: ActorType
    key: str
    values: Mapping[str, FieldValue]
    legal_entity: str = ""
    parent: ActorRef | None = None
    label: str = ""
    missing: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A staged actor in the CRM's terms.

    ``values`` has every mapped field that could be read, None or () where the ERP has nothing. ``fallbacks`` fill
    fields that would stay empty. ``region`` is the ISO code of the country its phones are read in.
    """

    row: int
    kind: EntityKind
    label: str
    values: Mapping[str, NewValue]
    fallbacks: Mapping[str, NewValue] = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()
    parent: ActorRef | None = None
    company_name: str = ""
    region: str = ""
    missing: bool = False


class UnfitError(ValueError):
    """A value that the CRM field cannot take."""

    def __init__(self, code: ReasonCode, **params: str) -> None:
        super().__init__(code.value)
        self.reason = Reason(code, params)


class Converter:
    """Turns the staged actors of one actor type into candidates."""

    def __init__(self, mapping: ActorMapping, schema: EntitySchema, lists: Lists, region: str) -> None:
        self._mapping = mapping
        self._schema = schema
        self._lists = lists
        self._region = region
        targets = dict(schema.fields) | {COMPANY_NAME.key: COMPANY_NAME}
        self._fields = [(m.erp, targets[m.crm_field]) for m in mapping.imported() if m.crm_field in targets]

    def candidate(self, actor: StagedActor) -> Candidate:
        """The candidate of one actor; what cannot be read is listed in its problems and left alone."""
        values: dict[str, NewValue] = {}
        fallbacks: dict[str, NewValue] = dict(self._mapping.defaults)
        problems = [FieldProblem("", text[:_SHOWN], Reason(ReasonCode.UNREADABLE)) for text in actor.problems]
        for erp, crm in self._fields:
            raw = actor.values.get(erp.key)
            try:
                self._put(erp, crm, raw, values, fallbacks)
            except UnfitError as error:
                problems.append(FieldProblem(crm.key, _shown(raw), error.reason))
        company_name = values.pop(COMPANY_NAME.key, None)
        return Candidate(
            row=actor.row,
            kind=self._mapping.kind,
            label=actor.label or actor.key,
            values=values,
            fallbacks=fallbacks,
            problems=tuple(problems),
            parent=actor.parent,
            company_name=str(company_name or ""),
            region=self._country(values) or self._region,
            missing=actor.missing,
        )

    def _put(
        self,
        erp: ErpField,
        crm: CrmField,
        raw: FieldValue,
        values: dict[str, NewValue],
        fallbacks: dict[str, NewValue],
    ) -> None:
        if crm.type is CrmType.LIST:
            self._put_items(erp, crm, raw, values, fallbacks)
        elif crm.many:
            text = _text(self._shown_item(erp, raw), crm)
            before = values.get(crm.key) or ()
            values[crm.key] = (*before, text) if text else before  # type: ignore[misc]
        else:
            value = _scalar(self._shown_item(erp, raw), crm)
            values[crm.key] = value if value is not None else values.get(crm.key)

    def _put_items(
        self,
        erp: ErpField,
        crm: CrmField,
        raw: FieldValue,
        values: dict[str, NewValue],
        fallbacks: dict[str, NewValue],
    ) -> None:
        found, ignored = self._resolve(crm, erp, raw)
        for item in ignored:
            if item.fallback:
                fallbacks[crm.key] = (item.fallback,) if crm.many else item.fallback
        if ignored and not found:
            return  # the ERP has a value that is not imported: the field is neither filled nor cleared
        values[crm.key] = tuple(found) if crm.many else next(iter(found), None)

    def _resolve(self, crm: CrmField, erp: ErpField, raw: FieldValue) -> tuple[list[str | NewItem], list[Ignored]]:
        keys = [key for key in (raw if isinstance(raw, tuple) else (raw,)) if _cleaned(key)]
        resolved = [self._lists.resolve(crm.list_name or "", erp.list_name, _cleaned(key)) for key in keys]
        ignored = [item for item in resolved if isinstance(item, Ignored)]
        found = dict.fromkeys(item for item in resolved if not isinstance(item, Ignored))
        return list(found), ignored

    def _shown_item(self, erp: ErpField, raw: FieldValue) -> FieldValue:
        if erp.list_name and isinstance(raw, str):
            return self._lists.label(erp.list_name, raw)
        return raw

    def _country(self, values: Mapping[str, NewValue]) -> str:
        country = self._schema.fields.get("country")
        item = values.get("country")
        return self._lists.code(country.list_name or "", item) if country and isinstance(item, str) else ""


def _text(value: FieldValue, crm: CrmField) -> str:
    text = _cleaned(value)
    if crm.max_length is not None and len(text) > crm.max_length:
        raise UnfitError(ReasonCode.TOO_LONG, length=str(len(text)), max=str(crm.max_length))
    return text


def _cleaned(value: FieldValue) -> str:
    """The text of a value without blanks at its ends; a number in plain digits."""
    if value is None:
        return ""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, (date, datetime)):
        text = value.isoformat()
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise UnfitError(ReasonCode.UNREADABLE)
    return text.strip()


def _scalar(value: FieldValue, crm: CrmField) -> NewValue:
    if value is None or value == "":
        return None
    if crm.type is CrmType.DATE and isinstance(value, datetime):
        return value.date()
    if crm.type is CrmType.DECIMAL and isinstance(value, int):
        return Decimal(value)
    if crm.type in _PYTHON:
        if isinstance(value, bool) is not (crm.type is CrmType.BOOLEAN) or not isinstance(value, _PYTHON[crm.type]):
            raise UnfitError(ReasonCode.NOT_A_VALUE, type=crm.type.value)
        return value
    return _text(value, crm) or None


_PYTHON: Mapping[CrmType, type] = {
    CrmType.INTEGER: int,
    CrmType.DECIMAL: Decimal,
    CrmType.DATE: date,
    CrmType.DATETIME: datetime,
    CrmType.BOOLEAN: bool,
}


def _shown(value: FieldValue) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:_SHOWN]


def person_name(values: Mapping[str, NewValue]) -> str:
    """A contact's full name, as it names the company made for a contact without one."""
    parts: Iterable[str] = (str(values.get(key) or "") for key in ("first_name", "middle_name", "last_name"))
    return " ".join(part for part in parts if part)
