"""A stream of keys, remembered in little memory."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.connector_host.seen import Seen


@given(st.lists(st.tuples(st.sampled_from(["", "A"]), st.text(max_size=2))))
def test_a_key_is_new_once(keys: list[tuple[str, str]]) -> None:
    seen = Seen()
    known: set[tuple[str, str]] = set()
    for key in keys:
        assert seen.add(key) is (key not in known)
        known.add(key)
        assert len(seen) == len(known)


def test_all_are_known_however_often_it_has_grown() -> None:
    seen = Seen()
    assert all(seen.add(("", str(n))) for n in range(20_000))
    assert not any(seen.add(("", str(n))) for n in range(20_000))
    assert len(seen) == 20_000


def test_a_key_whose_hash_is_nought_is_new_once() -> None:
    seen = Seen()
    assert [seen.add(0), seen.add(0)] == [True, False]


def test_many_keys_take_little_memory() -> None:
    tracemalloc.start()
    seen = Seen()
    for n in range(100_000):
        seen.add(("", str(n)))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 40 * 100_000
