"""Pages of long lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of rows; ``page`` counts from 1, ``total`` is of all ``pages``."""

    rows: tuple[T, ...]
    total: int
    page: int
    pages: int


def page_count(total: int, size: int) -> int:
    """How many pages there are; at least one, which may be empty."""
    return max(-(-total // size), 1)


def paged(read: Callable[[int, int], tuple[Sequence[T], int]], page: int, size: int) -> Paged[T]:
    """The page with this number, the nearest one there is for any other number.

    ``read`` takes an offset and a limit and gives those rows and the total.
    """
    page = max(page, 1)
    rows, total = read((page - 1) * size, size)
    pages = page_count(total, size)
    if page > pages:
        page = pages
        rows, total = read((page - 1) * size, size)
    return Paged(tuple(rows), total, page, pages)
