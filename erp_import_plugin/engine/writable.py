"""What can be written of an entity: worked out once for a schema, since it is asked for with every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from erp_import_plugin.host_api import CHANNELS, CrmField, CrmType, EntityKind, EntitySchema

Fields: TypeAlias = "tuple[tuple[str, CrmField], ...]"

_MOST = 1000  # sets of fields that are remembered; there are as many as mappings, but for values that cannot be read


class Writable:
    """The fields of one kind of entity that can be written.

    ``channels`` are those of the phones, e-mails and URLs, read-only ones too; ``mandatory`` are those without which
    nothing can be made. A contact without company is for the import settings to decide, so its company is not.
    """

    def __init__(self, schema: EntitySchema) -> None:
        self.kind = schema.kind
        self.fields = schema.fields
        self.channels = tuple(field for field in schema.fields.values() if field.type in CHANNELS)
        self._writable = {key: field for key, field in schema.fields.items() if not field.read_only}
        self.mandatory = tuple(
            key
            for key, field in self._writable.items()
            if field.mandatory and not (schema.kind is EntityKind.PERSON and field.type is CrmType.COMPANY)
        )
        self._known: dict[tuple[str, ...], Fields] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._writable

    def of(self, values: Mapping[str, Any]) -> Fields:
        """Those fields that values are given for, in the order of the schema."""
        keys = tuple(values)
        found = self._known.get(keys)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[keys] = self._in_order(keys)
        return found

    def _in_order(self, keys: Iterable[str]) -> Fields:
        given = set(keys)
        return tuple((key, field) for key, field in self._writable.items() if key in given)
