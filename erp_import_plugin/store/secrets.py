"""Passwords of connections, encrypted at rest (Fernet: AES-128-CBC with HMAC-SHA256)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from erp_import_plugin.errors import Refused, Sentence


class NoKeyFits(Refused):
    """The secrets were encrypted with a key that is no longer there."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("The password of this connection cannot be read with the present keys. Enter it again.")
        )


class Vault:
    """Encrypts with the first key and decrypts with any, so that keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._each = [Fernet(key) for key in keys]
        self._fernet = MultiFernet(self._each)

    def lock(self, secrets: Mapping[str, str]) -> str:
        """The secrets of one connection as one encrypted text; empty for none."""
        return self._fernet.encrypt(json.dumps(dict(secrets)).encode()).decode() if secrets else ""

    def unlock(self, locked: str) -> dict[str, str]:
        """The secrets again. Raises :class:`NoKeyFits`."""
        if not locked:
            return {}
        try:
            secrets: dict[str, str] = json.loads(self._fernet.decrypt(locked.encode()))
        except InvalidToken:
            raise NoKeyFits from None
        return secrets

    def opener(self, locked: str) -> int | None:
        """The number of the key that opens the secrets, 0 being the first; None where none does."""
        for number, key in enumerate(self._each):
            with suppress(InvalidToken):
                key.decrypt(locked.encode())
                return number
        return None

    def rotate(self, locked: str) -> str:
        """The same secrets, encrypted with the first key. Raises :class:`NoKeyFits`."""
        try:
            return self._fernet.rotate(locked.encode()).decode()
        except InvalidToken:
            raise NoKeyFits from None
