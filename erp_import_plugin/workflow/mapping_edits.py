"""What an admin changed about the fields of an actor type, put into the mapping as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from erp_import_plugin.engine.mapping import ActorMapping, FieldMapping, compatible, doubles, targets
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmField, EntitySchema
from erp_import_plugin.workflow import typed
from erp_import_plugin.workflow.invalid import Invalid

_LAST_RANK = 9999


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What can be chosen for an ERP field; ``rank`` as it was typed."""

    crm_field: str | None
    active: bool
    show_in_search: bool
    rank: str

    @classmethod
    def of(cls, mapped: FieldMapping) -> FieldChoice:
        """What is chosen now."""
        return cls(mapped.crm_field, mapped.active, mapped.show_in_search, str(mapped.order))


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """What was chosen for the ERP field ``key``, and what the admin had seen before, None where nothing was shown.

    ``declined`` says no to its suggestion.
    """

    key: str
    choice: FieldChoice
    seen: FieldChoice | None = None
    declined: bool = False


def edited(before: ActorMapping, schema: EntitySchema, edits: Sequence[FieldEdit]) -> ActorMapping:
    """The mapping with the edits. What nobody touched stays, also where it could not be chosen any more.

    Raises:
        Invalid: by "crm.KEY" and "rank.KEY": it cannot be chosen, or someone else has changed it meanwhile.
    """
    now = {one.erp.key: one for one in before.fields}
    crm_fields = targets(schema)
    errors: dict[str, str] = {}
    changed: dict[str, FieldMapping] = {}
    for edit in edits:
        mapped = now.get(edit.key)
        if mapped is None:
            continue  # someone removed it: it is no longer in the ERP
        untouched = edit.choice in (edit.seen, FieldChoice.of(mapped))
        problems = {} if untouched else _problems(edit, mapped, crm_fields)
        errors |= problems
        if not problems and not untouched:
            changed[edit.key] = _chosen(edit.choice, mapped)
        if edit.declined:
            changed[edit.key] = replace(changed.get(edit.key, mapped), declined=True)
    after = replace(before, fields=tuple(changed.get(one.erp.key, one) for one in before.fields))
    errors |= _double_errors(after, schema, now, changed)
    if errors:
        raise Invalid(errors)
    return after


def _problems(edit: FieldEdit, mapped: FieldMapping, crm_fields: Mapping[str, CrmField]) -> dict[str, str]:
    now, chosen = FieldChoice.of(mapped), edit.choice
    if edit.seen is not None and edit.seen != now:
        return {f"crm.{edit.key}": _overtaken(now, crm_fields)}
    problems: dict[str, str] = {}
    if chosen.rank != now.rank:
        try:
            if not 0 <= typed.whole(chosen.rank) <= _LAST_RANK:
                problems[f"rank.{edit.key}"] = Sentence("Enter a number from 0 to %(last)s.", last=_LAST_RANK)
        except typed.NotAValue as error:
            problems[f"rank.{edit.key}"] = error.sentence
    if chosen.crm_field is not None and chosen.crm_field != now.crm_field:
        target = crm_fields.get(chosen.crm_field)
        if target is None:
            problems[f"crm.{edit.key}"] = Sentence("Choose one of the CRM fields that are offered.")
        elif not compatible(mapped.erp, target):
            problems[f"crm.{edit.key}"] = Sentence(
                "“%(crm)s” cannot hold the values of “%(erp)s”. Choose another CRM field.",
                crm=target.label,
                erp=mapped.erp.label,
            )
    return problems


def _overtaken(now: FieldChoice, crm_fields: Mapping[str, CrmField]) -> Sentence:
    if now.crm_field is None:
        return Sentence(
            "Someone else changed this field meanwhile: it is not mapped now. Save again to keep your choice."
        )
    target = crm_fields.get(now.crm_field)
    return Sentence(
        "Someone else changed this field meanwhile: its CRM field is “%(crm)s” now. Save again to keep your choice.",
        crm=target.label if target else now.crm_field,
    )


def _chosen(choice: FieldChoice, mapped: FieldMapping) -> FieldMapping:
    return replace(
        mapped,
        crm_field=choice.crm_field,
        active=choice.active,
        show_in_search=choice.show_in_search,
        rank=mapped.rank if choice.rank == str(mapped.order) else typed.whole(choice.rank),
    )


def _double_errors(
    after: ActorMapping, schema: EntitySchema, now: Mapping[str, FieldMapping], changed: Mapping[str, FieldMapping]
) -> dict[str, str]:
    """Only what was chosen now is refused; a double from before is shown, and blocks nothing else."""
    crm_fields = targets(schema)
    return {
        f"crm.{key}": Sentence(
            "“%(crm)s” takes one value and gets it from “%(erp)s”. Choose another CRM field, or switch one off.",
            crm=crm_fields[other.crm_field or ""].label,
            erp=other.erp.label,
        )
        for key, other in doubles(after, schema).items()
        if key in changed and (changed[key].crm_field, True) != (now[key].crm_field, now[key].imports)
    }
