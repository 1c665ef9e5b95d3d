"""The duplicate rules: what makes an actor and an entity the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from erp_import_plugin.engine import normalising
from erp_import_plugin.host_api import CrmValue, EntityKind

Form: TypeAlias = Callable[[str, str], str]
"""Makes the normalised form of a text in a region."""

_FEWEST_DIGITS = 3  # no phone number is shorter; "0" and "-" stand for none


@dataclass(frozen=True, slots=True)
class Rule:
    """A ``host_api.MatchRule``. Further fields may be empty; without the first (or ``any_of`` them) nothing matches."""

    name: str
    fields: tuple[str, ...]
    form: Form
    separator: str = "\n"  # which no form contains
    any_of: bool = False
    regional: bool = False
    at_most: int | None = None

    def keys(self, values: Mapping[str, CrmValue], region: str) -> tuple[str, ...]:
        """One key; several for a field with several values; none where there is nothing to compare."""
        if len(self.fields) == 1:
            value = values.get(self.fields[0])
            if isinstance(value, str):
                form = self.form(value, region)
                return (normalising.digest(form),) if form else ()
            forms = (self.form(text, region) for text in _texts(value))
            return tuple(dict.fromkeys(normalising.digest(form) for form in forms if form))
        parts = [self.form(next(_texts(values.get(field)), ""), region) for field in self.fields]
        if not (any(parts) if self.any_of else parts[0]):
            return ()
        return (normalising.digest(self.separator.join(parts).strip(" ")),)


def _texts(value: CrmValue) -> Iterator[str]:
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, Decimal):
            yield format(one.normalize(), "f") if one.is_finite() else ""
        elif one is not None:
            yield str(one)


def _anywhere(form: Callable[[str], str]) -> Form:
    return lambda text, _region: form(text)


_text = _anywhere(normalising.text)
_vat = _anywhere(normalising.vat)
_email = _anywhere(normalising.email)


def _phone(text: str, region: str) -> str:
    form = normalising.phone(text, region)
    return form if sum(map(str.isdigit, form)) >= _FEWEST_DIGITS else ""


def _by_name(*rules: Rule) -> Mapping[str, Rule]:
    return {rule.name: rule for rule in rules}


_NAME = Rule("name", ("name",), _text)
_NUMBER = Rule("number", ("number",), _text)
_ID = Rule("id", ("id",), _text)

RULES: Mapping[EntityKind, Mapping[str, Rule]] = {
    EntityKind.COMPANY: _by_name(
        _NAME,
        Rule("name_department", ("name", "department"), _text),
        _NUMBER,
        Rule("code", ("code",), _text),
        Rule("vat_number", ("vat_number",), _vat),
        _ID,
    ),
    EntityKind.PERSON: _by_name(
        # Joined by a blank: where a name is cut into first and last differs from system to system.
        Rule("name", ("first_name", "last_name"), _text, separator=" ", any_of=True),
        Rule("email", ("email",), _email),
        Rule("mobile", ("phone_mobile",), _phone, regional=True),
        _NUMBER,
        _ID,
    ),
    EntityKind.PROJECT: _by_name(_NAME, _NUMBER, _ID),
}
"""The rules an admin may choose from, per entity kind, by name, in the order they are offered."""

_TELLING: Mapping[EntityKind, tuple[tuple[str, Rule], ...]] = {
    EntityKind.COMPANY: (("vat", RULES[EntityKind.COMPANY]["vat_number"]),),
    EntityKind.PERSON: (
        ("email", RULES[EntityKind.PERSON]["email"]),
        ("mobile", RULES[EntityKind.PERSON]["mobile"]),
    ),
    EntityKind.PROJECT: (),
}


def erasure_digests(kind: EntityKind, values: Mapping[str, CrmValue], region: str = "") -> frozenset[str]:
    """What a do-not-recreate list keeps of an entity that was erased: hashes that tell it, and nothing about it.

    Each is the SHA-256, as 64 hexadecimal digits, of "vat:", "email:" or "mobile:" and the normalised value of
    ``vat_number``, ``email`` or ``phone_mobile``. ``region`` is the ISO country of the entity, else of the host's
    preferences. An entity is on the list when one of its digests is.
    """
    return frozenset(
        normalising.sha256(f"{label}:{key}") for label, rule in _TELLING[kind] for key in rule.keys(values, region)
    )
