from __future__ import annotations

import pytest

from erp_import_plugin.workflow.paging import paged


@pytest.mark.parametrize(
    ("total", "asked", "rows", "page", "pages"),
    [
        (25, 1, range(10), 1, 3),
        (25, 3, range(20, 25), 3, 3),
        (25, 99, range(20, 25), 3, 3),
        (25, -1, range(10), 1, 3),
        (20, 2, range(10, 20), 2, 2),
        (0, 5, (), 1, 1),
    ],
)
def test_the_nearest_page_there_is(total: int, asked: int, rows: range, page: int, pages: int) -> None:
    everything = list(range(total))
    found = paged(lambda offset, limit: (everything[offset : offset + limit], total), asked, 10)
    assert (found.rows, found.total, found.page, found.pages) == (tuple(rows), total, page, pages)
