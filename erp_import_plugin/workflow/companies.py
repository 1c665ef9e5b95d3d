"""Which company a person or project belongs to: by link, then in this import, then by the company's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.candidates import Candidate
from erp_import_plugin.engine.changes import RowCompany
from erp_import_plugin.engine.planning import Company
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.rules import RULES
from erp_import_plugin.host_api import Crm, EntityKind
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.plan import CompanyRow

BY_NAME = RULES[EntityKind.COMPANY]["name"]


@dataclass(frozen=True)
class Companies:
    """Finds the companies of a chunk of candidates, in a fixed number of statements."""

    crm: Crm
    connection_id: int
    import_id: int
    region: str
    one_key: bool = False
    prepared: bool = False

    def of(
        self, tx: Transaction, candidates: Sequence[Candidate], parents: Mapping[int, ActorPlace]
    ) -> dict[int, Company]:
        """The company of each candidate by row id; ``parents`` names the parent actors of those that have one."""
        by_link = self._linked(tx, parents)
        by_row = self._staged(tx, {row: place for row, place in parents.items() if row not in by_link})
        left = [one for one in candidates if one.row not in by_link and one.row not in by_row and one.company_name]
        return by_link | by_row | self._named(tx, left)

    def _linked(self, tx: Transaction, parents: Mapping[int, ActorPlace]) -> dict[int, Company]:
        links = link_store.linked(tx, self.connection_id, parents.values(), one_key=self.one_key)
        ids = {link.entity_id for link in links.values()}
        there = self.crm.read(tx, EntityKind.COMPANY, ids, ["name"])
        linked = {row: links[place].entity_id for row, place in parents.items() if place in links}
        return {row: Company(company) for row, company in linked.items() if company in there}

    def _staged(self, tx: Transaction, parents: Mapping[int, ActorPlace]) -> dict[int, Company]:
        rows = staging_store.rows_of(tx, self.import_id, parents.values(), one_key=self.one_key)
        plans = plan_store.company_rows(tx, rows.values())
        staged = {row: rows[place] for row, place in parents.items() if place in rows}
        return {row: _planned(parent, plans[parent]) for row, parent in staged.items() if parent in plans}

    def _named(self, tx: Transaction, candidates: Sequence[Candidate]) -> dict[int, Company]:
        """By name, among the companies of the CRM and those that this import creates or renames."""
        keys = {one.row: BY_NAME.keys({"name": one.company_name}, self.region) for one in candidates}
        wanted = {key for some in keys.values() for key in some}
        if not wanted:
            return {}
        found = self.crm.find(tx, EntityKind.COMPANY, BY_NAME, wanted, prepared=self.prepared)
        rows = plan_store.named_companies(tx, self.import_id, wanted)
        plans = plan_store.company_rows(tx, {row for some in rows.values() for row in some})
        planned = {key: [_planned(row, plans[row]) for row in some] for key, some in rows.items()}
        named = {
            key: [Company(entity) for entity in found.get(key, ())] + [one for one in planned.get(key, ()) if one.value]
            for key in wanted
        }
        return {
            row: replace(_only(list(dict.fromkeys(c for key in some for c in named[key]))), keys=some)
            for row, some in keys.items()
        }


def _planned(row: int, plan: CompanyRow) -> Company:
    if plan.status is Status.NEW and plan.ticked:
        return Company(RowCompany(row))
    if plan.status is not Status.NEW and plan.entity_id is not None and plan.status is not Status.UNDECIDED:
        return Company(plan.entity_id)
    return Company(reason=Reason(ReasonCode.COMPANY_LEFT_OUT))


def _only(found: Sequence[Company]) -> Company:
    if len(found) > 1:
        return Company(reason=Reason(ReasonCode.SEVERAL_COMPANIES, {"count": str(len(found))}), status=Status.UNDECIDED)
    return found[0] if found else Company()
