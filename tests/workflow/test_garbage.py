"""Circular garbage is not searched for while a chunk is worked on, and is afterwards, whatever happens."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from erp_import_plugin.workflow.garbage import not_searched


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_it_is_searched_for_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), not_searched():
        _ = 1 / gc.isenabled()
    assert gc.isenabled()


def test_who_has_switched_it_off_keeps_it_off() -> None:
    gc.disable()
    with not_searched():
        pass
    assert not gc.isenabled()


def test_of_two_chunks_side_by_side_the_first_that_ends_switches_it_on() -> None:
    first, second = not_searched(), not_searched()
    with first:
        second.__enter__()
    assert gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()
