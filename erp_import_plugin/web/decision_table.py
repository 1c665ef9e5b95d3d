"""A row that needs a decision: the record in the ERP side by side with those it may be, and what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from erp_import_plugin.connector_api import ErpField
from erp_import_plugin.engine import normalising
from erp_import_plugin.engine.candidates import StagedActor
from erp_import_plugin.engine.changes import Similar
from erp_import_plugin.engine.decisions import Choice, Decision, can_be_decided, is_open, lacks_company
from erp_import_plugin.engine.fields import channel_form
from erp_import_plugin.engine.mapping import COMPANY_NAME
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.rules import RULES as MATCH_RULES
from erp_import_plugin.host_api import CHANNELS, CrmField, Entity
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext
from erp_import_plugin.web import here
from erp_import_plugin.web.dates import moment
from erp_import_plugin.web.display import crm_texts, erp_text
from erp_import_plugin.web.reasons import field_label
from erp_import_plugin.web.setting_texts import RULES
from erp_import_plugin.workflow.decisions import mark
from erp_import_plugin.workflow.preview import PreviewRow

Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """The values of a field in one record, and whether they are those of the ERP."""

    texts: Texts
    same: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A field: its values in each record. ``matched``: it is one of those that tell who is the same."""

    label: str
    cells: tuple[Cell, ...]
    matched: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A column; ``notes`` say why it is here. ``entity_id`` can be chosen, ``row`` is another actor of the import."""

    title: str
    of: str
    url: str | None
    notes: Texts = ()
    entity_id: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """What the page shows of a decision. ``is_open``: it is still to be taken, or (not ``is_undecided``) looked at.

    ``only_out``: the row can be nothing but left out. ``seen`` is sent back with the choice.
    """

    records: tuple[Record, ...]
    lines: tuple[Line, ...]
    more: str
    is_open: bool
    is_undecided: bool
    decided: str
    only_out: bool
    seen: str

    @property
    def candidates(self) -> int:
        """How many records of the CRM are shown."""
        return sum(record.entity_id is not None for record in self.records)

    @property
    def wide(self) -> bool:
        """Whether records are shown side by side."""
        return self.is_open and not self.decided and len(self.records) > 1


def decision_table(found: PreviewRow) -> DecisionTable | None:
    """What can be decided about a row; None where nothing can."""
    planned = found.line.planned
    if not can_be_decided(planned):
        return None
    crm = [_texts_of(found, entity) for entity in found.candidates]
    actors = [_erp_texts(found, actor) for actor in (found.actor, *found.others)]
    return DecisionTable(
        records=tuple(_records(found)),
        lines=_lines(found, [actors[0], *crm, *actors[1:]]),
        more=ngettext("%(num)s more record may be the same.", "%(num)s more records may be the same.", found.more)
        if found.more
        else "",
        is_open=is_open(planned),
        is_undecided=planned.status is Status.UNDECIDED,
        decided=_decided(found) if planned.match.decided else "",
        only_out=lacks_company(planned) or planned.match.linked,
        seen=mark(found.decision),
    )


def decision_text(decision: Decision) -> str:
    """What was decided, as it stands in a sentence."""
    if decision.choice is Choice.ENTITY:
        return _("it is the record with the ID %(id)s", id=decision.entity_id)
    return _("create a new record") if decision.choice is Choice.NEW else _("leave it out")


def overtaken_text(decision: Decision) -> str:
    """Who has decided a row since it was looked at, when and what."""
    return _(
        "%(name)s decided this row at %(time)s: %(what)s. Look at it before you decide again.",
        name=decision.by_name,
        time=moment(decision.at),
        what=decision_text(decision),
    )


def _decided(found: PreviewRow) -> str:
    decision = found.decision
    if decision is None:
        return ""
    values = {"name": decision.by_name, "time": moment(decision.at), "what": decision_text(decision)}
    return _("%(name)s decided at %(time)s: %(what)s.", **values)


def _records(found: PreviewRow) -> list[Record]:
    actor = Record(found.line.planned.label, _("In the ERP"), None)
    entities = [
        Record(
            _name(entity),
            _("In the CRM"),
            here.rooms().host.links.entity(found.line.planned.kind, entity.id),
            _why(found, entity),
            entity.id,
        )
        for entity in found.candidates
    ]
    token = found.imported.token
    others = [
        Record(
            one.label or one.key,
            _("Also in this import"),
            url_for(".preview_row", token=token, row=one.row),
            row=one.row,
        )
        for one in found.others
    ]
    return [actor, *entities, *others]


def _name(entity: Entity) -> str:
    names = (entity.values.get(field) for field in ("name", "first_name", "middle_name", "last_name"))
    name = " ".join(str(one) for one in names if one)
    return _("%(name)s (ID %(id)s)", name=name, id=entity.id) if name else _("ID %(id)s", id=entity.id)


def _why(found: PreviewRow, entity: Entity) -> Texts:
    planned = found.line.planned
    notes = []
    if entity.id in planned.match.entities:
        notes.append(_("Imported before") if planned.match.linked else _("Same: %(rule)s", rule=_rule(found)))
    similar = _similar(found, entity)
    if similar is not None:
        notes.append(_("Similar: %(score)s of 100", score=similar.score))
    return tuple(notes)


def _similar(found: PreviewRow, entity: Entity) -> Similar | None:
    return next((one for one in found.line.planned.similar if one.entity_id == entity.id), None)


def _rule(found: PreviewRow) -> str:
    rule = _match_rule(found)
    return str(RULES[found.line.planned.kind].get(rule, rule))


def _match_rule(found: PreviewRow) -> str:
    settings = found.imported.settings
    return (settings.of(found.line.planned.kind).match or "") if settings else ""


def _telling(found: PreviewRow) -> set[str]:
    """The fields by which records were found to be the same, or alike."""
    rule = MATCH_RULES[found.line.planned.kind].get(_match_rule(found))
    return {*(rule.fields if rule else ()), *(field for one in found.line.planned.similar for field in one.agrees)}


def _lines(found: PreviewRow, columns: list[Mapping[str, Texts]]) -> tuple[Line, ...]:
    """The fields that tell the records apart, and those by which they were found."""
    telling = _telling(found)
    schema, kind = found.schema, found.line.planned.kind
    keys = [key for key in schema.entities[kind].fields if any(column.get(key) for column in columns)]
    lines = []
    for key in keys:
        texts = [column.get(key, ()) for column in columns]
        forms = [_form(schema.entities[kind].fields[key], one, found.line.planned.region) for one in texts]
        if key in telling or len(set(forms)) > 1:
            cells = tuple(
                Cell(one, same=bool(one) and form == forms[0]) for one, form in zip(texts, forms, strict=True)
            )
            lines.append(Line(field_label(schema, kind, key), cells, key in telling))
    return tuple(lines)


def _form(field: CrmField, texts: Texts, region: str) -> Texts:
    """What is compared of some values: how they are written does not count."""
    if field.type in CHANNELS:
        form = channel_form(field.type, region)
        return tuple(sorted(form(one) for one in texts))
    form = normalising.vat if field.key == "vat_number" else normalising.text
    return tuple(sorted(form(one) for one in texts))


def _texts_of(found: PreviewRow, entity: Entity) -> dict[str, Texts]:
    """The values of an entity in the fields that the ERP has."""
    fields = found.schema.entities[found.line.planned.kind].fields
    keys = {key for key, _ in _imported(found, found.actor)} & fields.keys()
    return {key: crm_texts(fields[key], entity.values.get(key), found.labels) for key in keys}


def _erp_texts(found: PreviewRow, actor: StagedActor) -> dict[str, Texts]:
    """The values of an actor under the CRM fields they are imported to."""
    texts: dict[str, Texts] = {}
    for key, field in _imported(found, actor):
        text = erp_text(field, actor.values.get(field.key), found.erp_labels)
        texts[key] = texts.get(key, ()) + ((text,) if text else ())
    return texts


def _imported(found: PreviewRow, actor: StagedActor) -> list[tuple[str, ErpField]]:
    """The fields of an actor with the CRM fields they go to; a company's name stands for the company."""
    mapping = found.mappings.get(actor.actor_type)
    pairs = ((one.crm_field or "", one.erp) for one in mapping.imported()) if mapping else ()
    return [("company" if key == COMPANY_NAME.key else key, field) for key, field in pairs]
