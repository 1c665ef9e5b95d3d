"""Every step asks who does it before anything else: nobody gets in by a way that forgot to."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from unittest.mock import MagicMock

import pytest

import erp_import_plugin.workflow
from erp_import_plugin.host_api import User
from erp_import_plugin.workflow import access
from erp_import_plugin.workflow.access import MayNotSetUp, NotAllowed
from tests.support.rooms import NOBODY, OTHER, House

SET_UP = {"audit", "connection_form", "connections", "defaults", "keys", "list_mapping", "mappings", "rereading"}
"""The modules whose steps are of the set-up."""
OF_EVERYONE = {"connections.usable", "defaults.labels"}
"""Steps of theirs that everyone who may import may take."""
PARTS = {"discovering.read", "saved_lines.may_change"}
"""Parts of steps: one is given a session with an ERP, which is opened for who has been asked; one only tells."""


def steps() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function that is given rooms and a user, but no transaction of one that has asked already."""
    package = erp_import_plugin.workflow
    for found in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            given = set(inspect.signature(function).parameters)
            ours = function.__module__ == module.__name__ != access.__name__ and not name.startswith("_")
            if ours and given >= {"rooms", "user"} and not given & {"tx", "context"}:
                yield f"{found.name}.{name}", function


STEPS = {name: step for name, step in steps() if name not in PARTS}


def refuses(step: Callable[..., Any], house: House, user: User, error: type[NotAllowed]) -> bool:
    """Whether a step refuses a user, before it uses anything else it is given, which is of no use."""
    names = inspect.signature(step).parameters.values()
    needed = {one.name: MagicMock() for one in names if one.default is inspect.Parameter.empty}
    try:
        taken = step(**{**needed, "rooms": house.rooms, "user": user})
        next(taken) if inspect.isgenerator(taken) else taken
    except error:
        return True
    except Exception:
        return False
    return False


def test_the_steps_are_found() -> None:
    assert {"search.start", "importing.start", "undo.start", "exports.plan", "connections.test"} <= set(STEPS)
    assert {name.partition(".")[0] for name in STEPS} > SET_UP


def test_who_may_not_import_takes_no_step(house: House) -> None:
    assert [name for name, step in STEPS.items() if not refuses(step, house, NOBODY, NotAllowed)] == []


def test_who_may_not_set_up_takes_no_step_of_the_set_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(house.people), "may_set_up", lambda _self, user: user != OTHER, raising=False)
    of_set_up = {name: step for name, step in STEPS.items() if name.partition(".")[0] in SET_UP}
    let_in = {name for name, step in of_set_up.items() if not refuses(step, house, OTHER, MayNotSetUp)}
    assert let_in == OF_EVERYONE
