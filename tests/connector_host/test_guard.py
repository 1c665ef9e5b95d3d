"""Whatever a connector does, the caller gets a typed failure and the next session works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from erp_import_plugin.connector_api import (
    Actor,
    ActorType,
    AdminCanFix,
    Cancelled,
    ConnectorError,
    GiveUp,
    ListItem,
    Operator,
    Page,
    Restriction,
    Sort,
    TryLater,
)
from erp_import_plugin.connector_host import (
    ConnectorFailure,
    GuardedSession,
    Limits,
    Recovery,
    SearchPage,
    open_session,
)
from erp_import_plugin.connector_host.declaring import check_connector
from tests.support.stubborn import COMPANIES, StubbornConnector

QUICK = Limits(call_timeout=0.4, test_timeout=0.2, close_timeout=0.2, attempts=3, first_wait=0.01, max_wait=1.0)
CUSTOMER = ActorType.CUSTOMER


def opened(connector: StubbornConnector, limits: Limits = QUICK, **options: Any) -> GuardedSession:
    config = {"password": "hunter2-secret"}
    return open_session(check_connector(connector, "stubborn-dist", "1.0"), config, limits, **options)


CALLS: dict[str, Callable[[GuardedSession], object]] = {
    "test": lambda session: session.test(),
    "actor_types": lambda session: session.actor_types(),
    "fields": lambda session: session.fields(CUSTOMER),
    "search": lambda session: list(session.search([], CUSTOMER, ["NAME"])),
    "get": lambda session: session.get(CUSTOMER, ["K1"], ["NAME"]),
    "list_items": lambda session: session.list_items("CATEGORY"),
    "changes": lambda session: list(session.changes(CUSTOMER, "", ["NAME"])),
}


def raising(error: BaseException) -> Callable[..., Any]:
    def act(*_: object) -> None:
        raise error

    return act


@pytest.mark.parametrize("method", [*CALLS, "open"])
@pytest.mark.parametrize(
    ("error", "recovery"),
    [
        (ValueError("wrong hunter2-secret"), Recovery.GIVE_UP),
        (SystemExit(3), Recovery.GIVE_UP),
        (KeyboardInterrupt(), Recovery.GIVE_UP),
        (GiveUp("No."), Recovery.GIVE_UP),
        (Cancelled("made up"), Recovery.GIVE_UP),
        (AdminCanFix("Change it.", "address"), Recovery.FIX),
        (TryLater("Later."), Recovery.TRY_LATER),
    ],
)
def test_an_error_in_any_method_is_a_failure_that_names_connector_and_method(
    method: str, error: BaseException, recovery: Recovery
) -> None:
    connector = StubbornConnector(**{method: raising(error)})
    with pytest.raises(ConnectorFailure) as caught, opened(connector) as session:
        CALLS[method](session)
    assert (caught.value.connector, caught.value.method, caught.value.recovery) == ("Stubborn", method, recovery)
    assert "hunter2-secret" not in str(caught.value) + repr(caught.value)
    assert caught.value.field == ("address" if recovery is Recovery.FIX else None)


@pytest.mark.parametrize("method", list(CALLS))
def test_other_methods_still_work_after_one_has_raised(method: str) -> None:
    with opened(StubbornConnector(**{method: raising(RuntimeError("broken"))})) as session:
        with pytest.raises(ConnectorFailure):
            CALLS[method](session)
        others = [name for name in CALLS if name != method and not (method == "fields" and name in NEEDS_FIELDS)]
        for other in others:
            CALLS[other](session)


NEEDS_FIELDS = ("search", "get", "changes")


@pytest.mark.parametrize("nonsense", [None, 42, "text", b"bytes", {"a": 1}, object(), [None, 7], ["Customer", "Alien"]])
@pytest.mark.parametrize("method", ["actor_types", "fields", "search", "get", "list_items", "changes"])
def test_nonsense_never_gets_through(method: str, nonsense: object) -> None:
    with opened(StubbornConnector(**{method: lambda *_: nonsense})) as session:
        result: Any = None
        with suppress(ConnectorFailure):
            result = CALLS[method](session)
        if result is not None:
            kept = (result.actors, result.missing) if method == "get" else result
            assert kept in [(), ((), ("K1",))]
            assert session.complaints or method == "get"


def test_open_that_returns_no_session_is_a_failure() -> None:
    with pytest.raises(ConnectorFailure, match="instead of a session"):
        opened(StubbornConnector(open=lambda *_: "a session"))


def test_the_configuration_reaches_the_connector_complete_and_without_labels() -> None:
    connector = StubbornConnector()
    opened(connector).close()
    assert connector.calls[0] == ("open", ({"address": "http://erp.example", "password": "hunter2-secret"},))


def test_a_call_that_hangs_is_left_behind_and_ends_the_session() -> None:
    release = threading.Event()
    started = time.monotonic()
    try:
        with opened(StubbornConnector(test=release.wait)) as session:
            with pytest.raises(ConnectorFailure, match=r"did not come back from “test” within 0\.4 seconds") as caught:
                session.test()
            assert caught.value.recovery is Recovery.TRY_LATER
            with pytest.raises(ConnectorFailure, match="Start again"):
                session.actor_types()
    finally:
        release.set()
    assert time.monotonic() - started < 3


def test_closing_twice_closes_once_and_waits_for_nothing(caplog: pytest.LogCaptureFixture) -> None:
    closed: list[None] = []
    session = opened(StubbornConnector(close=lambda: closed.append(None)))
    session.close()
    session.close()
    assert len(closed) == 1
    assert not caplog.records  # what is waited for in vain is logged


def test_a_close_that_hangs_or_raises_is_nobodys_problem() -> None:
    release = threading.Event()
    opened(StubbornConnector(close=release.wait)).close()
    opened(StubbornConnector(close=raising(RuntimeError()))).close()
    release.set()


def test_lazy_results_are_read_inside_the_time_limit() -> None:
    def endless(_: object) -> Any:
        while True:
            yield ListItem("A", "again")

    limits = replace(QUICK, max_list_items=50)
    with (
        opened(StubbornConnector(list_items=endless), limits) as session,
        pytest.raises(ConnectorFailure, match="more than 50 list items"),
    ):
        session.list_items("X")


class Flaky:
    """Raises the given errors first, then answers."""

    def __init__(self, *errors: ConnectorError) -> None:
        self.errors = list(errors)

    def __call__(self, *_: object) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "fine"


def test_try_later_is_tried_again() -> None:
    connector = StubbornConnector(test=Flaky(TryLater("busy"), TryLater("busy")))
    with opened(connector) as session:
        assert session.test() == "fine"
    assert connector.times("test") == 3


def test_the_wait_asked_for_is_kept() -> None:
    with opened(StubbornConnector(test=Flaky(TryLater("busy", wait=0.3)))) as session:
        started = time.monotonic()
        assert session.test() == "fine"
        assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("wait", [float("nan"), float("inf"), -5, "soon", True])
def test_a_nonsense_wait_counts_as_none(wait: Any) -> None:
    with opened(StubbornConnector(test=Flaky(TryLater("busy", wait=wait)))) as session:
        assert session.test() == "fine"


def test_a_wait_beyond_the_limit_is_not_waited_for_but_told() -> None:
    connector = StubbornConnector(test=Flaky(TryLater("Busy.", wait=3600)))
    with opened(connector) as session, pytest.raises(ConnectorFailure, match="It asks to wait 3,600 seconds"):
        session.test()
    assert connector.times("test") == 1


def test_attempts_are_bounded() -> None:
    connector = StubbornConnector(test=raising(TryLater("busy")))
    with opened(connector) as session, pytest.raises(ConnectorFailure):
        session.test()
    assert connector.times("test") == QUICK.attempts


def test_the_limits_for_a_test_try_once() -> None:
    connector = StubbornConnector(test=raising(TryLater("busy")))
    with opened(connector, QUICK.for_test()) as session, pytest.raises(ConnectorFailure):
        session.test()
    assert connector.times("test") == 1


def test_cancelling_ends_the_wait_between_attempts() -> None:
    stop = threading.Event()
    connector = StubbornConnector(test=raising(TryLater("busy", wait=30)))
    with opened(connector, replace(QUICK, max_wait=100), cancelled=stop.is_set) as session:
        threading.Timer(0.2, stop.set).start()
        started = time.monotonic()
        with pytest.raises(Cancelled):
            session.test()
        assert time.monotonic() - started < 3


def test_cancelling_reaches_a_connector_that_checks_for_it() -> None:
    stop = threading.Event()
    noticed = threading.Event()
    connector = StubbornConnector()
    with opened(connector, replace(QUICK, call_timeout=20, close_timeout=5), cancelled=stop.is_set) as session:

        def long_work() -> None:
            try:
                while True:
                    session._platform.check_cancelled()
                    time.sleep(0.01)
            except Cancelled:
                noticed.set()
                raise

        connector.instead["test"] = long_work
        threading.Timer(0.1, stop.set).start()
        with pytest.raises(Cancelled):
            session.test()
    assert noticed.is_set()


def test_cancelling_leaves_a_connector_behind_that_does_not_check() -> None:
    release, stop = threading.Event(), threading.Event()
    with opened(
        StubbornConnector(test=release.wait), replace(QUICK, call_timeout=30), cancelled=stop.is_set
    ) as session:
        threading.Timer(0.1, stop.set).start()
        with pytest.raises(Cancelled):
            session.test()
    release.set()


def test_the_question_whether_to_stop_is_asked_in_the_callers_thread_only() -> None:
    threads: set[int] = set()

    def ask() -> bool:
        threads.add(threading.get_ident())
        return False

    with opened(StubbornConnector(test=lambda: time.sleep(0.2) or "ok"), cancelled=ask) as session:
        session.test()
    assert threads == {threading.get_ident()}


def test_answers_about_the_shape_are_asked_once_per_session() -> None:
    connector = StubbornConnector()
    with opened(connector) as session:
        for _ in range(3):
            session.fields(CUSTOMER), session.actor_types(), session.list_items("CATEGORY")
    assert [connector.times(method) for method in ("fields", "actor_types", "list_items")] == [1, 1, 1]


def test_secrets_are_nowhere_in_messages_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    error = RuntimeError("GET http://joe:hunter2-secret@erp.example/?p=hunter2%2Dsecret failed: hunter2-secret")
    with opened(StubbornConnector(test=raising(error))) as session, pytest.raises(ConnectorFailure) as caught:
        session.test()
    assert "hunter2" not in str(caught.value).replace("hunter2%2Dsecret", "")
    assert "hunter2-secret" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_failure_message_of_any_length_fits_on_a_page() -> None:
    connector = StubbornConnector(test=raising(GiveUp("x\x00\n" * 1_000_000)))
    with opened(connector) as session, pytest.raises(ConnectorFailure) as caught:
        session.test()
    assert len(caught.value.message) <= 500
    assert "\x00" not in caught.value.message


def test_a_connector_error_without_a_usable_message() -> None:
    class Odd(GiveUp):
        def __init__(self) -> None:
            pass

    class Unspeakable(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    for error in (Odd(), Unspeakable()):
        with opened(StubbornConnector(test=raising(error))) as session, pytest.raises(ConnectorFailure) as caught:
            session.test()
        assert "Stubborn" in caught.value.message


def test_search_filters_what_the_connector_cannot_and_fetches_the_restricted_field() -> None:
    connector = StubbornConnector()
    begins = Restriction("NAME", Operator.BEGINS, ("company",))
    equals = Restriction("CITY", Operator.EQUALS, ("oslo",))
    with opened(connector) as session:
        pages = list(session.search([[begins, equals]], CUSTOMER, ["NAME"], page_size=10))
    query = next(arguments[0] for method, arguments in connector.calls if method == "search")
    assert query.restrictions == (begins,)
    assert query.fields == ("NAME", "CITY")
    assert [actor.key for page in pages for actor in page.actors] == ["K4", "K8", "K12", "K16", "K20", "K24"]
    assert [(page.matched, page.read, page.filtered) for page in pages] == [(2, 10, True), (5, 20, True), (6, 25, True)]


def test_sets_are_joined_by_or_and_an_actor_comes_once() -> None:
    low = Restriction("CREDIT", Operator.LESS_OR_EQUAL, (30,))
    middle = Restriction("CREDIT", Operator.BETWEEN, (20, 50))
    with opened(StubbornConnector()) as session:
        pages = list(session.search([[low], [middle]], CUSTOMER, ["CREDIT"]))
    assert [actor.key for page in pages for actor in page.actors] == ["K1", "K2", "K3", "K4", "K5"]
    assert pages[-1].total is None


def test_the_total_is_told_when_nothing_is_filtered() -> None:
    with opened(StubbornConnector()) as session:
        pages = list(session.search([], CUSTOMER, ["NAME"], page_size=20))
    assert [(page.total, page.matched, page.filtered) for page in pages] == [(25, 20, False), (25, 25, False)]


def test_the_first_page_does_not_wait_for_the_second() -> None:
    connector = StubbornConnector()
    with opened(connector) as session:
        next(session.search([], CUSTOMER, ["NAME"], page_size=5))
        assert connector.times("search") == 1


def test_the_wanted_order_is_asked_of_a_connector_that_sorts() -> None:
    connector = StubbornConnector()
    with opened(connector) as session:
        pages = list(session.search([], CUSTOMER, ["NAME"], sort=Sort("NAME", descending=True)))
        joined = list(session.search([[], []], CUSTOMER, ["NAME"], sort=Sort("NAME")))
    query = next(arguments[0] for method, arguments in connector.calls if method == "search")
    assert query.sort == Sort("NAME", descending=True)
    assert pages[0].sorted
    assert not joined[0].sorted


def test_a_field_the_erp_no_longer_has_is_the_admins_to_fix() -> None:
    with opened(StubbornConnector()) as session:
        for call in (
            lambda: list(session.search([[Restriction("GONE", Operator.EQUALS, ("x",))]], CUSTOMER, [])),
            lambda: session.get(CUSTOMER, ["K1"], ["GONE"]),
        ):
            with pytest.raises(ConnectorFailure, match="no longer offers the field “GONE”") as caught:
                call()
            assert caught.value.recovery is Recovery.FIX


def test_a_restriction_that_does_not_suit_its_field_is_the_callers_mistake() -> None:
    with opened(StubbornConnector()) as session, pytest.raises(ValueError, match="not a integer"):
        list(session.search([[Restriction("CREDIT", Operator.EQUALS, ("ten",))]], CUSTOMER, []))


def numbered(*numbers: int) -> tuple[Actor, ...]:
    return tuple(Actor(CUSTOMER, f"N{number}", {}) for number in numbers)


def pages_then(message: str, search: Callable[..., Page], limits: Limits = QUICK) -> int:
    """How many pages came before the stream failed with the message; the session must still work."""
    with opened(StubbornConnector(search=search), limits) as session:
        pages: list[SearchPage] = []
        with pytest.raises(ConnectorFailure, match=message) as caught:
            pages.extend(session.search([], CUSTOMER, ["NAME"]))
        assert caught.value.method == "search"
        assert session.test() == "25 customers"
    return len(pages)


def test_a_repeated_page_ends_the_search() -> None:
    steps = iter(range(1_000_000))
    assert pages_then("repeats a page", lambda *_: Page(numbered(1, 2), str(next(steps)))) == 1


def test_a_repeated_cursor_ends_the_search() -> None:
    steps = iter(range(1_000_000))
    assert pages_then("same cursor twice", lambda *_: Page(numbered(next(steps)), "here")) == 1


def test_endless_empty_pages_end_the_search() -> None:
    steps = iter(range(1_000_000))
    search = lambda *_: Page((), str(next(steps)))  # noqa: E731
    assert pages_then("5 pages in a row without a new actor", search, replace(QUICK, max_idle_pages=5)) == 4


def test_two_actors_with_one_key_in_a_page_end_the_search() -> None:
    search = lambda _, cursor: Page(numbered(3, 3) if cursor else numbered(1, 2), "next")  # noqa: E731
    assert pages_then("two actors with the key “N3”", search) == 1


def test_one_key_in_two_legal_entities_is_two_actors() -> None:
    twins = (Actor(CUSTOMER, "1", {}, legal_entity="A"), Actor(CUSTOMER, "1", {}, legal_entity="B"))
    with opened(StubbornConnector(search=lambda *_: Page(twins))) as session:
        assert [actor.legal_entity for actor in next(session.search([], CUSTOMER, [])).actors] == ["A", "B"]


def test_an_actor_that_shifts_onto_the_next_page_comes_once() -> None:
    search = lambda _, cursor: Page(numbered(2, 3)) if cursor else Page(numbered(1, 2), "2")  # noqa: E731
    with opened(StubbornConnector(search=search)) as session:
        found = [actor.key for page in session.search([], CUSTOMER, []) for actor in page.actors]
    assert found == ["N1", "N2", "N3"]


def test_a_page_too_large_ends_the_search() -> None:
    search = lambda *_: Page(numbered(*range(101)))  # noqa: E731
    assert pages_then("more than 100 actors", search, replace(QUICK, max_page_actors=100)) == 0


def test_a_failure_on_a_later_page_keeps_the_earlier_ones() -> None:
    def search(_: object, cursor: str | None) -> Page:
        if cursor:
            raise GiveUp("The ERP went away.")
        return Page(COMPANIES[:3], "3")

    assert pages_then("went away", search) == 1


def test_get_tells_found_missing_and_strangers() -> None:
    def get(_: object, keys: Any, fields: Any) -> list[Actor]:
        return [actor for actor in COMPANIES if actor.key in (*keys, "K9")] + list(numbered(7)) * ("N7" in keys) * 2

    connector = StubbornConnector(get=get)
    with opened(connector, replace(QUICK, get_chunk=3)) as session:
        fetched = session.get(CUSTOMER, ["K1", "K2", "gone", "K1", "K3", "N7"], ["NAME"])
    assert [actor.key for actor in fetched.actors] == ["K1", "K2", "K3"]
    assert fetched.missing == ("gone",)
    assert [(one.key, str(one.reason)) for one in fetched.rejected] == [
        ("K9", "It was not asked for and was dropped."),
        ("K9", "It was not asked for and was dropped."),
        ("N7", "The ERP gave two actors with this key."),
    ]
    assert connector.times("get") == 2


def test_changes_come_as_pages_and_only_where_they_are_offered() -> None:
    with opened(StubbornConnector()) as session:
        assert [actor.key for page in session.changes(CUSTOMER, "5", ["NAME"]) for actor in page.actors] == ["K1", "K2"]

    class Unchanging(StubbornConnector):
        capabilities = replace(StubbornConnector.capabilities, changes=False)

    with opened(Unchanging()) as session, pytest.raises(ConnectorFailure, match="does not tell what changed"):
        list(session.changes(CUSTOMER, "", []))
