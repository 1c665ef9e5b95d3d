"""Names in the form in which they are compared: without accents, punctuation and the legal forms of companies."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from erp_import_plugin.engine import normalising

_LONGEST = 120
"""How much of a name is looked at, in characters; what comes after tells nothing more."""

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "a", "œ": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{REPLACEMENT CHARACTER}": " "}
)
# "Müller" is "Mueller" elsewhere, "Ås" is "Aas": both lose the second letter.
_TWO_FOR_ONE = re.compile("(?<=a)[ea]|(?<=o)e|(?<=u)e")
_WORD = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"\b(\w)[./](?=\w\b)")  # "A/S", "B.V."
_SOFT = re.compile("[aeiouyhw]")
_DOUBLE = re.compile(r"(.)\1+")
_LEGAL_FORMS = frozenset(
    """
    as asa ans da ks enk sa nuf ab hb kb ek aps is ivs ps amba
    gmbh mbh ggmbh ag kg kga ohg ug gbr ev eg se haftungsbeschrankt bv nv vof cv
    ltd limited plc llp llc lp inc incorporated corp corporation co cyf pty
    sas sarl eurl srl spa sl slu sro oy oyj oo zoo sp kft zrt doo dd ood uab sia ou
    """.split()  # noqa: SIM905
)
_FORMS_IN_FRONT = frozenset({"ab", "uab", "sia", "ooo"})


@lru_cache(maxsize=10_000)
def folded(value: str) -> str:
    """The text in small letters without accents, with one blank between its words."""
    text = normalising.text(value[:_LONGEST])
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(char for char in parts if not unicodedata.combining(char))
    text = _TWO_FOR_ONE.sub("", _INITIALS.sub(r"\1", text))
    return " ".join(_WORD.findall(text))


@lru_cache(maxsize=10_000)
def company(value: str) -> str:
    """The name of a company, folded, without the legal forms at its ends."""
    words = folded(value).split()
    start, end = 0, len(words)
    while end > 1 and words[end - 1] in _LEGAL_FORMS:
        end -= 1
    if end > 1 and words[0] in _FORMS_IN_FRONT:
        start = 1
    return " ".join(words[start:end])


def skeleton(form: str) -> str:
    """What is left of a folded name when vowels, double letters and the order of its words do not count."""
    return " ".join(sorted(map(_consonants, form.split())))


def _consonants(word: str) -> str:
    if not word.isascii() or not word.isalpha():
        return word
    return word[0] + _DOUBLE.sub(r"\1", _SOFT.sub("", word[1:]))


def lettered(form: str) -> tuple[tuple[str, ...], str]:
    """The words of a folded name that are letters only; and the rest, in which a digit makes another name."""
    words = form.split()
    numbers = [word for word in words if not word.isalpha() and any(map(str.isdigit, word))]
    if not numbers:
        return tuple(words), ""
    return tuple(word for word in words if word not in numbers), " ".join(numbers)
