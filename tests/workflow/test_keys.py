from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store.secrets import NoKeyFits, Vault
from erp_import_plugin.workflow import connections, keys
from erp_import_plugin.workflow.access import NotAllowed
from tests.support import databases
from tests.support.rooms import ADMIN, NOBODY, House
from tests.support.shop import CONFIG

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)


def secrets(house: House) -> dict[str, str]:
    with house.rooms.engine.connect() as tx:
        return {one.name: one.secrets for one in connection_store.with_secrets(tx, lock=False)}


@everywhere
def test_all_passwords_are_under_the_first_key(house: House) -> None:
    old, new, lost = (Fernet.generate_key().decode() for _ in range(3))
    for name, key in (("One", old), ("Two", old), ("Gone", old), ("Foreign", lost)):
        there = replace(house.rooms, vault=Vault([key]))
        connection_id = connections.add(there, ADMIN, "shop", name, CONFIG)
        if name == "Gone":
            connections.delete(there, ADMIN, connection_id)
    before = secrets(house)

    done = keys.rotate(replace(house.rooms, vault=Vault([new, old])), ADMIN)

    after = secrets(house)
    assert (done.rotated, done.locked) == (3, ("Foreign",))
    assert after["Foreign"] == before["Foreign"]
    for name in ("One", "Two", "Gone"):
        assert Vault([new]).unlock(after[name]) == {"password": CONFIG["password"]}
        with pytest.raises(NoKeyFits):
            Vault([old]).unlock(after[name])


def test_only_who_may_set_up_rotates(house: House) -> None:
    with pytest.raises(NotAllowed):
        keys.rotate(house.rooms, NOBODY)


def test_without_passwords_nothing_is_to_do(house: House) -> None:
    assert keys.rotate(house.rooms, ADMIN) == keys.Rotated(0, ())
