"""What planned rows point to: whether the list items and companies are still there when they are written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import NewValue
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.host_api import Crm, CrmSchema, CrmType, EntityKind

_COMPANY = "company"


class References:
    """Whether the list items and companies that planned rows point to are still there; ``rows`` are what they write."""

    def __init__(
        self,
        crm: Crm,
        schema: CrmSchema,
        tx: Transaction,
        kind: EntityKind,
        rows: Sequence[Mapping[str, NewValue]],
    ) -> None:
        fields = schema.entities[kind].fields
        used = set().union(*rows)
        lists = {key: one.list_name for key, one in fields.items() if key in used and one.type is CrmType.LIST}
        self._lists = {key: name for key, name in lists.items() if name}
        names = sorted(set(self._lists.values()))
        self._items = {name: {item.id for item in crm.list_items(tx, name)} for name in names}
        self._has_company = _COMPANY in used
        companies = {one for row in rows if isinstance(one := row.get(_COMPANY), str)} if self._has_company else set()
        self._companies = crm.read(tx, EntityKind.COMPANY, companies, ["name"]) if companies else {}

    def missing(self, values: Mapping[str, NewValue], *, items: bool) -> Reason | None:
        """Why the row cannot be written, None when all it points to is there; ``items`` are looked at as well."""
        if self._has_company and isinstance(one := values.get(_COMPANY), str) and one not in self._companies:
            return Reason(ReasonCode.COMPANY_NOT_THERE)
        for key, name in self._lists.items() if items else ():
            new = values.get(key)
            if not self._there(name, new if isinstance(new, tuple) else (new,)):
                return Reason(ReasonCode.ITEM_GONE, {"item": name})
        return None

    def _there(self, list_name: str, items: Collection[object]) -> bool:
        there = self._items[list_name]
        return all(item in there for item in items if isinstance(item, str))
