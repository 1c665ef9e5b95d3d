"""What a connector says about itself, checked once when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from erp_import_plugin.connector_api import Capabilities, Choice, ConfigField, ConfigType, Connector
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.errors import Sentence

_CONNECTOR_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELD_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_SECRET = re.compile(
    r"(pass ?word|passwd|pass ?phrase|secret|token|api ?key|access ?key|private ?key|credentials?)$", re.IGNORECASE
)
_MOST_FIELDS = 100
_MOST_AT_ONCE = 16


class RefusedError(Exception):
    """The connector cannot be offered; ``reason`` says what its vendor has to change."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LoadedConnector:
    """A connector that can be used, and where it comes from."""

    connector: Connector
    key: str
    name: str
    description: str
    distribution: str
    version: str
    config_fields: tuple[ConfigField, ...]
    capabilities: Capabilities


def check_connector(connector: object, distribution: str, version: str) -> LoadedConnector:
    """Raises :class:`RefusedError`, or whatever the connector's own code raises."""
    if not isinstance(connector, Connector):
        raise RefusedError(
            Sentence("It offers %(type)s, which is not an instance of Connector.", type=_type_name(connector))
        )
    key, name = getattr(connector, "key", None), getattr(connector, "name", None)
    if not isinstance(key, str) or not _CONNECTOR_KEY.fullmatch(key):
        raise RefusedError(
            Sentence(
                "Its key is “%(key)s”; it must be 1 to 40 lower case letters, digits or underscores, a letter first.",
                key=excerpt(str(key), 60),
            )
        )
    if not isinstance(name, str) or not name.strip():
        raise RefusedError(Sentence("The connector “%(key)s” has no name.", key=key))
    if not isinstance(connector.capabilities, Capabilities):
        raise RefusedError(Sentence("The capabilities of “%(key)s” are not of the type Capabilities.", key=key))
    _check_pace(key, connector.capabilities)
    return LoadedConnector(
        connector=connector,
        key=key,
        name=excerpt(name, 80),
        description=excerpt(connector.description) if isinstance(connector.description, str) else "",
        distribution=distribution,
        version=version,
        config_fields=_check_config_fields(connector.config_fields()),
        capabilities=connector.capabilities,
    )


def _check_pace(key: str, capabilities: Capabilities) -> None:
    at_once, per_minute = capabilities.calls_at_once, capabilities.calls_per_minute
    if not _is_count(at_once) or at_once > _MOST_AT_ONCE:
        sentence = "“%(key)s” says calls_at_once=%(given)s; it must be a whole number from 1 to %(most)s."
        raise RefusedError(Sentence(sentence, key=key, given=excerpt(repr(at_once), 40), most=_MOST_AT_ONCE))
    if per_minute is not None and not _is_count(per_minute):
        sentence = "“%(key)s” says calls_per_minute=%(given)s; it must be a whole number from 1 on, or None."
        raise RefusedError(Sentence(sentence, key=key, given=excerpt(repr(per_minute), 40)))


def _is_count(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given > 0


def _type_name(thing: object) -> str:
    return f"the class {thing.__name__}" if isinstance(thing, type) else type(thing).__name__


def _check_config_fields(given: object) -> tuple[ConfigField, ...]:
    if not isinstance(given, Iterable):
        raise RefusedError(Sentence("Its configuration fields are no list."))
    fields: dict[str, ConfigField] = {}
    for field in given:
        if not isinstance(field, ConfigField):
            raise RefusedError(
                Sentence("One of its configuration fields is %(type)s, not a ConfigField.", type=_type_name(field))
            )
        _check_config_field(field)
        if field.key in fields:
            raise RefusedError(Sentence("It has two configuration fields with the key “%(key)s”.", key=field.key))
        fields[field.key] = field
        if len(fields) > _MOST_FIELDS:
            raise RefusedError(Sentence("It has more than %(most)s configuration fields.", most=_MOST_FIELDS))
    return tuple(fields.values())


def _check_config_field(field: ConfigField) -> None:
    if not isinstance(field.key, str) or not _FIELD_KEY.fullmatch(field.key):
        raise RefusedError(
            Sentence("The key of a configuration field, “%(key)s”, is not usable.", key=excerpt(str(field.key), 60))
        )
    if not isinstance(field.type, ConfigType):
        raise RefusedError(Sentence("The configuration field “%(key)s” has an unknown type.", key=field.key))
    if not isinstance(field.label, str) or not field.label.strip():
        raise RefusedError(Sentence("The configuration field “%(key)s” has no label.", key=field.key))
    if field.type is ConfigType.LIST and not _has_choices(field.choices):
        raise RefusedError(Sentence("The configuration field “%(key)s” is a list without choices.", key=field.key))
    if field.type is ConfigType.TEXT and _sounds_secret(field):
        raise RefusedError(
            Sentence("The configuration field “%(key)s” holds a secret; its type must be PASSWORD.", key=field.key)
        )
    if field.secret and field.default:
        raise RefusedError(Sentence("The password “%(key)s” has a default value; it must have none.", key=field.key))


def _has_choices(choices: object) -> bool:
    return isinstance(choices, tuple) and bool(choices) and all(isinstance(choice, Choice) for choice in choices)


def _sounds_secret(field: ConfigField) -> bool:
    words = (re.sub(r"[_\-\s]+", " ", text).strip() for text in (field.key, field.label))
    return any(_SECRET.search(text) for text in words)
