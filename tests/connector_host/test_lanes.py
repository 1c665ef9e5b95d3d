"""Several sessions at work at once: all of them or fewer, stopped together, none left behind."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from erp_import_plugin import watching
from erp_import_plugin.connector_api import Cancelled, GiveUp, TryLater
from erp_import_plugin.connector_host import ConnectorFailure, GuardedSession, Lanes, Limits, open_session
from erp_import_plugin.connector_host.declaring import check_connector
from tests.support.stubborn import StubbornConnector

QUICK = Limits(call_timeout=20, close_timeout=0.5, attempts=2, first_wait=0.01, max_wait=1.0)
PATIENCE = 10  # seconds until a test that would wait for ever fails


@contextmanager
def lanes(
    connector: StubbornConnector, count: int, cancelled: Callable[[], bool] = lambda: False, limits: Limits = QUICK
) -> Iterator[Lanes[Any]]:
    loaded = check_connector(connector, "stubborn-dist", "1.0")
    with open_session(loaded, {}, limits, cancelled) as first:
        try:
            with Lanes(first, lambda stopped: open_session(loaded, {}, limits, stopped), count, cancelled) as made:
                yield made
        finally:
            assert [one.name for one in threading.enumerate() if one.name.startswith("erp lane")] == []


def drain(lanes: Lanes[Any], count: int, task: Callable[[GuardedSession], Any] = GuardedSession.test) -> list[Any]:
    """Have a task done so many times."""
    results: list[Any] = []
    while True:
        while count and lanes.free:
            count -= 1
            lanes.begin(task)
        if not lanes.busy:
            return results
        results += lanes.ended()


def test_as_many_sessions_as_wanted_work_at_once() -> None:
    together = threading.Barrier(4)
    connector = StubbornConnector(test=lambda: together.wait(PATIENCE) >= 0 and "ok")
    with lanes(connector, 4) as made:
        assert drain(made, 12) == ["ok"] * 12
    assert connector.times("open") == connector.times("close") == 4


def test_no_more_sessions_are_opened_than_there_is_work_for() -> None:
    connector = StubbornConnector()
    with lanes(connector, 16) as made:
        assert len(drain(made, 2)) == 2
    assert connector.times("open") <= 2


def test_each_session_is_used_by_one_thread() -> None:
    users: dict[int, set[int]] = {}
    with lanes(StubbornConnector(), 3) as made:
        drain(made, 30, lambda session: users.setdefault(id(session), set()).add(threading.get_ident()))
    assert [len(threads) for threads in users.values()] == [1] * len(users)


class Full(StubbornConnector):
    """Lets one session in; another fails when it is opened, or when it is first used."""

    def __init__(self, *, lazy: bool) -> None:
        super().__init__()
        self.lazy = lazy

    def open(self, config: Any, platform: Any) -> Any:
        first = not self.times("open")
        session = super().open(config, platform)
        if not first and self.lazy:
            session.test = self.refuse
        elif not first:
            self.refuse()
        return session

    def refuse(self) -> str:
        raise GiveUp("No more than one at a time.")


@pytest.mark.parametrize("lazy", [False, True])
def test_where_the_erp_lets_no_more_in_those_that_are_in_do_the_work(lazy: bool) -> None:
    connector = Full(lazy=lazy)
    with lanes(connector, 4) as made:
        assert len(drain(made, 20)) == 20
    assert connector.times("open") == 4
    assert connector.times("close") == (4 if lazy else 1)


def test_after_a_failure_what_is_under_way_still_comes_and_nothing_more_is_begun() -> None:
    begun, release = threading.Semaphore(0), threading.Event()

    def act(number: int, session: GuardedSession) -> int:
        begun.release()
        release.wait(PATIENCE)
        if number == 1:
            session.test()
        return number

    connector = StubbornConnector(test=lambda: (_ for _ in ()).throw(GiveUp("Gone.")))
    results: list[int] = []
    with lanes(connector, 3) as made:
        for number in range(6):
            made.begin(partial(act, number))
        for _ in range(3):
            assert begun.acquire(timeout=PATIENCE)
        release.set()
        with pytest.raises(ConnectorFailure, match="Gone"):
            results.extend(one for _ in range(6) for one in made.ended())
        assert not made.free
    assert {0, 2} <= set(results)
    assert 1 not in results


def test_a_failure_is_raised_once_all_that_came_is_given() -> None:
    errors = iter([None, GiveUp("Gone.")])

    def act(session: GuardedSession) -> str:
        error = next(errors)
        if error:
            raise error
        return "fine"

    given: list[str] = []
    with lanes(StubbornConnector(), 1) as made:
        made.begin(act)
        made.begin(act)
        with pytest.raises(GiveUp):
            given.extend(one for _ in range(2) for one in made.ended())
    assert given == ["fine"]


def test_cancelling_stops_every_session_at_once() -> None:
    stop, release, all_in = threading.Event(), threading.Event(), threading.Barrier(4)

    def act(session: GuardedSession) -> str:
        all_in.wait(PATIENCE)
        return session.test()

    def work() -> None:
        connector = StubbornConnector(test=lambda: release.wait(PATIENCE * 3) and "late")
        with lanes(connector, 3, stop.is_set) as made:
            for _ in range(3):
                made.begin(act)
            all_in.wait(PATIENCE)
            stop.set()
            list(made.ended())

    with pytest.raises(Cancelled):
        work()
    release.set()


def test_an_error_of_the_caller_stops_the_sessions_even_one_that_is_being_opened() -> None:
    opening, release, hold = threading.Event(), threading.Event(), threading.Event()

    class Slow(StubbornConnector):
        def open(self, config: Any, platform: Any) -> Any:
            if self.times("open"):
                opening.set()
                while not release.wait(0.01):  # for ever, unless it is told to stop
                    platform.check_cancelled()
            return super().open(config, platform)

    def work() -> None:
        with lanes(Slow(), 2) as made:
            made.begin(lambda _: hold.wait(PATIENCE))
            made.begin(GuardedSession.test)
            assert opening.wait(PATIENCE)
            hold.set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()


def test_a_busy_erp_is_left_alone_by_all_sessions_and_each_waits_for_its_own_turn() -> None:
    lock, busy = threading.Lock(), [TryLater("Busy.", wait=0.2)] * 2

    def test() -> str:
        with lock:
            error = busy.pop() if busy else None
        if error:
            raise error
        return "ok"

    with lanes(StubbornConnector(test=test), 4, limits=replace(QUICK, attempts=4)) as made:
        assert drain(made, 10) == ["ok"] * 10


def test_calls_of_all_sessions_are_told_as_part_of_their_job(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, watching.NAME)
    together = threading.Barrier(2)
    connector = StubbornConnector(test=lambda: together.wait(PATIENCE) >= 0 and "ok")
    with watching.job(7, "fetch", "token"), lanes(connector, 2) as made:
        drain(made, 2)
    told = [record for record in caplog.records if getattr(record, "method", "") == "test"]
    assert [getattr(record, "job", None) for record in told] == [7, 7]
