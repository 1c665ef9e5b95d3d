"""The planner: one candidate, what it matches and what the CRM holds, in; one planned row out."""

from __future__ import annotations

from collections.abc import Mapping
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
from erp_import_plugin.engine.fields import FieldRules, channel_form, distinct, is_empty
from erp_import_plugin.engine.leaving_out import without
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import NO_CONTACTS, Action, ImportSettings, NoCompany
from erp_import_plugin.engine.writable import Writable
from erp_import_plugin.host_api import CHANNELS, CrmField, CrmSchema, CrmValue, Entity, EntityKind, Preferences


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
        self._duplicates = {kind: settings.of(kind) for kind in EntityKind}
        self._writable = {kind: Writable(entity) for kind, entity in schema.entities.items()}
        privacy = {"legal_basis": settings.legal_basis, "consent_source": settings.consent_source}
        self._privacy: dict[str, NewValue] = {key: item for key, item in privacy.items() if item}

    def plan(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        """The plan of one row: status, changes, and the reason where nothing is written."""
        planned = self._left_out(candidate, situation) or self._by_match(candidate, situation)
        left_out = self._settings.left_out
        if not left_out:
            return planned
        changes = (without(one, left_out, self._schema, self._preferences) for one in planned.changes)
        return replace(planned, changes=tuple(changes))

    def _left_out(self, candidate: Candidate, situation: Situation) -> PlannedRow | None:
        if candidate.missing:
            return _row(candidate, situation, Status.FAILED, Reason(ReasonCode.MISSING_IN_ERP))
        decision = situation.decision
        if decision is not None and decision.choice is Choice.LEAVE_OUT:
            reason = Reason(ReasonCode.DECIDED_OUT, {"name": decision.by_name})
            return _row(candidate, situation, Status.SKIPPED, reason)
        if candidate.kind is EntityKind.PERSON and self._duplicates[EntityKind.PERSON].match == NO_CONTACTS:
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.NO_CONTACTS, setting="person.match"))
        company = situation.company
        if company.reason:
            return _row(candidate, situation, company.status, company.reason)
        return None

    def _by_match(self, candidate: Candidate, situation: Situation) -> PlannedRow:
        match = situation.match
        if situation.decision is not None and not match.decided and not match.linked:
            return _row(candidate, situation, Status.UNDECIDED, Reason(ReasonCode.CHOSEN_GONE))
        action = self._duplicates[candidate.kind].action_for(linked=match.linked, chosen=match.chosen is not None)
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
        writable = self._writable[candidate.kind]
        wanted = _wanted(candidate.values, situation.company)
        defaults = self._defaults(candidate, writable)
        known = {key: new for key, new in defaults.items() if key in wanted or key in candidate.fallbacks}
        differing = _differing(writable, entity, wanted, known)
        if not differing:
            return _row(candidate, situation, Status.UNCHANGED, _SAME)
        rules = FieldRules(candidate.kind, action, self._settings, candidate.region, linked=situation.match.linked)
        if any(field.type in CHANNELS for field, *_ in differing):
            _remember_channels(rules, writable, entity)
        decisions = [rules.decide(*one) for one in differing]
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
        writable = self._writable[candidate.kind]
        values = self._new_values(candidate, situation.company, writable)
        missing = _missing(writable, values)
        if missing:
            return _row(candidate, situation, Status.FAILED, Reason(ReasonCode.MANDATORY_EMPTY, {"fields": missing}))
        if all(is_empty(candidate.values[key]) for key, _ in writable.of(candidate.values)):
            return _row(candidate, situation, Status.SKIPPED, Reason(ReasonCode.EMPTY))
        if candidate.kind is EntityKind.PERSON and is_empty(values.get("company")):
            return self._without_company(candidate, situation, values)
        return _row(candidate, situation, Status.NEW, changes=(EntityChange.created(candidate.kind, values),))

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
        return _row(candidate, situation, Status.NEW, changes=(EntityChange.created(EntityKind.PERSON, values),))

    def _with_own_company(self, candidate: Candidate, situation: Situation, values: dict[str, NewValue]) -> PlannedRow:
        name = person_name(values)
        unfit = _unfit_name(name, self._writable[EntityKind.COMPANY])
        if unfit:
            return _row(candidate, situation, Status.FAILED, unfit)
        company = EntityChange.created(EntityKind.COMPANY, {"name": name})
        person = EntityChange.created(EntityKind.PERSON, values | {"company": RowCompany(candidate.row)})
        return _row(candidate, situation, Status.NEW, changes=(company, person))

    def _new_values(self, candidate: Candidate, company: Company, writable: Writable) -> dict[str, NewValue]:
        """What a new entity gets: what the ERP has, else a default, in the order of the schema."""
        defaults = self._defaults(candidate, writable)
        own = candidate.values
        filled = {key: new for key, new in defaults.items() if is_empty(own.get(key))}
        values = _wanted({**own, **filled} if filled else own, company)
        region = candidate.region
        return {
            key: new if field.type not in CHANNELS else _without_doubles(field, new, region)
            for key, field in writable.of(values)
            if not is_empty(new := values[key])
        }

    def _defaults(self, candidate: Candidate, writable: Writable) -> Mapping[str, NewValue]:
        """What fills a field without a value from the ERP; what is chosen for this import goes before the mapping."""
        privacy = self._privacy if writable.kind is EntityKind.PERSON else {}
        if not privacy and not candidate.fallbacks:
            return {}
        return {key: new for key, new in {**candidate.fallbacks, **privacy}.items() if key in writable}


