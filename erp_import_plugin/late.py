"""Functions that are loaded when they are first called, so that an app starts at once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Late:
    """A function by where it is: "package.module:name". A test finds each of them."""

    home: str

    def __call__(self, *arguments: object, **named: object) -> Any:
        return self.load()(*arguments, **named)

    def load(self) -> Any:
        """The function itself."""
        module, name = self.home.split(":")
        return getattr(import_module(module), name)
