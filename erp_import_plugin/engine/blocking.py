"""Blocking: keys that records share when they are much alike, so that nothing is compared with everything.

A rule makes several keys of each record, in passes that fail for different reasons: after a typo two thirds of a name
are as they were, another spelling leaves its consonants, another name the birth date, VAT number or postal code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from erp_import_plugin.engine import names, normalising
from erp_import_plugin.host_api import CHANNELS, CrmField, CrmType, CrmValue, EntityKind

AT_MOST = 50
"""A key that more entities have says nothing of any of them."""

_SHORTEST = 3  # letters of a name that can be cut in three
_WORDS = 4  # of a person's name that are looked at
_START = 4  # letters of a word that stand for it beside a postal code
_PHONE_DIGITS = 8
_FEWEST_PHONE_DIGITS = 5
_ONE_VALUE = frozenset({CrmType.TEXT, CrmType.INTEGER, CrmType.DATE})

Values: TypeAlias = Mapping[str, CrmValue]
Passes: TypeAlias = Callable[[Values, bool], Iterator[str]]
"""The keys of a record that is kept; or, where it is True, of one that is compared."""


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """A ``host_api.MatchRule`` whose keys are shared by all that are much alike, and by some that are not."""

    name: str
    fields: tuple[str, ...]
    passes: Passes
    regional: bool = False
    at_most: int | None = AT_MOST

    def keys(self, values: Values, region: str) -> tuple[str, ...]:
        """The keys of an entity."""
        return _distinct(self.passes(values, False))

    def probes(self, values: Values) -> tuple[str, ...]:
        """The keys of entities that are much like this record: its own, and those of names one typo away."""
        return _distinct(self.passes(values, True))


def rules_for(kind: EntityKind, fields: Mapping[str, CrmField], known: Collection[str]) -> tuple[BlockingRule, ...]:
    """The rules of an entity kind: over those fields that the CRM has; with something to ask in the ``known`` ones."""
    wanted, passes = _RECORDS[kind]
    own = tuple(key for key in wanted if key in fields and fields[key].type in _ONE_VALUE and not fields[key].many)
    channels = (key for key in _CHANNELS if key in fields and fields[key].type in CHANNELS)
    rules = [BlockingRule("similar", own, passes)]
    rules += [BlockingRule(f"similar_{key}", (key,), _channel(key)) for key in channels]
    return tuple(rule for rule in rules if not set(rule.fields).isdisjoint(known))


def text_of(value: CrmValue) -> str:
    """The text of a field with one value."""
    return "" if value is None or isinstance(value, tuple) else str(value)


def email_forms(value: CrmValue) -> Iterator[str]:
    """The e-mail addresses of a field, without case."""
    forms = (normalising.email(address).casefold() for address in _many(value))
    return (form for form in forms if form)


def phone_forms(value: CrmValue) -> Iterator[str]:
    """The last digits of the phone numbers of a field, which do not depend on how the country is dialled."""
    digits = ("".join(char for char in number if char.isdecimal()) for number in _many(value))
    return (form[-_PHONE_DIGITS:] for form in digits if len(form) >= _FEWEST_PHONE_DIGITS)


def _many(value: CrmValue) -> Iterator[str]:
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, str):
            yield one


def _distinct(keys: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(normalising.digest, keys)))


def _company(values: Values, compared: bool) -> Iterator[str]:
    name = names.company(text_of(values.get("name")))
    yield from _name(name, compared)
    vat = normalising.vat(text_of(values.get("vat_number")))
    if vat:
        yield f"v{vat}"
    words, numbers = names.lettered(name)
    for zip_code in _codes(values, "postal_zip", "street_zip") if words else ():
        yield f"z{zip_code} {words[0][:_START]} {numbers}"


def _person(values: Values, compared: bool) -> Iterator[str]:
    name = names.folded(f"{text_of(values.get('last_name'))} {text_of(values.get('first_name'))}")
    yield from _name(name, compared)
    for birth_date in _codes(values, "birth_date"):
        yield f"b{birth_date}"
    for zip_code in _codes(values, "postal_zip"):
        for word in name.split()[:_WORDS]:
            yield f"z{zip_code} {word[:_START]}"


def _project(values: Values, compared: bool) -> Iterator[str]:
    return _name(names.folded(text_of(values.get("name"))), compared)


def _channel(field: str) -> Passes:
    return lambda values, _compared: _CHANNELS[field](values.get(field))


def _codes(values: Values, *fields: str) -> Iterator[str]:
    forms = (names.folded(text_of(values.get(field))).replace(" ", "") for field in fields)
    return (form for form in forms if form)


def _name(name: str, compared: bool) -> Iterator[str]:
    """A name with a typo in its letters, or with another spelling. Numbers in it have to be the same."""
    if not name:
        return
    words, numbers = names.lettered(name)
    letters = "".join(words)
    if len(letters) < _SHORTEST:
        yield f"={letters} {numbers}"
        return
    yield f"k{names.skeleton(' '.join(words))} {numbers}"
    for part in _near(letters) if compared else _parts(letters):
        yield f"{part} {numbers}"


def _parts(letters: str) -> Iterator[str]:
    """A name without each of its thirds. One typo lies in one third, so that without it nothing has changed."""
    length = len(letters)
    first, last = _cuts(length)
    yield _without_last(length, letters[:last])
    yield _without_first(length, letters[first:])
    yield _without_middle(length, letters[:first], letters[last:])


def _near(letters: str) -> Iterator[str]:
    """The parts of all names that have one letter more, less or another, or two neighbours swapped."""
    length = len(letters)
    for other in range(max(length - 1, _SHORTEST), length + 2):
        first, last = _cuts(other)
        longer = length - other
        yield _without_last(other, letters[:last])
        yield _without_first(other, letters[first + longer :])
        yield _without_middle(other, letters[:first], letters[last + longer :])
    # Where two are swapped across a cut, two thirds have changed.
    first, last = _cuts(length)
    yield _without_last(length, _swapped(letters, first)[:last])
    yield _without_first(length, _swapped(letters, last)[first:])


def _cuts(length: int) -> tuple[int, int]:
    return length // 3, length - length // 3


def _without_last(length: int, start: str) -> str:
    return f"{length}<{start}"


def _without_first(length: int, end: str) -> str:
    return f"{length}>{end}"


def _without_middle(length: int, start: str, end: str) -> str:
    return f"{length}-{start}{end}"


def _swapped(letters: str, cut: int) -> str:
    return letters[: cut - 1] + letters[cut] + letters[cut - 1] + letters[cut + 1 :]


_RECORDS: Mapping[EntityKind, tuple[tuple[str, ...], Passes]] = {
    EntityKind.COMPANY: (("name", "vat_number", "postal_zip", "street_zip"), _company),
    EntityKind.PERSON: (("first_name", "last_name", "birth_date", "postal_zip"), _person),
    EntityKind.PROJECT: (("name",), _project),
}
_CHANNELS: Mapping[str, Callable[[CrmValue], Iterator[str]]] = {
    "email": email_forms,
    "phone": phone_forms,
    "phone_mobile": phone_forms,
}
