"""Sentences for the admin: text now, translatable later."""

from __future__ import annotations

import re


class Sentence(str):
    """An English sentence that remembers its template and parameters.

    It is a plain string everywhere; who shows it translates ``template`` and fills in ``params`` (``%(name)s``). The
    catalogue finds templates by this class's name, so the first argument is always a literal.
    """

    __slots__ = ("params", "template")

    template: str
    params: dict[str, str]

    def __new__(cls, template: str, **params: object) -> Sentence:
        shown = {name: str(value) for name, value in params.items()}
        self = super().__new__(cls, template % shown if shown else template)
        self.template = template
        self.params = shown
        return self


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_LONGEST = 500


def excerpt(text: str, longest: int = _LONGEST) -> str:
    """The text of a stranger, fit for a page: printable, on one line, cut with an ellipsis after ``longest``."""
    short = text[: longest + 1]
    line = " ".join(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", short).split())
    return line if len(short) <= longest else line[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
