"""The text of a stranger, made fit for a page."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_LONGEST = 500


def excerpt(text: str, longest: int = _LONGEST) -> str:
    """The text of a stranger, fit for a page: printable, on one line, cut with an ellipsis after ``longest``."""
    short = text[: longest + 1]
    line = " ".join(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", short).split())
    return line if len(short) <= longest else line[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
