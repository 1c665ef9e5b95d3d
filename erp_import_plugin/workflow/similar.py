"""Which entities of the CRM are much like actors of an import: suggestions for the admin, never acted on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine import similar
from erp_import_plugin.engine.blocking import rules_for
from erp_import_plugin.engine.candidates import Candidate
from erp_import_plugin.engine.changes import NewItem, RowCompany, Similar
from erp_import_plugin.engine.planning import Situation
from erp_import_plugin.host_api import Crm, CrmField, CrmValue, EntityKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to be compared: its values, and the ids of entities it is known to match, which are no suggestions."""

    values: Mapping[str, CrmValue]
    known: Collection[str] = ()


def wanted(candidate: Candidate, situation: Situation) -> Wanted:
    """The actor of a candidate, as it is compared."""
    known = {key: value for key, value in candidate.values.items() if not isinstance(value, (NewItem, RowCompany))}
    company = situation.company.value
    if isinstance(company, str):
        known["company"] = company
    return Wanted(known, situation.match.entities)  # type: ignore[arg-type]


def of(
    tx: Transaction,
    crm: Crm,
    kind: EntityKind,
    fields: Mapping[str, CrmField],
    wanted: Mapping[int, Wanted],
    *,
    prepared: bool = False,
) -> dict[int, tuple[Similar, ...]]:
    """The entities that are much like some records, by row; rows without any are left out. ``fields`` are the CRM's.

    In a fixed number of statements.
    """
    found = candidates(tx, crm, kind, fields, wanted, prepared=prepared)
    compared = [field for field in similar.fields_of(kind) if field in fields]
    entities = crm.read(tx, kind, {entity for some in found.values() for entity in some}, compared)
    portraits = {entity.id: similar.Portrait(kind, entity.values) for entity in entities.values()}
    suggestions = {
        row: similar.best(
            similar.Portrait(kind, wanted[row].values), {one: portraits[one] for one in some if one in portraits}
        )
        for row, some in found.items()
    }
    return {row: some for row, some in suggestions.items() if some}


def candidates(
    tx: Transaction,
    crm: Crm,
    kind: EntityKind,
    fields: Mapping[str, CrmField],
    wanted: Mapping[int, Wanted],
    *,
    prepared: bool = False,
) -> dict[int, set[str]]:
    """The ids of the entities that are worth a comparison, by row."""
    filled = {key for one in wanted.values() for key, value in one.values.items() if value}
    found: dict[int, set[str]] = {row: set() for row in wanted}
    for rule in rules_for(kind, fields, filled):
        probes = {row: rule.probes(one.values) for row, one in wanted.items()}
        by_key = crm.find(tx, kind, rule, {key for keys in probes.values() for key in keys}, prepared=prepared)
        for row, keys in probes.items():
            found[row].update(*(by_key[key] for key in keys if key in by_key))
    return {row: ids.difference(wanted[row].known) for row, ids in found.items()}
