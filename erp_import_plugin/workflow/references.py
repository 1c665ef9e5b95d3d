"""What planned rows point to: whether the list items and companies are still there when they are written."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import FieldChange, PlannedRow
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.host_api import Crm, CrmSchema, CrmType, EntityKind


class References:
    """Whether the list items and companies that planned rows point to are still there."""

    def __init__(
        self, crm: Crm, schema: CrmSchema, tx: Transaction, kind: EntityKind, rows: Sequence[PlannedRow]
    ) -> None:
        fields = schema.entities[kind].fields
        self._lists = {f.key: f.list_name for f in fields.values() if f.type is CrmType.LIST and f.list_name}
        used = {f.field for row in rows for change in row.changes for f in change.ticked()}
        names = sorted({name for key, name in self._lists.items() if key in used})
        self._items = {name: {item.id for item in crm.list_items(tx, name)} for name in names}
        companies = {str(f.new) for row in rows for f in _company_fields(row) if isinstance(f.new, str)}
        self._companies = crm.read(tx, EntityKind.COMPANY, companies, ["name"]) if companies else {}

    def missing(self, row: PlannedRow) -> Reason | None:
        """Why the row cannot be written, None when everything it points to is there."""
        if any(isinstance(f.new, str) and f.new not in self._companies for f in _company_fields(row)):
            return Reason(ReasonCode.COMPANY_NOT_THERE)
        own = row.own_change
        # What an undo gives back was in the CRM before, if only as an item that can no longer be chosen.
        for change in own.ticked() if own and not row.match.undoes else ():
            items = change.new if isinstance(change.new, tuple) else (change.new,)
            if change.field in self._lists and not self._there(change.field, items):
                return Reason(ReasonCode.ITEM_GONE, {"item": self._lists[change.field]})
        return None

    def _there(self, field_key: str, items: Collection[object]) -> bool:
        there = self._items[self._lists[field_key]]
        return all(item in there for item in items if isinstance(item, str))


def _company_fields(row: PlannedRow) -> list[FieldChange]:
    own = row.own_change
    return [f for f in own.ticked() if f.field == "company"] if own else []
