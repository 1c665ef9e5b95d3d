"""How much two records are alike: their fields compared one by one, and weighed.

The name decides; what else both have supports or contradicts it. What only one of them has says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from rapidfuzz.distance import OSA

from erp_import_plugin.engine import names, normalising
from erp_import_plugin.engine.blocking import email_forms, phone_forms, text_of
from erp_import_plugin.engine.changes import Similar
from erp_import_plugin.host_api import CrmValue, EntityKind

SHOWN = 75
"""The lowest score that is shown."""

MOST = 5
"""How many similar entities a row has at most."""

_AGREES = 0.7  # from this likeness on
_NEAR = 0.5  # the likeness of names that may be one
_NOTHING = 0.25  # so much unrelated texts have in common as well
_OTHER_NUMBER = 0.5  # what is left of the likeness of texts with different numbers in them
_HALF_A_NAME = 0.9  # the likeness of persons that agree in what one of them has of a name
_NONE: frozenset[str] = frozenset()
_TYPOS = {0: 1.0, 1: 0.7, 2: 0.2}  # the likeness of codes by the typos between them

Values: TypeAlias = Mapping[str, CrmValue]
Form: TypeAlias = Callable[..., Any]
"""What is compared of one value, or of several; empty where there is none."""

Likeness: TypeAlias = Callable[[Any, Any], float]
"""From 0, nothing in common, to 1, the same; the same in both directions."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text without blanks, its words in alphabetical order, and what of it has digits."""

    letters: str
    ordered: str
    numbers: str


@dataclass(frozen=True, slots=True, eq=False)
class _Trait:
    """Something records have in common or not: the fields it is read from, and its weight in either case."""

    fields: tuple[str, ...]
    form: Form
    likeness: Likeness
    agreeing: float
    differing: float


@dataclass(frozen=True, slots=True)
class _Traits:
    """What decides, the name first, and what supports or contradicts, with at ``most`` this weight together."""

    deciding: tuple[_Trait, ...]
    supporting: tuple[_Trait, ...]
    most: float


class Portrait:
    """A record as it is compared: the forms of its traits."""

    __slots__ = ("_supporting", "_values", "deciding", "traits")

    def __init__(self, kind: EntityKind, values: Values) -> None:
        self.traits = _TRAITS[kind]
        self.deciding = _forms(self.traits.deciding, values)
        self._values = values
        self._supporting: tuple[Any, ...] | None = None

    @property
    def supporting(self) -> tuple[Any, ...]:
        """The forms of those traits that few comparisons get to; made when they are first needed."""
        if self._supporting is None:
            self._supporting = _forms(self.traits.supporting, self._values)
        return self._supporting


def fields_of(kind: EntityKind) -> tuple[str, ...]:
    """The fields that portraits are made of."""
    traits = _TRAITS[kind]
    return tuple(field for trait in traits.deciding + traits.supporting for field in trait.fields)


def compare(one: Portrait, other: Portrait) -> tuple[int, tuple[str, ...]]:
    """The score from 0 to 100, and the fields in which the two agree; 0 as soon as it cannot be worth showing."""
    traits = one.traits
    agrees: list[str] = []
    total, weights, near = _weigh(traits.deciding, one.deciding, other.deciding, agrees)
    if not (near or agrees) or 100 * (total + traits.most) < SHOWN * (weights + traits.most):
        return 0, ()
    more, more_weights, _ = _weigh(traits.supporting, one.supporting, other.supporting, agrees)
    return round(100 * (total + more) / (weights + more_weights)), tuple(agrees)


def _weigh(
    traits: tuple[_Trait, ...], mine: tuple[Any, ...], theirs: tuple[Any, ...], agrees: list[str]
) -> tuple[float, float, bool]:
    """The weighed likeness in traits that both have, their weight, and whether the two are near in the first of all."""
    total = weights = 0.0
    near = False
    for trait, form, other in zip(traits, mine, theirs, strict=True):
        if not form or not other:
            continue
        likeness = trait.likeness(form, other)
        weight = trait.differing + (trait.agreeing - trait.differing) * likeness
        total += weight * likeness
        weights += weight
        if likeness >= _AGREES:
            agrees += trait.fields
        near = near or (trait is traits[0] and likeness >= _NEAR)
    return total, weights, near


def _forms(traits: tuple[_Trait, ...], values: Values) -> tuple[Any, ...]:
    return tuple(trait.form(*(values.get(field) for field in trait.fields)) for trait in traits)


