"""The config fields of a connector as inputs, or as what is stored where they cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from erp_import_plugin.connector_api import Choice, ConfigField, ConfigValue
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web.dates import moment
from erp_import_plugin.web.forms.connections import config_name
from erp_import_plugin.workflow.connection_form import ConnectionForm, Draft


@dataclass(frozen=True, slots=True)
class ConfigInput:
    """One config field on the page.

    ``type`` is that of the field; ``value`` what its input holds, never a password; ``before`` the same of what is
    stored, and ``shown`` in words. ``stored``: a password is stored. ``lost``: a password was typed that the page does
    not hold any more.
    """

    key: str
    name: str
    label: str
    hint: str
    type: str
    value: str
    before: str
    shown: str
    mandatory: bool
    read_only: bool
    choices: tuple[Choice, ...]
    stored: bool
    removed: bool
    lost: bool
    error: str


def config_inputs(form: ConnectionForm, typed: Draft | None, errors: Mapping[str, str]) -> list[ConfigInput]:
    """The config fields with what is stored or, where a draft was refused, with what was typed."""
    fields = form.loaded.config_fields if form.loaded else ()
    return [_input(field, form, typed, errors.get(field.key, "")) for field in fields]


def _input(field: ConfigField, form: ConnectionForm, typed: Draft | None, error: str) -> ConfigInput:
    texts = (typed.config if typed else None) or {}
    value = field.default if field.read_only else form.connection.config.get(field.key, field.default)
    return ConfigInput(
        key=field.key,
        name=config_name(field.key),
        label=field.label,
        hint=field.tooltip,
        type=field.type.value,
        value="" if field.secret else texts.get(field.key, config_text(value)),
        before="" if field.secret else config_text(value),
        shown=_secret_shown(field, form) if field.secret else _shown(field, value),
        mandatory=field.mandatory,
        read_only=field.read_only,
        choices=field.choices,
        stored=field.key in form.secrets,
        removed=typed is not None and field.key in typed.removed,
        lost=field.secret and bool(texts.get(field.key)),
        error=error,
    )


def config_text(value: ConfigValue) -> str:
    """A value as its input takes it; a moment in UTC, without zone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        plain = value.astimezone(timezone.utc).replace(tzinfo=None)
        return plain.isoformat(timespec="seconds" if plain.second else "minutes")
    return str(value)


def _shown(field: ConfigField, value: ConfigValue) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return moment(value)
    labels = {choice.key: choice.label for choice in field.choices}
    return labels.get(str(value), config_text(value))


def _secret_shown(field: ConfigField, form: ConnectionForm) -> str:
    if form.locked:
        return _("A password is stored, but it cannot be read with the present keys. Type it again.")
    return _("A password is stored.") if field.key in form.secrets else _("No password is stored.")
