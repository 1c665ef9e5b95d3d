"""One row of the plan in full: old → new per field, what is kept, what the ERP says."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from erp_import_plugin.engine.changes import EntityChange, FieldChange, FieldProblem, KeptField
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import CrmField, EntityKind
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import differences, here
from erp_import_plugin.web.decision_table import DecisionTable, decision_table
from erp_import_plugin.web.display import crm_texts, erp_text, shortened
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.reasons import ReasonText, anchor, field_label, reason_text
from erp_import_plugin.web.setting_texts import RULES, setting_label
from erp_import_plugin.web.texts import ACTOR_TYPES, ICONS, PUT_BACK, Mark, marks_of
from erp_import_plugin.workflow.preview import PreviewRow


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field: a change that can be unticked, one that is kept, or one that cannot be written."""

    name: str
    label: str
    old: str = ""
    new: str = ""
    words: tuple[differences.Part, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    why: str = ""
    setting: str = ""
    setting_url: str = ""
    icon: str = ""
    tickable: bool = False
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class EntityLine:
    """An entity that is created or changed. ``url`` is None where it is new or the host has no page."""

    mark: Mark
    url: str | None
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class NextOpen:
    """The next row that needs a decision, or that has similar records to look at."""

    row: int
    label: str
    url: str
    is_undecided: bool


@dataclass(frozen=True, slots=True)
class RowPage:
    """Everything the page of a row shows."""

    token: str
    row: int
    label: str
    marks: tuple[Mark, ...]
    writes: bool
    ticked: bool
    reason: ReasonText | None
    matched: str
    entity_url: str | None
    decision: DecisionTable | None
    next_open: NextOpen | None
    entities: tuple[EntityLine, ...]
    kept: tuple[FieldLine, ...]
    problems: tuple[FieldLine, ...]
    actor_type: str
    actor_key: str
    legal_entity: str
    erp: tuple[tuple[str, str], ...]
    crm: tuple[tuple[str, str], ...]
    parent_url: str | None


def row_page(found: PreviewRow, can_change: bool) -> RowPage:
    """What the page of one row shows; ``can_change``: its fields can still be unticked."""
    planned, token = found.line.planned, found.imported.token
    tickable = can_change and planned.status.writes
    return RowPage(
        token=token,
        row=planned.row,
        label=planned.label,
        marks=marks_of(planned.status, planned.icons(), undo=planned.match.undoes),
        writes=planned.status.writes,
        ticked=found.line.ticked,
        reason=reason_text(planned.reason, planned.kind, found.schema, token) if planned.reason else None,
        matched=_matched(found),
        entity_url=_url(planned.kind, found.entity.id) if found.entity else None,
        decision=decision_table(found) if can_change and not planned.match.undoes else None,
        next_open=_next_open(found),
        entities=tuple(_entity(found, change, tickable) for change in planned.changes),
        kept=tuple(_kept(found, kept) for kept in planned.kept),
        problems=tuple(_problem(found, problem) for problem in planned.problems),
        actor_type=str(ACTOR_TYPES[found.actor.actor_type]),
        actor_key=found.actor.key,
        legal_entity=found.actor.legal_entity,
        erp=_erp_record(found),
        crm=_crm_record(found),
        parent_url=url_for(".preview_row", token=token, row=found.parent_row) if found.parent_row else None,
    )


def _matched(found: PreviewRow) -> str:
    match = found.line.planned.match
    if match.decided:
        return ""  # the decision says it
    if match.linked:
        return _("It was imported before, so it is the same record.")
    if match.undoes:
        return ""  # the page it leads from says it
    if match.how:
        rules = RULES[found.line.planned.kind]
        return _("Found in the CRM by: %(rule)s.", rule=str(rules.get(match.how, match.how)))
    return _("Nothing in the CRM matches it.")


def _url(kind: EntityKind, entity_id: str | None) -> str | None:
    return here.rooms().host.links.entity(kind, entity_id) if entity_id else None


def _next_open(found: PreviewRow) -> NextOpen | None:
    row = found.next_open
    if row is None:
        return None
    url = url_for(".preview_row", token=found.imported.token, row=row.row)
    return NextOpen(row.row, row.label, url, row.status is Status.UNDECIDED)


def _entity(found: PreviewRow, change: EntityChange, tickable: bool) -> EntityLine:
    fields = tuple(_change(found, change, one, tickable and not change.removes) for one in change.fields)
    put_back = found.line.planned.match.undoes and change.effect == "changed"
    mark = PUT_BACK if put_back else ICONS[f"{change.kind.value}_{change.effect}"]
    return EntityLine(mark, _url(change.kind, change.entity_id), fields)


def _change(found: PreviewRow, change: EntityChange, one: FieldChange, tickable: bool) -> FieldLine:
    field = _field(found, change.kind, one.field)
    old, new = (crm_texts(field, value, found.labels) for value in (one.old, one.new))
    name = f"{change.kind.value}.{one.field}"
    label = field_label(found.schema, change.kind, one.field)
    icon = "" if tickable else "plus" if not old else "minus" if not new else "pencil"
    if field is not None and field.many and (old or len(new) > 1):
        return FieldLine(
            name,
            label,
            added=tuple(text for text in new if text not in old),
            removed=tuple(text for text in old if text not in new),
            kept=tuple(text for text in old if text in new),
            tickable=tickable,
            ticked=one.ticked,
            icon=icon,
        )
    before, after = ", ".join(old), ", ".join(new)
    words = differences.parts(before, after)
    return FieldLine(name, label, before, after, words, tickable=tickable, ticked=one.ticked, icon=icon)


def _kept(found: PreviewRow, kept: KeptField) -> FieldLine:
    kind = found.line.planned.kind
    field = _field(found, kind, kept.field)
    crm, erp = (", ".join(crm_texts(field, value, found.labels)) for value in (kept.crm, kept.erp))
    if kept.reason is not None:
        why = reason_text(kept.reason, kind, found.schema, found.imported.token).text
        if erp:
            why += " " + _("Before the import it was: %(value)s", value=erp)
        return FieldLine(
            kept.field, field_label(found.schema, kind, kept.field), kept=(crm,), why=why, icon="circle-minus"
        )
    return FieldLine(
        kept.field,
        field_label(found.schema, kind, kept.field),
        kept=(crm,),
        why=_("The ERP has: %(value)s", value=erp) if erp else _("The ERP has nothing."),
        setting=setting_label(kept.setting, found.schema),
        setting_url=url_for(".settings", token=found.imported.token, _anchor=anchor(kept.setting)),
        icon="circle-minus",
    )


def _problem(found: PreviewRow, problem: FieldProblem) -> FieldLine:
    kind = found.line.planned.kind
    reason = reason_text(problem.reason, kind, found.schema, found.imported.token)
    label = field_label(found.schema, kind, problem.field) if problem.field else _("ERP")
    return FieldLine(problem.field, label, kept=(problem.value,), why=reason.text, icon="circle-alert")


def _field(found: PreviewRow, kind: EntityKind, key: str) -> CrmField | None:
    entity = found.schema.entities.get(kind)
    return entity.fields.get(key) if entity else None


def _erp_record(found: PreviewRow) -> tuple[tuple[str, str], ...]:
    values = found.actor.values
    texts = ((key, erp_text(found.erp_fields.get(key), value, found.erp_labels)) for key, value in values.items())
    fields = found.erp_fields
    return tuple(
        (erp_label(fields[key].label) if key in fields else key, shortened(text)) for key, text in texts if text
    )


def _crm_record(found: PreviewRow) -> tuple[tuple[str, str], ...]:
    if found.entity is None:
        return ()
    fields = found.schema.entities[found.line.planned.kind].fields
    texts = ((key, crm_texts(fields.get(key), value, found.labels)) for key, value in found.entity.values.items())
    return tuple((say(fields[key].label) if key in fields else key, ", ".join(some)) for key, some in texts if some)
