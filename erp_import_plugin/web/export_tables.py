"""What the exports hold: a header in the reader's language, then a row for each actor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, FieldValue
from erp_import_plugin.engine.changes import FieldChange
from erp_import_plugin.host_api import CrmSchema, EntityKind
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import result_lines
from erp_import_plugin.web.display import crm_texts
from erp_import_plugin.web.exports import Cell
from erp_import_plugin.web.reasons import field_label, reason_text
from erp_import_plugin.web.texts import ACTOR_TYPES, KINDS, STATUSES, marks_of
from erp_import_plugin.workflow.exports import Correction, Corrections, PlannedActor, ResultActor

REMARK = "#"
"""What the header of a column begins with that a workbook connector does not read."""

# Headers by which a workbook says what is no field; a field of such a name says no more than they do.
_SPECIAL = frozenset({"key", "erpkey", "parent", "parentkey", "parenttype", "legalentity", "lastmodified"})
_SHEET_TITLE = re.compile(r"[^\[\]:*?/\\']{1,31}")


def result(rows: Iterable[ResultActor], schema: CrmSchema, token: str) -> Iterator[Sequence[Cell]]:
    """What became of each actor."""
    yield _("Name"), _("Kind"), _("Result"), _("Reason"), _("ID in the CRM"), _("Actor type"), _("ERP key")
    for found in rows:
        shown = result_lines.line(found.result, schema, token)
        reason = shown.reason.text if shown.reason else ""
        entity = found.result.entity_id or ""
        actor = (_actor_type(found.place.actor_type), found.place.key)
        yield shown.label, shown.kind, str(shown.mark.label), reason, entity, *actor


def plan(rows: Iterable[PlannedActor], schema: CrmSchema, token: str) -> Iterator[Sequence[Cell]]:
    """What the import does about each actor, with every change of a field."""
    yield (
        *(_("Name"), _("Kind"), _("What it does"), _("Ticked"), _("Changes"), _("Reason"), _("ID in the CRM")),
        *(_("Actor type"), _("ERP key")),
    )
    for found in rows:
        planned = found.line.planned
        shown = marks_of(planned.status, planned.icons(), undo=planned.match.undoes)
        marks = ", ".join(str(mark.label) for mark in shown)
        changes = "; ".join(
            _change(found, change.kind, one, schema) for change in planned.changes for one in change.ticked()
        )
        reason = reason_text(planned.reason, planned.kind, schema, token).text if planned.reason else ""
        ticked = (_("yes") if found.line.ticked else _("no")) if planned.status.writes else ""
        entity = planned.match.entity or ""
        actor = (_actor_type(found.place.actor_type), found.place.key)
        yield planned.label, str(KINDS[planned.kind]), marks, ticked, changes, reason, entity, *actor


def corrections(found: Corrections, schema: CrmSchema, token: str) -> Iterator[tuple[str, Sequence[Cell]]]:
    """Rows with the sheet each belongs to: a workbook as the workbook connector reads it, to be corrected in place."""
    columns = {kind: _columns(fields) for kind, fields in found.fields.items()}
    remarks = (f"{REMARK} {_('Result')}", f"{REMARK} {_('Reason')}")
    for kind, fields in columns.items():
        yield kind.value, ("KEY", *remarks, "PARENT", "PARENTTYPE", "LEGALENTITY", *fields)
    for one in found.rows:
        fields = columns[one.actor.actor_type]
        values = (_value(one.actor.values.get(field.key), field, found.lists) for field in fields.values())
        yield one.actor.actor_type.value, (*_about(one, schema, token), *values)
    lists = {header: field.list_name or "" for fields in columns.values() for header, field in fields.items()}
    for header, list_name in lists.items():
        yield from _list_sheet(header, found.lists.get(list_name, {}))


def _about(one: Correction, schema: CrmSchema, token: str) -> tuple[str, ...]:
    """The columns that are no fields."""
    shown, parent = one.result, one.actor.parent
    reason = reason_text(shown.reason, shown.kind, schema, token).text if shown.reason else ""
    about = (one.actor.key, str(STATUSES[shown.status].label), reason)
    return (*about, parent.key if parent else "", parent.actor_type.value if parent else "", one.actor.legal_entity)


def _columns(fields: Sequence[ErpField]) -> dict[str, ErpField]:
    """The fields by their headers, which are their keys, and differ by more than case and blanks."""
    columns: dict[str, ErpField] = {}
    taken = set(_SPECIAL)
    for field in fields:
        header, number = field.key, 1
        if _plain(field.key) in _SPECIAL:
            continue
        while _plain(header) in taken:
            number += 1
            header = f"{field.key} {number}"
        taken.add(_plain(header))
        columns[header] = field
    return columns


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


def _value(value: FieldValue, field: ErpField, lists: Mapping[str, Mapping[str, str]]) -> Cell:
    if field.type is not FieldType.LIST and not isinstance(value, tuple):
        return value
    items = lists.get(field.list_name or "", {})
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return ";".join(_item(str(one), items) for one in values)


def _item(key: str, items: Mapping[str, str]) -> str:
    """The text of an item; its key where the text could be mistaken for another's."""
    label = items.get(key, key)
    alike = [one for one in items.values() if one.casefold() == label.casefold()]
    return key if len(alike) > 1 or ";" in label else label


def _list_sheet(header: str, items: Mapping[str, str]) -> Iterator[tuple[str, Sequence[Cell]]]:
    title = f"List {header}"
    if not items or not _SHEET_TITLE.fullmatch(title):
        return
    yield title, ("key", "label")
    for key, label in items.items():
        yield title, (key, label)


def _change(found: PlannedActor, kind: EntityKind, one: FieldChange, schema: CrmSchema) -> str:
    entity = schema.entities.get(kind)
    field = entity.fields.get(one.field) if entity else None
    label = field_label(schema, kind, one.field)
    old, new = (", ".join(crm_texts(field, value, found.labels)) for value in (one.old, one.new))
    if one.cleared:
        return _("%(field)s: “%(old)s” cleared", field=label, old=old)
    if old:
        return _("%(field)s: “%(old)s” → “%(new)s”", field=label, old=old, new=new)
    return _("%(field)s: “%(new)s”", field=label, new=new)


def _actor_type(name: str) -> str:
    return str(ACTOR_TYPES[ActorType(name)])
