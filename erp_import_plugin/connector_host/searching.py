"""One search: what is asked of the ERP, and what is done here with the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from erp_import_plugin.connector_api import ErpField, FieldValue, Restriction, Sort
from erp_import_plugin.connector_host.checking_actors import CheckedPage
from erp_import_plugin.connector_host.declaring import LoadedConnector
from erp_import_plugin.connector_host.filtering import matcher
from erp_import_plugin.connector_host.seen import Seen
from erp_import_plugin.connector_host.streaming import SearchPage


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """One set of criteria: ``pushed`` to the ERP as far as it can, and all of them tested here again.

    ``fields`` are the wanted fields and the restricted ones. ``alone`` means no other set is joined by "Or".
    """

    pushed: tuple[Restriction, ...]
    fields: Mapping[str, ErpField]
    sort: Sort | None
    matches: Callable[[Mapping[str, FieldValue]], bool]
    alone: bool

    @classmethod
    def of(
        cls,
        loaded: LoadedConnector,
        declared: Sequence[ErpField],
        restrictions: Sequence[Restriction],
        wanted: Collection[str],
        sort: Sort | None,
        *,
        alone: bool,
    ) -> SearchPlan:
        """Raises ValueError for a restriction that does not suit its field; every field must be declared."""
        by_key = {field.key: field for field in declared}
        asked = dict.fromkeys([*wanted, *(one.field for one in restrictions)])
        return cls(
            pushed=tuple(one for one in restrictions if one.operator in by_key[one.field].operators),
            fields={key: by_key[key] for key in asked},
            sort=sort if sort is not None and loaded.capabilities.sorts and sort.field in by_key else None,
            matches=matcher(declared, restrictions),
            alone=alone,
        )

    @property
    def wanted(self) -> tuple[str, ...]:
        """The keys of the fields asked for."""
        return tuple(self.fields)


class Gathering:
    """Joins the pages of all sets of one search: each actor once, counted from the first page on."""

    def __init__(self) -> None:
        self._given = Seen()
        self._filtered = False
        self._read = 0

    def add(self, page: CheckedPage, plan: SearchPlan) -> SearchPage:
        """The part of the page that matches and is new."""
        self._read += len(page.actors)
        matching = [actor for actor in page.actors if plan.matches(actor.values)]
        self._filtered = self._filtered or len(matching) < len(page.actors)
        new = [actor for actor in matching if self._given.add((actor.legal_entity, actor.key))]
        return SearchPage(
            actors=tuple(new),
            matched=len(self._given),
            read=self._read,
            total=page.total if plan.alone and not self._filtered else None,
            filtered=self._filtered,
            sorted=plan.alone and plan.sort is not None,
            rejected=page.rejected,
        )