def best(one: Portrait, others: Mapping[str, Portrait]) -> tuple[Similar, ...]:
    """The most similar of some entities, given by id, best first; only those that are worth showing."""
    scored = [Similar(entity, *compare(one, other)) for entity, other in others.items()]
    shown = sorted((one for one in scored if one.score >= SHOWN), key=lambda one: (-one.score, one.entity_id))
    return tuple(shown[:MOST])


@lru_cache(maxsize=10_000)
def _text(form: str) -> _Text | None:
    words = form.split()
    numbers = " ".join(word for word in words if any(map(str.isdigit, word)))
    return _Text("".join(words), "".join(sorted(words)), numbers) if words else None


def _plain(value: CrmValue) -> _Text | None:
    return _text(names.folded(text_of(value)))


def _company_name(value: CrmValue) -> _Text | None:
    return _text(names.company(text_of(value)))


def _person_name(first: CrmValue, last: CrmValue) -> tuple[str, str] | None:
    parts = tuple(names.folded(text_of(value)).replace(" ", "") for value in (first, last))
    return (parts[0], parts[1]) if any(parts) else None


def _code(value: CrmValue) -> str:
    return names.folded(text_of(value)).replace(" ", "") if value else ""


def _vat(value: CrmValue) -> str:
    return normalising.vat(text_of(value)) if value else ""


def _text_likeness(one: _Text, other: _Text) -> float:
    near = _near(one.letters, other.letters)
    if near < 1 and (one.ordered != one.letters or other.ordered != other.letters):
        near = max(near, _near(one.ordered, other.ordered))
    return near if one.numbers == other.numbers else near * _OTHER_NUMBER


def _person_likeness(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Whole names, or parts of one, whichever is written first; else a part and what of the whole is nearest."""
    if all(one) == all(other):
        straight = "".join(one)
        return max(_near(straight, "".join(other)), _near(straight, other[1] + other[0]))
    return _HALF_A_NAME * max(_near(mine, theirs) for mine in one if mine for theirs in other if theirs)


def _near(one: str, other: str) -> float:
    return max(0.0, (OSA.normalized_similarity(one, other) - _NOTHING) / (1 - _NOTHING))


def _code_likeness(one: str, other: str) -> float:
    return _TYPOS.get(OSA.distance(one, other, score_cutoff=max(_TYPOS)), 0.0)


def _same(one: str, other: str) -> float:
    return float(one == other)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return float(not one.isdisjoint(other))


def _emails(value: CrmValue) -> frozenset[str]:
    return frozenset(email_forms(value)) if value else _NONE


def _phones(value: CrmValue) -> frozenset[str]:
    return frozenset(phone_forms(value)) if value else _NONE


_WHERE = (
    _Trait(("postal_zip",), _code, _code_likeness, 2, 0.5),
    _Trait(("postal_city",), _plain, _text_likeness, 1, 0.5),
    _Trait(("postal_address_1",), _plain, _text_likeness, 3, 0.5),
)
# Many have several phones and addresses: other ones contradict nothing.
_EMAIL = _Trait(("email",), _emails, _shared, 12, 0)


def _traits(deciding: tuple[_Trait, ...], supporting: tuple[_Trait, ...]) -> _Traits:
    return _Traits(deciding, supporting, sum(trait.agreeing for trait in supporting))


_TRAITS: Mapping[EntityKind, _Traits] = {
    EntityKind.COMPANY: _traits(
        (
            _Trait(("name",), _company_name, _text_likeness, 6, 5),
            _Trait(("vat_number",), _vat, _code_likeness, 16, 4),
            _Trait(("phone",), _phones, _shared, 6, 0),
            _EMAIL,
        ),
        (
            *_WHERE,
            _Trait(("street_zip",), _code, _code_likeness, 2, 0.5),
            _Trait(("street_address_1",), _plain, _text_likeness, 3, 0.5),
        ),
    ),
    EntityKind.PERSON: _traits(
        (
            _Trait(("first_name", "last_name"), _person_name, _person_likeness, 6, 5),
            _Trait(("birth_date",), _code, _code_likeness, 6, 2),
            _Trait(("phone_mobile",), _phones, _shared, 6, 0),
            _EMAIL,
        ),
        (_Trait(("company",), text_of, _same, 3, 2), *_WHERE),
    ),
    EntityKind.PROJECT: _traits(
        (_Trait(("name",), _plain, _text_likeness, 6, 5),), (_Trait(("company",), text_of, _same, 3, 4),)
    ),
}
