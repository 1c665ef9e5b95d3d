from __future__ import annotations

from cryptography.fernet import Fernet

from erp_import_plugin import ErpImport
from tests.cli.conftest import Shell


def test_passwords_come_under_the_first_key(connected: Shell) -> None:
    assert connected.data("rotate-keys") == {"rotated": 1, "locked": []}
    assert "under the first key now: 1." in connected.run("rotate-keys").stdout
    assert connected.run("connections", "test", "Shop one").exit_code == 0


def test_passwords_that_no_key_opens_are_named(connected: Shell) -> None:
    app = type(connected.app)("another")
    app.config.update(SECRET_KEY="another", ERP_IMPORT_SECRET_KEYS=(Fernet.generate_key().decode(),))
    rooms = connected.house.rooms
    ErpImport(app, engine=rooms.engine, host=rooms.host, plugins=[connected.house.shop])
    stranger = Shell(app, connected.house)

    assert stranger.data("rotate-keys", status=1) == {"rotated": 0, "locked": ["Shop one"]}
    assert "Shop one: no key opens its passwords" in stranger.run("rotate-keys").stdout
    assert connected.run("connections", "test", "Shop one").exit_code == 0
