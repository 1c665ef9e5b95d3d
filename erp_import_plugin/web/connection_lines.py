"""Connections and connectors as lists show them: their state and last test as marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from erp_import_plugin.store.connections import ConnectionTest
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web.scope import scope_text
from erp_import_plugin.web.texts import Mark
from erp_import_plugin.workflow.connections import ConnectionLine


@dataclass(frozen=True, slots=True)
class TestLine:
    """The last test of a connection; ``mark.tone`` tells how it went."""

    mark: Mark
    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class ListedConnection:
    """A connection in the list."""

    id: int
    name: str
    description: str
    connector: str
    active: bool
    installed: bool
    state: Mark
    problem: str
    scope: str
    test: TestLine | None


def listed_connection(line: ConnectionLine) -> ListedConnection:
    """A line of the list; the problem is left out where the state or the test says the same."""
    said = not line.active or (line.test is not None and not line.test.ok)
    return ListedConnection(
        id=line.id,
        name=line.name,
        description=line.description,
        connector=line.connector_name,
        active=line.active,
        installed=line.installed,
        state=state_mark(line.active, line.installed),
        problem="" if said and line.installed else say(line.problem),
        scope=scope_text(line.everyone, line.users, line.groups),
        test=test_line(line.test),
    )


def test_line(test: ConnectionTest | None) -> TestLine | None:
    """The last test; none where there was none."""
    return TestLine(_test_mark(test), test.at, say(test.message)) if test else None


def state_mark(active: bool, installed: bool) -> Mark:
    """The state of a connection whose connector is ``installed`` or not."""
    if not installed:
        return connector_mark(works=False)
    return Mark("new", "power", _("Active")) if active else Mark("none", "circle-pause", _("Inactive"))


def connector_mark(works: bool) -> Mark:
    """The state of a connector."""
    return Mark("new", "circle-check", _("Ready")) if works else Mark("failed", "circle-x", _("Cannot be used"))


def _test_mark(test: ConnectionTest) -> Mark:
    if test.outdated:
        return Mark("wait", "clock", _("Outdated"))
    return Mark("new", "circle-check", _("Passed")) if test.ok else Mark("failed", "circle-x", _("Failed"))