def _wanted(values: Mapping[str, NewValue], company: Company) -> Mapping[str, NewValue]:
    """The values, with the company that the record belongs to."""
    return values if company.value is None else {**values, "company": company.value}


def _missing(writable: Writable, values: Mapping[str, NewValue]) -> str:
    """The mandatory fields that stay empty."""
    return ", ".join(key for key in writable.mandatory if is_empty(values.get(key)))


def _unfit_name(name: str, company: Writable) -> Reason | None:
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


def _differing(
    writable: Writable, entity: Entity, wanted: Mapping[str, NewValue], defaults: Mapping[str, NewValue]
) -> list[tuple[CrmField, CrmValue, NewValue, NewValue]]:
    """The fields there is something to decide about: what they hold, what the ERP wants them to be, their default."""
    get = entity.values.get
    found: list[tuple[CrmField, CrmValue, NewValue, NewValue]] = [
        (field, old, new, defaults.get(key))
        for key, field in writable.of(wanted)
        if (old := get(key)) != (new := wanted[key]) or (key in defaults and not new)
    ]
    if defaults:
        left = {key: new for key, new in defaults.items() if key not in wanted}
        found += [(writable.fields[key], get(key), None, new) for key, new in left.items() if is_empty(get(key))]
    return found


def _remember_channels(rules: FieldRules, writable: Writable, entity: Entity) -> None:
    for field in writable.channels:
        value = entity.values.get(field.key)
        if isinstance(value, tuple):
            normalise = channel_form(field.type, rules.region)
            rules.known.setdefault(field.type, set()).update(map(normalise, value))


def _without_doubles(field: CrmField, value: NewValue, region: str) -> NewValue:
    if isinstance(value, tuple):
        return distinct(value, channel_form(field.type, region))  # type: ignore[arg-type]
    return value


_SAME = Reason(ReasonCode.SAME)
_MOST_PROBLEMS = 50  # a row of a broken ERP may have thousands of bad values; the page needs no more than it can show


def _skip_reason(kind: EntityKind, match: Match) -> Reason:
    if match.linked:
        return Reason(ReasonCode.SKIP_LINKED, setting=f"{kind.value}.linked")
    if match.decided:
        return Reason(ReasonCode.SKIP_CHOSEN, setting=f"{kind.value}.action")
    return Reason(ReasonCode.SKIP_DUPLICATE, {"rule": match.how or ""}, f"{kind.value}.action")


def _unchanged_reason(kept: tuple[KeptField, ...], problems: tuple[FieldProblem, ...]) -> Reason:
    if kept:
        return Reason(ReasonCode.KEPT, {"count": str(len(kept))}, kept[0].setting)
    return problems[0].reason if problems else _SAME


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
        candidate.row,
        candidate.kind,
        candidate.label,
        status,
        reason,
        situation.match,
        changes,
        kept,
        (problems + candidate.problems)[:_MOST_PROBLEMS],
        situation.keys,
        situation.scope,
        candidate.region,
        situation.company.keys,
    )
