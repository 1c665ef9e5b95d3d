"""The code blocks of our documentation, so that tests can run them."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_BLOCK = re.compile(r"(?:`(?P<name>[\w./-]+)`:\n\n)?```(?P<language>\w*)\n(?P<code>.*?)```", re.DOTALL)


def text(page: str) -> str:
    """A page of ``docs/``."""
    return (DOCS / page).read_text(encoding="utf-8")


def files(page: str) -> dict[str, str]:
    """The code blocks of a page that have a file name above them, by that name."""
    return {match["name"]: match["code"] for match in _BLOCK.finditer(text(page)) if match["name"]}
