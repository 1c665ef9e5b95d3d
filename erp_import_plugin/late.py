"""Functions that are loaded when they are first called, so that an app starts at once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def late(module: str, name: str) -> Callable[..., Any]:
    """What calls a function of a module, and has its name and module; a test finds each of them."""

    def call(*arguments: object, **named: object) -> Any:
        return getattr(import_module(module), name)(*arguments, **named)

    call.__module__, call.__name__, call.__qualname__ = module, name, name
    return call
