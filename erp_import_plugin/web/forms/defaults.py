"""The defaults of CRM fields as they are sent, with what the page had shown of each."""

from __future__ import annotations

import json
from collections.abc import Iterable

from werkzeug.datastructures import MultiDict

from erp_import_plugin.host_api import CrmField
from erp_import_plugin.workflow.defaults import DefaultChoice, DefaultEdit


def seen_text(choice: DefaultChoice) -> str:
    """What is shown of a field, for the form to send back."""
    return json.dumps([choice.texts, choice.ask])


def read_edits(sent: MultiDict[str, str], fields: Iterable[CrmField]) -> list[DefaultEdit]:
    """What was filled in for those of the fields that were sent."""
    return [_edit(sent, crm.key) for crm in fields if f"seen-{crm.key}" in sent]


def read_texts(sent: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """What was filled in or picked under a name, without what is blank."""
    return tuple(text for text in map(str.strip, sent.getlist(name)) if text)


def _edit(sent: MultiDict[str, str], key: str) -> DefaultEdit:
    choice = DefaultChoice(read_texts(sent, f"default-{key}"), f"ask-{key}" in sent)
    return DefaultEdit(key, choice, _seen(sent[f"seen-{key}"]))


def _seen(text: str) -> DefaultChoice | None:
    """What the page had shown; None where that was not sent as we wrote it."""
    try:
        texts, ask = json.loads(text)
        return DefaultChoice(tuple(map(str, texts)), ask is True)
    except (ValueError, TypeError, RecursionError):
        return None
