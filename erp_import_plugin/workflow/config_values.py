"""The configuration of a connection, from the texts of a form or a command."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timezone

from erp_import_plugin.connector_api import ConfigField, ConfigType, ConfigValue
from erp_import_plugin.errors import Sentence
from erp_import_plugin.workflow import typed
from erp_import_plugin.workflow.invalid import Invalid, no_such_setting


@dataclass(frozen=True, slots=True)
class ConfigValues:
    """What was filled in; the secrets apart, because they are kept encrypted."""

    config: Mapping[str, ConfigValue]
    secrets: Mapping[str, str]


_NOTHING = ConfigValues({}, {})


def read(
    fields: Sequence[ConfigField],
    texts: Mapping[str, str],
    stored: ConfigValues = _NOTHING,
    removed: Collection[str] = (),
) -> ConfigValues:
    """The values of the config fields; a field that is not given keeps what is ``stored``, or has its default.

    A secret that is given blank keeps what is stored as well, for it was never shown; ``removed`` takes it away.

    Raises:
        Invalid: by the key of the field.
    """
    inputs = {field.key: field for field in fields if field.type is not ConfigType.LABEL}
    errors: dict[str, str] = {key: no_such_setting(key, inputs) for key in (*texts, *removed) if key not in inputs}
    before = {**stored.config, **stored.secrets}
    values: dict[str, ConfigValue] = {}
    for key, field in inputs.items():
        text = texts.get(key)
        if field.secret and not (text or "").strip():
            text = None
        present = None if key in removed else before.get(key, field.default)
        try:
            values[key] = _value(field, text, present)
        except typed.NotAValue as error:
            errors[key] = error.sentence
    if errors:
        raise Invalid(errors)
    secret = {key: str(value) for key, value in values.items() if inputs[key].secret and value}
    return ConfigValues({key: value for key, value in values.items() if not inputs[key].secret}, secret)


def _value(field: ConfigField, text: str | None, present: ConfigValue) -> ConfigValue:
    """What was typed, else what is there at ``present``; what is read-only is the connector's alone."""
    if field.read_only:
        value = field.default
    elif text is None:
        value = present
    else:
        value = _TYPED[field.type](text) if text.strip() or field.type is ConfigType.CHECKBOX else None
    if value is None or value == "":
        if field.mandatory:
            raise typed.NotAValue(Sentence("Fill in “%(label)s”.", label=field.label))
        return value
    _check(field, value)
    return value


def _check(field: ConfigField, value: ConfigValue) -> None:
    if field.max_length is not None and isinstance(value, str) and len(value) > field.max_length:
        raise typed.NotAValue(
            Sentence("“%(label)s” may have %(max)s characters at most.", label=field.label, max=field.max_length)
        )
    if field.type is ConfigType.LIST and value not in {choice.key for choice in field.choices}:
        choices = ", ".join(choice.key for choice in field.choices)
        raise typed.NotAValue(Sentence("“%(label)s” must be one of: %(choices)s.", label=field.label, choices=choices))


def _password(text: str) -> str:
    typed.line(text)
    return text  # blanks may belong to it


def _checkbox(text: str) -> bool:
    return bool(text.strip()) and typed.yes_or_no(text)


def _moment(text: str) -> datetime:
    value = typed.day_or_moment(text)
    return value if isinstance(value, datetime) else datetime.combine(value, time(), timezone.utc)


_TYPED: Mapping[ConfigType, Callable[[str], ConfigValue]] = {
    ConfigType.TEXT: typed.line,
    ConfigType.PASSWORD: _password,
    ConfigType.INTEGER: typed.whole,
    ConfigType.DECIMAL: typed.decimal,
    ConfigType.CHECKBOX: _checkbox,
    ConfigType.DATETIME: _moment,
    ConfigType.LIST: typed.line,
}
