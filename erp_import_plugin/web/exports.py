"""Tables as CSV and XLSX. A text that a spreadsheet would take for a formula is kept a text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, TypeAlias

from babel.numbers import get_decimal_symbol
from flask_babel import get_locale

Cell: TypeAlias = "str | int | bool | Decimal | date | datetime | None"

_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r\0]")
_MOST_IN_A_CELL = 32_767  # what XLSX allows
_EXACT_DIGITS = 15  # what a spreadsheet keeps of a number
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets count a day that never was


def csv_chunks(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """CSV as spreadsheets of the reader's country open it: a mark for UTF-8, ";" where "," is the decimal sign."""
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=_delimiter())
    for row in rows:
        writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def as_text(cell: str) -> str:
    """The cell, with an apostrophe in front where it would be run (OWASP ASVS 1.2.10)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def xlsx_file(rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """A workbook with one sheet."""
    book = Book()
    for row in rows:
        book.add("Sheet", row)
    return book.file()


class Book:
    """A workbook written row by row to files of its own, so that it needs no memory however long it is."""

    def __init__(self) -> None:
        from openpyxl import Workbook  # takes long to load, and most processes write no workbook

        self._book = Workbook(write_only=True)
        self._sheets: dict[str, Any] = {}

    def add(self, title: str, row: Sequence[Cell]) -> None:
        """Put a row at the end of a sheet, which is made when it is first named."""
        if title not in self._sheets:
            self._sheets[title] = self._book.create_sheet(title)
        sheet = self._sheets[title]
        sheet.append([_cell(sheet, value) for value in row])

    def file(self) -> IO[bytes]:
        """The workbook as a file that is gone when it is closed."""
        file = TemporaryFile()  # noqa: SIM115  sent by the server, which closes it
        self._book.save(file)
        file.seek(0)
        return file


def _cell(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    kept = _kept(value)
    if not isinstance(kept, str):
        return WriteOnlyCell(sheet, kept)  # type: ignore[arg-type]  # it takes dates and exact numbers as well
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", kept)[:_MOST_IN_A_CELL])
    cell.data_type = "s"
    return cell


def _kept(value: Cell) -> Cell:
    """The value as a spreadsheet can keep it; what it cannot keep exactly becomes a text."""
    if isinstance(value, datetime):
        moment = value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
        return moment if moment.date() >= _FIRST_DAY else moment.isoformat(" ")
    if isinstance(value, date):
        return value if value >= _FIRST_DAY else value.isoformat()
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return value
    number = Decimal(value)
    exact = number.is_finite() and len(number.as_tuple().digits) <= _EXACT_DIGITS and abs(number.adjusted()) < 300
    return value if exact else format(number, "f") if number.is_finite() else str(number)


def _delimiter() -> str:
    return ";" if get_decimal_symbol(get_locale() or "en") == "," else ","
