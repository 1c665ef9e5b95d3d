"""Python's search for circular garbage, kept from the rows of a chunk: they are freed without it, and it takes long."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_searched() -> Iterator[None]:
    """Have this process not search for garbage meanwhile: for no longer than a chunk takes."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
