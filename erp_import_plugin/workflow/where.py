"""A criterion in one line of text, as the command line takes it: FIELD operator value."""

from __future__ import annotations

import re
from difflib import get_close_matches

from erp_import_plugin.connector_api import Operator
from erp_import_plugin.connector_host import Relative
from erp_import_plugin.errors import Sentence
from erp_import_plugin.workflow.criterion import Criterion, values_of
from erp_import_plugin.workflow.invalid import Invalid

_LINE = re.compile(r'\s*(?:"([^"]+)"|(\S+))\s+(\S+)\s*(.*)', re.DOTALL)
_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"|((?!")[^,]*?))\s*(,|$)', re.DOTALL)
_WORD = re.compile(r'"((?:[^"]|"")*)"|(\S+)')
_SIGNS = {
    "=": Operator.EQUALS,
    "==": Operator.EQUALS,
    "<>": Operator.NOT_EQUALS,
    "!=": Operator.NOT_EQUALS,
    "<": Operator.LESS,
    ">": Operator.GREATER,
    "<=": Operator.LESS_OR_EQUAL,
    ">=": Operator.GREATER_OR_EQUAL,
}
_NAMES: dict[str, str] = {
    **{one.value: one.value for one in Operator},
    **{one.value: one.value for one in Relative},
    **{sign: one.value for sign, one in _SIGNS.items()},
}


def parse_where(text: str) -> Criterion:
    """Read ``NAME begins A B``, ``"My field" = "A ""B"" C"``, ``SIZE between 5 10``, ``COUNTRY one_of NO, SE``.

    A value may stand in quotes, in which a quote is written twice. Raises Invalid with the key "where".
    """
    line = _LINE.fullmatch(text)
    if line is None:
        raise _refused(Sentence("Write a criterion as FIELD operator value, such as: NAME begins Acme"))
    operator = _operator(line[3])
    return Criterion(line[1] or line[2], operator, _values(operator, line[4].strip()))


def _operator(word: str) -> str:
    name = word.casefold().replace("-", "_")
    if name in _NAMES:
        return _NAMES[name]
    close = get_close_matches(name, _NAMES, n=1)
    if close:
        raise _refused(
            Sentence("There is no operator “%(word)s”. Did you mean %(close)s?", word=word[:40], close=close[0])
        )
    raise _refused(
        Sentence("There is no operator “%(word)s”. There are: %(known)s.", word=word[:40], known=", ".join(_NAMES))
    )


def _values(operator: str, text: str) -> tuple[str, ...]:
    count = values_of(operator)
    if count == 0:
        if text:
            raise _refused(Sentence("The operator %(operator)s takes no value.", operator=operator))
        return ()
    if count is None:
        values = _parts(text)
    elif count == 2:
        values = tuple(_unquoted(word) for word in _WORD.finditer(text) if word[0].casefold() != "and")
    else:
        quoted = _WORD.fullmatch(text)
        values = (_unquoted(quoted) if quoted else text,) if text else ()
    if count == 2 and len(values) != 2:
        raise _refused(Sentence("The operator between needs two values, such as: between 5 10"))
    if not any(value.strip() for value in values):
        raise _refused(Sentence("The operator %(operator)s needs a value.", operator=operator))
    return values


def _parts(text: str) -> tuple[str, ...]:
    values = []
    place = 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None:
            raise _refused(Sentence("Write the values with commas between them, such as: NO, SE"))
        values.append(_unquoted(part))
        place = part.end()
    return tuple(value for value in values if value.strip())


def _unquoted(found: re.Match[str]) -> str:
    return found[2] if found[1] is None else found[1].replace('""', '"')


def _refused(sentence: Sentence) -> Invalid:
    return Invalid({"where": sentence})
