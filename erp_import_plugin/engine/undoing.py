"""Undoing: the plan that takes back what a run did, made from its own plan and outcomes and the CRM as it is now.

What was created is removed, what was changed gets its old value, what was removed by an undo is created again. What
somebody has touched since stays, and is named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from erp_import_plugin.engine.applying import Outcome, same_value, written
from erp_import_plugin.engine.changes import (
    EntityChange,
    FieldChange,
    FieldProblem,
    KeptField,
    Match,
    NewItem,
    NewValue,
    PlannedRow,
    Resolved,
    RowCompany,
)
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import Attached, CrmSchema, CrmType, CrmValue, Edit, Entity, EntityKind

UNKNOWN = Edit()
_COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did in one row. ``row`` is its id in the undo."""

    row: int
    planned: PlannedRow
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Standing:
    """An entity of a row as it is now: what it holds, what hangs on it and stays, and who edited it last."""

    entity: Entity | None = None
    attached: Sequence[Attached] = ()
    edit: Edit = UNKNOWN


NOWHERE = Standing()


@dataclass(frozen=True, slots=True)
class Now:
    """What a row of a run has become: its own entity, and the company made for a contact.

    ``linked``: the actor has been imported again since. ``erased``: the entity must not be created again. ``frees`` is
    the row of the undo that removes the company the entity belongs to.
    """

    own: Standing = NOWHERE
    company: Standing = NOWHERE
    linked: bool = False
    erased: bool = False
    frees: int | None = None


@dataclass(frozen=True, slots=True)
class References:
    """What the old values of fields point to now.

    ``items`` are list items, by list and id, that are gone and are added again; ``companies`` the rows of the undo that
    create a removed company again, by its old id; ``there`` the companies that are in the CRM.
    """

    items: Mapping[tuple[str, str], NewItem] = field(default_factory=dict)
    companies: Mapping[str, int] = field(default_factory=dict)
    there: Collection[str] = ()


@dataclass
class _Taken:
    """What a row of the undo does, as far as it is put together."""

    changes: list[EntityChange] = field(default_factory=list)
    kept: list[KeptField] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)


