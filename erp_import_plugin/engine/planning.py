"""The planner: one candidate, what it matches and what the CRM holds, in; one planned row out."""

from __future__ import annotations

from dataclasses import dataclass

from erp_import_plugin.engine.candidates import Candidate, person_name
from erp_import_plugin.engine.changes import (
    NO_MATCH,
    EntityChange,
    FieldChange,
    FieldProblem,
    KeptField,
    Match,
    NewValue,
    PlannedRow,
    RowCompany,
)
from erp_import_plugin.engine.fields import FieldRules, channel_form, distinct, is_empty
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import NO_CONTACTS, Action, ImportSettings, NoCompany
from erp_import_plugin.host_api import (
    CHANNELS,
    CrmSchema,
    Entity,
    EntityKind,
    EntitySchema,
    Preferences,
)


@dataclass(frozen=True, slots=True)
class Company:
    """The company a person or project belongs to: its id, the row that creates it, none, or why it has none."""

    value: str | RowCompany | None = None
    reason: Reason | None = None
    status: Status = Status.SKIPPED


NO_COMPANY = Company()


@dataclass(frozen=True, slots=True)
class Situation:
    """What the CRM holds for one candidate.

    ``entity`` is the one matched entity as it is now, None without exactly one match; ``erased`` tells that the
    entity was erased on request; ``keys`` are the row's keys by the duplicate rule, within ``scope``.
    """

    match: Match = NO_MATCH
    entity: Entity | None = None
    company: Company = NO_COMPANY
    erased: bool = False
    keys: tuple[str, ...] = ()
    scope: str = ""


class Planner:
    """Plans rows by one set of import settings. Pure: the same input gives the same plan."""

    def __init__(self, settings: ImportSettings, schema: CrmSchema, preferences: Preferences) -> None:
        self._settings = settings
        self._schema = schema
        self._preferences = preferences

    def plan(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        """The plan of one row: status, changes, and the reason where nothing is written."""
        return self._left_out(candidate, situation) or self._by_match(candidate, situation)

    def _left_out(self, candidate: Candidate, situation: Situation) -> PlannedRow | None:
        duplicates = self._settings.of(candidate.kind)
        if candidate.missing:
            return _row(candidate, situation, Status.FAILED, Reason(ReasonCode.MISSING_IN_ERP))
        if candidate.kind is EntityKind.PERSON and duplicates.match == NO_CONTACTS:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.NO_CONTACTS, setting="person.match"))
        company = situation.company
        if company.reason:
            return _row(candidate, situation, company.status, company.reason)
        return None

    def _by_match(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        match = situation.match
        action = self._settings.of(candidate.kind).action_for(match.linked)
        if action is Action.ADD or not match.entities:
            return self._create(candidate, situation)
        if len(match.entities) > 1 or situation.entity is None:
            count = {"count": str(len(match.entities))}
            reason = Reason(ReasonCode.SEVERAL_MATCHES, count, f"{candidate.kind.value}.match")
            return _row(candidate, situation, Status.UNDECIDED, reason)
        if action is Action.SKIP:
            return _row(candidate, situation, Status.SKIPPED, _skip_reason(candidate.kind, match))
        return self._update(candidate, situation, situation.entity, action)

    def _update(self, candidate: Candidate, situation: Situation, entity: Entity, action: Action) -> PlannedRow:
        schema = self._schema.entities[candidate.kind]
        rules = FieldRules(candidate.kind, action, self._settings, candidate.region)
        _remember_channels(rules, schema, entity)
        changes: list[FieldChange] = []
        kept: list[KeptField] = []
        wanted = _wanted(candidate, situation.company, schema)
        for key, new in wanted.items():
            decision = rules.decide(schema.fields[key], entity.values.get(key), new, candidate.fallbacks.get(key))
            if isinstance(decision, FieldChange):
                changes.append(decision)
            elif decision is not None:
                kept.append(decision)
        changes += _filled(candidate, entity, schema, wanted)
        if changes:
            change = EntityChange(candidate.kind, entity.id, tuple(changes))
            return _row(candidate, situation, Status.CHANGED, changes=(change,), kept=tuple(kept))
        return _row(candidate, situation, Status.UNCHANGED, _unchanged_reason(kept), kept=tuple(kept))

    def _create(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        if situation.erased:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.ERASED))
        schema = self._schema.entities[candidate.kind]
        values = self._new_values(candidate, situation.company, schema)
        empty = [f for f in schema.fields.values() if f.mandatory and not f.read_only and is_empty(values.get(f.key))]
        if empty:
            names = ", ".join(field.key for field in empty)
            return _row(candidate, situation, Status.FAILED, Reason(ReasonCode.MANDATORY_EMPTY, {"fields": names}))
        if candidate.kind is EntityKind.PERSON and is_empty(values.get("company")):
            return self._without_company(candidate, situation, values)
        return _row(candidate, situation, Status.NEW, changes=(_created(candidate.kind, values),))

    def _without_company(self, candidate: Candidate, situation: Situation, values: dict[str, NewValue]) -> PlannedRow:
        choice = self._settings.no_company
        if choice is NoCompany.SKIP:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.NO_COMPANY, setting="no_company"))
        if choice is NoCompany.CREATE:
            company = _created(EntityKind.COMPANY, {"name": person_name(values)})
            person = _created(EntityKind.PERSON, values | {"company": RowCompany(candidate.row)})
            return _row(candidate, situation, Status.NEW, changes=(company, person))
        if self._preferences.mandatory_company_on_contact:
            reason = Reason(ReasonCode.MANDATORY_COMPANY, setting="no_company")
            return _row(candidate, situation, Status.SKIPPED, reason)
        return _row(candidate, situation, Status.NEW, changes=(_created(EntityKind.PERSON, values),))

    def _new_values(self, candidate: Candidate, company: Company, schema: EntitySchema) -> dict[str, NewValue]:
        values = {key: new for key, new in _wanted(candidate, company, schema).items() if not is_empty(new)}
        values = {key: _without_doubles(schema, key, new, candidate.region) for key, new in values.items()}
        fallbacks = {key: new for key, new in candidate.fallbacks.items() if key in schema.fields}
        return self._privacy(schema) | fallbacks | values

    def _privacy(self, schema: EntitySchema) -> dict[str, NewValue]:
        if schema.kind is not EntityKind.PERSON:
            return {}
        chosen = {"legal_basis": self._settings.legal_basis, "consent_source": self._settings.consent_source}
        return {key: value for key, value in chosen.items() if value and key in schema.fields}


