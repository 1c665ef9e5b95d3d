from __future__ import annotations

from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors_plugins.workbook.columns import as_text, converter, infer_type, is_blank
from erp_import_plugin.connector_api import FieldType

DAY = date(2024, 5, 17)


@pytest.mark.parametrize(
    ("header", "cells", "expected", "first"),
    [
        ("Size", [1.0, 2.0, ""], FieldType.INTEGER, 1),
        ("Size", ["1", "-2", "0"], FieldType.INTEGER, 1),
        ("Size", ["01", "2"], FieldType.TEXT, "01"),
        ("Size", ["1234567890123456"], FieldType.TEXT, "1234567890123456"),
        ("Size", [1.5, 2.0], FieldType.DECIMAL, Decimal("1.5")),
        ("Size", ["1.5", "2"], FieldType.DECIMAL, Decimal("1.5")),
        ("Size", ["1,5", "2"], FieldType.DECIMAL, Decimal("1.5")),
        ("Size", ["1,5", "2.5"], FieldType.TEXT, "1,5"),
        ("Size", ["1,234", "5,678"], FieldType.TEXT, "1,234"),
        ("Size", ["1.234"], FieldType.TEXT, "1.234"),
        ("Size", [1.0, "x"], FieldType.TEXT, "1"),
        ("Customer no", [1.0, 2.0], FieldType.TEXT, "1"),
        ("Account number", ["1", "2"], FieldType.TEXT, "1"),
        ("Phone 2", [4722000000.0], FieldType.TEXT, "4722000000"),
        ("Zip", [150.0], FieldType.TEXT, "150"),
        ("Volcano", [1.0], FieldType.INTEGER, 1),
        ("Paid", [True, False], FieldType.BOOLEAN, True),
        ("Paid", [True, 1.0], FieldType.TEXT, "true"),
        ("Since", [DAY], FieldType.DATE, DAY),
        ("Since", [datetime(2024, 5, 17), DAY], FieldType.DATE, DAY),
        ("Since", [DAY, datetime(2024, 5, 17, 8)], FieldType.DATETIME, datetime(2024, 5, 17, tzinfo=timezone.utc)),
        ("Since", ["2024-05-17", "2024-02-29"], FieldType.DATE, DAY),
        ("Since", ["17.05.2024", "1.2.2024"], FieldType.DATE, DAY),
        ("Since", ["17.05.2024", "30.02.2024"], FieldType.TEXT, "17.05.2024"),
        ("Since", ["17.05.2024", "2024-05-17"], FieldType.TEXT, "17.05.2024"),
        ("Since", ["05/17/2024"], FieldType.TEXT, "05/17/2024"),
        ("Opens", [time(8, 30)], FieldType.TEXT, "08:30:00"),
        ("Any", ["", " "], FieldType.TEXT, None),
    ],
)
def test_a_column_has_the_narrowest_type_all_cells_have(
    header: str, cells: list[Any], expected: FieldType, first: object
) -> None:
    field_type = infer_type(header, cells)
    value = converter(field_type)(cells[0])
    assert (field_type, value, type(value)) == (expected, first, type(first))


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1.0, "1"), (10.0**12, "1000000000000"), (0.1, "0.1"), (1e-7, "0.0000001"), (datetime(2024, 5, 17), "2024-05-17")],
)
def test_a_cell_as_text_is_what_a_person_reads(cell: Any, text: str) -> None:
    assert as_text(cell) == text


CELLS = st.one_of(
    st.text(max_size=8), st.integers(-99, 99).map(str), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.dates(), st.datetimes(), st.decimals(-9, 9, places=2).map(str),
)  # fmt: skip
PYTHON_TYPES = {
    FieldType.TEXT: str, FieldType.INTEGER: int, FieldType.DECIMAL: Decimal, FieldType.DATE: date,
    FieldType.DATETIME: datetime, FieldType.BOOLEAN: bool,
}  # fmt: skip


@given(st.lists(CELLS, min_size=1, max_size=5), st.sampled_from(["Size", "Number"]))
def test_every_cell_of_a_column_fits_its_inferred_type(cells: list[Any], header: str) -> None:
    field_type = infer_type(header, cells)
    for cell in cells:
        value = converter(field_type)(cell)
        assert (value is None) == is_blank(cell)
        assert value is None or type(value) is PYTHON_TYPES[field_type]
