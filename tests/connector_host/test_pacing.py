from __future__ import annotations

from dataclasses import replace

import pytest

from erp_import_plugin.connector_host import ConnectorFailure, Limits, Recovery, open_session
from erp_import_plugin.connector_host.declaring import check_connector
from erp_import_plugin.connector_host.pacing import Pace, Paces
from tests.support.stubborn import StubbornConnector


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_a_limit_every_turn_comes_at_once() -> None:
    pace = Pace(clock=Clock())
    assert [pace.turn() for _ in range(100)] == [0] * 100


def test_no_minute_has_more_turns_than_the_limit() -> None:
    clock = Clock()
    pace = Pace(3, clock)
    assert [pace.turn() for _ in range(7)] == [0, 0, 0, 60, 60, 60, 120]
    clock.now += 170
    assert pace.turn() == 0


def test_turns_that_were_taken_at_different_moments_come_free_one_by_one() -> None:
    clock = Clock()
    pace = Pace(2, clock)
    pace.turn()
    clock.now += 20
    pace.turn()
    clock.now += 20
    assert [pace.turn(), pace.turn()] == [20, 40]


def test_an_erp_that_wants_to_be_left_alone_is_left_alone_by_all() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    pace.rest(30)
    pace.rest(5)
    assert pace.turn() == 30
    clock.now += 31
    assert pace.turn() == 0


def test_a_turn_that_would_come_too_late_is_not_taken() -> None:
    clock = Clock()
    pace = Pace(1, clock)
    assert [pace.turn(within=10), pace.turn(within=10), pace.turn(within=60)] == [0, None, 60]


def test_sessions_of_one_connection_share_a_pace_and_those_of_another_do_not() -> None:
    paces = Paces()
    assert paces.of(1, 10) is paces.of(1, 10)
    assert paces.of(1, 10) is not paces.of(2, 10)


def test_every_call_and_every_attempt_takes_a_turn() -> None:
    pace = Pace(100, Clock())
    loaded = check_connector(StubbornConnector(), "stubborn-dist", "1.0")
    with open_session(loaded, {}, pace=pace) as one, open_session(loaded, {}, pace=pace) as other:
        one.test()
        other.test()
    assert [pace.turn() for _ in range(97)] == [0] * 96 + [60]


def test_who_waits_for_a_test_is_told_that_the_erp_is_busy() -> None:
    pace = Pace(1, Clock())
    pace.turn()
    loaded = check_connector(StubbornConnector(), "stubborn-dist", "1.0")
    with pytest.raises(ConnectorFailure, match="takes no more calls now") as caught:
        open_session(loaded, {}, replace(Limits(), test_timeout=5).for_test(), pace=pace)
    assert caught.value.recovery is Recovery.TRY_LATER