def _wanted(candidate: Candidate, company: Company, schema: EntitySchema) -> dict[str, NewValue]:
    """What the ERP wants each writable field to be, in the order of the schema."""
    wanted = dict(candidate.values)
    if company.value is not None:
        wanted["company"] = company.value
    return {key: wanted[key] for key, field in schema.fields.items() if key in wanted and not field.read_only}


def _filled(
    candidate: Candidate, entity: Entity, schema: EntitySchema, wanted: dict[str, NewValue]
) -> list[FieldChange]:
    """The empty fields for which the ERP has no usable value, and a default is at hand."""
    return [
        FieldChange(key, entity.values.get(key), candidate.fallbacks[key])
        for key in schema.fields
        if key in candidate.fallbacks and key not in wanted and is_empty(entity.values.get(key))
    ]


def _remember_channels(rules: FieldRules, schema: EntitySchema, entity: Entity) -> None:
    for field in schema.fields.values():
        value = entity.values.get(field.key)
        if field.type in CHANNELS and isinstance(value, tuple):
            form = channel_form(field.type, rules.region)
            rules.known.setdefault(field.type, set()).update(map(form, value))


def _without_doubles(schema: EntitySchema, key: str, value: NewValue, region: str) -> NewValue:
    channel = schema.fields[key].type
    if channel in CHANNELS and isinstance(value, tuple):
        return distinct(value, channel_form(channel, region))  # type: ignore[arg-type]
    return value


def _created(kind: EntityKind, values: dict[str, NewValue]) -> EntityChange:
    fields = tuple(FieldChange(key, () if isinstance(new, tuple) else None, new) for key, new in values.items())
    return EntityChange(kind, None, fields)


def _skip_reason(kind: EntityKind, match: Match) -> Reason:
    if match.linked:
        return Reason(ReasonCode.SKIP_LINKED, setting=f"{kind.value}.linked")
    return Reason(ReasonCode.SKIP_DUPLICATE, {"rule": match.how or ""}, f"{kind.value}.action")


def _unchanged_reason(kept: list[KeptField]) -> Reason:
    if not kept:
        return Reason(ReasonCode.SAME)
    return Reason(ReasonCode.KEPT, {"count": str(len(kept))}, kept[0].setting)


def _row(
    candidate: Candidate,
    situation: Situation,
    status: Status,
    reason: Reason | None = None,
    changes: tuple[EntityChange, ...] = (),
    kept: tuple[KeptField, ...] = (),
) -> PlannedRow:
    return PlannedRow(
        row=candidate.row,
        kind=candidate.kind,
        label=candidate.label,
        status=status,
        reason=reason,
        match=situation.match,
        changes=changes,
        kept=kept,
        problems=_fitting(candidate.problems),
        keys=situation.keys,
        scope=situation.scope,
        region=candidate.region,
    )


def _fitting(problems: tuple[FieldProblem, ...], most: int = 50) -> tuple[FieldProblem, ...]:
    """A row of a broken ERP may have thousands of bad values; the page needs no more than it can show."""
    return problems[:most]
