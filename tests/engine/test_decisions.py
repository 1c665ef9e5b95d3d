"""What a decision makes of a match, of a row's plan, and of what the row stands on, in every combination."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import product

import pytest

from erp_import_plugin.engine import matching
from erp_import_plugin.engine.applying import Premise, drifted
from erp_import_plugin.engine.changes import NO_MATCH, Match, PlannedRow, Similar
from erp_import_plugin.engine.decisions import Choice, Decision, can_be_decided, candidates, is_open
from erp_import_plugin.engine.planning import Planner, Situation
from erp_import_plugin.engine.reasons import ReasonCode
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings
from erp_import_plugin.host_api import CrmSchema, Entity
from tests.engine.samples import BY_RULE, COMPANY, LENIENT, LINK, SCHEMA, SEVERAL, candidate_of, settings_of

THERE = {key: Entity(key, {"name": "Acme", "code": None}) for key in ("e1", "e2", "e3")}
MATCHES = (NO_MATCH, BY_RULE, SEVERAL, LINK)
CHOICES = (
    (Choice.ENTITY, "e1"),
    (Choice.ENTITY, "e3"),
    (Choice.ENTITY, "gone"),
    (Choice.NEW, None),
    (Choice.LEAVE_OUT, None),
)
COMBINATIONS = list(product(MATCHES, CHOICES, Action))


def decision(choice: Choice, entity: str | None) -> Decision:
    return Decision(1, choice, entity, "7", "Kari", datetime(2024, 1, 1, tzinfo=timezone.utc))


def plan(match: Match, made: Decision, action: Action, schema: CrmSchema = SCHEMA) -> PlannedRow:
    found = matching.decided(match, made, THERE)
    situation = Situation(found, THERE.get(found.entity or ""), keys=("k",), decision=made)
    candidate = candidate_of(COMPANY, {"name": "Acme", "code": "A"})
    return Planner(settings_of(COMPANY, DuplicateSettings("name", action)), schema, LENIENT).plan(candidate, situation)


@pytest.mark.parametrize(("match", "chosen", "action"), COMBINATIONS)
def test_a_row_becomes_what_was_decided(match: Match, chosen: tuple[Choice, str | None], action: Action) -> None:
    choice, entity = chosen
    row = plan(match, decision(choice, entity), action)
    if choice is Choice.LEAVE_OUT:
        assert (row.status, row.reason and row.reason.code) == (Status.SKIPPED, ReasonCode.DECIDED_OUT)
        assert row.match.entity is None
    elif match.linked:
        assert row.match == LINK, "no actor becomes two records"
        assert row.status is (Status.SKIPPED if action is Action.SKIP else Status.CHANGED)
    elif choice is Choice.NEW:
        assert (row.status, row.match.entity, row.match.decided) == (Status.NEW, None, True)
    elif entity == "gone":
        assert (row.status, row.reason and row.reason.code) == (Status.UNDECIDED, ReasonCode.CHOSEN_GONE)
        assert not row.match.decided
    else:
        assert row.match.entity == entity
        assert row.status is (Status.SKIPPED if action is Action.SKIP else Status.CHANGED)
        assert all(change.entity_id == entity for change in row.changes)


@pytest.mark.parametrize(("choice", "entity"), [(Choice.ENTITY, "e1"), (Choice.ENTITY, "e3"), (Choice.NEW, None)])
@pytest.mark.parametrize(
    ("found", "own", "holds"),
    [
        (("e1", "e2"), (), True),
        (("e2",), (), True),  # one that matched does not any more
        ((), (), True),
        (("e1", "e2", "e9"), (), False),  # one that nobody knew of
        (("e1", "e2", "e9"), ("e9",), True),  # but the import has made it itself
    ],
)
def test_what_the_admin_knew_of_does_not_hold_a_decided_row(
    choice: Choice, entity: str | None, found: tuple[str, ...], own: tuple[str, ...], holds: bool
) -> None:
    row = plan(SEVERAL, decision(choice, entity), Action.REPLACE)
    reason = drifted(row, Premise(None, found, THERE, own=own))
    assert (reason is None) is holds
    assert holds or (reason and reason.code) is ReasonCode.ENTITY_APPEARED


def test_a_chosen_entity_that_is_gone_or_linked_otherwise_holds_the_row() -> None:
    row = plan(SEVERAL, decision(Choice.ENTITY, "e1"), Action.REPLACE)
    gone = drifted(row, Premise(None, ("e2",), {"e2": THERE["e2"]}))
    assert gone is not None
    assert gone.code is ReasonCode.ENTITY_GONE
    linked = drifted(row, Premise("e2", ("e1", "e2"), THERE))
    assert linked is not None
    assert linked.code is ReasonCode.ENTITY_APPEARED
    assert drifted(row, Premise("e1", ("e1", "e2"), THERE)) is None


def test_what_a_row_may_be_and_whether_it_is_open() -> None:
    similar = (Similar("e3", 90, ("name",)), Similar("e1", 80, ("name",)))
    row = PlannedRow(1, COMPANY, "the actor", Status.UNDECIDED, match=SEVERAL, similar=similar)
    assert candidates(row) == ("e1", "e2", "e3")
    assert is_open(row)
    suggested = PlannedRow(1, COMPANY, "the actor", Status.NEW, similar=similar)
    assert is_open(suggested)
    decided = PlannedRow(1, COMPANY, "the actor", Status.NEW, match=Match("decision"), similar=similar)
    assert (is_open(decided), can_be_decided(decided)) == (False, True)
    plain = PlannedRow(1, COMPANY, "the actor", Status.NEW)
    assert not can_be_decided(plain)
    assert not can_be_decided(PlannedRow(1, COMPANY, "the actor", Status.CHANGED, match=LINK))
    assert can_be_decided(PlannedRow(1, COMPANY, "the actor", Status.CHANGED, match=BY_RULE))
