"""The form of a connection as it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from erp_import_plugin.connector_api import ConfigField, ConfigType
from erp_import_plugin.workflow.connection_form import Draft

SETTINGS = "settings"
"""Sent along where the form has the connector's settings; an active connection's form has not."""
_ID_LENGTH = 64


def read_draft(sent: MultiDict[str, str], fields: Sequence[ConfigField]) -> Draft:
    """The connection as it was filled in; whether it can be taken is for the workflow to say."""
    return Draft(
        name=sent.get("name", ""),
        description=sent.get("description", ""),
        everyone=sent.get("everyone") != "no",
        users=read_ids(sent, "user"),
        groups=read_ids(sent, "group"),
        config=_texts(sent, fields) if SETTINGS in sent else None,
        removed=frozenset(field.key for field in fields if field.secret and f"remove-{field.key}" in sent),
    )


def read_ids(sent: MultiDict[str, str], name: str) -> frozenset[str]:
    """The ids of users or groups that are ticked; what cannot be one was not ours and is left out."""
    return frozenset(one for one in sent.getlist(name) if 0 < len(one) <= _ID_LENGTH and one.isprintable())


def config_name(key: str) -> str:
    """The name of the input of a config field."""
    return f"config-{key}"


def _texts(sent: MultiDict[str, str], fields: Sequence[ConfigField]) -> dict[str, str]:
    inputs = [field for field in fields if field.type is not ConfigType.LABEL and not field.read_only]
    return {field.key: _text(sent.get(config_name(field.key)), field) for field in inputs}


def _text(text: str | None, field: ConfigField) -> str:
    if field.type is ConfigType.CHECKBOX:
        return "no" if text is None else "yes"
    return text or ""
