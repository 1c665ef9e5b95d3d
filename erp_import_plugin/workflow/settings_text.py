"""Import settings from texts: of a TOML file, or of the options of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar

from erp_import_plugin.engine.rules import RULES
from erp_import_plugin.engine.settings import (
    NO_CONTACTS,
    Action,
    ChannelPolicy,
    DuplicateSettings,
    EmptyValue,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmValue, EntityKind
from erp_import_plugin.workflow import default_values, typed
from erp_import_plugin.workflow.invalid import Invalid, no_such_setting

E = TypeVar("E", bound=Enum)
Read = Callable[[Any], Any]


def from_mapping(data: Mapping[str, Any]) -> ImportSettings:
    """Settings from nested texts; what is left out has its default.

    ``company``, ``person`` and ``project`` are tables of match, action, empty and linked; ``lists`` is a table of
    policies by the name of the CRM list; ``defaults`` has a table of values by CRM field for each kind; no_company,
    fetch_parents, legal_basis, consent_source, phones, web and suggest are plain values. A dash in a key counts as an
    underscore.

    Raises:
        Invalid: by the dotted key; it is unknown or its value is none of those there are.
    """
    errors: dict[str, str] = {}
    values = _table(data, _READERS, "", errors)
    if errors:
        raise Invalid(errors)
    return ImportSettings(**values)


class _Nested(Exception):
    """Errors of a table within the table."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = errors


def _table(data: Mapping[str, Any], readers: Mapping[str, Read], prefix: str, errors: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for given, raw in data.items():
        key = given if given in readers else given.replace("-", "_")
        if key not in readers:
            errors[prefix + given] = no_such_setting(prefix + given, [prefix + known for known in readers])
            continue
        try:
            values[key] = readers[key](raw)
        except typed.NotAValue as error:
            errors[prefix + key] = error.sentence
        except _Nested as nested:
            errors |= {f"{prefix}{key}.{inner}": sentence for inner, sentence in nested.errors.items()}
    return values


def _one_of(choices: type[E]) -> Callable[[Any], E]:
    def read(raw: Any) -> E:
        return choices(_choice([str(one.value) for one in choices])(raw))

    return read


def _choice(choices: Iterable[str]) -> Callable[[Any], str]:
    known = list(choices)

    def read(raw: Any) -> str:
        if raw not in known:
            raise typed.NotAValue(Sentence("It must be one of: %(choices)s.", choices=", ".join(known)))
        return str(raw)

    return read


def _flag(raw: Any) -> bool:
    return raw if isinstance(raw, bool) else typed.yes_or_no(str(raw))


def _item(raw: Any) -> str | None:
    if not isinstance(raw, (str, int)) or isinstance(raw, bool):
        raise typed.NotAValue(Sentence("It must be the id of a list item."))
    return str(raw) or None


def _duplicates(kind: EntityKind) -> Read:
    rules = [*RULES[kind], *([NO_CONTACTS] if kind is EntityKind.PERSON else [])]
    readers: dict[str, Read] = {
        "match": _choice(rules),
        "action": _one_of(Action),
        "empty": _one_of(EmptyValue),
        "linked": _linked,
    }
    return _nested(lambda data, errors: DuplicateSettings(**_table(data, readers, "", errors)))


def _linked(raw: Any) -> Action:
    choices = [one.value for one in Action if one is not Action.ADD]
    return Action(_choice(choices)(raw))


def _policies(data: Mapping[str, Any], errors: dict[str, str]) -> dict[str, ListPolicy]:
    return _table(data, {key: _one_of(ListPolicy) for key in data}, "", errors)


def _defaults(data: Mapping[str, Any], errors: dict[str, str]) -> dict[str, CrmValue]:
    """Texts as they are filled in, by "company.category"; their field reads them."""
    kinds = [kind.value for kind in EntityKind]
    values: dict[str, CrmValue] = {}
    for kind, fields in data.items():
        if kind not in kinds:
            errors[kind] = no_such_setting(kind, kinds)
        elif not isinstance(fields, Mapping):
            errors[kind] = Sentence("It must be a table of settings.")
        else:
            values |= {f"{kind}.{field}": _texts(raw) for field, raw in fields.items()}
    return values


def _texts(raw: Any) -> tuple[str, ...]:
    return default_values.texts(tuple(map(str, raw)) if isinstance(raw, list) else raw)


def _nested(read: Callable[[Mapping[str, Any], dict[str, str]], Any]) -> Read:
    def read_table(raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            raise typed.NotAValue(Sentence("It must be a table of settings."))
        errors: dict[str, str] = {}
        value = read(raw, errors)
        if errors:
            raise _Nested(errors)
        return value

    return read_table


_READERS: Mapping[str, Read] = {
    **{kind.value: _duplicates(kind) for kind in EntityKind},
    "lists": _nested(_policies),
    "defaults": _nested(_defaults),
    "no_company": _one_of(NoCompany),
    "fetch_parents": _flag,
    "legal_basis": _item,
    "consent_source": _item,
    "phones": _one_of(ChannelPolicy),
    "web": _one_of(ChannelPolicy),
    "suggest": _flag,
}
