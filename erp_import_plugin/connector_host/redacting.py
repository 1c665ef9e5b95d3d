"""Keeps the secrets of a configuration out of everything that is shown or logged."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from erp_import_plugin.connector_api import ConfigField, ConfigValue

MASK = "•••"
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_BARE_LENGTH = 4


class Redactor:
    """Call it with a text to get the text without the given secrets, in any of their usual spellings."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {spelling for secret in secrets if secret.strip() for spelling in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_whole_if_short, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        hidden = self._pattern.sub(MASK, text) if self._pattern else text
        return _USER_IN_URL.sub(MASK, hidden)


def redactor_for(fields: Iterable[ConfigField], config: Mapping[str, ConfigValue]) -> Redactor:
    """A redactor for the secret fields of one configuration."""
    return Redactor(str(config[field.key]) for field in fields if field.secret and config.get(field.key))


def _spellings(secret: str) -> Iterable[str]:
    yield secret
    yield secret.strip()
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    yield base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _whole_if_short(spelling: str) -> str:
    # A password "a" must not turn every "a" of a sentence into a mask, which would make it unreadable and give it away.
    bare = re.escape(spelling)
    return bare if len(spelling) >= _BARE_LENGTH else rf"(?<!\w){bare}(?!\w)"
