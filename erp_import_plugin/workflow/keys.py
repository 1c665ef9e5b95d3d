"""The keys that encrypt the passwords of connections: taking a new one into use."""

from __future__ import annotations

from dataclasses import dataclass

from erp_import_plugin.host_api import User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store.secrets import NoKeyFits, Vault
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import access, audit
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many connections have their passwords under the first key now, and the names of those that no key opens."""

    rotated: int
    locked: tuple[str, ...]


def rotate(rooms: Rooms, user: User) -> Rotated:
    """Encrypt all passwords with the first key, those of deleted connections too. What no key opens stays as it is."""
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        found = connection_store.with_secrets(tx, lock=True)
        fresh = {one.id: _rotated(rooms.vault, one.secrets) for one in found}
        opened = {connection_id: secrets for connection_id, secrets in fresh.items() if secrets is not None}
        connection_store.set_secrets(tx, opened)
        audit.note(tx, rooms, user, Act.KEYS_ROTATED, connections=len(opened), locked=len(found) - len(opened))
    return Rotated(len(opened), tuple(one.name for one in found if fresh[one.id] is None))


def _rotated(vault: Vault, secrets: str) -> str | None:
    try:
        return vault.rotate(secrets)
    except NoKeyFits:
        return None
