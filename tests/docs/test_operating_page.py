"""``docs/operating.md`` lists every event, span, figure and check as the code has them."""

from __future__ import annotations

import logging
import re

from erp_import_plugin.watching import Event
from erp_import_plugin.workflow.doctor import CHECKS
from tests.support import pages

TEXT = pages.text("operating.md")


def _rows(head: str) -> list[list[str]]:
    """The cells of the table that has this head."""
    table = TEXT.split(head, 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def _code(cell: str) -> tuple[str, ...]:
    return tuple(re.findall("`([^`]+)`", cell))


def test_every_event_is_listed_with_its_level_and_attributes() -> None:
    listed = [(_code(name)[0], level, _code(fields)) for name, level, fields, _ in _rows("| event | level |")]
    events = [event.value for event in Event]
    assert listed == [(one.name, logging.getLevelName(one.level), one.fields) for one in events]


def test_every_check_of_the_doctor_is_listed() -> None:
    listed = [_code(name)[0] for name, *_ in _rows("| check | warns |")]
    assert listed == ["app", "configuration", "keys", *CHECKS, "template"]
