"""Kills the work in the middle of a statement, as a worker dies that is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event


@contextmanager
def killed_at(engine: Engine, fragment: str, number: int) -> Iterator[None]:
    """Raise KeyboardInterrupt at the n-th statement that holds the fragment; it must come to that."""
    seen = 0

    def see(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal seen
        if fragment in statement:
            seen += 1
            if seen == number:
                raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", see)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        event.remove(engine, "before_cursor_execute", see)
