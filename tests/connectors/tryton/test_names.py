"""One name of Tryton's as a first and a last name."""

from __future__ import annotations

import pytest

from connectors_plugins.tryton.reading import name_parts


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Kari Hansen", "Kari", "Hansen"),
        ("Anne Marie  Berg", "Anne Marie", "Berg"),
        ("de Vries, Jan", "Jan", "de Vries"),
        ("Hansen", "", "Hansen"),
        ("  ", "", ""),
        (None, "", ""),
    ],
)
def test_name_parts(name: str | None, first: str, last: str) -> None:
    assert name_parts(name) == (first, last)
