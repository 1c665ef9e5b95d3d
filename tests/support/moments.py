"""The moments at which a process speaks to its database, counted, so that something can go wrong at any of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, event


class Moments:
    """Counts before and after each statement and each commit, in all threads, while it is entered.

    At the moment with the number ``at`` it calls ``strike`` with the connection that is used, once.
    """

    def __init__(self, engine: Engine, at: int = 0, strike: Callable[[Connection], None] = lambda _: None) -> None:
        self.count = 0
        self._engine = engine
        self._at = at
        self._strike = strike
        self._lock = threading.Lock()
        self._listeners: dict[str, Callable[..., None]] = {
            "before_cursor_execute": self._statement,
            "after_cursor_execute": self._statement,
            "commit": self._commit,
        }

    def __enter__(self) -> Moments:
        for name, listener in self._listeners.items():
            event.listen(self._engine, name, listener)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for name, listener in self._listeners.items():
            event.remove(self._engine, name, listener)

    @property
    def struck(self) -> bool:
        """Whether the moment has come."""
        return 0 < self._at <= self.count

    def _statement(self, connection: Connection, *_: Any) -> None:
        if self._is_now():
            self._strike(connection)

    def _commit(self, connection: Connection) -> None:
        if self._is_now():
            self._strike(connection)
        if self._is_now():  # it is committed, and the process does not know it yet
            connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
            self._strike(connection)

    def _is_now(self) -> bool:
        with self._lock:
            self.count += 1
            return self.count == self._at