class Undoer:
    """Plans the rows of an undo. ``resolved`` tells what the placeholders of the run's plan have become."""

    def __init__(
        self, schema: CrmSchema, resolved: Resolved, references: References, *, company_needed: bool = False
    ) -> None:
        self._schema = schema
        self._resolved = resolved
        self._references = references
        self._company_needed = company_needed

    def plan(self, done: Done, now: Now) -> PlannedRow:
        """What takes the row back."""
        own = done.planned.own_change
        if own is None or not done.outcome.status.writes:
            return self._row(done, Status.UNCHANGED, Reason(ReasonCode.ONLY_LINKED))
        if own.removes:
            return self._create_again(done, own, now)
        if now.own.entity is None:
            return self._row(done, Status.SKIPPED, Reason(ReasonCode.GONE_SINCE), _Taken(kept=_left_alone(now)))
        if own.is_new:
            return self._remove(done, own, now, now.own.entity)
        return self._put_back(done, own, now, now.own.entity)

    def _put_back(self, done: Done, own: EntityChange, now: Now, entity: Entity) -> PlannedRow:
        taken = _Taken()
        after = self._after(done, own)
        fields = []
        for one in own.ticked():
            current = entity.values.get(one.field)
            back = self._back(own.kind, one.field, one.old)
            if same_value(current, one.old):
                continue
            if not same_value(current, after.get(one.field)):
                reason = _edited(now.own.edit)
                taken.kept.append(KeptField(one.field, current, one.old, reason=reason))
            elif isinstance(back, Reason):
                taken.kept.append(KeptField(one.field, current, one.old, reason=back))
            else:
                fields.append(FieldChange(one.field, current, back))
        if fields:
            taken.changes.append(EntityChange(own.kind, entity.id, tuple(fields)))
            self._take_company(done, now, taken)
            return self._row(done, Status.CHANGED, None, taken, frees=_frees(own.kind, fields, now))
        if not taken.kept:
            return self._row(done, Status.UNCHANGED, Reason(ReasonCode.AS_BEFORE))
        edited = [kept.field for kept in taken.kept if kept.reason and kept.reason.code is ReasonCode.EDITED_SINCE]
        why = _edited(now.own.edit, edited) if edited else taken.kept[0].reason
        return self._row(done, Status.SKIPPED, why, taken)

    def _remove(self, done: Done, own: EntityChange, now: Now, entity: Entity) -> PlannedRow:
        reason = self._why_kept(own, now.own, self._after(done, own))
        if reason:
            return self._row(done, Status.SKIPPED, reason)
        taken = _Taken([self._removal(own.kind, entity)])
        self._take_company(done, now, taken)
        return self._row(done, Status.REMOVED, None, taken, frees=_frees(own.kind, taken.changes[0].fields, now))

    def _create_again(self, done: Done, own: EntityChange, now: Now) -> PlannedRow:
        if now.linked:
            return self._row(done, Status.SKIPPED, Reason(ReasonCode.IMPORTED_AGAIN))
        if now.erased:
            return self._row(done, Status.SKIPPED, Reason(ReasonCode.ERASED))
        taken = _Taken()
        taken.changes.append(self._creation(own, taken))
        company_gone = any(problem.field == _COMPANY for problem in taken.problems)
        if company_gone and self._company_needed and own.kind is EntityKind.PERSON:
            return self._row(done, Status.SKIPPED, Reason(ReasonCode.MANDATORY_COMPANY))
        self._take_company(done, now, taken)
        return self._row(done, Status.NEW, None, taken)

    def _take_company(self, done: Done, now: Now, taken: _Taken) -> None:
        """Take back what the run did to the company that is of this contact alone: it made it, or it removed it."""
        own = taken.changes[0]
        theirs = next((one for one in done.planned.written() if one.kind is not own.kind), None)
        if theirs is None or done.outcome.company_id is None:
            return
        if theirs.removes:
            if any(isinstance(one.new, RowCompany) for one in own.fields):
                taken.changes.append(self._creation(theirs, taken))
            return
        leaves = own.removes or any(one.field == _COMPANY for one in own.fields)
        if now.company.entity is None or not leaves:
            return
        reason = self._why_kept(theirs, now.company, self._after(done, theirs))
        if reason:
            taken.kept.append(KeptField(_COMPANY, now.company.entity.id, None, reason=reason))
        else:
            taken.changes.append(self._removal(theirs.kind, now.company.entity))

    def _why_kept(self, made: EntityChange, now: Standing, after: Mapping[str, CrmValue]) -> Reason | None:
        """Why an entity that the run made is not removed."""
        values = now.entity.values if now.entity else {}
        touched = [key for key in self._written(made.kind) if not same_value(values.get(key), after.get(key))]
        if touched:
            return _edited(now.edit, touched, made.kind)
        return other_data(now.attached) if now.attached else None

    def _removal(self, kind: EntityKind, entity: Entity) -> EntityChange:
        values = ((key, entity.values.get(key)) for key in self._written(kind))
        fields = tuple(FieldChange(key, value, None) for key, value in values if not is_empty(value))
        return EntityChange(kind, entity.id, fields, removes=True)

    def _creation(self, removed: EntityChange, taken: _Taken) -> EntityChange:
        fields = []
        for one in removed.fields:
            back = self._back(removed.kind, one.field, one.old)
            if isinstance(back, Reason):
                taken.problems.append(FieldProblem(one.field, "", back))
            else:
                fields.append(FieldChange(one.field, None, back))
        return EntityChange(removed.kind, None, tuple(fields))

    def _written(self, kind: EntityKind) -> list[str]:
        return writable(self._schema, kind)

    def _after(self, done: Done, change: EntityChange) -> dict[str, CrmValue]:
        """The fields of an entity as the run left them."""
        values = written(change.new_by_field(), self._resolved)
        place = f"{change.kind.value}."
        sealed = {key.removeprefix(place): one for key, one in done.outcome.seal.items() if key.startswith(place)}
        return {} if isinstance(values, Reason) else {**values, **sealed}

    def _back(self, kind: EntityKind, key: str, old: CrmValue) -> NewValue | Reason:
        """An old value as it can be written now; a reason where what it points to is gone."""
        crm = self._schema.entities[kind].fields.get(key)
        if crm is None or is_empty(old):
            return old
        if crm.type is CrmType.LIST:
            items = self._references.items
            name = crm.list_name or ""
            if isinstance(old, tuple):
                return tuple(items.get((name, one), one) for one in old)
            return items.get((name, str(old)), old)
        if crm.type is CrmType.COMPANY and str(old) not in self._references.there:
            row = self._references.companies.get(str(old))
            return Reason(ReasonCode.COMPANY_NOT_THERE) if row is None else RowCompany(row)
        return old

    @staticmethod
    def _row(
        done: Done, status: Status, reason: Reason | None, taken: _Taken | None = None, *, frees: int | None = None
    ) -> PlannedRow:
        entity = done.outcome.entity_id
        gone = status is Status.NEW or (reason is not None and reason.code is ReasonCode.GONE_SINCE)
        taken = taken or _Taken()
        return PlannedRow(
            row=done.row,
            kind=done.planned.kind,
            label=done.planned.label,
            status=status,
            reason=reason,
            match=Match("undo", () if gone or entity is None else (entity,)),
            changes=tuple(taken.changes),
            kept=tuple(taken.kept),
            problems=tuple(taken.problems),
            frees=frees,
        )


