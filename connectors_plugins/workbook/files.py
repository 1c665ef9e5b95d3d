"""A file → tables of cells, or a sentence that says what is wrong with the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

import python_calamine

from connectors_plugins.workbook.trouble import trouble
from connectors_plugins.workbook.unpacking import MAX_BYTES, refuse_swollen

Cell: TypeAlias = "int | float | str | bool | time | date | datetime | timedelta"

SPREADSHEETS = (".xlsx", ".xlsm", ".ods")
TEXT_FILES = (".csv", ".tsv", ".txt")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of one sheet, from A1 on. ``name`` is None for a text file, which has no sheets."""

    name: str | None
    rows: Sequence[Sequence[Cell]]


def read_file(path: Path) -> list[Table]:
    """The tables of a workbook or text file. Raises AdminCanFix if it is none."""
    suffix = path.suffix.lower()
    if suffix in TEXT_FILES:
        return [Table(None, _read_text(path))]
    if suffix in SPREADSHEETS:
        return _read_spreadsheet(path)
    known = ", ".join((*SPREADSHEETS, *TEXT_FILES))
    raise trouble(f"{path.name} is not a kind of file that can be read. Use one of {known}.")


def _read_spreadsheet(path: Path) -> list[Table]:
    with path.open("rb") as file:
        if file.read(8) == _OLE:
            raise trouble(f"{path.name} is protected by a password, or an old .xls file. Save it as .xlsx without one.")
    refuse_swollen(path)
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            return [_table(book, sheet) for sheet in book.sheets_metadata if _has_cells(sheet)]
    except python_calamine.PasswordError:
        raise trouble(f"{path.name} is protected by a password. Save it without one.") from None
    except python_calamine.CalamineError as error:
        raise trouble(f"{path.name} is damaged and cannot be read ({error}).") from None


def _has_cells(sheet: python_calamine.SheetMetadata) -> bool:
    return sheet.typ == python_calamine.SheetTypeEnum.WorkSheet


def _table(book: python_calamine.CalamineWorkbook, sheet: python_calamine.SheetMetadata) -> Table:
    return Table(sheet.name, book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))


def _read_text(path: Path) -> list[list[Cell]]:
    if path.stat().st_size > MAX_BYTES:
        raise trouble(f"{path.name} has more than {MAX_BYTES:,} bytes.")
    text = _decoded(path)
    delimiter = _delimiter(text)
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows.extend(list(row) for row in reader)
    except csv.Error as error:
        raise trouble(f"{path.name} cannot be read from line {reader.line_num} on ({error}).") from None
    _refuse_ragged(path, rows)
    return rows


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        text = _try_decode(content, encoding)
        if text is not None and "\x00" not in text:
            return text
    raise trouble(f"{path.name} is not a text file in UTF-8 or Windows-1252.")


def _try_decode(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _delimiter(text: str) -> str:
    """The one that splits the first line into most columns, quotes respected; a comma if none does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))


def _refuse_ragged(path: Path, rows: list[list[Cell]]) -> None:
    """A value too many means a delimiter in a value without quotes: all values behind it would be other fields'."""
    width = len(next((row for row in rows if any(row)), []))
    for number, row in enumerate(rows, 1):
        if any(cell != "" for cell in row[width:]):
            raise trouble(f"{path.name}, row {number}, has more values than the header has columns. Check its quotes.")
