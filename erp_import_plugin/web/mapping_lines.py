"""The mapping of an actor type as its page shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import ErpField
from erp_import_plugin.engine.field_suggestions import Suggestion
from erp_import_plugin.host_api import CrmField
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.field_texts import ERP_TYPES, crm_label, why_not
from erp_import_plugin.web.forms.mappings import seen_text
from erp_import_plugin.workflow.mapping_edits import FieldChoice, FieldEdit
from erp_import_plugin.workflow.mappings import FieldLine, MappingPage


@dataclass(frozen=True, slots=True)
class Option:
    """A CRM field to choose; ``reason`` says why it cannot be, and is empty where it can."""

    value: str
    label: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One ERP field. ``notes`` say what is wrong with its mapping; ``errors`` what was refused, by part."""

    number: int
    key: str
    label: str
    tooltip: str
    type: str
    choice: FieldChoice
    seen: str
    options: tuple[Option, ...]
    gone: bool
    suggested: str
    suggestion: str
    notes: tuple[str, ...]
    errors: Mapping[str, str]


def lines(page: MappingPage, edits: Collection[FieldEdit], errors: Mapping[str, str]) -> list[Line]:
    """The lines of the page, with what was filled in, and what was refused by "crm.KEY" and "rank.KEY"."""
    typed = {edit.key: edit.choice for edit in edits}
    return [_line(number, line, page, typed, errors) for number, line in enumerate(page.lines.rows, start=1)]


def _line(
    number: int, line: FieldLine, page: MappingPage, typed: Mapping[str, FieldChoice], errors: Mapping[str, str]
) -> Line:
    mapped, erp = line.mapping, line.mapping.erp
    now = FieldChoice.of(mapped)
    return Line(
        number=number,
        key=erp.key,
        label=erp_label(erp.label),
        tooltip=erp.tooltip,
        type=_type(erp),
        choice=typed.get(erp.key, now),
        seen=seen_text(now),
        options=_options(line, page.targets),
        gone=mapped.gone,
        suggested=line.suggestion.crm_field if line.suggestion else "",
        suggestion=_suggestion(line.suggestion, page.targets) if line.suggestion else "",
        notes=tuple(_notes(line, page.targets)),
        errors={part: say(errors[f"{part}.{erp.key}"]) for part in ("crm", "rank") if f"{part}.{erp.key}" in errors},
    )


def _type(erp: ErpField) -> str:
    name = str(ERP_TYPES[erp.type])
    if erp.list_name:
        name = _("%(type)s “%(name)s”", type=name, name=erp.list_name)
    return _("%(type)s, several values", type=name) if erp.multiple else name


def _options(line: FieldLine, targets: Mapping[str, CrmField]) -> tuple[Option, ...]:
    """What fits first, then what does not, with the reason; what is chosen already can stay so."""
    all_ = [Option(key, crm_label(crm), why_not(line.mapping.erp, crm)) for key, crm in targets.items()]
    kept = line.mapping.crm_field
    lost = [Option(kept, _("%(key)s (no longer in the CRM)", key=kept))] if line.lost and kept else []
    chosen = [Option(one.value, one.label) for one in all_ if one.reason and one.value == kept]
    fitting = [one for one in all_ if not one.reason]
    return (*lost, *chosen, *fitting, *(one for one in all_ if one.reason and one.value != kept))


def _suggestion(suggestion: Suggestion, targets: Mapping[str, CrmField]) -> str:
    label = crm_label(targets[suggestion.crm_field])
    if suggestion.by_label:
        return _("Suggested: %(field)s, from the label “%(name)s”", field=label, name=suggestion.name)
    return _("Suggested: %(field)s, from the key “%(name)s”", field=label, name=suggestion.name)


def _notes(line: FieldLine, targets: Mapping[str, CrmField]) -> list[str]:
    notes = []
    target = targets.get(line.mapping.crm_field or "")
    if line.mapping.gone:
        notes.append(_("The ERP no longer offers this field. It is kept here, and nothing is imported from it."))
    if line.lost:
        notes.append(_("The CRM no longer has this field. The choice is kept, and nothing is imported to it."))
    if line.unfit and target:
        reason = why_not(line.mapping.erp, target)
        notes.append(_("%(field)s cannot hold these values (%(reason)s).", field=crm_label(target), reason=reason))
    if line.double and target:
        other = erp_label(line.double.erp.label)
        notes.append(_("%(field)s gets a value from “%(other)s” as well.", field=crm_label(target), other=other))
    return notes
