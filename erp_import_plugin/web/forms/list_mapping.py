"""The items of a list as they are sent: one line each, with what the page had shown of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from erp_import_plugin.workflow.list_mapping import ItemChoice, ItemEdit

_LINE = re.compile(r"key-(\d{1,4})")
MOST_LINES = 500


def seen_text(choice: ItemChoice) -> str:
    """What a line shows, for the form to send back."""
    return json.dumps([choice.text, choice.none])


def read_edits(sent: MultiDict[str, str]) -> list[ItemEdit]:
    """What was chosen line by line."""
    numbers = sorted(int(found[1]) for found in map(_LINE.fullmatch, sent) if found)[:MOST_LINES]
    return [_edit(sent, number) for number in numbers]


def _edit(sent: Mapping[str, str], number: int) -> ItemEdit:
    choice = ItemChoice(sent.get(f"item-{number}", "").strip(), f"none-{number}" in sent)
    return ItemEdit(sent[f"key-{number}"], choice, _seen(sent.get(f"seen-{number}", "")))


def _seen(text: str) -> ItemChoice | None:
    """What the page had shown; None where that was not sent as we wrote it."""
    try:
        name, none = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return ItemChoice(str(name), none is True)
