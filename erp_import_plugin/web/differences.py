"""The difference of two texts: by words where they are long, character by character where it cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

SAME, ADDED, REMOVED, UNSEEN = "same", "added", "removed", "unseen"
LONG = 60
"""Characters from which on two texts are compared by words."""

Part = tuple[str, str]
"""(kind, text): "same", "added", "removed", or "unseen" for a character that is named because it cannot be seen."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LIKE = str.maketrans("АВЕЅІЈКМНОРСТХУаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTXYaeopcyxijsABEZHIKMNOPTYXo")  # noqa: RUF001
_QUOTES = str.maketrans("‘’“”‐‑–—−", "''\"\"-----")  # noqa: RUF001


def parts(old: str, new: str) -> tuple[Part, ...]:
    """The parts of two texts that differ, in order; empty where old and new are best shown one after the other."""
    if not old or not new or old == new:
        return ()
    if skeleton(old) == skeleton(new):
        return tuple(_by_character(old, new))
    if max(len(old), len(new)) < LONG:
        return ()
    found = tuple(_compared(_WORDS.findall(old), _WORDS.findall(new)))
    return found if any(kind == SAME and text.strip() for kind, text in found) else ()


def skeleton(text: str) -> str:
    """What a reader sees of a text: without white space and invisible characters, look-alikes as one."""
    seen = unicodedata.normalize("NFKC", text).translate(_LIKE).translate(_QUOTES)
    return "".join(char for char in seen if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc"))


def _by_character(old: str, new: str) -> Iterator[Part]:
    for kind, text in _compared(list(old), list(new)):
        if kind == SAME:
            yield kind, text
        else:
            yield kind, "−" if kind == REMOVED else "+"  # noqa: RUF001
            yield from ((UNSEEN, _named(char)) for char in text)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield SAME, "".join(old[i:j])
            continue
        if i < j:
            yield REMOVED, "".join(old[i:j])
        if k < m:
            yield ADDED, "".join(new[k:m])


def _named(char: str) -> str:
    """A character one can see: a blank as ␣, any other that is not plain by its number and name."""
    if char == " ":
        return "␣"
    if "!" <= char <= "~":
        return char
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
