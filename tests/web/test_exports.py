"""Exports: nothing in a cell is run by a spreadsheet, and every text comes through."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from erp_import_plugin.web.exports import as_text, csv_chunks, xlsx_file


@pytest.mark.parametrize("cell", ["=1+1", "+47 22 00 00 00", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\0=1"])
def test_what_would_be_run_is_kept_a_text(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ås", "a=b", "1-2", "5"])
def test_all_else_stays_as_it_is(cell: str) -> None:
    assert as_text(cell) == cell


@given(st.lists(st.tuples(st.text(max_size=50), st.text(max_size=50)), max_size=5))
def test_csv_gives_back_what_was_put_in(rows: list[tuple[str, str]]) -> None:
    text = "".join(csv_chunks(rows)).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [tuple(row) for row in read] == [tuple(map(as_text, row)) for row in rows]


def test_a_workbook_takes_what_xml_does_not() -> None:
    with xlsx_file([("=1+1", "bell \x07", "x" * 40_000)]) as file:
        (row,) = load_workbook(file).active.iter_rows()  # type: ignore[union-attr]
    assert [cell.data_type for cell in row] == ["s", "s", "s"]
    assert row[0].value == "=1+1"
    assert row[1].value == "bell \N{REPLACEMENT CHARACTER}"
    assert len(str(row[2].value)) == 32_767
