"""Results as CSV and XLSX. A text that a spreadsheet would take for a formula is kept a text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from babel.numbers import get_decimal_symbol
from flask_babel import get_locale

_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r]")
_MOST_IN_A_CELL = 32_767  # what XLSX allows


def csv_chunks(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """CSV as spreadsheets of the reader's country open it: a mark for UTF-8, ";" where "," is the decimal sign."""
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=_delimiter())
    for row in rows:
        writer.writerow([as_text(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def as_text(cell: str) -> str:
    """The cell, with an apostrophe in front where it would be run (OWASP, CSV injection)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def xlsx_file(rows: Iterable[tuple[str, ...]]) -> IO[bytes]:
    """A workbook with one sheet of texts, written row by row to a file that is gone when it is closed."""
    from openpyxl import Workbook  # takes long to load, and most processes write no workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    file = TemporaryFile()  # noqa: SIM115  sent by the server, which closes it
    book.save(file)
    file.seek(0)
    return file


def _text_cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:_MOST_IN_A_CELL])
    cell.data_type = "s"
    return cell


def _delimiter() -> str:
    return ";" if get_decimal_symbol(get_locale() or "en") == "," else ","
