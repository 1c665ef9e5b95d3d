"""The planner: one candidate, what it matches and what the CRM holds, in; one planned row out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

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
from erp_import_plugin.engine.decisions import Choice, Decision
from erp_import_plugin.engine.fields import FieldRules, Verdict, channel_form, distinct, is_empty
from erp_import_plugin.engine.leaving_out import without
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import NO_CONTACTS, Action, ImportSettings, NoCompany
from erp_import_plugin.host_api import (
    CHANNELS,
    CrmField,
    CrmSchema,
    CrmType,
    Entity,
    EntityKind,
    EntitySchema,
    Preferences,
)


@dataclass(frozen=True, slots=True)
class Company:
    """The company a person or project belongs to: its id, the row that creates it, none, or why it has none.

    ``keys`` are those by which it was looked up by name.
    """

    value: str | RowCompany | None = None
    reason: Reason | None = None
    status: Status = Status.SKIPPED
    keys: tuple[str, ...] = ()


NO_COMPANY = Company()


@dataclass(frozen=True, slots=True)
class Situation:
    """What the CRM holds for one candidate.

    ``entity`` is the one matched or chosen entity as it is now, None where there is not exactly one; ``erased`` tells
    that the entity was erased on request; ``keys`` are the row's keys by the duplicate rule, within ``scope``;
    ``decision`` is what an admin has chosen for the row.
    """

    match: Match = NO_MATCH
    entity: Entity | None = None
    company: Company = NO_COMPANY
    erased: bool = False
    keys: tuple[str, ...] = ()
    scope: str = ""
    decision: Decision | None = None


class Planner:
    """Plans rows by one set of import settings. Pure: the same input gives the same plan."""

    def __init__(self, settings: ImportSettings, schema: CrmSchema, preferences: Preferences) -> None:
        self._settings = settings
        self._schema = schema
        self._preferences = preferences

    def plan(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        """The plan of one row: status, changes, and the reason where nothing is written."""
        planned = self._left_out(candidate, situation) or self._by_match(candidate, situation)
        changes = (without(one, self._settings.left_out, self._schema, self._preferences) for one in planned.changes)
        return replace(planned, changes=tuple(changes))

    def _left_out(self, candidate: Candidate, situation: Situation) -> PlannedRow | None:
        duplicates = self._settings.of(candidate.kind)
        if candidate.missing:
            return _row(candidate, situation, Status.FAILED, Reason(ReasonCode.MISSING_IN_ERP))
        decision = situation.decision
        if decision is not None and decision.choice is Choice.LEAVE_OUT:
            reason = Reason(ReasonCode.DECIDED_OUT, {"name": decision.by_name})
            return _row(candidate, situation, Status.SKIPPED, reason)
        if candidate.kind is EntityKind.PERSON and duplicates.match == NO_CONTACTS:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.NO_CONTACTS, setting="person.match"))
        company = situation.company
        if company.reason:
            return _row(candidate, situation, company.status, company.reason)
        return None

    def _by_match(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        match = situation.match
        if situation.decision is not None and not match.decided and not match.linked:
            return _row(candidate, situation, Status.UNDECIDED, Reason(ReasonCode.CHOSEN_GONE))
        action = self._settings.of(candidate.kind).action_for(linked=match.linked, chosen=match.chosen is not None)
        unmatched = match.entity is None if match.decided else not match.entities
        if unmatched or action is Action.ADD:
            return self._create(candidate, situation)
        if situation.entity is None:
            count = {"count": str(len(match.entities))}
            reason = Reason(ReasonCode.SEVERAL_MATCHES, count, f"{candidate.kind.value}.match")
            return _row(candidate, situation, Status.UNDECIDED, reason)
        if action is Action.SKIP:
            return _row(candidate, situation, Status.SKIPPED, _skip_reason(candidate.kind, match))
        return self._update(candidate, situation, situation.entity, action)

    def _update(self, candidate: Candidate, situation: Situation, entity: Entity, action: Action) -> PlannedRow:
        schema = self._schema.entities[candidate.kind]
        rules = FieldRules(candidate.kind, action, self._settings, candidate.region, linked=situation.match.linked)
        _remember_channels(rules, schema, entity)
        defaults = self._defaults(candidate, schema)
        wanted = _wanted(candidate, situation.company, schema)
        known = {key: defaults[key] for key in defaults if key in wanted or key in candidate.fallbacks}
        decisions = list(_decisions(rules, schema, entity, wanted, known))
        changes = tuple(one for one in decisions if isinstance(one, FieldChange))
        kept = tuple(one for one in decisions if isinstance(one, KeptField))
        problems = tuple(one for one in decisions if isinstance(one, FieldProblem))
        if changes:
            change = EntityChange(candidate.kind, entity.id, changes)
            return _row(candidate, situation, Status.CHANGED, None, (change,), kept, problems)
        return _row(candidate, situation, Status.UNCHANGED, _unchanged_reason(kept, problems), (), kept, problems)

    def _create(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        if situation.erased:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.ERASED))
        schema = self._schema.entities[candidate.kind]
        given = _given(candidate, schema)
        values = self._new_values(candidate, situation.company, schema, given)
        missing = _missing(schema, values)
        if missing:
            return _row(candidate, situation, Status.FAILED, Reason(ReasonCode.MANDATORY_EMPTY, {"fields": missing}))
        if not given:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.EMPTY))
        if candidate.kind is EntityKind.PERSON and is_empty(values.get("company")):
            return self._without_company(candidate, situation, values)
        return _row(candidate, situation, Status.NEW, changes=(_created(candidate.kind, values),))

    def _without_company(self, candidate: Candidate, situation: Situation, values: dict[str, NewValue]) -> PlannedRow:
        choice = self._settings.no_company
        if choice is NoCompany.SKIP:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.NO_COMPANY, setting="no_company"))
        if choice is NoCompany.CREATE:
            return self._with_own_company(candidate, situation, values)
        field = self._schema.entities[EntityKind.PERSON].fields.get("company")
        if self._preferences.mandatory_company_on_contact or (field and field.mandatory):
            reason = Reason(ReasonCode.MANDATORY_COMPANY, setting="no_company")
            return _row(candidate, situation, Status.SKIPPED, reason)
        return _row(candidate, situation, Status.NEW, changes=(_created(EntityKind.PERSON, values),))

    def _with_own_company(self, candidate: Candidate, situation: Situation, values: dict[str, NewValue]) -> PlannedRow:
        name = person_name(values)
        unfit = _unfit_name(name, self._schema.entities[EntityKind.COMPANY])
        if unfit:
            return _row(candidate, situation, Status.FAILED, unfit)
        company = _created(EntityKind.COMPANY, {"name": name})
        person = _created(EntityKind.PERSON, values | {"company": RowCompany(candidate.row)})
        return _row(candidate, situation, Status.NEW, changes=(company, person))

    def _new_values(
        self, candidate: Candidate, company: Company, schema: EntitySchema, given: dict[str, NewValue]
    ) -> dict[str, NewValue]:
        values = self._defaults(candidate, schema) | given
        if company.value is not None:
            values["company"] = company.value
        return {
            key: _without_doubles(field, values[key], candidate.region)
            for key, field in schema.fields.items()
            if not field.read_only and not is_empty(values.get(key))
        }

    def _defaults(self, candidate: Candidate, schema: EntitySchema) -> dict[str, NewValue]:
        """What fills a field without a value from the ERP; what is chosen for this import goes before the mapping."""
        chosen = {"legal_basis": self._settings.legal_basis, "consent_source": self._settings.consent_source}
        privacy = {key: item for key, item in chosen.items() if item and schema.kind is EntityKind.PERSON}
        defaults = dict(candidate.fallbacks) | privacy
        return {key: new for key, new in defaults.items() if key in schema.fields and not schema.fields[key].read_only}


def _wanted(candidate: Candidate, company: Company, schema: EntitySchema) -> dict[str, NewValue]:
    """What the ERP wants each writable field to be, in the order of the schema."""
    wanted = dict(candidate.values)
    if company.value is not None:
        wanted["company"] = company.value
    return {key: wanted[key] for key, field in schema.fields.items() if key in wanted and not field.read_only}


def _given(candidate: Candidate, schema: EntitySchema) -> dict[str, NewValue]:
    """What the ERP has for a new entity."""
    return {key: new for key, new in _wanted(candidate, NO_COMPANY, schema).items() if not is_empty(new)}


def _missing(schema: EntitySchema, values: Mapping[str, NewValue]) -> str:
    """The mandatory fields that stay empty. A contact without company is for the import settings to decide."""
    return ", ".join(
        key
        for key, field in schema.fields.items()
        if field.mandatory and not field.read_only and is_empty(values.get(key))
        if not (schema.kind is EntityKind.PERSON and field.type is CrmType.COMPANY)
    )


def _unfit_name(name: str, company: EntitySchema) -> Reason | None:
    """Why a company that has a name and nothing else cannot be made; fields are those of the company."""
    about = {"kind": EntityKind.COMPANY.value}
    missing = _missing(company, {"name": name}) if name else "name"
    if missing:
        return Reason(ReasonCode.MANDATORY_EMPTY, {"fields": missing, **about}, "no_company")
    most = company.fields["name"].max_length
    if most is not None and len(name) > most:
        params = {"field": "name", "length": str(len(name)), "max": str(most), **about}
        return Reason(ReasonCode.TOO_LONG, params, "no_company")
    return None


def _decisions(
    rules: FieldRules,
    schema: EntitySchema,
    entity: Entity,
    wanted: Mapping[str, NewValue],
    defaults: Mapping[str, NewValue],
) -> Iterator[Verdict]:
    for key, new in wanted.items():
        yield rules.decide(schema.fields[key], entity.values.get(key), new, defaults.get(key))
    for key, default in defaults.items():
        if key not in wanted:
            yield rules.filled(schema.fields[key], entity.values.get(key), default)


def _remember_channels(rules: FieldRules, schema: EntitySchema, entity: Entity) -> None:
    for field in schema.fields.values():
        value = entity.values.get(field.key)
        if field.type in CHANNELS and isinstance(value, tuple):
            form = channel_form(field.type, rules.region)
            rules.known.setdefault(field.type, set()).update(map(form, value))


def _without_doubles(field: CrmField, value: NewValue, region: str) -> NewValue:
    if field.type in CHANNELS and isinstance(value, tuple):
        return distinct(value, channel_form(field.type, region))  # type: ignore[arg-type]
    return value


def _created(kind: EntityKind, values: dict[str, NewValue]) -> EntityChange:
    fields = tuple(FieldChange(key, () if isinstance(new, tuple) else None, new) for key, new in values.items())
    return EntityChange(kind, None, fields)


def _skip_reason(kind: EntityKind, match: Match) -> Reason:
    if match.linked:
        return Reason(ReasonCode.SKIP_LINKED, setting=f"{kind.value}.linked")
    if match.decided:
        return Reason(ReasonCode.SKIP_CHOSEN, setting=f"{kind.value}.action")
    return Reason(ReasonCode.SKIP_DUPLICATE, {"rule": match.how or ""}, f"{kind.value}.action")


def _unchanged_reason(kept: tuple[KeptField, ...], problems: tuple[FieldProblem, ...]) -> Reason:
    if kept:
        return Reason(ReasonCode.KEPT, {"count": str(len(kept))}, kept[0].setting)
    return problems[0].reason if problems else Reason(ReasonCode.SAME)


def _row(
    candidate: Candidate,
    situation: Situation,
    status: Status,
    reason: Reason | None = None,
    changes: tuple[EntityChange, ...] = (),
    kept: tuple[KeptField, ...] = (),
    problems: tuple[FieldProblem, ...] = (),
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
        problems=_fitting(problems + candidate.problems),
        keys=situation.keys,
        scope=situation.scope,
        region=candidate.region,
        company_keys=situation.company.keys,
    )


def _fitting(problems: tuple[FieldProblem, ...], most: int = 50) -> tuple[FieldProblem, ...]:
    """A row of a broken ERP may have thousands of bad values; the page needs no more than it can show."""
    return problems[:most]
