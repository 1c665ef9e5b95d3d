from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from erp_import_plugin.connector_api import Actor, ActorType, AdminCanFix, GiveUp, TryLater
from erp_import_plugin.connector_host import ConnectorFailure, Fetched, GuardedSession, Limits, open_session
from erp_import_plugin.connector_host.declaring import check_connector
from tests.support.stubborn import StubbornConnector

KEYS = tuple(f"N{number}" for number in range(100))
QUICK = Limits(attempts=1, get_chunk=100)


class Poisoned(StubbornConnector):
    """Fails with an error whenever one of some keys is among those asked for."""

    def __init__(self, poison: Collection[str], error: Exception) -> None:
        super().__init__(get=self.give)
        self.poison = set(poison)
        self.error = error

    def give(self, actor_type: ActorType, keys: Any, fields: Any) -> list[Actor]:
        if self.poison & set(keys):
            raise self.error
        return [Actor(actor_type, key, {"NAME": key}) for key in keys]


def session(connector: StubbornConnector, limits: Limits = QUICK) -> GuardedSession:
    return open_session(check_connector(connector, "stubborn-dist", "1.0"), {}, limits)


def got(connector: StubbornConnector, limits: Limits = QUICK) -> Fetched:
    with session(connector, limits) as opened:
        return opened.get(ActorType.CUSTOMER, KEYS, ["NAME"])


@pytest.mark.parametrize("poison", [{"N0"}, {"N99"}, {"N3", "N50", "N51", "N97"}])
def test_actors_that_the_connector_fails_for_are_named_and_the_others_come(poison: set[str]) -> None:
    fetched = got(Poisoned(poison, ValueError("no such town")))
    assert {actor.key for actor in fetched.actors} == set(KEYS) - poison
    assert {one.key for one in fetched.rejected} == poison
    assert "no such town" in fetched.rejected[0].reason
    assert fetched.missing == ()


def test_an_erp_that_fails_whatever_is_asked_for_is_not_asked_for_every_actor() -> None:
    connector = Poisoned(KEYS, GiveUp("Not here."))
    with pytest.raises(ConnectorFailure, match="Not here"):
        got(connector)
    assert connector.times("get") < 15


@pytest.mark.parametrize("error", [TryLater("Busy."), AdminCanFix("Give the user the right.")])
def test_a_failure_that_is_not_the_actors_is_raised_at_once(error: Exception) -> None:
    connector = Poisoned({"N7"}, error)
    with pytest.raises(ConnectorFailure):
        got(connector)
    assert connector.times("get") == 1


def test_one_actor_alone_that_fails_is_a_failure() -> None:
    with session(Poisoned({"N7"}, GiveUp("No."))) as opened, pytest.raises(ConnectorFailure, match=r"No\."):
        opened.get(ActorType.CUSTOMER, ["N7"], ["NAME"])


def test_an_answer_that_is_too_large_comes_in_smaller_ones() -> None:
    large = lambda actor_type, keys, _: [Actor(actor_type, key, {"NAME": "x" * 1000}) for key in keys]  # noqa: E731
    connector = StubbornConnector(get=large)
    fetched = got(connector, replace(QUICK, max_page_length=30_000))
    assert sorted(actor.key for actor in fetched.actors) == sorted(KEYS)
    sizes = [len(arguments[1]) for method, arguments in connector.calls if method == "get"]
    assert sizes == [100, 50, 25, 25, 50, 25, 25]
