"""The fields of an actor type as they are sent: one line each, with what the page had shown of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from erp_import_plugin.workflow.mapping_edits import FieldChoice, FieldEdit

_LINE = re.compile(r"key-(\d{1,4})")
MOST_LINES = 500


def seen_text(choice: FieldChoice) -> str:
    """What a line shows, for the form to send back."""
    return json.dumps([choice.crm_field, choice.active, choice.show_in_search, choice.rank])


def read_edits(sent: MultiDict[str, str], pressed: tuple[str, str]) -> list[FieldEdit]:
    """What was chosen line by line; ``pressed`` may be "confirm" or "decline" and the number of a line."""
    numbers = sorted(int(found[1]) for found in map(_LINE.fullmatch, sent) if found)[:MOST_LINES]
    return [_edit(sent, str(number), pressed) for number in numbers]


def _edit(sent: Mapping[str, str], number: str, pressed: tuple[str, str]) -> FieldEdit:
    choice = FieldChoice(
        crm_field=sent.get(f"crm-{number}") or None,
        active=f"import-{number}" in sent,
        show_in_search=f"show-{number}" in sent,
        rank=sent.get(f"rank-{number}", "").strip(),
    )
    if pressed == ("confirm", number):
        choice = replace(choice, crm_field=sent.get(f"suggested-{number}") or None, active=True)
    declined = pressed == ("decline", number)
    return FieldEdit(sent[f"key-{number}"], choice, _seen(sent.get(f"seen-{number}", "")), declined)


def _seen(text: str) -> FieldChoice | None:
    """What the page had shown; None where that was not sent as we wrote it."""
    try:
        crm_field, active, show_in_search, rank = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return FieldChoice(crm_field, active is True, show_in_search is True, str(rank))
