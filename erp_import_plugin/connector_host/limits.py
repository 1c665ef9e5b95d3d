"""How long and how much a connector may: one number per rule, so that a host and a test can change it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, lengths in characters, the rest in pieces.

    ``turn_timeout`` is how long a call may wait for others to the same ERP, where that takes so many a minute; None is
    as long as it takes. ``max_wait`` bounds all waits between the ``attempts`` of one call together. ``max_idle_pages``
    is how many pages in a row may bring no actor that was not there before.
    """

    call_timeout: float = 60.0
    test_timeout: float = 15.0
    close_timeout: float = 5.0
    turn_timeout: float | None = None
    attempts: int = 4
    first_wait: float = 1.0
    max_wait: float = 120.0
    max_page_actors: int = 10_000
    max_page_length: int = 10_000_000  # all texts of all actors that come at once
    max_text_length: int = 1_000_000
    max_actor_length: int = 2_000_000  # all texts of an actor together: a row that every database takes at once
    max_key_length: int = 255
    max_name_length: int = 100  # of a legal entity or a list; what our tables hold
    max_fields: int = 10_000
    max_list_items: int = 100_000
    max_idle_pages: int = 20
    get_chunk: int = 200

    def for_test(self) -> Limits:
        """The limits while an admin waits for "Test": short, and tried once, because the admin can press again."""
        return replace(self, call_timeout=self.test_timeout, turn_timeout=self.test_timeout, attempts=1)
