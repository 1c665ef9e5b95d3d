"""Matching: links first, then the duplicate rule; what is not certain is never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from erp_import_plugin.engine.changes import Match, RowCompany
from erp_import_plugin.engine.decisions import Choice, Decision
from erp_import_plugin.engine.planning import Company
from erp_import_plugin.engine.rules import RULES, Rule
from erp_import_plugin.engine.settings import Action, ImportSettings
from erp_import_plugin.host_api import CrmValue, Entity, EntityKind

EVERYWHERE = ""


def rule_for(settings: ImportSettings, kind: EntityKind) -> Rule | None:
    """The duplicate rule to ask for unlinked actors; None where they are always added or none is chosen."""
    duplicates = settings.of(kind)
    if duplicates.action is Action.ADD or duplicates.match is None:
        return None
    return RULES[kind].get(duplicates.match)


def scope_of(rule: Rule | None, kind: EntityKind, company: Company) -> str:
    """Where a key counts. Two contacts of one name are the same only within one company, where it is known."""
    if rule is None or kind is not EntityKind.PERSON or rule.name != "name" or company.value is None:
        return EVERYWHERE
    return f"row:{company.value.row}" if isinstance(company.value, RowCompany) else f"company:{company.value}"


def within(scope: str, entities: Iterable[Entity]) -> tuple[str, ...]:
    """The ids of those found entities that lie in the scope."""
    if scope == EVERYWHERE:
        return tuple(entity.id for entity in entities)
    return tuple(entity.id for entity in entities if _lies_in(entity.values.get("company"), scope))


def _lies_in(company: CrmValue, scope: str) -> bool:
    return company is not None and f"company:{company}" == scope


def match(linked: str | None, rule: Rule | None, found: Iterable[str], existing: Mapping[str, Entity]) -> Match:
    """The match of one actor. A link to an entity that is gone is no link; each found entity counts once."""
    if linked is not None and linked in existing:
        return Match("link", (linked,))
    entities = tuple(dict.fromkeys(entity for entity in found if entity in existing))
    return Match(rule.name, entities) if rule and entities else Match()


def decided(found: Match, decision: Decision | None, existing: Mapping[str, Entity]) -> Match:
    """What an admin's choice makes of the match that was found.

    A link goes before a choice, unless that leaves the row out: no actor becomes two records. A chosen entity that is
    gone is no choice; the row needs another.
    """
    if decision is None or (found.linked and decision.choice is not Choice.LEAVE_OUT):
        return found
    if decision.choice is not Choice.ENTITY:
        return Match("decision", found.entities)
    if decision.entity_id not in existing:
        return found
    return Match("decision", found.entities, decision.entity_id)
