"""What the CRM holds for a chunk of candidates: whatever the planner has to know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine import matching
from erp_import_plugin.engine.candidates import Candidate, StagedActor
from erp_import_plugin.engine.changes import NO_MATCH, Match, NewItem
from erp_import_plugin.engine.decisions import Decision
from erp_import_plugin.engine.planning import NO_COMPANY, Company, Situation
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import CrmValue, Entity, EntityKind
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.links import Link
from erp_import_plugin.workflow.companies import Companies


class Situations:
    """What the CRM holds for a chunk of candidates of one kind, in a fixed number of statements."""

    def __init__(
        self, tx: Transaction, companies: Companies, settings: ImportSettings, kind: EntityKind, connection_id: int
    ) -> None:
        self._tx = tx
        self._crm = companies.crm
        self._companies = companies
        self._kind = kind
        self._connection_id = connection_id
        self._rule = matching.rule_for(settings, kind)

    def of(
        self,
        candidates: Sequence[Candidate],
        actors: Mapping[int, StagedActor],
        fields: Sequence[str],
        decisions: Mapping[int, Decision],
    ) -> dict[int, Situation]:
        """The situation of each candidate by row id; ``decisions`` are what was decided about some of them."""
        links = self._links(actors)
        known = {one.row: _known_values(one.values) for one in candidates}
        keys = {one.row: self._keys(known[one.row], one.region) for one in candidates}
        found = self._found({key for row, some in keys.items() if row not in links for key in some})
        chosen = {one.entity_id for one in decisions.values() if one.entity_id}
        entities = self._crm.read(self._tx, self._kind, _ids(links, found) | chosen, fields)
        companies = self._companies_of(candidates, actors)
        erased = self._erased({row: values for row, values in known.items() if row not in links})
        situations = {}
        for one in candidates:
            row, company = one.row, companies.get(one.row, NO_COMPANY)
            scope = matching.scope_of(self._rule, self._kind, company)
            match = self._match(keys[row], scope, links.get(row), found, entities)
            decision = decisions.get(row)
            if decision is not None:
                match = matching.decided(match, decision, entities)
            entity = entities.get(match.entity or "")
            situations[row] = Situation(match, entity, company, row in erased, keys[row], scope, decision)
        return situations

    def _match(
        self,
        keys: tuple[str, ...],
        scope: str,
        link: Link | None,
        found: Mapping[str, Sequence[str]],
        entities: Mapping[str, Entity],
    ) -> Match:
        ids = dict.fromkeys(entity for key in keys if key in found for entity in found[key])
        if not ids and link is None:
            return NO_MATCH
        inside = matching.within(scope, (entities[entity] for entity in ids if entity in entities))
        return matching.match(link.entity_id if link else None, self._rule, inside, entities)

    def _links(self, actors: Mapping[int, StagedActor]) -> dict[int, Link]:
        places = {row: _place_of(actor) for row, actor in actors.items()}
        links = link_store.linked(self._tx, self._connection_id, places.values(), one_key=self._companies.one_key)
        return {row: links[place] for row, place in places.items() if place in links}

    def _keys(self, values: Mapping[str, CrmValue], region: str) -> tuple[str, ...]:
        return self._rule.keys(values, region) if self._rule else ()

    def _found(self, keys: set[str]) -> Mapping[str, Sequence[str]]:
        if self._rule is None:
            return {}
        return self._crm.find(self._tx, self._kind, self._rule, keys, prepared=self._companies.prepared)

    def _companies_of(self, candidates: Sequence[Candidate], actors: Mapping[int, StagedActor]) -> dict[int, Company]:
        if self._kind is EntityKind.COMPANY:
            return {}
        parents = {one.row: _parent_place(actors[one.row], one) for one in candidates if one.parent}
        return self._companies.of(self._tx, candidates, parents)

    def _erased(self, values: Mapping[int, Mapping[str, CrmValue]]) -> frozenset[int]:
        answers = self._crm.erased(self._tx, self._kind, list(values.values()))
        return frozenset(row for row, erased in zip(values, answers, strict=True) if erased)


def _place_of(actor: StagedActor) -> ActorPlace:
    """What names a staged actor within its connection."""
    return ActorPlace(actor.actor_type.value, actor.legal_entity, actor.key)


def _known_values(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values that the CRM knows already: without list items and companies still to be made."""
    if NewItem not in map(type, values.values()):
        return values
    return {key: value for key, value in values.items() if not isinstance(value, NewItem)}


def _parent_place(actor: StagedActor, one: Candidate) -> ActorPlace:
    parent = one.parent
    return ActorPlace(parent.actor_type.value if parent else "", actor.legal_entity, parent.key if parent else "")


def _ids(links: Mapping[int, Link], found: Mapping[str, Sequence[str]]) -> set[str]:
    return {link.entity_id for link in links.values()} | {entity for some in found.values() for entity in some}
