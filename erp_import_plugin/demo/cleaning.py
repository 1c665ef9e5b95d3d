"""What people and files send, made fit for a text column."""

from __future__ import annotations

import re

# PostgreSQL refuses NUL and UTF-8 refuses lone surrogates; the other control characters only hide in texts.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    return _UNWANTED.sub("", text).strip()


def cleaned(text: str | None) -> str | None:
    """For form fields: the clean text, or None when nothing is left of it."""
    return clean(text or "") or None


def lines(text: str) -> list[str]:
    """The non-empty lines, each once, in their order."""
    return list(dict.fromkeys(line for line in map(clean, text.splitlines()) if line))
