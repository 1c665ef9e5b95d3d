"""Words that are kept, such as the name of a selection: in the language of who began the import, not of who looks."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from erp_import_plugin.errors import Sentence


class Tongue(Protocol):
    """Says things in a language that is named ("nb"); an empty or unknown one is English. It needs no request."""

    def say(self, sentence: Sentence, language: str) -> str:
        """The sentence in that language."""

    def moment(self, when: datetime, language: str) -> str:
        """A date with time in that language's format and the host's time zone."""


class English:
    """Where nobody translates: English, and UTC."""

    def say(self, sentence: Sentence, language: str) -> str:
        """The sentence as it is written."""
        return str(sentence)

    def moment(self, when: datetime, language: str) -> str:
        """As 22 Nov 2026, 14:05."""
        return f"{when.day} {when:%b %Y, %H:%M}"