def seal(change: EntityChange, values: Mapping[str, CrmValue], found: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
    """What the CRM holds otherwise than it was written, of an entity that was just created or changed."""
    get, now = values.get, found.get
    looked_at = found if change.is_new else values
    return {f"{change.kind.value}.{key}": now(key) for key in looked_at if not same_value(now(key), get(key))}


def writable(schema: CrmSchema, kind: EntityKind) -> list[str]:
    """The fields of an entity that somebody can write."""
    return [key for key, one in schema.entities[kind].fields.items() if not one.read_only]


def blocked(change: EntityChange, entity: Entity | None, attached: Sequence[Attached]) -> Reason | None:
    """Why an entity cannot be removed as planned; ``entity`` holds all that can be written, as it is now."""
    if entity is None:
        return Reason(ReasonCode.ENTITY_GONE)
    planned = {one.field: one.old for one in change.fields}
    changed = [key for key, value in entity.values.items() if not same_value(value, planned.get(key))]
    if changed:
        return _edited(UNKNOWN, changed, change.kind)
    return other_data(attached) if attached else None


def other_data(attached: Sequence[Attached]) -> Reason:
    """An entity is kept for what hangs on it: how many entities by kind, and the rest as the CRM calls it."""
    counts = {one.kind.value: str(one.count) for one in attached if one.kind is not None}
    rest = ", ".join(f"{one.label}: {one.count}" for one in attached if one.kind is None)
    return Reason(ReasonCode.HAS_OTHER_DATA, counts | ({"rest": rest} if rest else {}))


def _left_alone(now: Now) -> list[KeptField]:
    """The company that was made for a contact who is no longer there."""
    if now.company.entity is None:
        return []
    return [KeptField(_COMPANY, now.company.entity.id, None, reason=Reason(ReasonCode.LEFT_ALONE))]


def _edited(edit: Edit, fields: Sequence[str] = (), kind: EntityKind | None = None) -> Reason:
    params = {"fields": ", ".join(fields)} if fields else {}
    params |= {"by": edit.by} if edit.by else {}
    params |= {"at": edit.at.isoformat()} if edit.at else {}
    params |= {"kind": kind.value} if kind else {}
    return Reason(ReasonCode.EDITED_SINCE, params)


def _frees(kind: EntityKind, fields: Collection[FieldChange], now: Now) -> int | None:
    """The row that removes the company which the entity leaves."""
    leaves = kind is not EntityKind.COMPANY and any(one.field == _COMPANY for one in fields)
    return now.frees if leaves else None
