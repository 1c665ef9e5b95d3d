"""What the doctor looks at in the set-up: keys, passwords, files, connectors and connections."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store.connections import Connection
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow.findings import Finding, error, ok, warning
from erp_import_plugin.workflow.rooms import Rooms

_SHORT = 16  # characters; what is shorter can be found by trying
_FEW = 8  # different characters; what has fewer was typed, not drawn
_A_NEW_ONE = "Make one with: python -c 'import secrets; print(secrets.token_hex())'"


def keys(app_config: Mapping[str, Any]) -> Iterator[Finding]:
    """What the passwords of connections are encrypted with cannot be guessed."""
    own = app_config.get("ERP_IMPORT_SECRET_KEYS") or ()
    secret = app_config.get("SECRET_KEY")
    weak = [number for number, key in enumerate(own, 1) if len(set(base64.urlsafe_b64decode(key))) < _FEW]
    for number in weak:
        advice = "Make one with cryptography.fernet.Fernet.generate_key, put it first, and run rotate-keys."
        yield error("keys", f"Key {number} of ERP_IMPORT_SECRET_KEYS was not drawn at random.", advice)
    if secret and _can_be_guessed(secret):
        found = "SECRET_KEY can be guessed: it is short, or made of few characters."
        if own:
            yield warning("keys", f"{found} It still opens passwords, and signs the users' sessions.", _A_NEW_ONE)
        else:
            yield error("keys", f"{found} The passwords of connections are encrypted with it.", _A_NEW_ONE)
    elif not weak:
        source = "the first of ERP_IMPORT_SECRET_KEYS" if own else "a key made of SECRET_KEY"
        yield ok("keys", f"Passwords are encrypted with {source}.")


def _can_be_guessed(secret: str | bytes) -> bool:
    return len(secret) < _SHORT or len(set(secret)) < _FEW


def files(rooms: Rooms) -> Iterator[Finding]:
    """The folder with the files of connectors is there and can be read."""
    folder = rooms.config.files
    if folder is None:
        yield ok("files", "No connector reads files: ERP_IMPORT_FILES is not set.")
    elif Path(folder).is_dir() and os.access(folder, os.R_OK | os.X_OK):
        yield ok("files", "The folder of ERP_IMPORT_FILES can be read.")
    else:
        yield error(
            "files", "The folder of ERP_IMPORT_FILES is not there, or cannot be read.", "Make it, or name another."
        )


def passwords(rooms: Rooms) -> Iterator[Finding]:
    """Every stored password can be read, by the first key if possible."""
    with reading(rooms.engine) as tx:
        kept = connection_store.with_secrets(tx, lock=False)
    openers = [(one, rooms.vault.opener(one.secrets)) for one in kept]
    locked = [one for one, opener in openers if opener is None and not one.deleted]
    if locked:
        advice = "Put the key they were encrypted with back behind the others, or type them again."
        yield error("passwords", f"No key opens the passwords of: {_names(locked)}.", advice)
    old = sorted({opener for _, opener in openers if opener})
    if old:
        many = sum(1 for _, opener in openers if opener)
        numbers = ", ".join(str(opener + 1) for opener in old)
        found = f"Connections whose passwords are under older keys: {many} (key {numbers}; SECRET_KEY comes last)."
        yield warning("passwords", found, "Run flask erp-import rotate-keys before you take an old key away.")
    if not locked and not old:
        yield ok("passwords", f"The first key opens all passwords; connections that have some: {len(kept)}.")


def connectors(rooms: Rooms) -> Iterator[Finding]:
    """All that are installed can be loaded."""
    for one in rooms.registry.broken:
        found = f"“{one.entry_point}” ({one.distribution} {one.version}) is left out. {one.reason}"
        yield warning("connectors", found, "Install a version of it that fits, or uninstall it.")
    if not rooms.registry.loaded:
        yield warning("connectors", "There is no connector.", "Install one for your ERP.")
    elif not rooms.registry.broken:
        names = ", ".join(f"{one.name} {one.version}".strip() for one in rooms.registry.loaded)
        yield ok("connectors", f"Loaded: {names}.")


def connections(rooms: Rooms) -> Iterator[Finding]:
    """All that are active have their connector, and passed their last test."""
    with reading(rooms.engine) as tx:
        active = [one for one in connection_store.listed(tx) if one.active]
    gone = [one for one in active if rooms.registry.get(one.connector) is None]
    failed = [one for one in active if one.test is not None and not one.test.ok and not one.test.outdated]
    for one in gone:
        found = f"“{one.name}” cannot be used: there is no connector “{one.connector}”."
        yield error("connections", found, "Install its connector, or deactivate it.")
    for one in failed:
        found = f"The last test of “{one.name}” failed: {one.test.message if one.test else ''}"
        yield warning("connections", found, "Look at its page; test it again once its ERP is well.")
    if not gone and not failed:
        yield ok("connections", f"Active connections: {len(active)}; each has its connector.")


def _names(some: list[Connection]) -> str:
    return ", ".join(f"“{one.name}”" for one in some)
