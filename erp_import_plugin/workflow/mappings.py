"""Mappings: which fields of the ERP are searched by, shown and imported."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from erp_import_plugin.connector_api import ActorType, ErpField
from erp_import_plugin.connector_host import GuardedSession
from erp_import_plugin.engine.mapping import ActorMapping


def searchable(mapping: ActorMapping) -> tuple[ErpField, ...]:
    """The fields an admin can search by, lowest rank first; none where the actor type is not imported."""
    if not mapping.active:
        return ()
    return tuple(one.erp for one in mapping.in_order() if one.erp.searchable)


def shown(mapping: ActorMapping) -> tuple[ErpField, ...]:
    """The fields shown in search results, lowest rank first."""
    return tuple(one.erp for one in mapping.in_order() if one.show_in_search)


def list_names(mappings: Iterable[ActorMapping]) -> tuple[str, ...]:
    """The ERP lists that the fields name."""
    names = (field.erp.list_name for mapping in mappings for field in mapping.fields if not field.gone)
    return tuple(dict.fromkeys(name for name in names if name))


def offered(wanted: Collection[str], session: GuardedSession, actor_type: ActorType) -> tuple[str, ...]:
    """Those of the wanted fields that the ERP still has: one that is gone must not stop the others."""
    there = {field.key for field in session.fields(actor_type)}
    return tuple(key for key in wanted if key in there)
